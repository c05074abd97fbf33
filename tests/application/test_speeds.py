"""What the stack learns of the provider's speed, in the jobs table and from many at once."""

import json
from typing import TYPE_CHECKING

import pytest
from transcription.speeds import FEW, UNKNOWN, Seen, Speed, Speeds

from tests.application.house import House
from tests.application.rival_writers import WRITERS, Lesson, RivalWriters
from tests.scripted_api import Reply, ScriptedApi

if TYPE_CHECKING:
    import boto3

MODEL = "#g1_whisper-small"


def learnt(house: House) -> Speed:
    """What another function, which has read nothing yet, knows of the model."""
    return Speeds(house.ledger, house.now).of(MODEL)


def test_a_finished_job_teaches_its_model(house: House, api: ScriptedApi) -> None:
    """Here it took half a minute longer than anybody would have thought."""
    job = house.submit()
    api.on_fetch(Reply.pending(), Reply.completed("Slow."))
    house.later(seconds=30)
    first = house.look(job)
    house.later(seconds=first["seconds"])
    assert house.look(job, 2, first["course"])["status"] == "transcribed"
    found = learnt(house)
    assert found.jobs == 1
    assert found.overhead > UNKNOWN.overhead
    assert learnt(house) == found


@pytest.mark.parametrize(
    "setback", [Reply.refused(429), Reply.refused(503), Reply.refused(401), Reply.dropped()]
)
def test_a_job_that_was_disturbed_teaches_nothing(
    house: House, api: ScriptedApi, setback: Reply
) -> None:
    """It was found late because nobody could ask, not because it took long."""
    job = house.submit()
    api.on_fetch(setback, Reply.pending(), Reply.completed("Found."))
    course = house.look(job)["course"]
    course = house.look(job, 2, course)["course"]
    assert house.look(job, 3, course)["status"] == "transcribed"
    assert learnt(house) == UNKNOWN


def test_an_execution_is_told_to_come_when_the_learnt_speed_says(house: House) -> None:
    """Each model has a speed of its own; another one's is none of its business."""
    slow = Speeds(house.ledger, house.now)
    for _ in range(FEW):
        slow.learn(MODEL, 10.0, Seen(100.0, 110.0))
        slow.learn("whisper-large", 10.0, Seen(1000.0, 1100.0))
    states, job = house.desk.workflow.client, house.submit()
    told = json.loads(states.describe_execution(executionArn=job.execution_arn or "")["input"])
    assert (told["job_id"], told["attempt"]) == (job.job_id, 1)
    assert 20 < told["seconds"] < 60


def test_an_estimate_is_read_once_a_minute(house: House) -> None:
    """A Lambda that starts many executions asks the table once."""
    speeds = Speeds(house.ledger, house.now)
    assert speeds.of(MODEL) == UNKNOWN
    Speeds(house.ledger, house.now).learn(MODEL, 10.0, Seen(20.0, 24.0))
    assert speeds.of(MODEL) == UNKNOWN
    house.later(seconds=61)
    assert speeds.of(MODEL).jobs == 1


def test_of_a_burst_a_sample_teaches(house: House) -> None:
    """One job in two seconds; the first few all do, for nothing is known before them."""
    speeds, ready = Speeds(house.ledger, house.now), Seen(20.0, 24.0)
    for _ in range(3 * FEW):
        speeds.learn(MODEL, 10.0, ready)
    burst = learnt(house).jobs
    house.later(seconds=4)
    speeds.learn(MODEL, 10.0, ready)
    assert FEW <= burst < 3 * FEW
    assert learnt(house).jobs == burst + 1


def test_of_jobs_that_teach_at_one_moment_none_breaks_the_estimate(
    session: "boto3.Session", table: str
) -> None:
    """A lost race loses one sample: what is there was taught by whole jobs, one after another."""
    rivals = RivalWriters(session, table)
    rounds, lesson = 10, Lesson(MODEL, 300.0, Seen(30.0, 33.0))
    for _ in range(rounds):
        assert rivals.learn([lesson] * WRITERS) == [True] * WRITERS
    note = rivals.writers[0].ledger.noted(f"speed {MODEL}")
    assert rounds <= note["jobs"] <= rounds * WRITERS
    assert note["jobs"] == note["revision"]
    assert 25 < float(note["overhead"]) + 300 * float(note["per_second"]) < 35
