"""Speech that is hard to caption, and its captions keep the rules."""

import pytest
from transcription.reading import transcript_of

from tests.captions.cases import ADDRESS, ARABIC, CASES, CHINESE, COMPOUND, UNAVOIDABLE, payload
from tests.captions.ours import files, verdict
from tests.captions.parsed import Cue, parsed


def cues(case: str, suffix: str = "vtt") -> list[Cue]:
    """What is shown."""
    text = files(transcript_of(payload(case)))[suffix]
    return list(parsed(text, suffix, named=False).cues)


@pytest.mark.parametrize("suffix", ["srt", "vtt"])
@pytest.mark.parametrize("case", CASES)
def test_no_rule_is_broken(case: str, suffix: str) -> None:
    """None at all, but for what no captions of these words and times could keep."""
    found = verdict(transcript_of(payload(case)), suffix)
    broken = {rule for rule, count in found.broken.items() if count}
    assert found.cues
    assert broken <= UNAVOIDABLE.get(case, set())


def test_a_word_has_a_cue_where_nobody_says_more() -> None:
    """Six words of two people, and six cues, each long enough to be read."""
    assert len(cues("one-word cues")) == 6


def test_a_long_word_stands_whole() -> None:
    """A compound and an address are not cut: each has a cue for itself."""
    shown = [cue.said for cue in cues("a German compound") + cues("addresses")]
    assert COMPOUND in shown
    assert shown.count(ADDRESS) == 2


def test_chinese_is_written_without_spaces() -> None:
    """However the words come; and cues end where sentences and clauses do."""
    for case in ("Chinese, a word a letter", "Chinese without spaces"):
        shown = [cue.lines for cue in cues(case)]
        assert "".join(line for lines in shown for line in lines) == CHINESE
        assert all(lines[-1][-1] in "，。？" for lines in shown)  # noqa: RUF001 full-width


def test_right_to_left_text_is_what_was_said() -> None:
    """In the order of the letters, without marks of direction."""
    text = files(transcript_of(payload("Arabic")))["vtt"]
    assert " ".join(" ".join(cue.lines) for cue in cues("Arabic")) == ARABIC
    assert not set(text) & set("\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
