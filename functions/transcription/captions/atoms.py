"""What a word is made of that a line can't be broken inside, and what tells where to cut."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from transcription.captions import rules
from transcription.captions.leaning import LEANING, TITLES
from transcription.spelling import FULL_WIDTH, is_full_width

# More letters than this can't be read anyway.
MOST: Final = rules.LONGEST * rules.SPEED // 1000

# Chinese and Japanese full stops, the Arabic question mark, Urdu's and Hindi's full stops; then
# what may follow any of them, closing marks.
_CLOSERS: Final = "[\"'”’»›)\\]}）」』】》]*"  # noqa: RUF001 full-width ones are meant
_SENTENCE: Final = re.compile(f"[.?!…。？！｡؟۔।॥]{_CLOSERS}$")  # noqa: RUF001
_CLAUSE: Final = re.compile(f"[,;:、，；：،؛—–)）]{_CLOSERS}$|--$")  # noqa: RUF001
# `p.m.`, `U.S.`, and `3.` of a date may end a sentence, and mostly don't.
_DOUBTFUL: Final = re.compile(r"\w\.\w+\.$|^\d{1,2}\.$")
_INITIAL: Final = re.compile(r"^[^\W\d_I]\.$")  # not `I.`, a sentence's end
_OPENING: Final = "「『（《【〈“"  # noqa: RUF001
_CLOSING: Final = "、。，．！？：；」』）》】〉”ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…"  # noqa: RUF001
_MARKS: Final = "\u0300-\u036f\u200d\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
_PIECE: Final = re.compile(
    f"[{_OPENING}]{{0,2}}(?:[^{FULL_WIDTH}]+|.)[{_MARKS}]*(?:[{_CLOSING}][{_MARKS}]*){{0,3}}",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of text that stays together, and what it says about a cut before or after it.

    `cut` is what a cut costs after it, in a sentence and without a pause, `cut_before_leaning` the
    same where what follows leans on the next one again. An overlong one is longer than a line, a
    broad one that or wide; a glued one follows the one before without a space, and between two
    plain ones always is a space. It is written `spaced` where one stands before it.
    """

    text: str
    spaced: str
    letters: int
    is_wide: bool
    cut: float
    cut_before_leaning: float
    ends_sentence: bool
    is_leaning: bool
    has_capital: bool
    begins_name: bool
    is_small: bool
    is_plain: bool
    is_overlong: bool
    is_broad: bool
    is_glued: bool


@lru_cache(maxsize=20_000)
def atoms(word: str) -> tuple[Atom, ...]:
    """A word in pieces, of which most have one.

    One with spaces has more; and so has a full-width one longer than a line, in which no space
    says where to break it.
    """
    return tuple(
        _atom(piece, is_glued=bool(place))
        for part in word.split()
        for place, piece in enumerate(_pieces(part))
    )


def _pieces(part: str) -> list[str]:
    if len(part) <= rules.WIDE_LINE or not is_full_width(part):
        return [part]
    return _PIECE.findall(part)


def _atom(text: str, is_glued: bool) -> Atom:
    ends_sentence, is_wide, cut = _ends_sentence(text), is_full_width(text), _cut(text)
    is_overlong = len(text) > (rules.WIDE_LINE if is_wide else rules.LINE)
    is_within, has_capital = cut == rules.PHRASE, _has_capital(text)
    return Atom(
        text=text,
        spaced=f" {text}",
        letters=min(len(text), MOST),
        is_wide=is_wide,
        cut=cut,
        cut_before_leaning=cut - rules.BEFORE_LEANING if is_within else cut,
        ends_sentence=ends_sentence,
        is_leaning=text.lower() in LEANING,
        has_capital=has_capital,
        begins_name=has_capital and is_within,
        is_small=text[0].islower(),
        is_plain=text.isascii() and not is_glued,
        is_overlong=is_overlong,
        is_broad=is_wide or is_overlong,
        is_glued=is_glued,
    )


def _has_capital(text: str) -> bool:
    """Whether it may be a name; `I` is none, and what is all in capitals tells nothing."""
    return text[0].isupper() and not text.isupper() and not text.startswith(("I'", "I’"))  # noqa: RUF001


def _cut(text: str) -> float:
    """What a cut costs after it, whatever follows."""
    if _is_title(text):
        return rules.IN_NAME
    if _SENTENCE.search(text) or _CLAUSE.search(text):
        return rules.CLAUSE
    return rules.PHRASE + (rules.LEANING if text.lower() in LEANING else 0.0)


def _ends_sentence(text: str) -> bool:
    ended = _SENTENCE.search(text) and not _DOUBTFUL.search(text)
    return bool(ended) and not _is_title(text)


def _is_title(text: str) -> bool:
    if not text[0].isupper():
        return False
    return text.rstrip(".").lower() in TITLES or _INITIAL.search(text) is not None
