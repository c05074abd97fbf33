"""The calls of one file, counted on the embedded cloud.

One-minute recordings go through a warm stack one after the other. What the emulator does inside
itself, where AWS bills, is added by AWS's own description: see ASSUMED.
"""

import io
import math
import statistics
import struct
import wave
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from transcription.costs import MEMORY, PRICES, Calls

from benchmarks.counting import Counted, Line, counted
from dropscribe.local.assembly import Assembly
from tests.scripted_api import ScriptedApi
from tests.scripted_reply import Reply

SECONDS: Final = 60  # of audio
RATE: Final = 16_000
WAV_BYTES: Final = 44 + 2 * RATE * SECONDS
FILES: Final = 10
SCALE: Final = 0.02  # of the state machine's waits
# A Lambda of 512 MiB has 0.29 of a core at AWS, where one has 1,769 MiB: ours has a whole one.
SLOWER: Final = 4
# What Lambda itself logs of each invocation, in bytes: START, END and REPORT.
PLATFORM_LINES: Final = 500
# What no request to the emulator shows: S3 sends each upload to the queue, and Lambda receives and
# deletes it; the API fetches the recording. Each Submit and each execution is traced. The key is
# read by Submit and at each look, as where files come minutes apart: it is kept for one.
ASSUMED: Final[Calls] = {"sqs": 3, "s3_get": 1, "trace": 2, "secret_call": 2}
LOOK_ASSUMED: Final[Calls] = {"secret_call": 1}
UNSENT_ASSUMED: Final[Calls] = {"sqs": 3, "trace": 1}
PUTS: Final = frozenset({"s3:PutObject", "s3:ListBucketVersions", "s3:ListBucket"})
EVENT: Final = "events:PutEvents"


class Figures(NamedTuple):
    """Calls of one file: with one look, with two, never sent; and of a run of each schedule."""

    file: Calls
    two_looks: Calls
    unsent: Calls
    dispatch: Calls
    reconcile: Calls
    milliseconds: Mapping[str, float]

    @property
    def look(self) -> Calls:
        """What one more look adds: a Poll by its own time, which the times of others would hide."""
        poll = gb_seconds(self.milliseconds["Poll"])
        more = {name: count - self.file[name] for name, count in self.two_looks.items()}
        more["secret_call"] += LOOK_ASSUMED["secret_call"]
        return more | {"gb_second": poll}


def gb_seconds(milliseconds: float) -> float:
    """What a Lambda is billed for at AWS that took so long here."""
    return MEMORY * SLOWER * milliseconds / 1000


def recording() -> bytes:
    """A minute of a plain tone, as WAV."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        tone = (int(8000 * math.sin(at / 20)) for at in range(RATE * SECONDS))
        file.writeframes(b"".join(struct.pack("<h", value) for value in tone))
    return written.getvalue()


def words() -> str:
    """What is said in a minute: 150 words."""
    return " ".join(["And Mr. John Dashwood had then leisure to consider how much."] * 14)


def figures(assembly: Assembly) -> Figures:
    """Count everything, on a stack of one's own."""
    with ScriptedApi() as api, counted(assembly, api.base_url, SCALE) as cloud:
        done = Reply.completed(words(), seconds=SECONDS).but(lasting=True)
        api.on_fetch(done)
        audio = recording()
        upload(cloud, audio)
        upload(cloud, audio)
        lines, file = per_file(cloud, audio, ASSUMED)
        api.on_fetch(Reply.pending(), done)
        _, two_looks = per_file(cloud, audio, ASSUMED)
        _, unsent = per_file(cloud, b"<html>no sound at all</html>", UNSENT_ASSUMED)
        dispatch = per_run(cloud, cloud.stack.dispatch)
        reconcile = per_run(cloud, cloud.stack.reconcile)
        return Figures(file, two_looks, unsent, dispatch, reconcile, milliseconds(lines))


def upload(cloud: Counted, body: bytes) -> dict[str, Any]:
    """One file, to its very end; its row."""
    row = cloud.stack.wait(cloud.stack.put(body))
    cloud.stack.until(lambda: None if cloud.stack.open_jobs() else True, lambda: "a job is open")
    return row


def per_file(cloud: Counted, body: bytes, assumed: Calls) -> tuple[Sequence[Line], Calls]:
    """What was counted, and the calls of one of so many files."""
    rows: list[dict[str, Any]] = []
    lines = cloud.during(lambda: rows.extend(upload(cloud, body) for _ in range(FILES)))
    entered = sum(transitions(cloud, row) for row in rows)
    calls = Counter(calls_of(lines)) + Counter({"transition": entered})
    made = {name: calls[name] / FILES + assumed.get(name, 0) for name in PRICES}
    return lines, made


def per_run(cloud: Counted, run: Callable[[], None]) -> Calls:
    """The calls of one run of a scheduled function with nothing to do."""
    run()  # which may be its cold start

    def runs() -> None:
        for _ in range(FILES):
            run()

    calls = calls_of(cloud.during(runs))
    return {name: count / FILES for name, count in calls.items()}


def calls_of(lines: Sequence[Line]) -> dict[str, float]:
    """What AWS would bill, by the names of `PRICES`; what the benchmark asks itself is not."""
    calls: Counter[str] = Counter()
    for line in lines:
        if line["by"] == "test" and line.get("action") != "s3:PutObject":
            continue
        calls.update(_billed(line))
    return dict(calls)


def _billed(line: Line) -> dict[str, float]:
    match line["kind"]:
        case "units":
            return {"write" if line["write"] else "read": line["units"]}
        case "function":
            return {
                "invocation": 1,
                "gb_second": gb_seconds(line["ms"]),
                "log_byte": line["logged"] + PLATFORM_LINES,
            }
    action = line["action"]
    if action.startswith("s3:"):
        return {"s3_put" if action in PUTS else "s3_get": 1}
    return {"event": 1} if action == EVENT else {}


def transitions(cloud: Counted, row: Mapping[str, Any]) -> int:
    """How many states its execution entered, tries again included; none where there was none."""
    if "execution_arn" not in row:
        return 0
    machine = cloud.stack.session.client("stepfunctions")
    pages = machine.get_paginator("get_execution_history").paginate(
        executionArn=row["execution_arn"]
    )
    kinds = Counter(it["type"] for page in pages for it in page["events"])
    entered = sum(times for kind, times in kinds.items() if kind.endswith("StateEntered"))
    return entered + kinds["TaskFailed"] + kinds["LambdaFunctionFailed"]


def milliseconds(lines: Sequence[Line]) -> dict[str, float]:
    """The median of each function, as measured here."""
    took: dict[str, list[float]] = {}
    for line in lines:
        if line["kind"] == "function":
            took.setdefault(line["by"].split("-")[1], []).append(line["ms"])
    # CloudFormation names a function Stack-LogicalId-..., the CDK ends that with a hash of eight.
    return {name[:-8]: statistics.median(times) for name, times in took.items()}
