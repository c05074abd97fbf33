"""Lines of the stack's log groups, found by a word in them, and made readable."""

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain
from typing import Any, Final, NamedTuple

import click
from transcription.foreign import mapping, read_json

from dropscribe.stack import Stack

GROUP: Final = "AWS::Logs::LogGroup"
# The CDK's hash at the end of a logical id.
_HASH: Final = re.compile(r"[0-9A-F]{8}$")
# What Powertools and Lambda add to every line, and whoever follows a job has seen already.
NOISE: Final = frozenset(
    {"level", "location", "message", "timestamp", "service", "cold_start", "job_id", "exception"}
    | {"xray_trace_id", "sampling_rate", "function_request_id", "stack_trace"}
    | {"function_name", "function_memory_size", "function_arn"}
)


class Line(NamedTuple):
    """A line of a log: when (ms since 1970), which part of the stack wrote it, and what."""

    at: int
    part: str
    text: str


def lines(stack: Stack, word: str, since: datetime, only: str = "") -> list[Line]:
    """Every line with this word in it, oldest first; `only` names one part of the stack.

    Without a word it is every line.
    """
    wanted = named(only, log_groups(stack))
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda part: _lines(stack, part, wanted[part], word, since), wanted)
        return sorted(chain.from_iterable(found))


def named(only: str, groups: Mapping[str, str]) -> Mapping[str, str]:
    """The groups of the parts that are called so, in whatever case; raises UsageError."""
    wanted = {part: it for part, it in groups.items() if only.lower() in {"", part.lower()}}
    if not wanted:
        raise click.UsageError(f"There is no part {only}. There are: {', '.join(sorted(groups))}.")
    return wanted


def log_groups(stack: Stack) -> dict[str, str]:
    """The log group of each part of the stack."""
    groups = stack.parts_of(GROUP)
    return {part_of(name).removesuffix("Logs"): group for name, group in groups.items()}


def part_of(logical_id: str) -> str:
    """`DeadLettersAlarm1A2B3C4D` is DeadLettersAlarm."""
    return _HASH.sub("", logical_id)


def _lines(stack: Stack, part: str, group: str, word: str, since: datetime) -> list[Line]:
    # Quoted, or a hyphen would end the word.
    having: Any = {"filterPattern": json.dumps(word)} if word else {}
    pages = stack.logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int(since.timestamp() * 1000), **having
    )
    return [
        Line(event["timestamp"], part, event["message"].rstrip())
        for page in pages
        for event in page["events"]
    ]


def fields(text: str) -> Mapping[str, Any]:
    """What a line says, where it is JSON."""
    try:
        return mapping(read_json(text))
    except ValueError:
        return {}


def readable(text: str) -> tuple[str, str]:
    """What happened, and what more there is to say of it."""
    said = fields(text)
    if not said:
        return "", text
    told = {name: value for name, value in said.items() if name not in NOISE and value is not None}
    if "exception" in said:
        told["exception"] = last_line(said["exception"])
    details = ", ".join(f"{name}={_written(value)}" for name, value in told.items())
    return str(said.get("message") or said.get("type") or ""), details


def last_line(trace: object) -> str:
    """What was raised: the end of its traceback."""
    return str(trace).rstrip().rpartition("\n")[2].strip()


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def failures(stack: Stack, since: datetime) -> dict[str, list[str]]:
    """What was raised over each message that Submit failed on, oldest first, by their ids."""
    raised: dict[str, list[str]] = {}
    for line in lines(stack, "message_id", since, only="Submit"):
        said = fields(line.text)
        if "message_id" in said and "exception" in said:
            raised.setdefault(str(said["message_id"]), []).append(last_line(said["exception"]))
    return raised


def reasons(stack: Stack, since: datetime) -> dict[str, str]:
    """What was raised last over each message that Submit failed on, by the messages' ids."""
    return {message_id: raised[-1] for message_id, raised in failures(stack, since).items()}
