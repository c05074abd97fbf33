"""Uploads that are told apart by their bytes, and the words that the speech API hears in each.

The words are made from the bytes that the API really got, so a transcript of another version, or
of another file, is seen at once.
"""

import hashlib
import io
import re
import wave
from typing import Final

# What is uploaded and is no recording: each must be rejected, and never sent.
NOT_SPEECH: Final = ("empty", "text", "picture", "cut")
SPEECH: Final = "speech"
# What every word begins with; nothing else has it, so a leaked word is found.
MARK: Final = "zq"
WORDS: Final = 6


def recording(kind: str, name: str) -> bytes:
    """The bytes of an upload; those of speech are a short WAV file that no other name gives."""
    match kind:
        case "empty":
            return b""
        case "text":
            return f"Minutes of {name}.\n".encode()
        case "picture":
            return b"\x89PNG\r\n\x1a\n" + bytes(64)
        case "cut":
            return _noise(name)[:40]
    return _noise(name)


def heard(body: bytes) -> list[str]:
    """The words in a recording."""
    digest = hashlib.sha256(body).hexdigest()
    letters = digest.translate(str.maketrans("0123456789", "ghijklmnop"))
    return [MARK + letters[start : start + 8] for start in range(0, WORDS * 8, 8)]


def words_in(text: str) -> set[str]:
    """The words that were heard, in whatever was made of them."""
    return set(re.findall(rf"{MARK}[a-p]{{8}}", text.lower()))


def _noise(name: str) -> bytes:
    samples = hashlib.shake_256(name.encode()).digest(4000)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(samples)
    return file.getvalue()
