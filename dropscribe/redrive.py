"""`dropscribe redrive`: what stands in the dead letter queue goes to where it belongs."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import click
from transcription.job import iso

from dropscribe.exits import ExitCode
from dropscribe.letters import Kind, Letter, letter
from dropscribe.log_lines import reasons
from dropscribe.mailbox import Mailbox, Message
from dropscribe.progress import counting
from dropscribe.screen import counted, moment, note, say_json, say_rows, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack
from dropscribe.upload_queue import in_batches, send, send_to

HEADINGS: Final = ("WHAT", "KEY", "JOB", "RECEIVED", "SINCE", "WHY")
# What EventBridge remarks on an event that it could not deliver.
UNDELIVERED: Final = ("ERROR_CODE", "ERROR_MESSAGE")


class DeadLetter(NamedTuple):
    """A message, what it is about (and whose key), and why it was given up, as far as is known."""

    message: Message
    about: Letter
    key: str
    why: str


@click.command(
    cls=CloudCommand,
    examples=["dropscribe redrive --dry-run", "dropscribe redrive", "dropscribe redrive --json"],
)
@click.option("--dry-run", is_flag=True, help="Only show what is there.")
@click.option(
    "--discard-unknown", is_flag=True, help="Delete messages that nobody of this stack sends."
)
@pass_settings
@click.pass_context
def redrive(ctx: click.Context, settings: Settings, dry_run: bool, discard_unknown: bool) -> None:
    """Take up again what the stack has given up: the dead letter queue.

    Uploads and a person's requests go back to the upload queue, what a backfill found to the
    backfill's; each is sent there before it is deleted here, so nothing is lost, and what arrives
    twice is done once. What EventBridge could not say of an execution's end is told to
    RecordFailure. Messages that nobody of this stack sends stay where they are. Mend the cause
    first: `dropscribe logs` shows it.

    In a pipe each message is one tab-separated line: what it is, key, job id, how often it was
    received, since when it is under way, why, message id. Exits 1 while any is left.
    """
    stack = find_stack(settings)
    box = Mailbox(stack.queues, stack.output("DeadLetterQueueUrl"))
    moved = 0
    try:
        found = _read(stack, box)
        _show(settings, found)
        if not dry_run:
            with counting("moving", len(found)) as advance:
                for batch in _alike(found):
                    moved += _move(stack, box, batch, discard_unknown)
                    advance(len(batch))
    finally:
        box.give_back()
    left = len(found) - moved
    if settings.as_json:
        say_json({"messages": [_document(it) for it in found], "moved": moved, "left": left})
    else:
        note(_told(len(found), moved))
    ctx.exit(ExitCode.JOB_FAILED if left else ExitCode.FINE)


def _read(stack: Stack, box: Mailbox) -> list[DeadLetter]:
    """Every message that is there, with what the logs and the rows know of it."""
    messages = list(box.messages())
    if not messages:
        return []
    known = reasons(stack, datetime.fromtimestamp(min(it.sent_at for it in messages) / 1000, UTC))
    letters = [letter(message.body) for message in messages]
    jobs = stack.jobs.get_many([about.job_id for about in letters if about.job_id])
    return [
        DeadLetter(
            message,
            about,
            about.key or (job.key if job else ""),
            undelivered(message.remarks)
            or known.get(message.message_id)
            or (job.why if job else ""),
        )
        for message, about in zip(messages, letters, strict=True)
        for job in [jobs.get(about.job_id or "")]
    ]


def undelivered(remarks: dict[str, str]) -> str:
    """Why EventBridge could not deliver an event, in its own words."""
    return ": ".join(remarks[name] for name in UNDELIVERED if name in remarks)


def _alike(found: Iterable[DeadLetter]) -> Iterator[Sequence[DeadLetter]]:
    """Batches of messages that go to the same place."""
    ordered = sorted(found, key=lambda it: it.about.kind)
    for kind in Kind:
        yield from in_batches(it for it in ordered if it.about.kind is kind)


def _move(stack: Stack, box: Mailbox, batch: Sequence[DeadLetter], discard: bool) -> int:
    """Bring messages to where they belong, then delete them here; returns how many."""
    match batch[0].about.kind:
        case Kind.EXECUTION_ENDED:
            told = [it for it in batch if _tell(stack, it.message.body)]
        case Kind.UNKNOWN:
            told = list(batch) if discard else []
        case Kind.BACKFILL:
            send_to(stack, stack.output("BackfillQueueUrl"), [it.message.body for it in batch])
            told = list(batch)
        case _:
            send(stack, [it.message.body for it in batch])
            told = list(batch)
    box.delete(it.message for it in told)
    return len(told)


def _tell(stack: Stack, event: str) -> bool:
    """Tell RecordFailure how an execution ended; False where it failed."""
    answer = stack.functions.invoke(
        FunctionName=stack.output("RecordFailureFunctionName"), Payload=event.encode()
    )
    return "FunctionError" not in answer


def _show(settings: Settings, found: Sequence[DeadLetter]) -> None:
    if not settings.as_json:
        # A person needs no message's id, which would leave no room for the rest.
        ids = not sys.stdout.isatty()
        rows = [_cells(it) + ([it.message.message_id] if ids else []) for it in found]
        say_rows(HEADINGS, rows)


def _cells(it: DeadLetter) -> list[str]:
    return [
        str(it.about.kind),
        visible(it.key),
        it.about.job_id or "",
        str(it.message.received),
        moment(_since(it.message)),
        visible(it.why) or f"unknown: dropscribe logs {it.message.message_id}",
    ]


def _document(it: DeadLetter) -> dict[str, Any]:
    return {
        "message_id": it.message.message_id,
        "what": str(it.about.kind),
        "bucket": it.about.bucket,
        "key": it.key or None,
        "job_id": it.about.job_id,
        "received": it.message.received,
        "since": _since(it.message),
        "why": it.why or None,
    }


def _since(message: Message) -> str:
    return iso(datetime.fromtimestamp(message.sent_at / 1000, UTC))


def _told(there: int, moved: int) -> str:
    if not there:
        return "The dead letter queue is empty."
    left = there - moved
    still = f"; {counted(left, 'message')} left" if left else ""
    return f"{counted(moved, 'message')} moved{still}."
