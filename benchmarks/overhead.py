"""What we add to a file's way from upload to transcript, warm and one at a time."""

import json
import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import urllib3

from benchmarks.clouds import deployed
from benchmarks.local_server import LocalServer
from dropscribe.local.assembly import Assembly
from dropscribe.local.synthesis import synthesize
from tests.conftest import SAMPLE
from tests.stack import Row, Stack

FILES: Final = 20
FIRST: Final = 5  # before those, so that all functions have started
SCALE: Final = 0.1  # of the state machine's waits
API: Final = ("0.1", "100")  # seconds for a recording, how many at a time: nothing waits for it
HEAD: Final = """## Overhead

From a finished upload to the row that says `COMPLETED`, on the embedded cloud, whose requests take
2 to 3 ms each of its one process: the median of {files} files of seven seconds, one after the
other, once all functions have started. Not counted is what the API takes to answer, and the waiting
that the policy chose: for each Wait its `seconds`, as the execution's history has them, times
{scale}, by which the embedded cloud shortens all waits. The API is done long before the first look.
What a Wait took beyond that is counted. Times are those of the row, of the execution's history and
of the API's server, all of one clock.

| step | ms |
|---|---|
"""


class Wait(NamedTuple):
    """One Wait: when it began and ended, and how many seconds of that the policy chose."""

    began: float
    ended: float
    chosen: float


class Course(NamedTuple):
    """What an execution's history tells: its waits, and when Publish began."""

    waits: Sequence[Wait]
    published: float


class File(NamedTuple):
    """The milliseconds of each step of a file's way; together they are what we add to it."""

    steps: Mapping[str, float]

    @property
    def overhead(self) -> float:
        return sum(self.steps.values())


def measure(assembly: Assembly | None = None) -> list[File]:
    """One file after the other through a warm stack."""
    with (
        LocalServer("benchmarks.speech_server", *API) as api,
        deployed(assembly or Assembly.read(synthesize()), api.url, SCALE) as stack,
    ):
        files = [_file(stack, api.url) for _ in range(FIRST + FILES)]
    return files[FIRST:]


def _file(stack: Stack, url: str) -> File:
    put = stack.put(SAMPLE.read_bytes())
    uploaded = time.time()
    row = stack.wait(put, "COMPLETED")
    stack.ended(row["execution_arn"])
    create = urllib3.request("GET", f"{url}/seen").json()[row["generation_id"]]
    return File(_steps(uploaded, row, _course(stack, row["execution_arn"]), create))


def _course(stack: Stack, arn: str) -> Course:
    """The waits of an execution, and when Publish began."""
    states = stack.session.client("stepfunctions")
    pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
    events = [event for page in pages for event in page["events"]]
    entered = [event for event in events if event["type"] == "WaitStateEntered"]
    exited = [event for event in events if event["type"] == "WaitStateExited"]
    published = next(
        event["timestamp"].timestamp()
        for event in events
        if event.get("stateEnteredEventDetails", {}).get("name") == "Publish"
    )
    waits = [
        Wait(begin["timestamp"].timestamp(), end["timestamp"].timestamp(), _chosen(begin))
        for begin, end in zip(entered, exited, strict=True)
    ]
    return Course(waits, published)


def _chosen(entered: Mapping[str, Any]) -> float:
    """The seconds that the policy chose, as they are waited here."""
    told = json.loads(entered["stateEnteredEventDetails"]["input"])
    return float(told["seconds"]) * SCALE


def _steps(
    uploaded: float, row: Row, course: Course, create: Mapping[str, Any]
) -> Mapping[str, float]:
    """The milliseconds of each step; what the API took and what was chosen is in none."""
    claimed, sending, completed = (
        datetime.fromisoformat(row[f"{name}_at"]).timestamp()
        for name in ("claimed", "sending", "completed")
    )
    waits, look = course.waits, create["looks"][-1]
    waited = sum(wait.ended - wait.began for wait in waits)
    seconds = {
        "S3's event, the queue; Submit looks at the object": claimed - uploaded,
        "the row, another look, a slot": sending - claimed,
        "`SENDING`, and the way to the API": create["arrived"] - sending,
        "`SUBMITTED`; the execution starts": waits[0].began - create["answered"],
        "waits end late": waited - sum(wait.chosen for wait in waits),
        "looks in vain": waits[-1].ended - waits[0].began - waited,
        "Poll, and its way to the API": look["arrived"] - waits[-1].ended,
        "the answer is kept, `TRANSCRIBED`, the slot freed": course.published - look["answered"],
        "Publish makes and puts five renditions": completed - course.published,
    }
    return {step: 1000 * taken for step, taken in seconds.items()}


def table() -> str:
    """The figures as Markdown."""
    files = measure()
    rows = [
        f"| {step} | {statistics.median(file.steps[step] for file in files):.0f} |\n"
        for step in files[0].steps
    ]
    overheads = sorted(file.overhead for file in files)
    rows.append(f"| **in all, the median file** | **{statistics.median(overheads):.0f}** |\n")
    rows.append(f"| in all, the slowest file | {overheads[-1]:.0f} |\n")
    return HEAD.format(files=FILES, scale=SCALE) + "".join(rows)


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201 for whoever ran it
