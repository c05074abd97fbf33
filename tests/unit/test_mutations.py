"""Whatever an answer is, it becomes a transcript of its own words or one of our errors."""

import json
from collections import Counter
from itertools import pairwise

from hypothesis import example, given, settings
from transcription import answer
from transcription.answer import Outcome, Unreadable
from transcription.dialects import NotUnderstood
from transcription.document import document_of
from transcription.foreign import one_line
from transcription.reading import transcript_of
from transcription.renditions import render
from transcription.transcript import Transcript

from tests.unit.examples import a_job
from tests.unit.mutations import bodies, strings
from tests.unit.schema import faults


@settings(max_examples=1000)
@given(bodies())
@example(b"")
@example(b'{"status": "completed", "result": {"text": "caf\xe9 au lait"}}')
def test_no_answer_raises_anything_else_or_invents_a_word(body: bytes) -> None:
    """Types swapped, fields missing, nested wrongly, huge, not UTF-8: nothing else comes out."""
    try:
        found = answer.read(body)
        if found.outcome is not Outcome.SUCCESS:
            assert len(found.reason.encode()) < 1500
            return
        transcript = transcript_of(found.payload)
    except (Unreadable, NotUnderstood):
        return
    assert not _invented(transcript, body)
    _is_sound(transcript)


def _invented(transcript: Transcript, body: bytes) -> Counter[str]:
    """The words of ours that the answer doesn't have, or not as often."""
    try:
        read = json.loads(body)
    except ValueError:
        read = json.loads(body.decode(errors="replace"), parse_int=float)
    theirs = Counter(word for text in strings(read) for word in one_line(text).split())
    ours = Counter(part for word in transcript.words for part in word.text.split())
    return ours - theirs


def _is_sound(transcript: Transcript) -> None:
    """Its times run forwards, and everything that is made of it can be written."""
    for segment in transcript.segments:
        starts = [word.start for word in segment.words if word.start is not None]
        assert all(0 <= one <= other for one, other in pairwise([0.0, *starts]))
    made = render(document_of(a_job(), transcript))
    for text in made.values():
        text.encode()
    assert faults("transcript-1", json.loads(made["json"])) == []
