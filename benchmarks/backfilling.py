"""A bucket full of recordings, stopped in the middle and started again; fresh uploads pass by.

`python -m benchmarks.backfilling 10000` takes so many files instead.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from statistics import median
from typing import Any, Final, NamedTuple

import urllib3
from transcription.speeds import UNKNOWN, Speed

from benchmarks.clouds import LIMIT, deployed, synthesized, teach, wait
from benchmarks.local_server import LocalServer
from benchmarks.waiting_mix import Recording
from benchmarks.waiting_policies import Ours
from dropscribe.backfill_runs import Runs
from dropscribe.stack import Stack as NamedStack
from tests.conftest import SAMPLE
from tests.stack import Put, Stack

FILES: Final = 1_000
FRESH: Final = 10
SECONDS: Final = 2.0  # that the API needs for each file, fresh or not
SCALE: Final = 1.0  # of the state machine's waits
SPEECH: Final = SAMPLE.read_bytes()
LENGTH: Final = 7.1  # seconds of it
PAUSE: Final = 5  # seconds between the stop and the next start
LONGEST: Final = 3600  # seconds for whatever is waited for


class Backfilled(NamedTuple):
    """What came of it. Times are seconds; those of fresh files from upload to transcript."""

    files: int
    stopped_at: int  # files that were sent when it was stopped
    sent_after_stop: int  # of those that had been sent by then, a while later
    taken_back: int
    creates: int
    twice: int  # files that were sent more than once
    statuses: Mapping[str, int]
    seconds: float
    alone: Sequence[float]
    beside: Sequence[float]

    @property
    def ratio(self) -> float:
        return median(self.beside) / median(self.alone)


def measure(files: int = FILES) -> Backfilled:
    """On an embedded cloud of its own, with an API that takes its time."""
    with (
        LocalServer("benchmarks.speech_server", str(SECONDS), str(LIMIT)) as api,
        deployed(synthesized(), api.url, scale=SCALE) as stack,
    ):
        teach(stack, learnt())
        stack.wait_all([stack.put(SPEECH) for _ in range(FRESH)])  # all functions have started
        alone = list(fresh(stack))
        puts = before(stack, files)
        return filled(stack, api.url, puts, alone)


def learnt() -> Speed:
    """What so many files that are all alike teach a stack: else the first ones would be faster."""
    ours = Ours(UNKNOWN)
    for _ in range(FILES):
        ours(Recording(LENGTH, SECONDS))
    return ours.speed


def filled(stack: Stack, url: str, puts: Sequence[Put], alone: Sequence[float]) -> Backfilled:
    """Backfill what was put, with a break in the middle and fresh uploads beside it."""
    runs = Runs(NamedStack("Dropscribe", stack.session, stack.outputs))
    started, files = time.monotonic(), len(puts)
    runs.start("first", {"prefix": "archive/"})
    wait(stack, lambda: len(created(url)) >= files // 4, LONGEST)
    beside = list(fresh(stack))
    wait(stack, lambda: len(created(url)) >= files // 2, LONGEST)
    taken_back = runs.stop()
    stopped_at = len(created(url))
    time.sleep(PAUSE)
    sent_after_stop = len(created(url)) - stopped_at
    again = runs.start("again", {"prefix": "archive/"})
    wait(stack, lambda: runs.progress(again).is_over, LONGEST)
    sent = created(url)
    return Backfilled(
        files=files,
        stopped_at=stopped_at,
        sent_after_stop=sent_after_stop,
        taken_back=taken_back,
        creates=len(sent),
        twice=sum(count > 1 for count in Counter(sent).values()),
        statuses=statuses(stack),
        seconds=time.monotonic() - started,
        alone=alone,
        beside=beside,
    )


def before(stack: Stack, files: int) -> list[Put]:
    """Files of which the stack was never told."""
    with stack.submit_held_back(), ThreadPoolExecutor(8) as pool:
        keys = (f"archive/{number}.wav" for number in range(files))
        puts = list(pool.map(lambda key: stack.put(SPEECH, key), keys))
        queue = stack.outputs["UploadQueueUrl"]
        stack.session.client("sqs").purge_queue(QueueUrl=queue)
    return puts


def fresh(stack: Stack) -> Iterator[float]:
    """Upload a few files, one a second; gives how long each took to become a transcript."""
    uploaded = []
    for _ in range(FRESH):
        began = time.time()
        uploaded.append((began, stack.put(SPEECH)))
        time.sleep(max(0.0, began + 1 - time.time()))
    for began, put in uploaded:
        completed = datetime.fromisoformat(str(stack.wait(put)["completed_at"]))
        yield completed.timestamp() - began


def created(url: str) -> list[str]:
    """The files of the archive for which `create` was called, each as often as it was."""
    seen: Mapping[str, Any] = urllib3.request("GET", f"{url}/seen").json()
    return [it["url"] for it in seen.values() if "/archive/" in it["url"]]


def statuses(stack: Stack) -> Mapping[str, int]:
    """How many files of the archive ended how."""
    scan = stack.session.client("dynamodb").get_paginator("scan")
    pages = scan.paginate(TableName=stack.outputs["JobsTableName"])
    rows = [row for page in pages for row in page["Items"] if "key" in row]
    return Counter(row["status"]["S"] for row in rows if row["key"]["S"].startswith("archive/"))


HEAD: Final = """## A backfill

{files:,} recordings of 7 s lay in the bucket, and no event told of them. They are transcribed
by `dropscribe backfill`'s state machine, on the embedded cloud, with `maxInFlight` {limit} and an
API that needs {seconds} s for each file, which the stack has learnt before. In the middle it is
stopped, as `--stop` does; then it is started again. When a quarter was sent, {fresh} fresh
recordings are uploaded, one a second, as they were before it began; their seconds are from upload
to transcript. All calls of `create` are counted where they arrive.

| | |
|---|---|
"""


def table(found: Backfilled | None = None) -> str:
    """The figures as Markdown."""
    found = found or measure()
    rows = {
        "calls of `create`": f"{found.creates:,}",
        "files sent twice": f"{found.twice:,}",
        "ended `COMPLETED`": f"{found.statuses.get('COMPLETED', 0):,}",
        "sent when it was stopped": f"{found.stopped_at:,}",
        f"sent within {PAUSE} s after that": f"{found.sent_after_stop:,}",
        "claims taken back by the stop": f"{found.taken_back:,}",
        "seconds in all": f"{found.seconds:.0f}",
        "fresh uploads without it": f"{median(found.alone):.1f} s (median)",
        "fresh uploads beside it": f"{median(found.beside):.1f} s (median)",
        "ratio": f"{found.ratio:.2f}",
    }
    head = HEAD.format(files=found.files, limit=LIMIT, seconds=SECONDS, fresh=FRESH)
    return head + "".join(f"| {name} | {value} |\n" for name, value in rows.items())


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if sys.argv[1:] else FILES)), end="")  # noqa: T201
