"""`dropscribe doctor`: looks at everything that can go wrong, and says what to do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

import click
from transcription.budget import item_of
from transcription.rows import PARTITIONS
from transcription.rules import BrokenRules, parse

from dropscribe.backlog import backlog, depth
from dropscribe.diagnosis import CHECKS, SILENT, Facts, Finding, findings, limits, waiting_for
from dropscribe.exits import ExitCode
from dropscribe.jobs import Job
from dropscribe.key import PLACEHOLDER
from dropscribe.log_lines import log_groups, part_of
from dropscribe.rule_store import in_force
from dropscribe.screen import note, say_json, say_rows
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.stack import Stack, find_stack

HEADINGS: Final = ("CHECK", "WRONG", "DO", "SEE")
ALARM: Final = "AWS::CloudWatch::Alarm"
MAPPING: Final = "AWS::Lambda::EventSourceMapping"
OPEN: Final = 500  # the most open jobs that are read of each partition
NAMES: Final = 100  # the most alarms that CloudWatch looks up at once


@click.command(
    cls=CloudCommand,
    examples=["dropscribe doctor", "dropscribe doctor --json | jq -r '.findings[].do'"],
)
@pass_settings
@click.pass_context
def doctor(ctx: click.Context, settings: Settings) -> None:
    """Look whether the stack is well, and say what to do where it isn't.

    Checked are the API key and its account, the rules, a pause, the upload queue, dead letters,
    jobs that don't move or wait for a person, the day's budget, Reconcile, and the stack's alarms.
    Also says how many files the speech API has, what is spent today (UTC), and what is in the
    upload queue, and for how long: where only CloudWatch knows that, on AWS. Changes nothing.
    In a pipe each finding is one tab-separated line: check, what is wrong, what to do, where more
    is said. Exits 0 when all is well, 1 when something must be done.
    """
    facts = gathered(find_stack(settings))
    found = findings(facts)
    if settings.as_json:
        say_json(document(facts, found))
    elif found:
        say_rows(HEADINGS, found)
    else:
        click.echo(f"All is well: {', '.join(CHECKS)}.")
    note(limits(facts))
    ctx.exit(ExitCode.JOB_FAILED if found else ExitCode.FINE)


def document(facts: Facts, found: list[Finding]) -> dict[str, Any]:
    """The findings, and the figures behind them."""
    return {
        "healthy": not found,
        "findings": [finding._asdict() for finding in found],
        "checked": list(CHECKS),
        "paused_since": facts.paused_since,
        "open_jobs": len(facts.open_jobs),
        "queued": facts.queued,
        "in_hand": facts.in_hand,
        "oldest_upload_seconds": facts.queue_age,
        "failing": dict(facts.failing),
        "dead_letters": facts.dead_letters,
        "slots_taken": facts.slots_taken,
        "slots": facts.slots,
        "waiting_for_a_slot": len(waiting_for(facts, "slot")),
        "spent_today": facts.spent,
        "daily_budget": facts.budget,
        "waiting_for_the_budget": len(waiting_for(facts, "budget")),
    }


def gathered(stack: Stack) -> Facts:
    """Everything that the checks want to know."""
    now = datetime.now(UTC)
    uploads = backlog(stack, now)
    return Facts(
        now=now,
        made_at=stack.made_at,
        key_is_set=_key_is_set(stack),
        broken_rules=_broken_rules(stack),
        paused_since=stack.jobs.paused_since(),
        open_jobs=_open_jobs(stack),
        slots_taken=len(stack.slots.look().holders),
        slots=stack.slots.limit,
        spent=_spent(stack, now),
        budget=stack.daily_budget,
        queued=uploads.queued,
        in_hand=uploads.in_hand,
        queue_age=uploads.age,
        failing=uploads.failing,
        dead_letters=depth(stack, "DeadLetterQueueUrl").visible,
        takes_uploads=_takes_uploads(stack),
        reconciled_at=_reconciled_at(stack, now),
        has_reconciler=bool(_reconcile_log(stack)),
        alarms=_alarms(stack),
    )


def _key_is_set(stack: Stack) -> bool:
    arn = stack.output("ApiKeySecretArn")
    return stack.secrets.get_secret_value(SecretId=arn).get("SecretString") != PLACEHOLDER


def _broken_rules(stack: Stack) -> str | None:
    try:
        parse(in_force(stack))
    except BrokenRules as error:
        return str(error)
    return None


def _open_jobs(stack: Stack) -> tuple[Job, ...]:
    """Rows that have not ended, the longest due first; of very many only those."""
    with ThreadPoolExecutor(8) as pool:
        shards = pool.map(lambda shard: stack.jobs.open_in(f"open#{shard}", OPEN), PARTITIONS)
        found = (job for shard in shards for job in shard)
        return tuple(sorted(found, key=lambda job: str(job.row.get("due_at"))))


def _spent(stack: Stack, now: datetime) -> float:
    """Dollars for the speech API today."""
    noted = stack.ledger.noted(item_of(now.date()).removeprefix("#"))
    return float(noted.get("spent", 0))


def _takes_uploads(stack: Stack) -> bool:
    """Whether every event source of the stack's functions is switched on."""
    mappings = stack.parts_of(MAPPING).values()
    states = [stack.functions.get_event_source_mapping(UUID=it)["State"] for it in mappings]
    return not any(state in {"Disabled", "Disabling"} for state in states)


def _reconcile_log(stack: Stack) -> str:
    return log_groups(stack).get("Reconcile", "")


def _reconciled_at(stack: Stack, now: datetime) -> datetime | None:
    """When Reconcile wrote its last line lately."""
    group = _reconcile_log(stack)
    if not group:
        return None
    pages = stack.logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int((now - SILENT).timestamp() * 1000)
    )
    times = [event["timestamp"] for page in pages for event in page["events"]]
    return datetime.fromtimestamp(max(times) / 1000, UTC) if times else None


def _alarms(stack: Stack) -> dict[str, str]:
    """What the alarms say that are on, by their names in the stack."""
    by_name = {name: part for part, name in stack.parts_of(ALARM).items()}
    names = list(by_name)
    found = {}
    for start in range(0, len(names), NAMES):
        answer = stack.watch.describe_alarms(
            AlarmNames=names[start : start + NAMES], StateValue="ALARM"
        )
        for alarm in answer["MetricAlarms"]:
            part = part_of(by_name[alarm["AlarmName"]])
            found[part] = alarm.get("AlarmDescription", "")
    return found
