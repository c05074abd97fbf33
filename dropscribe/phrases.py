"""Finding a phrase in a canonical transcript. Pure.

Neither case nor punctuation counts, nor where a sentence or a segment ends. Each channel is read
by itself, so that somebody who is interrupted on another line still says it in one piece.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, NamedTuple

from transcription import spelling

AROUND: Final = 40  # letters shown on either side of a hit
# Apostrophes, and what is not seen: don't, don\u2019t and dont are one word.
_NOTHING: Final = dict.fromkeys(
    map(ord, "'`\u00ad\u00b4\u02bc\u2018\u2019\u200b\u200c\u200d\u2060\ufeff")
)


class Hit(NamedTuple):
    """Where a phrase was said. Times are seconds, None where the model gave none."""

    start: float | None
    end: float | None
    voice: str | None
    before: str
    said: str
    after: str


class _Spoken(NamedTuple):
    """A word as the document has it, and whose it is."""

    word: Mapping[str, Any]
    voice: str | None


def folded(text: str) -> str:
    """A text without what does not count within a word."""
    compatible = unicodedata.normalize("NFKC", text.translate(_NOTHING)).casefold()
    return unicodedata.normalize("NFKC", compatible)


@lru_cache(maxsize=1 << 16)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared; where none are set apart, each letter is one."""
    found: list[str] = []
    for kind, letters in groupby(folded(text), key=_kind):
        if kind == "word":
            found.append("".join(letters))
        elif kind == "letter":
            found.extend(letters)
    return tuple(found)


def _kind(letter: str) -> str:
    if not (letter.isalnum() or unicodedata.category(letter).startswith("M")):
        return "between"
    return "word" if spelling.apart(letter, letter) else "letter"


def may_hold(body: str, phrase: Sequence[str]) -> bool:
    """Whether it is worth reading a document's JSON: a look at its letters alone."""
    letters = folded(body)
    return "\\u" in body or all(word in letters for word in phrase)


def hits(document: Mapping[str, Any], phrase: Sequence[str]) -> list[Hit]:
    """Everywhere that a phrase is said, in the order of time.

    Raises KeyError or TypeError for what is no transcript.
    """
    found = [
        hit for spoken in _channels(document).values() for hit in _hits_in(spoken, list(phrase))
    ]
    return sorted(found, key=lambda hit: hit.start or 0.0)


def places(words: Sequence[str], phrase: Sequence[str]) -> Iterator[int]:
    """Where a phrase begins; one place does not reach into the next. Both are lists, or tuples."""
    at, last = 0, len(words) - len(phrase)
    while at <= last:
        try:
            at = words.index(phrase[0], at, last + 1)
        except ValueError:
            return
        is_here = words[at : at + len(phrase)] == phrase
        if is_here:
            yield at
        at += len(phrase) if is_here else 1


def _hits_in(spoken: Sequence[_Spoken], phrase: list[str]) -> Iterator[Hit]:
    words, owners = [], []
    for number, (word, _) in enumerate(spoken):
        for each in words_of(word["text"]):
            words.append(each)
            owners.append(number)
    for place in places(words, phrase):
        yield _hit(spoken, owners[place], owners[place + len(phrase) - 1])


def _hit(spoken: Sequence[_Spoken], first: int, last: int) -> Hit:
    return Hit(
        start=spoken[first].word.get("start"),
        end=spoken[last].word.get("end"),
        voice=spoken[first].voice,
        before=_text(_reach(reversed(spoken[max(0, first - AROUND) : first]))[::-1]),
        said=_text(spoken[first : last + 1]),
        after=_text(_reach(iter(spoken[last + 1 : last + 1 + AROUND]))),
    )


def _reach(spoken: Iterator[_Spoken]) -> list[_Spoken]:
    """As many words as there is room for."""
    room, kept = AROUND, []
    for each in spoken:
        room -= len(each.word["text"]) + 1
        if room < 0:
            break
        kept.append(each)
    return kept


def _text(spoken: Sequence[_Spoken]) -> str:
    return spelling.joined(each.word["text"] for each in spoken)


def _channels(document: Mapping[str, Any]) -> Mapping[int, list[_Spoken]]:
    """What is said on each channel, word by word."""
    names = _names(document.get("speakers"))
    channels: dict[int, list[_Spoken]] = {}
    for segment in document["segments"]:
        channel = segment["channel"]
        voice = names.get((channel, segment["speaker"]))
        channels.setdefault(channel, []).extend(_Spoken(word, voice) for word in segment["words"])
    return channels


def _names(speakers: Any) -> Mapping[tuple[int, int | None], str | None]:
    """What the voices are called; documents of early releases only count them."""
    if not isinstance(speakers, list):
        return {}
    return {(each["channel"], each["speaker"]): each["name"] for each in speakers}
