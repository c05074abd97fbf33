"""Letters and words, told apart by what Unicode says of them."""

import re
import unicodedata
from functools import cache

EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "IDEOGRAPHIC")
UNSPACED = (*EAST_ASIAN, "HALFWIDTH", "THAI", "LAO", "MYANMAR", "KHMER")
SENTENCE = re.compile(r"[.?!…。？！؟][\"'”’»)\]」』）]*$")  # noqa: RUF001 full-width
CLAUSE = re.compile(r"([,;:、，；：،)）]|--|[—–])[\"'”’»]*$")  # noqa: RUF001
# A full stop that ends no sentence: of a title, an initial, `p.m.`, a date's `3.`.
ABBREVIATED = re.compile(r"(^(Mr|Mrs|Ms|Dr|Prof|St)|\b[^\W\d_]|^\d{1,2})\.$")
TITLE = re.compile(r"^(Mr|Mrs|Ms|Dr|Prof|St|[A-Z])\.?$")
LEANING = frozenset(
    re.findall(r"\w+", "a an the of to in on at by for from with and or but as than")
)


@cache
def is_wide(letter: str) -> bool:
    """Whether it is a Chinese, Japanese or Korean letter as wide as it is high."""
    known = unicodedata.name(letter, "").startswith(EAST_ASIAN)
    return known and unicodedata.east_asian_width(letter) in ("W", "F")


def is_spaced(text: str) -> bool:
    """Whether its words can be told apart by spaces."""
    return not any(unicodedata.name(letter, "").startswith(UNSPACED) for letter in set(text))


def tokens(text: str) -> list[str]:
    """The words; where there are no spaces, each letter with the marks that follow it."""
    found: list[str] = []
    for part in text.split():
        new = True
        for letter in part:
            if new or (is_wide(letter) and not SENTENCE.match(letter) and not CLAUSE.match(letter)):
                found.append(letter)
            else:
                found[-1] += letter
            new = is_wide(letter) and unicodedata.category(letter)[0] == "L"
    return found


def plain(text: str) -> str:
    """The text as it reads where SubRip needs look-alikes for what would be markup."""
    for sign, alike in (("-->", "→"), ("<", "‹"), ("{", "❴")):  # noqa: RUF001
        text = text.replace(sign, alike)
    return text


def ends_sentence(word: str, following: str) -> bool:
    """Whether a sentence ends between two words."""
    ended = SENTENCE.search(word) and not ABBREVIATED.search(word)
    return bool(ended) and not following[:1].islower()


def is_clause(word: str) -> bool:
    """Whether a clause ends here, and no sentence."""
    return CLAUSE.search(word) is not None


def ends_clause(word: str) -> bool:
    """Whether something ends here that is read in one go."""
    return SENTENCE.search(word) is not None or is_clause(word)


def is_in_name(before: str, word: str, following: str) -> bool:
    """Whether a name goes on from one word to the next; a sentence's first word says nothing."""
    if TITLE.match(word) and word not in ("I", "A") and following[:1].isupper():
        return True
    if not before or ends_sentence(before, word) or ends_clause(word) or re.match(r"I\b", word):
        return False
    return word[:1].isupper() and following[:1].isupper()
