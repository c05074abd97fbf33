"""A job: one version of one object on its way to a transcript.

    CLAIMED --> SENDING --> SUBMITTED --> TRANSCRIBED --> COMPLETED
      |  ^       |  ^ |        |              |
      v  |       |  | v        v              v
    WAITING <----+  AMBIGUOUS  FAILED, EXPIRED

REJECTED is what was never transcribed, FAILED what a person cancelled after it was sent. The whole
diagram is NEXT, within an attempt, and NEXT_ATTEMPT, from one to the next:

resend   AMBIGUOUS is sent once more, where the setting or a person says so
resume   SUBMITTED and TRANSCRIBED go on when their execution ended without a word
retry    a person asks for another attempt at what was REJECTED, FAILED or EXPIRED
erase    `dropscribe rm` leaves a tombstone, ERASED, of any job

A terminal status never changes within an attempt, and attempts are numbered.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final


class Status(StrEnum):
    """Where a job stands."""

    CLAIMED = "CLAIMED"  # seen, accepted, not yet sent
    WAITING = "WAITING"  # must not be sent now; `wait_reason` says why
    SENDING = "SENDING"  # written just before the POST: found later, its answer may be lost
    AMBIGUOUS = "AMBIGUOUS"  # the request may have arrived, no id came back
    SUBMITTED = "SUBMITTED"  # the generation_id is saved, an execution polls
    TRANSCRIBED = "TRANSCRIBED"  # the raw answer is safe
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"  # never transcribed: not audio, empty, bad option, archived, deleted
    FAILED = "FAILED"  # the provider or one of our stages gave up
    EXPIRED = "EXPIRED"  # no result in time
    ERASED = "ERASED"  # on demand


TERMINAL: Final = frozenset(
    {Status.COMPLETED, Status.REJECTED, Status.FAILED, Status.EXPIRED, Status.ERASED}
)

NEXT: Final[Mapping[Status, frozenset[Status]]] = {
    Status.CLAIMED: frozenset({Status.SENDING, Status.WAITING, Status.REJECTED, Status.FAILED}),
    Status.WAITING: frozenset({Status.SENDING, Status.WAITING, Status.REJECTED, Status.FAILED}),
    Status.SENDING: frozenset(
        {Status.SUBMITTED, Status.WAITING, Status.AMBIGUOUS, Status.REJECTED, Status.FAILED}
    ),
    Status.AMBIGUOUS: frozenset(
        {Status.SENDING, Status.WAITING, Status.AMBIGUOUS, Status.REJECTED, Status.FAILED}
    ),
    Status.SUBMITTED: frozenset(
        {Status.SUBMITTED, Status.TRANSCRIBED, Status.FAILED, Status.EXPIRED}
    ),
    Status.TRANSCRIBED: frozenset({Status.TRANSCRIBED, Status.COMPLETED, Status.FAILED}),
}
# How the next attempt may begin. What is COMPLETED or ERASED has none.
NEXT_ATTEMPT: Final[Mapping[Status, frozenset[Status]]] = {
    Status.AMBIGUOUS: frozenset({Status.SENDING, Status.WAITING}),
    Status.SUBMITTED: frozenset({Status.SUBMITTED}),
    Status.TRANSCRIBED: frozenset({Status.TRANSCRIBED}),
    Status.REJECTED: frozenset({Status.CLAIMED, Status.REJECTED}),
    Status.FAILED: frozenset({Status.CLAIMED, Status.SUBMITTED, Status.TRANSCRIBED}),
    Status.EXPIRED: frozenset({Status.CLAIMED, Status.SUBMITTED}),
}


class WaitReason(StrEnum):
    """Why a job must not be sent now."""

    SLOW_DOWN = "slow-down"
    KEY = "key"
    CREDITS = "credits"
    OUTAGE = "outage"
    PAUSED = "paused"
    SLOT = "slot"
    BUDGET = "budget"


# What is waited for here, not at the API: it goes when there is room again, the oldest first.
CAPACITY: Final = frozenset({WaitReason.SLOT, WaitReason.BUDGET})
# What the API is at work on, or may be: these hold a slot.
IN_FLIGHT: Final = frozenset({Status.SENDING, Status.SUBMITTED})
# The lane of what `dropscribe backfill` brings, and how the line of all the others is called.
BACKFILL: Final = "backfill"
FRESH: Final = "fresh"
# Who waits for room, in the order in which they go.
LINES: Final = (FRESH, BACKFILL)


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the jobs table. Sizes are bytes, lengths seconds, times aware and in UTC."""

    job_id: str
    bucket: str
    key: str
    status: Status
    uploaded_at: datetime
    attempt: int = 1
    revision: int = 0
    version_id: str | None = None
    etag: str | None = None
    size: int | None = None
    content_type: str | None = None
    sequencer: str | None = None
    # None for a fresh upload; "backfill" gives way to those.
    lane: str | None = None
    reason: str | None = None
    stage: str | None = None
    model: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    # Where each option, and the model, comes from: stack, rule <prefix>, tag or metadata.
    option_sources: Mapping[str, str] = field(default_factory=dict)
    # How the voices are called, the first speaker (or channel) first.
    speaker_names: tuple[str, ...] = ()
    # What is odd about the options, in sentences.
    warnings: tuple[str, ...] = ()
    audio_seconds: float | None = None
    generation_id: str | None = None
    execution_arn: str | None = None
    ambiguous: int = 0
    waits: int = 0
    wait_reason: WaitReason | None = None
    wait_until: datetime | None = None
    claimed_at: datetime | None = None
    sending_at: datetime | None = None
    # How the recording goes to the API: url or upload.
    sent_by: str | None = None
    # What the API asks for it, in dollars; known from when it is sent, if the setting is.
    price: float | None = None
    submitted_at: datetime | None = None
    transcribed_at: datetime | None = None
    completed_at: datetime | None = None
    announced_at: datetime | None = None
    # When its renditions were last made again.
    rendered_at: datetime | None = None
    # Until when a function may be at work on them: `dropscribe rm` waits for that.
    rendering_until: datetime | None = None
    # When somebody must look at this row again if nothing has happened to it by then.
    due_at: datetime | None = None
    polls: int = 0
    # How often a new execution took over from one that ended without a word.
    resumes: int = 0
    answer: str | None = None
    language: str | None = None
    confidence: float | None = None
    words: int | None = None
    speakers: int | None = None
    preview: str | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def is_open(self) -> bool:
        """Whether anything is left to do, if only to tell others how it ended."""
        return not self.is_terminal or self.announced_at is None

    @property
    def waits_in_line(self) -> bool:
        """Whether it goes as soon as there is room again."""
        return self.status is Status.WAITING and self.wait_reason in CAPACITY

    @property
    def line(self) -> str:
        """The line in which it would wait."""
        return BACKFILL if self.lane == BACKFILL else FRESH

    @property
    def name(self) -> str:
        """The name of this attempt's execution."""
        return f"{self.job_id}-{self.attempt}"


# What a new attempt begins without.
OF_ONE_ATTEMPT: Final = (
    "reason",
    "stage",
    "completed_at",
    "announced_at",
    "execution_arn",
    "due_at",
    "wait_reason",
    "wait_until",
)


class NotAllowed(Exception):
    """A transition that the state diagram does not have."""


def move(job: Job, to: Status, **changes: Any) -> Job:
    """The job after a transition within its attempt; what belonged to the old status alone goes."""
    if to not in NEXT.get(job.status, ()):
        raise NotAllowed(f"{job.status} never becomes {to}")
    cleared = {"wait_reason": None, "wait_until": None, "due_at": None}
    return dataclasses.replace(job, status=to, revision=job.revision + 1, **(cleared | changes))


def revised(job: Job, **changes: Any) -> Job:
    """The job with other facts in the same status: nothing about its course changes."""
    return dataclasses.replace(job, revision=job.revision + 1, **changes)


def reopen(job: Job, to: Status, **changes: Any) -> Job:
    """The job in its next attempt: a person's `retry`, or a resumed execution."""
    cleared: dict[str, Any] = dict.fromkeys(OF_ONE_ATTEMPT)
    return dataclasses.replace(
        job,
        status=to,
        attempt=job.attempt + 1,
        revision=job.revision + 1,
        **(cleared | changes),
    )


def resume(job: Job, **changes: Any) -> Job:
    """The job in its next attempt, in which another execution goes on where the last one ended."""
    return reopen(job, job.status, resumes=job.resumes + 1, **changes)


def is_allowed(before: Job, after: Job) -> bool:
    """Whether the state diagram has this step; other facts in the same status always may be."""
    if after.revision <= before.revision:
        return False
    if after.attempt == before.attempt:
        return after.status is before.status or after.status in NEXT.get(before.status, ())
    following = NEXT_ATTEMPT.get(before.status, ())
    return after.attempt == before.attempt + 1 and after.status in following


def object_job_id(
    bucket: str, key: str, version_id: str | None, etag: str, modified: datetime
) -> str:
    """The job of an object version, the same whether an event, a listing or a backfill names it.

    An unversioned object (version absent or `null`) is told from its successors by its entity tag
    and its LastModified in whole seconds, which a HEAD and a listing agree on.
    """
    named = [bucket, key]
    if version_id and version_id != "null":
        named.append(version_id)
    else:
        named += [etag.strip('"'), modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]
    written = json.dumps(named, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def iso(moment: datetime) -> str:
    """A time as the table, the events and the transcripts write it: 2026-11-22T10:15:00.123Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(moment: datetime, seconds: float) -> datetime:
    return moment + timedelta(seconds=seconds)
