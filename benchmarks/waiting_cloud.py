"""The waiting of the deployed stack, beside what is played of it: the same jobs, by the clock."""

import time
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from transcription.speeds import TYPICAL

from benchmarks.clouds import deployed, synthesized, teach
from benchmarks.waiting_mix import Recording, standard_mix
from benchmarks.waiting_policies import Found, Ours, Outcome, summed
from tests.recorded_request import RecordedRequest
from tests.scripted_api import Reply, ScriptedApi
from tests.stack import Put, Row, Stack

JOBS: Final = 32
SEED: Final = 3
LONGEST: Final = 30.0  # seconds of processing: nobody waits for longer ones here
PAUSE: Final = 1.0  # seconds between two uploads
WARM: Final = 6  # recordings before, which start the Lambdas
TIMES: Final = 200  # that the same jobs are played: chance is different each time
KNOWN: Final = 1_000  # jobs that have taught the estimate before
# A WAV file of one byte for each millisecond says how long it is, and is small.
RATE: Final = 1_000
HEAD: Final = """## Waiting, end to end

{jobs} recordings of the standard mix whose processing takes up to {longest:.0f} s go through the
whole stack on the embedded cloud, its waits at full length, with an API that has each transcript
ready when the mix says. Looks and lateness are the API's own: when it was asked, and since when it
could have told. "Waiting alone" leaves out what passed between the end of the last wait and that
request: a Lambda's start and its work, on a machine that runs everything at once ({own:.2f} s in
the mean). Played are the same recordings, {times} times, from the same estimate and with no time
for anything but waiting.

| | looks a file | late: mean | 95 % | worst |
|---|---|---|---|---|
"""


class Compared(NamedTuple):
    """What the deployed stack came to, with its own time and without, and what was played of it."""

    deployed: Outcome
    waiting: Outcome
    played: Outcome


class TimedApi(ScriptedApi):
    """A speech API whose transcripts are ready so many seconds after `create`, by key."""

    def __init__(self, ready: Mapping[str, float]) -> None:
        super().__init__()
        self._ready = ready
        self._at: dict[str, float] = {}  # when the transcript of an id is ready
        self._polls: dict[str, int] = {}
        self.found: dict[str, Found] = {}  # by id, once it was told
        self.told_at: dict[str, float] = {}

    def answer(self, request: RecordedRequest) -> Reply:
        """As scripted, but a fetch is pending until its time has come."""
        now = time.time()
        if request.method == "POST":
            reply = super().answer(request)
            key = next(key for key in self._ready if request.names(key))
            self._at[reply.body["generation_id"]] = now + self._ready[key]
            return reply
        generation_id = request.path.rpartition("/")[2]
        polls = self._polls[generation_id] = self._polls.get(generation_id, 0) + 1
        late = now - self._at[generation_id]
        if late < 0:
            return Reply.pending("active")
        self.found.setdefault(generation_id, Found(polls, late))
        self.told_at.setdefault(generation_id, now)
        return Reply.completed("It was worth waiting for.")


def jobs() -> Sequence[Recording]:
    """The first recordings of a mix that don't take too long."""
    short = (job for job in standard_mix(SEED) if job.ready <= LONGEST)
    return [job for job, _ in zip(short, range(JOBS), strict=False)]


def compared(recordings: Sequence[Recording]) -> Compared:
    """Send the recordings through a stack, and play them."""
    named = {f"waiting/{number}.wav": job for number, job in enumerate(recordings)}
    with (
        TimedApi({key: job.ready for key, job in named.items()}) as api,
        deployed(synthesized(), api.base_url.removesuffix("/v1"), scale=1.0) as stack,
    ):
        teach(stack, TYPICAL._replace(jobs=KNOWN))
        stack.wait_all([stack.put(wav(job.length), key) for key, job in [*named.items()][:WARM]])
        rows = stack.wait_all(_sent(stack, named))
        found = [api.found[row["generation_id"]] for row in rows]
        own = [api.told_at[row["generation_id"]] - _waited(stack, row) for row in rows]
    alone = [
        Found(polls, max(late - each, 0.0)) for (polls, late), each in zip(found, own, strict=True)
    ]
    return Compared(summed(found), summed(alone), _played(recordings))


def table() -> str:
    """The figures as Markdown."""
    found = compared(jobs())
    own = found.deployed.mean - found.waiting.mean
    head = HEAD.format(jobs=JOBS, longest=LONGEST, own=own, times=TIMES)
    rows = {"deployed": found.deployed, "waiting alone": found.waiting, "played": found.played}
    lines = (
        f"| {name} | {it.polls:.2f} | {it.mean:.2f} s | {it.p95:.1f} s | {it.worst:.1f} s |\n"
        for name, it in rows.items()
    )
    return head + "".join(lines)


def wav(seconds: float) -> bytes:
    """Silence of a length."""
    count = int(seconds * RATE)
    head = b"WAVEfmt " + b"".join(
        number.to_bytes(size, "little")
        for number, size in ((16, 4), (1, 2), (1, 2), (RATE, 4), (RATE, 4), (1, 2), (8, 2))
    )
    chunk = b"data" + count.to_bytes(4, "little") + b"\x80" * count
    return b"RIFF" + (len(head) + len(chunk)).to_bytes(4, "little") + head + chunk


def _sent(stack: Stack, named: Mapping[str, Recording]) -> list[Put]:
    puts = []
    for key, job in named.items():
        puts.append(stack.put(wav(job.length), key))
        time.sleep(PAUSE)
    return puts


def _waited(stack: Stack, row: Row) -> float:
    """When the last wait of a job's execution was over, in seconds since 1970."""
    states = stack.session.client("stepfunctions")
    events = states.get_execution_history(executionArn=row["execution_arn"])["events"]
    over = [event["timestamp"] for event in events if event["type"] == "WaitStateExited"]
    return max(moment.timestamp() for moment in over)


def _played(recordings: Sequence[Recording]) -> Outcome:
    """The same jobs in the same order, those before them included, as often as chance needs."""
    found: list[Found] = []
    for seed in range(TIMES):
        ours = Ours(TYPICAL._replace(jobs=KNOWN), seed=seed)
        found += [ours(job) for job in (*recordings[:WARM], *recordings)][WARM:]
    return summed(found)
