"""Which files are uploaded, and under which keys."""

import mimetypes
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dropscribe.screen import visible

LONGEST_KEY: Final = 1024  # bytes, set by S3
# What Python's table lacks or names otherwise from one system to the next.
_AUDIO_TYPES: Final = {
    ".aac": "audio/aac",
    ".amr": "audio/amr",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mka": "audio/x-matroska",
    ".mkv": "video/x-matroska",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".webm": "video/webm",
}


class NotUploadable(Exception):
    """A choice of files that cannot be uploaded; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One file and the key that it gets; `size` in bytes."""

    path: Path
    key: str
    size: int


def recordings(
    paths: Sequence[Path], prefix: str = "", key: str | None = None, recursive: bool = False
) -> list[Recording]:
    """All files to upload, directories walked if `recursive`; raises NotUploadable."""
    named = [(file, key_of(name, prefix)) for file, name in _files(paths, recursive)]
    if key is not None:
        if len(named) != 1:
            raise NotUploadable(f"--key names one file, not {len(named)}: use --prefix.")
        named = [(named[0][0], key)]
    if not named:
        raise NotUploadable("There is no file in there.")
    found = [Recording(path, key, path.stat().st_size) for path, key in named]
    _check_keys([recording.key for recording in found])
    return found


def key_of(name: str, prefix: str) -> str:
    """The key of a file: the prefix names a folder, with or without its slash."""
    return f"{prefix.rstrip('/')}/{name}" if prefix.rstrip("/") else name


def content_type_of(name: str) -> str:
    """The content type that the name promises."""
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 - a key is not a path
    return _AUDIO_TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _files(paths: Iterable[Path], recursive: bool) -> Iterator[tuple[Path, str]]:
    for path in paths:
        if not path.is_dir():
            yield path, path.name
        elif not recursive:
            raise NotUploadable(f"{visible(str(path))} is a directory: add --recursive.")
        else:
            # Like `cp -r`: the directory's own name stays, except for `.` and `..`.
            root = path if path.name in ("", "..") else path.parent
            for file in sorted(path.rglob("*")):
                inside = file.relative_to(path)
                if file.is_file() and not any(part.startswith(".") for part in inside.parts):
                    yield file, file.relative_to(root).as_posix()


def _check_keys(keys: Sequence[str]) -> None:
    for key, times in Counter(keys).items():
        shown = visible(key)
        if times > 1:
            raise NotUploadable(f"{times} files would get the key {shown}: upload them apart.")
        try:
            size = len(key.encode())
        except UnicodeEncodeError as error:
            raise NotUploadable(f"The name {shown} is not valid UTF-8: use --key.") from error
        if not 0 < size <= LONGEST_KEY:
            raise NotUploadable(f"A key has 1 to {LONGEST_KEY} bytes, this has {size}: {shown}")
