"""The formats of a transcript, as who keeps renditions knows them, without what makes them."""

from collections.abc import Mapping
from typing import Final

CONTENT_TYPES: Final[Mapping[str, str]] = {
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "json": "application/json",
}
CAPTIONS: Final = frozenset({"srt", "vtt"})


def no_captions(why: str) -> dict[str, str]:
    """What stands instead of captions that no longer belong to the text beside them."""
    return {"srt": "", "vtt": f"WEBVTT\n\nNOTE\n{why}\n"}
