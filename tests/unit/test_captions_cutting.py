"""Where captions are cut: the best of all ways, and what is good about it."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.captions import cues, rules
from transcription.captions.cutting import cuts, price
from transcription.captions.phrasing import gaps
from transcription.captions.stretches import Stretch, stretches
from transcription.captions.timing import reading_time
from transcription.captions.widths import widths
from transcription.reading import transcript_of

from tests.unit.examples import a_payload, a_word, spoken

FILLED = "nobody really remembered anything"


def shown(text: str, each: float = 0.4) -> list[str]:
    """What each cue says."""
    found = cues(transcript_of(a_payload(spoken(text, each=each))), lambda _: None)
    return [" ".join(cue.lines) for cue in found]


@pytest.mark.parametrize(
    "parts",
    [
        [f"{FILLED} whatever they heard.", f"Nobody knew, {FILLED}."],
        ["Mr. Brown said nothing.", f"Dr. J. Smith told Anna Dashwood that {FILLED}."],
        ["It begins at 5 p.m. on Monday.", f"{FILLED.capitalize()} about it."],
    ],
)
def test_a_cut_is_at_a_sentence_end(parts: list[str]) -> None:
    """And a title, an initial or an abbreviation is none."""
    assert shown(" ".join(parts)) == parts


def test_a_cut_is_at_a_clause_if_at_no_sentence_end() -> None:
    """Though the parts are less even."""
    one, other = f"{FILLED} that they were ever told,", f"{FILLED} seen there"
    assert shown(f"{one} {other}") == [one, other]


def test_a_cut_is_in_a_pause_if_at_no_clause() -> None:
    """A silence is always one."""
    first, then = spoken(f"{FILLED} whatever they", each=0.4), spoken(f"heard or {FILLED}", 3.2)
    found = cues(transcript_of(a_payload(first + then)), lambda _: None)
    assert found[0].lines[-1].endswith("whatever they")
    first, then = spoken("the end"), spoken("of time", 3.0)
    assert len(cues(transcript_of(a_payload(first + then)), lambda _: None)) == 2


@pytest.mark.parametrize("name", ["Mr. Dashwood", "Anna Maria Dashwood", "St. Petersburg"])
def test_no_cut_is_in_a_name(name: str) -> None:
    """Wherever it stands."""
    words = f"{FILLED} whatever people said {FILLED}".split()
    for before in range(8):
        text = " ".join([*words[:before], name, *words[before:]])
        assert sum(name in part for part in shown(text)) == 1


def test_no_cut_is_after_an_article_or_a_preposition() -> None:
    """They belong to what follows."""
    found = shown("the remains of the house in the middle of the garden of the man of the hour")
    assert not any(part.split()[-1] in ("the", "of", "in") for part in found)
    assert len(found) == 1 or found[1].split()[0] in ("the", "of", "in")


def test_short_sentences_share_a_caption() -> None:
    """Whole ones; none shares it with half of another."""
    assert shown("No. Never!") == ["No. Never!"]
    found = shown(f"Never! {FILLED.capitalize()} whatever they heard of it or {FILLED} at all.")
    assert found[0] == "Never!"


def a_stretch(words: Sequence[tuple[str, float]]) -> Stretch:
    """Words with the pause before each."""
    now, said = 0.0, []
    for text, pause in words:
        said.append(a_word(text, now + pause, now + pause + 0.3))
        now += pause + 0.3
    segments = transcript_of(a_payload(said)).segments
    [stretch] = stretches(segments, (), lambda _: None)
    return stretch


def cost(stretch: Stretch, ends: Sequence[int]) -> float:
    """What a way to cut costs, by the prices of rules.py; infinite where it is none."""
    known, total = gaps(stretch), 0.0
    text = widths(stretch.atoms, known.cut, "")
    until = [*stretch.starts, stretch.until]
    for start, end in pairwise([0, *ends]):
        spoken = stretch.ends[end - 1] - stretch.starts[start]
        inner = known.ends_sentence[start : end - 1]
        whole = known.ends_sentence[end - 1] and (not start or known.ends_sentence[start - 1])
        if text.cue[start] < end or spoken > rules.LONGEST or (any(inner) and not whole):
            return float("inf")
        letters = text.letters(start, end)
        missing = stretch.starts[start] + reading_time(letters) - (until[end] - rules.GAP)
        total += (
            price(letters, is_wide=False) + known.cut[end - 1] + sum(known.inside[start : end - 1])
        )
        total += rules.TOO_FAST + missing * rules.MISSING_SECOND / 1000 if missing > 0 else 0.0
    return total


def divisions(count: int) -> Iterator[list[int]]:
    """Every way to cut so many words."""
    for number in range(count):
        for inner in combinations(range(1, count), number):
            yield [*inner, count]


texts = st.sampled_from(["ab", "abcdefgh", "abcdefghijklmnop", "abcdef,", "abcdefgh.", "y?"])
pauses = st.sampled_from([0.0, 0.0, 0.2, 0.7])


@given(st.lists(st.tuples(texts, pauses), min_size=1, max_size=9))
def test_no_other_way_to_cut_is_better(words: list[tuple[str, float]]) -> None:
    """All ways are tried, and none costs less."""
    stretch = a_stretch(words)
    known = gaps(stretch)
    found = cuts(stretch, known, widths(stretch.atoms, known.cut, ""), 0)
    least = min(cost(stretch, ends) for ends in divisions(len(stretch.atoms)))
    assert cost(stretch, found) == pytest.approx(least)
