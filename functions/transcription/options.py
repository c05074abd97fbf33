"""What a user may ask of the speech API for one file, as one table; parsing it and refusing it.

Options come from the stack's defaults and, over these, from the object's own metadata,
`x-amz-meta-stt-<parameter>`. Values arrive as text and leave in the type that the API takes.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Any, Final

PREFIX: Final = "stt-"


class BadOption(Exception):
    """An option that would be refused, or misunderstood; the message says how to mend it."""


def a_boolean(text: str) -> bool:
    match text.strip().lower():
        case "true" | "yes" | "on" | "1":
            return True
        case "false" | "no" | "off" | "0":
            return False
    raise ValueError("true or false")


def some_seconds(text: str) -> float:
    wanted = "a number of seconds from 0.001 to 3600, such as 0.8"
    try:
        number = float(text)
    except ValueError:
        raise ValueError(wanted) from None
    if not 0.001 <= number <= 3600:
        raise ValueError(wanted)
    return number


def a_text(text: str) -> str:
    if not text.strip():
        raise ValueError("some text")
    return text.strip()


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.strip() not in choices:
            raise ValueError(" or ".join(choices))
        return text.strip()

    return parse


def a_list(most: int, longest: int = 2048) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        items = [item.strip() for item in text.split(",") if item.strip()]
        if not 0 < len(items) <= most or any(len(item) > longest for item in items):
            raise ValueError(f"1 to {most} words separated by commas, up to {longest} letters each")
        return items

    return parse


def a_list_or_boolean(most: int) -> Callable[[str], list[str] | bool]:
    def parse(text: str) -> list[str] | bool:
        try:
            return a_boolean(text)
        except ValueError:
            return a_list(most)(text)

    return parse


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of `POST /stt/create`: how its text is read, and what it means."""

    parse: Callable[[str], Any]
    meaning: str


# The parameters of the Whisper and Nova-2 models. `url` and `audio` are ours to set.
PARAMETERS: Final[Mapping[str, Parameter]] = {
    "model": Parameter(a_text, "the model, such as #g1_whisper-small"),
    "language": Parameter(a_text, "BCP-47 tag of the language spoken; upstream takes en"),
    "detect_language": Parameter(a_list_or_boolean(100), "find the language; wins over language"),
    "diarize": Parameter(a_boolean, "number the speakers"),
    "diarize_version": Parameter(a_text, "legacy"),
    "punctuate": Parameter(a_boolean, "punctuation and capitals"),
    "smart_format": Parameter(a_boolean, "dates, numbers and paragraphs; implies punctuate"),
    "paragraphs": Parameter(a_boolean, "cut into paragraphs"),
    "utterances": Parameter(a_boolean, "cut into semantic units"),
    "utt_split": Parameter(some_seconds, "seconds of silence between utterances"),
    "multi_channel": Parameter(a_boolean, "transcribe each channel by itself"),
    "numerals": Parameter(a_boolean, "write numbers as digits"),
    "measurements": Parameter(a_boolean, "abbreviate units"),
    "dictation": Parameter(a_boolean, "spoken punctuation; needs punctuate"),
    "filler_words": Parameter(a_boolean, "keep uh and um (Nova only)"),
    "profanity_filter": Parameter(a_boolean, "nothing on Whisper"),
    "intents": Parameter(a_boolean, "recognise intents (English)"),
    "custom_intent": Parameter(a_list(100), "intents to look for"),
    "custom_intent_mode": Parameter(one_of("strict", "extended"), "only these, or these too"),
    "topics": Parameter(a_boolean, "recognise topics (English)"),
    "detect_topics": Parameter(a_boolean, "legacy"),
    "custom_topic": Parameter(a_list(100), "topics to look for"),
    "custom_topic_mode": Parameter(one_of("strict", "extended"), "only these, or these too"),
    "sentiment": Parameter(a_boolean, "how it was said (English)"),
    "summarize": Parameter(one_of("v2", "true", "false"), "a summary"),
    "detect_entities": Parameter(a_boolean, "names and places; nothing on Whisper"),
    "keywords": Parameter(a_list(100), "word:boost; nothing on Whisper"),
    "search": Parameter(a_list(50), "words to find; nothing on Whisper"),
    "tag": Parameter(a_list(100, 128), "labels for usage reports"),
    "extra": Parameter(a_list(100), "KEY:VALUE, echoed in the answer"),
}


def effective(defaults: Mapping[str, Any], metadata: Mapping[str, str]) -> dict[str, Any]:
    """The options of one file: the defaults, and over them its own metadata; raises BadOption."""
    own = {
        _parameter(name): decoded(value)
        for name, value in metadata.items()
        if name.lower().startswith(PREFIX)
    }
    return dict(defaults) | {name: parsed(name, text) for name, text in own.items()}


def parsed(name: str, text: str) -> Any:
    """The typed value of one option; raises BadOption."""
    if name not in PARAMETERS:
        near = difflib.get_close_matches(name, PARAMETERS, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise BadOption(f"There is no option {_shown(name)}{hint}")
    try:
        return PARAMETERS[name].parse(text)
    except ValueError as error:
        raise BadOption(f"The option {name} is {_shown(text)}, but takes {error}") from error


def decoded(value: str) -> str:
    """Metadata is ASCII on the wire: read RFC 2047, and UTF-8 that was taken for Latin-1."""
    try:
        text = str(make_header(decode_header(value)))
        text.encode()  # some charsets know half characters, which no row can hold
    except (HeaderParseError, LookupError, ValueError):
        text = value
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _parameter(metadata_name: str) -> str:
    return metadata_name.lower().removeprefix(PREFIX).replace("-", "_")


def _shown(text: str) -> str:
    """A user's text, safe to put in a sentence and short enough to read."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
