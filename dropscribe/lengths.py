"""How a recording of this machine begins, and how long that says it is, as the stack reads it."""

from importlib.util import find_spec
from pathlib import Path

from transcription.media import HEAD


def can_be_read() -> bool:
    """Whether headers can be read: the command line works without the package that reads them."""
    return find_spec("tinytag") is not None


def head_of(path: Path) -> bytes:
    """How a file begins, as far as the stack looks at that; raises OSError."""
    with path.open("rb") as file:
        return file.read(HEAD)


def seconds_in(path: Path, size: int) -> float | None:
    """Seconds of sound in a file of `size` bytes; None where its header doesn't tell.

    Raises OSError.
    """
    if not can_be_read():
        return None
    from transcription.recordings import length  # noqa: PLC0415 - needs tinytag

    with path.open("rb") as file:

        def fetch(start: int, count: int) -> bytes:
            file.seek(start)
            return file.read(count)

        return length(size, fetch(0, HEAD), fetch)
