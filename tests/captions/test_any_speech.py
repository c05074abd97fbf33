"""Captions of any speech at all: no hard rule is ever broken."""

from typing import Any

from hypothesis import given, settings
from transcription.reading import transcript_of

from tests.captions.checker import HARD
from tests.captions.ours import verdict
from tests.captions.speech import names, payloads


@settings(max_examples=1000, deadline=None)
@given(payloads(), names)
def test_no_hard_rule_is_ever_broken(payload: dict[str, Any], called: list[str]) -> None:
    """Overlap, order, lines, their length, two frames between, seven seconds, escaping, words."""
    transcript = transcript_of(payload)
    for suffix in ("srt", "vtt"):
        found = verdict(transcript, suffix, *called).broken
        assert {rule: found[rule] for rule in HARD if found[rule]} == {}
