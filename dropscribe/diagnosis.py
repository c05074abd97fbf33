"""What is wrong with a stack, and what to do about it: decided from facts alone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from transcription.job import CAPACITY

from dropscribe.jobs import Job
from dropscribe.screen import clock, counted, visible

# Reconcile looks every five minutes at what is overdue, and Dispatch each minute.
OVERDUE: Final = timedelta(minutes=20)
SILENT: Final = timedelta(minutes=15)
# What is sent again by itself is due within a minute or two; a person's turn is a day away.
HELD: Final = timedelta(minutes=10)
# Seconds that a message waits while uploads are taken out of the queue.
OLD: Final = 3600
LONG_AGO: Final = datetime(2006, 3, 14, tzinfo=UTC)
# Where an alarm says nothing of itself.
RUNBOOK: Final = "docs/runbook.md"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found, at the time `now`. None is what could not be known, or is not there.

    `open_jobs` are rows that have not ended; `alarms` those that are on, with what they say.
    Messages about uploads are `queued`, or `in_hand`: taken at this moment, or tried again later.
    `queue_age` is seconds; `failing` what is tried over and over, with what was raised last.
    `slots` is how many files the speech API may have at a time, `spent` dollars of today's
    `budget`; 0 is no limit of either.
    """

    now: datetime
    made_at: datetime = LONG_AGO
    key_is_set: bool = True
    broken_rules: str | None = None
    paused_since: str | None = None
    open_jobs: tuple[Job, ...] = ()
    slots_taken: int = 0
    slots: int = 0
    spent: float = 0.0
    budget: float = 0.0
    queued: int = 0
    in_hand: int = 0
    queue_age: float | None = None
    failing: Mapping[str, str] = field(default_factory=dict)
    dead_letters: int = 0
    takes_uploads: bool = True
    reconciled_at: datetime | None = None
    has_reconciler: bool = True
    alarms: Mapping[str, str] = field(default_factory=dict)


class Finding(NamedTuple):
    """Something that must be done: what is wrong, what to do, and where more is said."""

    check: str
    wrong: str
    do: str
    see: str


Check = Callable[[Facts], Iterator[Finding]]


def findings(facts: Facts) -> list[Finding]:
    """Everything that must be done."""
    return [finding for check in CHECKS.values() for finding in check(facts)]


def check_key(facts: Facts) -> Iterator[Finding]:
    refused = waiting_for(facts, "key")
    if not facts.key_is_set:
        wrong = f"No API key is stored; {counted(len(refused), 'job')} waiting for it."
    elif refused:
        wrong = f"The API key is refused; {counted(len(refused), 'job')} waiting for another."
    else:
        return
    yield _finding("key", wrong, "dropscribe key set", "operatormustactalarm")


def check_credits(facts: Facts) -> Iterator[Finding]:
    if unpaid := waiting_for(facts, "credits"):
        wrong = f"The key's account can't be used; {counted(len(unpaid), 'job')} waiting for it."
        do = "Look at the account at the speech API; what waits goes by itself then."
        yield _finding("credits", wrong, do, "operatormustactalarm")


def check_rules(facts: Facts) -> Iterator[Finding]:
    if facts.broken_rules:
        wrong = f"The rules are broken, so none is applied ({visible(facts.broken_rules)})."
        yield _finding("rules", wrong, "dropscribe rules set FILE", "operatormustactalarm")


def check_paused(facts: Facts) -> Iterator[Finding]:
    if facts.paused_since:
        waiting = counted(len(waiting_for(facts, "paused")), "job")
        wrong = f"Paused since {facts.paused_since}: nothing is sent; {waiting} waiting."
        yield _finding("paused", wrong, "dropscribe resume", "whom-to-tell-and-how-to-stop")


def check_uploads(facts: Facts) -> Iterator[Finding]:
    if not facts.takes_uploads:
        wrong = f"Submit takes no uploads: {counted(facts.queued, 'message')} in the queue."
        do = "Enable the event source mapping of Submit, in Lambda's console for instance."
        yield _finding("uploads", wrong, do, "uploadqueuealarm")
    elif facts.failing:
        message_id, why = next(iter(facts.failing.items()))
        failing = counted(len(facts.failing), "message")
        wrong = f"Submit has failed at least twice on {failing}, of late with {visible(why)}."
        do = f"Mend the cause, before they are given up: dropscribe logs {message_id}"
        yield _finding("uploads", wrong, do, "uploadqueuealarm")
    elif (facts.queue_age or 0) > OLD:
        hours = (facts.queue_age or 0) / 3600
        uploads = counted(facts.queued + facts.in_hand, "upload")
        wrong = f"{uploads} in the queue, the oldest for {hours:.1f} hours."
        do = "Look for errors of Submit: docs/log-queries.md."
        yield _finding("uploads", wrong, do, "uploadqueuealarm")


def check_dead_letters(facts: Facts) -> Iterator[Finding]:
    if facts.dead_letters:
        wrong = f"{counted(facts.dead_letters, 'message')} given up, in the dead letter queue."
        do = "dropscribe redrive --dry-run; mend the cause, then dropscribe redrive"
        yield _finding("dead-letters", wrong, do, "deadlettersalarm")


def check_stuck(facts: Facts) -> Iterator[Finding]:
    if stuck := [job for job in facts.open_jobs if is_stuck(job, facts.now)]:
        longest = stuck[0]
        wrong = (
            f"{counted(len(stuck), 'job')} not moving, the longest overdue is "
            f"{longest.job_id} ({longest.status})."
        )
        do = f"dropscribe logs {longest.job_id}"
        yield _finding("stuck", wrong, do, "oldestopenjobalarm")


def check_ambiguous(facts: Facts) -> Iterator[Finding]:
    if held := [job for job in facts.open_jobs if is_held(job, facts.now)]:
        wrong = f"{counted(len(held), 'submit')} with a lost answer: a person decides."
        do = (
            "Look at the speech API's usage page, then dropscribe retry or dropscribe cancel "
            f"{held[0].job_id}"
        )
        yield _finding("ambiguous", wrong, do, "ambiguoussubmitsalarm")


def check_budget(facts: Facts) -> Iterator[Finding]:
    if waiting := waiting_for(facts, "budget"):
        wrong = (
            f"{dollars(facts.spent)} of today's {dollars(facts.budget)} are spent; "
            f"{counted(len(waiting), 'job')} waiting for tomorrow (UTC)."
        )
        do = "Raise the setting dailyBudget and deploy, or wait: they go by themselves."
        yield _finding("budget", wrong, do, "budgetalarm")


def check_reconciler(facts: Facts) -> Iterator[Finding]:
    if not facts.has_reconciler:
        return
    # A new stack's first run comes after five minutes.
    if facts.now - max(facts.reconciled_at or facts.made_at, facts.made_at) > SILENT:
        wrong = "Reconcile has not run for a quarter of an hour: nobody looks for gaps."
        do = "Look at its log, and whether its schedule is enabled."
        yield _finding("reconciler", wrong, do, "reconcileralarm")


def check_alarms(facts: Facts) -> Iterator[Finding]:
    for name, says in sorted(facts.alarms.items()):
        sentence, _, see = says.rpartition(". ")
        wrong = f"{name} is on: {sentence or says}."
        yield Finding("alarms", wrong, "Read its paragraph.", see if RUNBOOK in see else RUNBOOK)


CHECKS: Final[Mapping[str, Check]] = {
    "key": check_key,
    "credits": check_credits,
    "rules": check_rules,
    "paused": check_paused,
    "uploads": check_uploads,
    "dead-letters": check_dead_letters,
    "stuck": check_stuck,
    "ambiguous": check_ambiguous,
    "budget": check_budget,
    "reconciler": check_reconciler,
    "alarms": check_alarms,
}


def limits(facts: Facts) -> str:
    """What is used of what is limited, in a sentence or two."""
    taken = counted(facts.slots_taken, "file")
    most = f", of {facts.slots} at a time" if facts.slots else ""
    waiting = len(waiting_for(facts, "slot"))
    others = f"; {counted(waiting, 'job')} waiting for a slot" if waiting else ""
    of = f" of {dollars(facts.budget)}" if facts.budget else ""
    spent = f" Spent today (UTC): {dollars(facts.spent)}{of}." if facts.spent or of else ""
    return f"The speech API has {taken}{most}{others}.{spent}{_backlog(facts)}"


def _backlog(facts: Facts) -> str:
    """What is in the upload queue, in a sentence; nothing of an empty one."""
    if not facts.queued + facts.in_hand:
        return ""
    queued = counted(facts.queued, "message")
    hand = f", and {facts.in_hand:,} being taken or to be tried again" if facts.in_hand else ""
    oldest = "" if facts.queue_age is None else f"; the oldest for {clock(facts.queue_age)}"
    return f" The upload queue has {queued}{hand}{oldest}."


def dollars(amount: float) -> str:
    """An amount for people; what is less than a cent shows."""
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:.4f}"


def waiting_for(facts: Facts, reason: str) -> list[Job]:
    """Jobs that wait for this."""
    return [job for job in facts.open_jobs if job.wait_reason == reason]


def is_stuck(job: Job, now: datetime) -> bool:
    """Whether nobody has looked at a job for long after its time.

    What waits for room is due since it was claimed, and nothing is wrong with that.
    """
    if job.wait_reason in CAPACITY:
        return False
    due = due_at(job)
    return due is not None and now - due > OVERDUE


def is_held(job: Job, now: datetime) -> bool:
    """Whether a lost answer waits for a person, who alone may send it again."""
    due = due_at(job)
    return job.status == "AMBIGUOUS" and (due is None or due - now > HELD)


def due_at(job: Job) -> datetime | None:
    """When somebody must have looked at a job."""
    due = job.row.get("due_at")
    return datetime.fromisoformat(due) if due else None


def _finding(check: str, wrong: str, do: str, anchor: str) -> Finding:
    return Finding(check, wrong, do, f"{RUNBOOK}#{anchor}")
