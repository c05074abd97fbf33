"""The table of errors on real sockets: every row of it, for `create` and for `fetch`."""

from collections.abc import Mapping

import pytest
import urllib3
from transcription import speech_api
from transcription.api_errors import BROKEN, ERRORS
from transcription.job import Status, WaitReason

from tests.application.house import House
from tests.scripted_api import Drop, Reply, ScriptedApi

REJECTED = (Status.REJECTED, None)
AMBIGUOUS = (Status.AMBIGUOUS, None)
SLOW_DOWN = (Status.WAITING, WaitReason.SLOW_DOWN)
OUTAGE = (Status.WAITING, WaitReason.OUTAGE)
KEY = (Status.WAITING, WaitReason.KEY)
CREDITS = (Status.WAITING, WaitReason.CREDITS)
# Where a row of the table takes a job that is being created, and what a look at one says.
# A row that is missing here fails its test.
CREATE: Mapping[int, tuple[Status, WaitReason | None]] = {
    400: REJECTED,
    401: KEY,
    402: CREDITS,
    403: CREDITS,
    404: REJECTED,
    408: SLOW_DOWN,
    413: REJECTED,
    422: REJECTED,
    429: SLOW_DOWN,
    500: OUTAGE,
    502: AMBIGUOUS,
    503: OUTAGE,
    504: AMBIGUOUS,
    524: AMBIGUOUS,
    BROKEN: AMBIGUOUS,
}
FETCH: Mapping[int, tuple[str, str | None]] = {
    400: ("failed", None),
    401: ("pending", "key"),
    402: ("pending", "credits"),
    403: ("pending", "credits"),
    404: ("pending", "outage"),
    408: ("pending", "slow-down"),
    413: ("pending", "outage"),
    422: ("failed", None),
    429: ("pending", "slow-down"),
    500: ("pending", "outage"),
    502: ("pending", "outage"),
    503: ("pending", "outage"),
    504: ("pending", "outage"),
    524: ("pending", "outage"),
    BROKEN: ("pending", "outage"),
}


def replies(status: int) -> list[Reply]:
    """A row in every form in which it may come: both envelopes, a gateway's page, breaks."""
    if status == BROKEN:
        return [Reply.dropped(Drop.UNANSWERED), Reply.dropped(Drop.MIDWAY)]
    documented = Reply.refused_as_documented(status, "first", "second")
    return [Reply.refused(status), documented, Reply.html(status), Reply(status, b"")]


@pytest.mark.parametrize("status", ERRORS)
def test_a_create_ends_as_the_table_says(house: House, api: ScriptedApi, status: int) -> None:
    """Whatever the error's body is. It is asked once; nothing repeats it by itself."""
    for number, reply in enumerate(replies(status), 1):
        api.on_create(reply)
        job = house.submit()
        assert (job.status, job.wait_reason) == CREATE[status]
        assert len(api.creates) == number


@pytest.mark.parametrize("status", [s for s, end in CREATE.items() if end[0] is Status.WAITING])
def test_what_waits_spends_no_attempt(house: House, api: ScriptedApi, status: int) -> None:
    """Refused three times, then taken: still the first attempt, created once."""
    api.on_create(*[Reply.refused(status)] * 3)
    job = house.submit()
    for _ in range(3):
        house.later(minutes=20)
        house.dispatch()
    row = house.row(job)
    assert (row.status, row.attempt, row.ambiguous) == (Status.SUBMITTED, 1, 0)
    assert len(api.creates) == 4


@pytest.mark.parametrize("status", ERRORS)
def test_a_fetch_ends_as_the_table_says(house: House, api: ScriptedApi, status: int) -> None:
    """What is pending is fetched at the next look; nothing is created for it."""
    job = house.submit()
    for reply in replies(status):
        api.on_fetch(reply)
        look = house.look(job)
        assert (look["status"], look.get("wait_reason")) == FETCH[status]
        if look["status"] == "pending":
            assert look["seconds"] <= 60
            assert house.row(job).attempt == 1
    assert len(api.creates) == 1


@pytest.mark.parametrize("status", [s for s, end in FETCH.items() if end[0] == "pending"])
def test_a_fetch_is_tried_until_the_result_is_there(
    house: House, api: ScriptedApi, status: int
) -> None:
    """A row of the table that passes leaves no trace in what is published."""
    job = house.submit()
    api.on_fetch(*replies(status)[:2], Reply.completed("At last."))
    house.look(job)
    house.look(job)
    done = house.transcribe(job)
    assert (done.status, done.reason, done.attempt) == (Status.COMPLETED, None, 1)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client whose patience between two bytes is a third of a second."""
    monkeypatch.setattr(speech_api, "TIMEOUT", urllib3.Timeout(connect=5, read=0.3))


@pytest.mark.usefixtures("_impatient")
class TestSilence:
    """An API that takes the request and says nothing is one whose connection broke."""

    def test_a_silent_create_is_ambiguous(self, api: ScriptedApi, house: House) -> None:
        """It may have been taken and billed."""
        api.on_create(Reply.created().but(delay=1.0))
        assert house.submit().status is Status.AMBIGUOUS

    def test_a_silent_fetch_is_repeated(self, api: ScriptedApi, house: House) -> None:
        """It costs nothing."""
        job = house.submit()
        api.on_fetch(Reply.completed().but(delay=1.0), Reply.completed())
        assert house.look(job)["wait_reason"] == "outage"
        assert house.look(job)["status"] == "transcribed"

    def test_a_slow_body_is_no_silence(self, api: ScriptedApi, house: House) -> None:
        """Longer than our patience in all, but never between two of its bytes."""
        job = house.submit()
        api.on_fetch(Reply.completed().but(slow=1.0))
        assert house.look(job)["status"] == "transcribed"
