"""A recording as multipart/form-data (RFC 7578), streamed: its length is known before its bytes."""

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

# Characters of an object's name that are kept, the last ones: file systems take 255 bytes.
NAME_LENGTH: Final = 60
# What a quoted file name holds as it is; RFC 7578 lets the rest be percent-encoded.
PLAIN: Final = " !#$&'()+,;=@[]^`{}~"
MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+( *; *[\w.+-]+=[\w.+-]+)*", re.ASCII)
UNKNOWN: Final = "application/octet-stream"


class BrokenOff(Exception):
    """The recording could not be read to its end, or is not as long as it was said to be."""


@dataclass(frozen=True, slots=True)
class Audio:
    """One version of an object, opened: `size` bytes that come in pieces, once."""

    key: str
    content_type: str
    size: int
    pieces: Iterable[bytes]


class Form:
    """The body of one `create`: iterate over it once to send it.

    `is_whole` says whether its last bytes may have left. Until then nobody can take the request
    for a finished one: `length` was promised, and the closing boundary is missing.
    """

    def __init__(self, fields: Mapping[str, Any], audio: Audio) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._audio = audio
        self._head = _texts(boundary, fields) + _opening(boundary, part_name(fields), audio)
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.length = len(self._head) + audio.size + len(self._tail)
        self.is_whole = False

    def __iter__(self) -> Iterator[bytes]:
        """The body in pieces; raises BrokenOff instead of its end."""
        yield self._head
        yield from self._exactly()
        self.is_whole = True
        yield self._tail

    def _exactly(self) -> Iterator[bytes]:
        sent, size = 0, self._audio.size
        for piece in self._audio.pieces:
            sent += len(piece)
            if sent > size:
                raise BrokenOff(f"The recording is longer than the {size:,} bytes it had")
            yield piece
        if sent < size:
            raise BrokenOff(f"The recording broke off after {sent:,} of {size:,} bytes")


def part_name(fields: Mapping[str, Any]) -> str:
    """What the model's family calls the recording."""
    return "file" if str(fields.get("model", "")).startswith("openai/") else "audio"


def file_name(key: str) -> str:
    """The end of an object's name, where its suffix is, fit for a quoted string in a header."""
    name = key.rstrip("/").rpartition("/")[2][-NAME_LENGTH:]
    return quote(name, safe=PLAIN, errors="replace") if name.strip(". ") else "recording"


def _opening(boundary: str, name: str, audio: Audio) -> bytes:
    """Everything of the recording's part but the recording."""
    kind = audio.content_type if MEDIA_TYPE.fullmatch(audio.content_type) else UNKNOWN
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
        f'filename="{file_name(audio.key)}"\r\nContent-Type: {kind}\r\n\r\n'
    ).encode()


def _texts(boundary: str, fields: Mapping[str, Any]) -> bytes:
    """The other parameters, a part for each; a list is its items, one part for each."""
    return b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{quote(name)}"'
        f"\r\n\r\n{_text(item)}\r\n".encode()
        for name, value in fields.items()
        for item in (value if isinstance(value, list) else [value])
        if item is not None
    )


def _text(value: Any) -> str:
    """Text as it is, anything else as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
