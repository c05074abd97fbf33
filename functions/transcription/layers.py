"""Where options come from, the weakest place first: stack, rules, object tags, object metadata.

What each place asks for is read into a Layer of typed values, or refused with a sentence that
names the parameter, its value, the place and what is allowed.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Any, Final

from transcription import passed
from transcription.foreign import one_line
from transcription.kinds import Kind, Wrong, shown
from transcription.parameters import KNOWN, NEVER

PREFIX: Final = "stt-"
# What sends a parameter that the table lacks, on purpose: stt-pass-keyterm, -o pass-keyterm=...
PASSED: Final = "pass_"


class BadOption(Exception):
    """An option that would be refused, or misunderstood; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere options are written: `source` in rows, `phrase` in sentences.

    `named` is how a parameter is written there, `door` how one that the table lacks.
    """

    source: str
    phrase: str
    named: str = "{}"
    door: str = "pass-{}"
    separator: str = ","
    is_json: bool = False


STACK: Final = Place("stack", "in the stack's default options", is_json=True)
TAGS: Final = Place("tag", "in an object tag", "stt-{}", "stt-pass-{}", separator="/")
METADATA: Final = Place("metadata", "in the object's metadata", "stt-{}", "stt-pass-{}")
COMMAND_LINE: Final = Place("command line", "on the command line", "-o {}=", "-o pass-{}=")


def of_rule(prefix: str) -> Place:
    name = one_line(prefix).encode(errors="replace")[:80].decode(errors="ignore")
    name = name or "for every key"
    return Place(f"rule {name}", f"in the rule {name}", door="{} in its `pass`", is_json=True)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place asks for, typed; names that the table lacks are passed on as they are."""

    place: Place
    options: Mapping[str, Any]


def from_metadata(metadata: Mapping[str, str]) -> Layer:
    """The options in an object's metadata, `x-amz-meta-stt-<parameter>`; raises BadOption."""
    return read(METADATA, ((name, decoded(text)) for name, text in _named_stt(metadata)))


def from_tags(tags: Mapping[str, str]) -> Layer:
    """The options in an object's tags, `stt-<parameter>`; raises BadOption."""
    return read(TAGS, _named_stt(tags))


def read(place: Place, written: Iterable[tuple[str, Any]]) -> Layer:
    """The options written in a place, `-` and `_` alike, in any case; raises BadOption."""
    options: dict[str, Any] = {}
    for raw, value in written:
        name, typed = _option(place, raw.strip().lower().replace("-", "_"), value)
        if options.setdefault(name, typed) != typed:
            raise BadOption(
                f"The option {name} is given twice {place.phrase}, "
                f"as {shown(options[name])} and as {shown(typed)}: give it once"
            )
    return Layer(place, options)


def written_name(name: str) -> str:
    """The name by which a place that is read again asks for an option."""
    return name if name in KNOWN else PASSED + name


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


def _named_stt(written: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in written.items():
        if name.lower().startswith(PREFIX):
            yield name[len(PREFIX) :], value


def _option(place: Place, name: str, value: Any) -> tuple[str, Any]:
    if name.startswith(PASSED):
        return _passed(place, name.removeprefix(PASSED), value)
    if name not in KNOWN:
        raise BadOption(_unknown(place, name))
    kind = KNOWN[name].kind
    try:
        return name, kind.read(value, place.separator)
    except Wrong as error:
        raise BadOption(
            f"The option {name} {place.phrase} {error}, but takes {takes(kind, place)}"
        ) from error


def _passed(place: Place, name: str, value: Any) -> tuple[str, Any]:
    if name in KNOWN:
        raise BadOption(
            f"The option {name} {place.phrase} is one that Dropscribe knows: "
            f"write {place.named.format(name)}, not {place.door.format(name)}"
        )
    if name in NEVER:
        raise BadOption(_unknown(place, name))
    if not passed.NAME.fullmatch(name):
        raise BadOption(
            f"The name {shown(name)} {place.phrase}, of an option to pass on as it is, "
            "takes a letter, then up to 63 letters, digits and underscores"
        )
    try:
        return name, passed.value(value, is_json=place.is_json)
    except Wrong as error:
        raise BadOption(
            f"The option {name} {place.phrase}, which is passed on as it is, {error}, "
            f"but takes {passed.TAKES}"
        ) from error


def takes(kind: Kind, place: Place) -> str:
    """What a parameter takes in this place, where lists may be written in their own way."""
    if not kind.is_list or place.is_json:
        return kind.takes
    return f"{kind.takes}, separated by {'slashes (/)' if place.separator == '/' else 'commas'}"


def _unknown(place: Place, name: str) -> str:
    if name in NEVER:
        what = "transcript goes" if name.startswith("callback") else "recording is"
        return (
            f"The option {name} {place.phrase} is for Dropscribe to set, "
            f"since it says where the {what}: leave it out"
        )
    near = difflib.get_close_matches(name, KNOWN, 1)
    hint = f"did you mean {near[0]}? " if near else "`dropscribe options` lists them all. "
    return (
        f"There is no option {shown(name)}, asked for {place.phrase}; {hint}"
        f"What only the API knows is written {place.door.format(name or 'NAME')}"
    )
