"""What the desk makes of a job's options, and what a paid retry leaves behind."""

from typing import Any, cast

from transcription.desk import Desk, request
from transcription.job import Status
from transcription.next_step import Step, retry_step

from tests.unit.examples import NOON, a_job
from tests.unit.rows import Row

NOTHING = cast("Any", None)


class Paused(Row):
    """A ledger of a stack that sends nothing now."""

    def paused(self) -> bool:
        return True


def test_false_and_unset_are_left_out() -> None:
    """How the API reads a false is undocumented."""
    asked = request(a_job(options={"diarize": False, "punctuate": True, "utt_split": 0.8}))
    assert asked == {"model": "#g1_whisper-small", "punctuate": True, "utt_split": 0.8}


def test_a_paid_retry_forgets_the_failed_answer() -> None:
    """Else a later retry would publish the old failure as an empty transcript."""
    failed = a_job(status=Status.FAILED, stage="transcribe", answer="0/1.json", generation_id="g")
    ledger, parts = cast("Any", Paused(failed)), (NOTHING,) * 6
    desk = Desk(ledger, *parts, now=lambda: NOON, resend=False)
    assert retry_step(failed, NOON) is Step.SEND_AGAIN
    assert (waiting := desk.take(failed, Step.SEND_AGAIN))
    assert (waiting.status, waiting.attempt) == (Status.WAITING, 2)
    assert (waiting.answer, waiting.generation_id) == (None, None)
