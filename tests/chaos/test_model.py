"""The judge is judged: each promise that is broken is seen, and one that is kept is not."""

import dataclasses
from typing import Any

import pytest

from tests.chaos.evidence import Evidence, Rendition, Seen
from tests.chaos.faults import CREATE_FAULTS, FETCH_FAULTS
from tests.chaos.model import SUFFIXES, judge
from tests.chaos.plan import Fate, Version
from tests.chaos.record import Create, Death, Fetch, Record
from tests.chaos.recording import heard
from tests.chaos.seed import plan_of

FIRST = dataclasses.replace(
    plan_of(1, 1).versions[0], key="a.wav", number=1, kind="speech", fate=Fate.KEPT
)
SECOND = dataclasses.replace(FIRST, number=2)
ACCEPTED = Create(None, "id-1")
LOST = Create(CREATE_FAULTS["502"])


def test_a_transcript_next_door_is_what_was_promised() -> None:
    """One create, one id, its words in all five renditions."""
    assert judge(_evidence(_seen(FIRST))) == []


def test_a_lost_answer_is_counted_and_no_violation() -> None:
    """It may be paid twice, and the row says so."""
    record = Record([LOST, ACCEPTED], [])
    assert judge(_evidence(_seen(FIRST, record, ambiguous=1))) == []


def test_a_dead_sender_is_counted_and_no_violation() -> None:
    """The provider gave an id that nobody saved."""
    record = Record([Create(None, "id-0", at=5.0), ACCEPTED], [])
    assert judge(_evidence(_seen(FIRST, record, Death(4.0, 9.0), ambiguous=1))) == []


def test_an_answer_that_was_lost_twice_is_one_doubt() -> None:
    """It did not arrive, and then its sender could not write that down."""
    record = Record([Create(CREATE_FAULTS["502"], at=5.0), ACCEPTED], [])
    assert judge(_evidence(_seen(FIRST, record, Death(4.0, 9.0), ambiguous=1))) == []
    two = judge(_evidence(_seen(FIRST, record, Death(6.0, 9.0), ambiguous=1)))
    assert two == ["a.wav#1: 1 ambiguous, but 1 answers lost and 1 senders dead"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": "SUBMITTED"}, "it is left SUBMITTED"),
        ({"status": "FAILED", "reason": "It broke"}, "it is FAILED, not COMPLETED: It broke"),
        ({"status": "EXPIRED"}, "it is EXPIRED without a reason"),
        ({"announced_at": None}, "nobody was told that it is COMPLETED"),
        ({"generation_id": "id-2"}, "its id is none that it was given"),
        ({"generation_id": None}, "it is COMPLETED without an id"),
        ({"ambiguous": 1}, "1 ambiguous, but 0 answers lost and 0 senders dead"),
    ],
)
def test_a_wrong_row_is_seen(changes: dict[str, Any], sentence: str) -> None:
    """Open, badly ended, untold, without its id, or with another count than the provider's."""
    assert f"a.wav#1: {sentence}" in judge(_evidence(_seen(FIRST, **changes)))


def test_an_upload_without_a_row_is_seen_unless_it_is_a_dead_letter() -> None:
    """Nothing is lost."""
    missing = Seen(FIRST, None, Record())
    assert judge(_evidence(missing)) == ["a.wav#1: it has no row, and is no dead letter"]
    assert judge(_evidence(dataclasses.replace(missing, is_dead_letter=True))) == []


def test_a_second_payment_is_seen() -> None:
    """Two ids, and no doubt in the row."""
    record = Record([Create(None, "id-0"), ACCEPTED], [])
    (violation,) = judge(_evidence(_seen(FIRST, record)))
    assert violation == "a.wav#1: 2 creates may be billed, with 0 counted as ambiguous"


def test_what_was_no_speech_and_was_sent_is_seen() -> None:
    """It costs money."""
    seen = _seen(dataclasses.replace(FIRST, kind="picture"), status="REJECTED", reason="A picture")
    assert "a.wav#1: it is no speech, and was sent" in judge(_evidence(seen))


def test_a_success_that_the_provider_never_had_is_seen() -> None:
    """The provider gave the job up, so there is nothing to complete."""
    record = Record([ACCEPTED], [Fetch(FETCH_FAULTS["error"])])
    (violation,) = judge(_evidence(_seen(FIRST, record)))
    assert violation == "a.wav#1: it is COMPLETED, not FAILED: None"


def test_what_its_owner_took_back_may_be_rejected() -> None:
    """A delete marker takes back every version below it, as far as nobody had sent it."""
    rejected: dict[str, Any] = {"status": "REJECTED", "reason": "Deleted", "generation_id": None}
    below = _seen(FIRST, Record(), **rejected)
    marked = _seen(dataclasses.replace(SECOND, fate=Fate.MARKED), Record(), **rejected)
    assert judge(Evidence((below, marked), {})) == []
    assert judge(Evidence((below,), {})) == ["a.wav#1: it is REJECTED, not COMPLETED: Deleted"]


def test_a_transcript_older_than_the_newest_version_is_seen() -> None:
    """Both are completed, and the first one's words stand there."""
    evidence = _evidence(_seen(FIRST), _seen(SECOND, job_id="job-2"), standing=FIRST)
    violations = judge(evidence)
    assert "a.wav: the txt is of another version than its newest, a.wav#2" in violations
    assert "a.wav: the txt has other words than a.wav#2" in violations


def test_missing_renditions_and_those_of_nothing_are_seen() -> None:
    """Each of the five must be there, and only where something was completed."""
    assert judge(Evidence((_seen(FIRST),), {})) == ["a.wav: no json, md, srt, txt, vtt"]
    failed = _seen(FIRST, status="EXPIRED", reason="Too late")
    sentence = "a.wav: a transcript of something that was never completed"
    assert sentence in judge(_evidence(failed))


def test_a_secret_and_unrest_are_seen() -> None:
    """Whatever else is as it should be."""
    evidence = dataclasses.replace(_evidence(_seen(FIRST)), leaks=("the-key",), at_rest=False)
    assert judge(evidence) == ["The stack never came to rest", "A secret was logged: the-key"]


def _seen(version: Version, record: Record | None = None, *deaths: Death, **row: Any) -> Seen:
    """A completed version, but for what is said of its row."""
    facts = {
        "job_id": f"job-{version.number}",
        "status": "COMPLETED",
        "generation_id": "id-1",
        "announced_at": "2026-11-22T10:00:00.000Z",
        "ambiguous": 0,
    }
    said = {name: value for name, value in (facts | row).items() if value is not None}
    return Seen(version, said, record or Record([ACCEPTED], []), deaths)


def _evidence(*seen: Seen, standing: Version | None = None) -> Evidence:
    """These versions, with the renditions of the last one, or of `standing`."""
    there = standing or seen[-1].version
    words = frozenset(heard(there.body))
    renditions = {suffix: Rendition(f"job-{there.number}", words) for suffix in SUFFIXES}
    return Evidence(seen, {there.key: renditions if seen[-1].row else {}})
