"""Where the words lie in an answer's payload: every documented shape, told as Deepgram's.

Deepgram        results.channels[].alternatives[0] {words, transcript, paragraphs}, in seconds
AssemblyAI      {text, words: [{text, start, end}]}, in milliseconds
gpt-4o          {text, usage}, without times
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from transcription.foreign import number, objects

MILLISECOND: Final = 0.001
# What a payload of the families without `results` has at least one of.
FLAT: Final = ("text", "words", "utterances")


class NotUnderstood(Exception):
    """A success, but in a shape that nobody has told us of: there may be words in it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A payload's parts. `unit` is the seconds in one of its units of time."""

    channels: Sequence[Mapping[str, Any]]
    utterances: Sequence[Mapping[str, Any]]
    unit: float = 1.0

    def best(self, channel: int) -> Mapping[str, Any]:
        """A channel's first alternative, or nothing."""
        there = self.channels[channel]
        _known(there, ("alternatives",), "a channel")
        alternatives = items(there.get("alternatives"), "`alternatives`")
        best = section(alternatives[0], "an alternative") if alternatives else {}
        _known(best, ("words", "transcript", "paragraphs"), "an alternative")
        return best


def sources(payload: Any) -> Iterator[Source]:
    """The shapes that a payload has, best first; raises NotUnderstood where there is none."""
    content = section(payload, "the result")
    if "results" in content or "channels" in content:
        yield _deepgram(section(content.get("results", content), "`results`"))
    if any(name in content for name in FLAT):
        yield _flat(content)
    elif "results" not in content and "channels" not in content:
        raise NotUnderstood("there is no transcript where one belongs")


def section(value: Any, where: str) -> Mapping[str, Any]:
    """An object that words depend on: nothing is an empty one, anything else raises."""
    if not value:
        return {}
    if isinstance(value, dict):
        return value
    raise NotUnderstood(f"{where} should be an object, but is a {type(value).__name__}")


def items(value: Any, where: str) -> list[Any]:
    """A list that words depend on; one schema writes the only item without its brackets."""
    if isinstance(value, list):
        return value
    return [section(value, where)] if value else []


def prose(value: Any, where: str) -> str:
    """Words without times."""
    if not value or isinstance(value, str):
        return value or ""
    raise NotUnderstood(f"{where} should be text, but is a {type(value).__name__}")


def _known(there: Mapping[str, Any], parts: Sequence[str], where: str) -> None:
    """Something that has none of the parts we know may hold words in one that we don't."""
    if there and not any(part in there for part in parts):
        raise NotUnderstood(f"{where} has none of {', '.join(parts)}")


def _deepgram(results: Mapping[str, Any]) -> Source:
    _known(results, ("channels", "utterances"), "`results`")
    channels = items(results.get("channels"), "`channels`")
    return Source(
        channels=[section(channel, "a channel") for channel in channels],
        utterances=objects(results.get("utterances")),
    )


def _flat(content: Mapping[str, Any]) -> Source:
    words, utterances = content.get("words"), objects(content.get("utterances"))
    alternative = {"transcript": content.get("text"), "words": words}
    channel = {
        "alternatives": [alternative | {"confidence": content.get("confidence")}],
        "detected_language": content.get("language_code") or content.get("language"),
    }
    spoken = [*objects(words), *(word for one in utterances for word in objects(one.get("words")))]
    return Source([channel], utterances, MILLISECOND if _in_milliseconds(spoken) else 1.0)


def _in_milliseconds(words: Sequence[Mapping[str, Any]]) -> bool:
    """AssemblyAI alone calls a word's text `text`, and counts its times in whole numbers."""
    times = [number(word.get(edge)) for word in words for edge in ("start", "end")]
    whole = all(time is None or time.is_integer() for time in times)
    return whole and all("text" in word and "word" not in word for word in words)
