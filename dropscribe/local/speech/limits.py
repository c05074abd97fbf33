"""What the local server leaves undone, said in ``metadata.warnings`` and not in silence."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

Warnings = list[dict[str, str]]

_UNDONE = (
    "diarize", "diarize_version", "numerals", "measurements", "dictation", "filler_words",
    "profanity_filter", "intents", "custom_intent", "topics", "detect_topics", "custom_topic",
    "sentiment", "summarize", "detect_entities", "keywords", "search",
)  # fmt: skip


class Choice(NamedTuple):
    """The language to listen for (None: find out), and what has to be said about it."""

    language: str | None
    warnings: Warnings


def undone(asked: Mapping[str, Any]) -> Warnings:
    """A warning for every parameter that is asked for and not served here."""
    return [
        _warning(name, f"The local speech server does not do {name}.")
        for name in _UNDONE
        if asked.get(name)
    ]


def choose_language(asked: Mapping[str, Any], known: Collection[str]) -> Choice:
    """Pick a language the model knows; a model that knows just one is never asked to guess."""
    wanted = str(asked.get("language") or "en")
    language = wanted.split("-", maxsplit=1)[0].lower()
    if len(known) == 1:
        only = next(iter(known))
        return Choice(only, [] if language == only else [_one_language(only)])
    if asked.get("detect_language"):
        return Choice(None, [])
    if language in known:
        return Choice(language, [])
    return Choice(None, [_warning("language", "The model does not know it, so it was detected.")])


def _one_language(only: str) -> dict[str, str]:
    return _warning("language", f"The model knows {only} alone; start the server with another.")


def _warning(parameter: str, message: str) -> dict[str, str]:
    return {"parameter": parameter, "type": "unsupported_parameter", "message": message}
