"""The parameters of ``create``: their types, and how text parts of a form are read."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dropscribe.local.speech.errors import ApiError, bad_request

_MODEL = re.compile(r"(#g1_|deepgram/)?whisper-(tiny|base|small|medium|large)")

_TYPES: Mapping[str, tuple[type, ...]] = (
    dict.fromkeys(
        ("model", "url", "language", "diarize_version", "custom_intent_mode", "custom_topic_mode"),
        (str,),
    )
    | dict.fromkeys(
        (
            "diarize", "punctuate", "smart_format", "paragraphs", "utterances", "multi_channel",
            "multichannel", "numerals", "measurements", "dictation", "filler_words", "sentiment",
            "profanity_filter", "intents", "topics", "detect_topics", "detect_entities",
        ),
        (bool,),
    )
    | dict.fromkeys(
        ("custom_intent", "custom_topic", "keywords", "search", "tag", "extra"), (str, list)
    )
    | {"utt_split": (float, int), "summarize": (str, bool), "detect_language": (bool, list)}
)  # fmt: skip

_WORDS: Mapping[type, str] = {
    str: "a string", bool: "true or false", list: "a list of strings", float: "a number",
}  # fmt: skip

_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def check(asked: Mapping[str, Any]) -> None:
    """Raise ApiError: 400 for a missing model or a wrong type, 404 for an unknown model.

    Parameters the provider does not list are let through: other models have some of their own.
    """
    if not asked.get("model"):
        raise bad_request("model is required")
    for name, value in asked.items():
        if name in _TYPES and not _fits(value, _TYPES[name]):
            raise bad_request(f"{name} must be {_WORDS[_TYPES[name][0]]}")
    if not _MODEL.fullmatch(asked["model"]):
        raise ApiError(404, "ModelNotFound", "There is no such model")


def from_form(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Read text parts: ``true`` for booleans, figures for numbers, a repeated part for a list."""
    asked: dict[str, Any] = {}
    for name, text in fields:
        value = _read(text, _TYPES.get(name, (str,)))
        if name in asked:
            before = asked[name]
            asked[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            asked[name] = value
    return asked


def _read(text: str, types: tuple[type, ...]) -> Any:
    readers: dict[type, Callable[[str], Any]] = {bool: _TRUTHS.__getitem__, float: float}
    for kind in types:
        if kind in readers:
            try:
                return readers[kind](text)
            except (KeyError, ValueError):
                continue
    # What is not read here stays text, and is refused where text is not allowed.
    return [text] if list in types and str not in types else text


def _fits(value: Any, types: tuple[type, ...]) -> bool:
    if isinstance(value, bool):  # which Python takes for a number
        return bool in types
    if isinstance(value, list):
        return list in types and all(isinstance(entry, str) for entry in value)
    return isinstance(value, types)
