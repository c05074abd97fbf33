"""A word as it was heard, and how it is written in an answer."""

import unicodedata
from collections.abc import Iterable
from statistics import fmean
from typing import Any, NamedTuple


class Word(NamedTuple):
    """One word, written as Whisper writes it (``Mr.``, ``them.``). Times in seconds."""

    written: str
    start: float
    end: float
    confidence: float
    speaker: int | None = None


def bare(written: str) -> str:
    """The word in lower case, without the punctuation round it: ``"Mr."`` becomes ``mr``."""
    start, end = 0, len(written)
    while start < end and _is_punctuation(written[start]):
        start += 1
    while end > start and _is_punctuation(written[end - 1]):
        end -= 1
    return written[start:end].lower()


def whole_words(pieces: Iterable[Word], *, spaced: bool = True) -> list[Word]:
    """Join Whisper's pieces: `` cold`` and ``-hearted`` are one word, for a space opens each.

    In a language written without spaces (not ``spaced``) each piece stays by itself.
    """
    words: list[Word] = []
    for piece in pieces:
        if spaced and words and not piece.written.startswith(" "):
            words[-1] = _joined(words[-1], piece)
        else:
            words.append(piece._replace(written=piece.written.strip()))
    return [word for word in words if bare(word.written)]


def text_of(words: Iterable[Word], *, punctuated: bool) -> str:
    """The words as running text."""
    return " ".join(word.written if punctuated else bare(word.written) for word in words)


def mean_confidence(words: Iterable[Word]) -> float:
    """From 0 to 1; 0 where nothing was said."""
    return round(fmean([word.confidence for word in words] or [0.0]), 6)


def as_json(word: Word, *, punctuated: bool) -> dict[str, Any]:
    """One entry of ``words[]`` in Deepgram's shape."""
    answer: dict[str, Any] = {
        "word": bare(word.written),
        "start": word.start,
        "end": word.end,
        "confidence": word.confidence,
    }
    if word.speaker is not None:
        answer |= {"speaker": word.speaker, "speaker_confidence": word.confidence}
    if punctuated:
        answer["punctuated_word"] = word.written
    return answer


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")


def _joined(first: Word, second: Word) -> Word:
    return first._replace(
        written=first.written + second.written.strip(),
        end=second.end,
        confidence=min(first.confidence, second.confidence),
    )
