"""A thousand uploads at once: how soon they are done, beside a stack without a ledger."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

import psutil
import urllib3

from benchmarks.burst_figures import Burst, Bursts
from benchmarks.clouds import LIMIT, deployed, synthesized, wait
from benchmarks.local_server import LocalServer
from benchmarks.waiting_cloud import wav
from dropscribe.local.assembly import Assembly
from tests.memory import memory_watched
from tests.stack import Stack

UPLOADS: Final = 1_000
BARE: Final = 120  # through the other stack, whose pace does not change after the first few
FIRST: Final = 30  # before those, so that all functions have started
# The API works at so many at a time, for so many seconds each.
AT_ONCE: Final = 10
SECONDS: Final = 1.6
SCALE: Final = 0.5  # of the state machine's waits


def measure(uploads: int = UPLOADS, bare: int = BARE) -> Bursts:
    """Both, one after the other, each on an embedded cloud of its own."""
    ours = burst(synthesized(), uploads)
    return Bursts(ours, burst(synthesized("benchmarks.bare.app"), bare))


def burst(assembly: Assembly, uploads: int) -> Burst:
    """Upload all at once, and wait until the last execution has ended."""
    with (
        LocalServer("benchmarks.speech_server", str(SECONDS), str(AT_ONCE)) as api,
        memory_watched(1.0) as memory,
        deployed(assembly, api.url, SCALE) as stack,
    ):
        _put(stack, "first", FIRST)
        _ended(stack, api.url, FIRST)
        used, started = _processor(), time.time()
        _put(stack, "burst", uploads)
        ended = _ended(stack, api.url, uploads + FIRST)
        used = _processor() - used
        creates = _seen(api.url)
        return Burst(
            statuses=_statuses(stack),
            created=_since(started, (create["arrived"] for create in creates)),
            over=_since(started, (create["over"] for create in creates)),
            completed=_since(started, ended),
            processor=used,
            memory=max(memory),
        )


def _put(stack: Stack, folder: str, count: int) -> None:
    body, bucket = wav(7.0), stack.outputs["UploadBucketName"]

    def put(number: int) -> None:
        stack.s3.put_object(Bucket=bucket, Key=f"{folder}/{number}.wav", Body=body)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(count)))


def _ended(stack: Stack, url: str, count: int) -> list[float]:
    """When each execution ended, once so many have; the cloud is left alone until then."""
    wait(stack, lambda: _read(url) >= count)
    return stack.until(lambda: _ends(stack, count), lambda: f"not all {count} have ended")


def _ends(stack: Stack, count: int) -> list[float] | None:
    states, machine = stack.session.client("stepfunctions"), stack.outputs["StateMachineArn"]
    listed = states.get_paginator("list_executions").paginate(
        stateMachineArn=machine, statusFilter="SUCCEEDED"
    )
    ends = [found["stopDate"].timestamp() for page in listed for found in page["executions"]]
    return ends if len(ends) >= count else None


def _seen(url: str) -> list[dict[str, Any]]:
    return list(urllib3.request("GET", f"{url}/seen").json().values())


def _read(url: str) -> int:
    """How many transcripts were fetched."""
    return sum(any(look["ready"] for look in create["looks"]) for create in _seen(url))


def _processor() -> float:
    """Seconds that everything that this process started has used of processors."""
    used = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
    return used


def _statuses(stack: Stack) -> Mapping[str, int]:
    """How many jobs of the burst stand where; the bare stack doesn't know."""
    if "JobsTableName" not in stack.outputs:
        return {}
    pages = (
        stack.session.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=stack.outputs["JobsTableName"])
    )
    rows = [row for page in pages for row in page["Items"]]
    burst = [row for row in rows if row.get("key", {"S": ""})["S"].startswith("burst/")]
    return Counter(row["status"]["S"] for row in burst)


def _since(started: float, times: Iterable[float]) -> list[float]:
    return sorted(at - started for at in times if at > started)


HEAD: Final = """## A burst

{uploads:,} uploads at once, and {bare:,} through a bare stack, on the embedded cloud, which runs
six functions at a time. The API works at {at_once} recordings at a time, {seconds} s each, and
keeps in line whatever else it is sent: nothing can be faster than {most:.1f} files a second. Ours
is deployed with `maxInFlight` {limit}. The bare stack (benchmarks/bare) makes the calls without
which there is no transcript, to S3, the API, Step Functions and the event bus, and none to
DynamoDB: it holds nothing back, and never looks whether it has sent a file before, or what stands
where it writes. Seconds are from the first upload to the end of the last execution, after {first}
other files. In flight is counted at the API, from when a `create` arrives until the work at it is
over. Processor time is of the emulated AWS with all its functions: where the API sets no pace, two
cores do, and that time decides. Memory is the proportional set size of everything, the benchmark
too.

| | Dropscribe | bare |
|---|---|---|
"""


GIB: Final = 1024**3


def table(bursts: Bursts | None = None) -> str:
    """The figures as Markdown."""
    found = bursts or measure()
    ours, bare = found
    rows = {
        "uploads": tuple(f"{len(each.completed):,}" for each in found),
        "ended `COMPLETED`": (f"{ours.statuses['COMPLETED']:,}", "not known"),
        "calls of `create`": tuple(f"{len(each.created):,}" for each in found),
        "most in flight": tuple(f"{each.most_in_flight:,}" for each in found),
        "seconds": tuple(f"{each.seconds:.0f}" for each in found),
        "files a second": tuple(f"{each.a_second:.1f}" for each in found),
        "of the bare stack's": (f"{ours.a_second / bare.a_second:.2f}", "1"),
        "processor time a file": tuple(
            f"{each.processor / len(each.completed) * 1000:.0f} ms" for each in found
        ),
        "most memory": tuple(f"{each.memory / GIB:.1f} GiB" for each in found),
    }
    head = HEAD.format(
        uploads=len(ours.completed),
        bare=len(bare.completed),
        at_once=AT_ONCE,
        seconds=SECONDS,
        most=AT_ONCE / SECONDS,
        limit=LIMIT,
        first=FIRST,
    )
    return head + "".join(f"| {name} | {a} | {b} |\n" for name, (a, b) in rows.items())


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201 for whoever ran it
