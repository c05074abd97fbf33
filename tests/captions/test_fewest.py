"""On the same words, our captions break every rule least often; as the benchmark counts it."""

import json
from pathlib import Path

import pytest

from benchmarks.caption_makers import ROWS, Channel, Counts, Segment, totals
from dropscribe.local.speech.words import Word

# What Whisper heard in the benchmark's recordings: texts, and seconds.
HEARD = Path(__file__).with_name("heard.json")


@pytest.fixture(scope="module")
def counts() -> Counts:
    """What is wrong with everybody's captions."""
    return totals(
        [
            Channel(
                [Segment(start, end, text) for start, end, text in channel["segments"]],
                [Word(text, start, end, 1.0) for text, start, end in channel["words"]],
            )
            for channel in channels
        ]
        for channels in json.loads(HEARD.read_text(encoding="utf-8")).values()
    )


@pytest.mark.parametrize("rule", ROWS)
def test_nobody_breaks_a_rule_less_often(rule: str, counts: Counts) -> None:
    """Violations in proportion to the cues."""
    ours, *theirs = (count[rule] / count["cues"] for count in counts.values())
    assert next(iter(counts)) == "Dropscribe"
    assert ours <= min(theirs)


def test_only_people_who_talk_at_once_are_too_fast(counts: Counts) -> None:
    """Every other rule is kept."""
    ours = counts["Dropscribe"]
    assert [rule for rule in ROWS if ours[rule]] == ["too fast"]
