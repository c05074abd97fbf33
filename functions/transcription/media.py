"""Is this object a recording worth sending? Decided from its first bytes, name and type."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final, NamedTuple

# As much of an object as the decisions here look at, in bytes.
HEAD: Final = 64 * 1024


class NotARecording(Exception):
    """The object is not worth sending; the message says why in words a person understands."""


class Format(NamedTuple):
    """A container of sound: how it begins, and the names that promise it."""

    name: str
    begins: Callable[[bytes], bool]
    suffixes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()


def _starts(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magics)


def _at(offset: int, magic: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[offset : offset + len(magic)] == magic


def _wave(head: bytes) -> bool:
    return head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == b"WAVE"


# These must carry their magic bytes: a file that only calls itself so is refused.
STRICT: Final = (
    Format("WAV", _wave, frozenset({"wav", "wave"}), frozenset({"audio/wav", "audio/x-wav"})),
    Format("FLAC", _starts(b"fLaC"), frozenset({"flac"}), frozenset({"audio/flac"})),
    Format(
        "Ogg",
        _starts(b"OggS"),
        frozenset({"ogg", "oga", "ogv", "opus", "spx"}),
        frozenset({"audio/ogg", "video/ogg", "audio/opus"}),
    ),
    Format(
        "MP4",
        _at(4, b"ftyp"),
        frozenset({"mp4", "m4a", "m4b", "m4v"}),
        frozenset({"audio/mp4", "video/mp4", "audio/x-m4a", "audio/m4a"}),
    ),
    Format(
        "WebM",
        _starts(b"\x1a\x45\xdf\xa3"),
        frozenset({"webm", "weba", "mkv", "mka"}),
        frozenset({"audio/webm", "video/webm", "video/x-matroska", "audio/x-matroska"}),
    ),
)

# Sound too, but their names alone are believed when the magic is missing.
LENIENT: Final = (
    _starts(b"ID3", b"#!AMR", b".snd", b"caff", b"ADIF", b"\x0b\x77"),
    _starts(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),  # ASF: WMA
    _at(4, b"moov"),
    _at(4, b"mdat"),
    _at(4, b"wide"),
    lambda head: head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"},
    lambda head: head[:4] == b"RIFF" and head[8:12] == b"AVI ",
    lambda head: len(head) > 188 and head[0] == head[188] == 0x47,  # MPEG transport stream
    lambda head: len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0,  # MPEG audio
)
BELIEVED: Final = frozenset(
    {"mp3", "mp2", "mpga", "aac", "amr", "aif", "aiff", "aifc", "au", "snd", "caf", "wma", "ac3"}
    | {"3gp", "3g2", "mov", "qt", "avi", "ts", "mpeg", "mpg", "gsm"}
)

PICTURES: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
OTHER_THINGS: Final = (
    ("a PNG picture", _starts(b"\x89PNG")),
    ("a JPEG picture", _starts(b"\xff\xd8\xff")),
    ("a GIF picture", _starts(b"GIF8")),
    ("a WebP picture", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    ("a HEIC or AVIF picture", lambda head: head[4:8] == b"ftyp" and head[8:12] in PICTURES),
    ("a PDF document", _starts(b"%PDF")),
    ("a ZIP archive or an office document", _starts(b"PK\x03\x04", b"PK\x05\x06")),
    ("a compressed archive", _starts(b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ", b"Rar!")),
    ("a program", _starts(b"\x7fELF", b"MZ")),
    ("UTF-16 text", _starts(b"\xff\xfe", b"\xfe\xff")),
    ("an SQLite database", _starts(b"SQLite format 3")),
)

# What a media type says of sound whose object was uploaded without one.
MEDIA_TYPES: Final = (
    ("audio/wav", _wave),
    ("audio/flac", _starts(b"fLaC")),
    ("audio/ogg", _starts(b"OggS")),
    ("audio/mp4", _at(4, b"ftyp")),
    ("audio/webm", _starts(b"\x1a\x45\xdf\xa3")),
    ("audio/aac", _starts(b"\xff\xf0", b"\xff\xf1", b"\xff\xf8", b"\xff\xf9")),
    ("audio/mpeg", _starts(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")),
)


def media_type(content_type: str, head: bytes) -> str:
    """The object's own content type where it says anything of sound, else what it begins like."""
    if content_type.lower().startswith(("audio/", "video/")):
        return content_type
    known = (name for name, begins in MEDIA_TYPES if begins(head))
    return next(known, content_type)


def check(key: str, size: int, content_type: str, head: bytes) -> None:
    """Pass if the object is worth sending; raises NotARecording.

    `size` is the object's in bytes, `head` its first HEAD bytes (fewer if it has fewer).
    """
    if size == 0:
        raise NotARecording("The object is empty")
    if what := _other_thing(head):
        raise NotARecording(f"The object is {what}, not a recording")
    if any(kind.begins(head) for kind in STRICT):
        if _wave(head):
            _check_wave(size, head)
        return
    if any(begins(head) for begins in LENIENT):
        return
    _check_promise(PurePosixPath(key).suffix.lower().lstrip("."), content_type.lower())


def _check_promise(suffix: str, content_type: str) -> None:
    """Without magic of any kind, only a name that promises a headerless format is believed."""
    bare_type = content_type.partition(";")[0].strip()
    for kind in STRICT:
        if suffix in kind.suffixes or bare_type in kind.types:
            called = f"named .{suffix}" if suffix in kind.suffixes else f"called {bare_type}"
            raise NotARecording(f"The object is {called}, but does not begin like {kind.name}")
    if suffix in BELIEVED or bare_type.startswith(("audio/", "video/")):
        return
    raise NotARecording(
        "Neither the object's first bytes nor its name nor its content type say that it is sound"
    )


def _other_thing(head: bytes) -> str | None:
    for what, begins in OTHER_THINGS:
        if begins(head):
            return what
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> str | None:
    """Sound holds bytes that no text does: control characters within its first few hundred."""
    beginning = head[:512]
    if any(byte < 0x20 and byte not in b"\t\n\v\f\r\x1b" for byte in beginning):
        return None
    try:
        text = beginning.decode("utf-8-sig", errors="strict" if len(head) < 512 else "ignore")
    except UnicodeDecodeError:
        return None
    if len(text.encode()) < len(beginning) - 6:  # more was dropped than a character cut in half
        return None
    start = text.lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return "an HTML page"
    return "text"


def _check_wave(size: int, head: bytes) -> None:
    """A WAV must reach its sound: walk the chunks up to `data` as far as the head goes."""
    offset = 12
    while offset + 8 <= len(head):
        name, length = (
            head[offset : offset + 4],
            int.from_bytes(head[offset + 4 : offset + 8], "little"),
        )
        if name == b"data":
            if size <= offset + 8:
                raise NotARecording("The WAV file has a header but no sound")
            return
        offset += 8 + length + length % 2
    if offset + 8 > size:
        raise NotARecording("The WAV file is cut off inside its header")
