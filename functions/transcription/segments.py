"""Where one voice's words are cut: into segments, and the segments into paragraphs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from transcription.transcript import Segment, Word

# A pause this long, in seconds, ends a segment; this long, a paragraph.
PAUSE: Final = 0.8
LONG_PAUSE: Final = 2.0
# A paragraph ends with the first sentence after this many letters.
FULL_PARAGRAPH: Final = 500
SENTENCE_ENDS: Final = (".", "?", "!", "…", "。", "？", "！")  # noqa: RUF001 full-width
# What ends with a full stop and never ends a sentence.
TITLES: Final = frozenset({"mr.", "mrs.", "ms.", "dr.", "prof.", "st."})


class Heard(NamedTuple):
    """A word, and which of the API's own utterances and paragraphs in its channel it stands in."""

    word: Word
    utterance: int | None = None
    paragraph: int | None = None


class Piece(NamedTuple):
    """The words of a segment, and the API's own paragraph in its channel that they stand in."""

    words: Sequence[Word]
    paragraph: int | None

    @property
    def length(self) -> int:
        """Letters, with a space after each word."""
        return sum(len(word.text) + 1 for word in self.words)


def pieces(heard: Iterable[Heard]) -> Iterator[Piece]:
    """The segments of one channel's words."""
    current: list[Word] = []
    last: Heard | None = None
    for one in heard:
        if last and _ends_segment(last, one):
            yield Piece(tuple(current), last.paragraph)
            current = []
        current.append(one.word)
        last = one
    if last:
        yield Piece(tuple(current), last.paragraph)


def segments(found: Iterable[Piece]) -> list[Segment]:
    """The segments of all channels, in the order of time, with the number of their paragraph."""
    numbered: list[Segment] = []
    last: Piece | None = None
    number, letters = 0, 0
    for piece in found:
        if last and _ends_paragraph(last, piece, letters):
            number, letters = number + 1, 0
        letters += piece.length
        numbered.append(Segment(piece.words, number))
        last = piece
    return numbered


def _ends_segment(last: Heard, following: Heard) -> bool:
    if last[1:] != following[1:] or last.word.speaker != following.word.speaker:
        return True
    return _ends_sentence(last.word) or _gap(last.word, following.word) >= PAUSE


def _ends_sentence(word: Word) -> bool:
    return word.text.endswith(SENTENCE_ENDS) and word.text.lower() not in TITLES


def _ends_paragraph(last: Piece, following: Piece, letters: int) -> bool:
    here, there = last.words[-1], following.words[0]
    if (here.channel, here.speaker) != (there.channel, there.speaker):
        return True
    if last.paragraph is not None and following.paragraph is not None:
        return last.paragraph != following.paragraph
    if _gap(here, there) >= LONG_PAUSE:
        return True
    return letters >= FULL_PARAGRAPH and here.text.endswith(SENTENCE_ENDS)


def _gap(last: Word, following: Word) -> float:
    if last.end is None or following.start is None:
        return 0.0
    return round(following.start - last.end, 3)
