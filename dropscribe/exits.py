"""What the command's exit codes mean, and the exceptions that carry them.

click.ClickException
 +-- Failure            a sentence for stderr that says what to do
      +-- JobFailed     1
      +-- NotInstalled  2
      +-- NotReady      3
      +-- CloudRefused  4
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

import click

TERMINAL: Final = ("COMPLETED", "REJECTED", "FAILED", "EXPIRED", "ERASED")
OPEN: Final = ("CLAIMED", "WAITING", "SENDING", "AMBIGUOUS", "SUBMITTED", "TRANSCRIBED")


class ExitCode(IntEnum):
    """Every way in which the command ends; `meaning` is the line in its help."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "ExitCode":
        """An exit code is a number with a meaning."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    FINE = 0, "done; every job that was waited for is COMPLETED"
    JOB_FAILED = 1, "a job ended otherwise, was refused, or is not there"
    WRONG_USAGE = 2, "wrong usage"
    NOT_READY = 3, "not ready yet, or the time given to --timeout is over"
    CLOUD_REFUSED = 4, "the cloud refused: no credentials, no stack, no connection"
    INTERRUPTED = 130, "stopped with Ctrl-C"
    BROKEN_PIPE = 141, "whoever read the output went away"


class Failure(click.ClickException):
    """An end that was foreseen: its message says what is wrong and what to do about it."""


class JobFailed(Failure):
    """The job ended badly, cannot be done, or is not there."""

    exit_code = ExitCode.JOB_FAILED


class NotReady(Failure):
    """The job is still open: ask again later."""

    exit_code = ExitCode.NOT_READY


class CloudRefused(Failure):
    """The stack cannot be reached or used as it is."""

    exit_code = ExitCode.CLOUD_REFUSED


class NotInstalled(Failure):
    """This command needs packages that are not here."""

    exit_code = ExitCode.WRONG_USAGE


def code_for_status(status: str | None) -> ExitCode:
    """The exit code that one job's status stands for; None is a job that has no row yet."""
    if status == "COMPLETED":
        return ExitCode.FINE
    return ExitCode.JOB_FAILED if status in TERMINAL else ExitCode.NOT_READY


def code_for_statuses(statuses: Iterable[str | None]) -> ExitCode:
    """The exit code of many jobs: a failed one weighs more than one that is not ready."""
    codes = {code_for_status(status) for status in statuses}
    for code in (ExitCode.JOB_FAILED, ExitCode.NOT_READY):
        if code in codes:
            return code
    return ExitCode.FINE
