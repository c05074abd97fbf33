"""How far a backfill is, told once or until it is over."""

import time
from collections.abc import Iterator
from typing import Final

from dropscribe.backfill_runs import RUNNING, Progress, Runs
from dropscribe.exits import ExitCode
from dropscribe.screen import counted, note, say_json, say_rows
from dropscribe.settings import Settings
from dropscribe.spinner import Spinner
from dropscribe.watch import pause_after

NOTHING_NEW: Final = "NOTHING_NEW"  # beside what Step Functions calls the states of a run


def follow(settings: Settings, runs: Runs, arn: str, patience: float) -> ExitCode:
    """Wait until a run is over, or so many seconds; tell how it ended."""
    began = time.monotonic()
    progress = runs.progress(arn)
    try:
        with Spinner() as spinner:
            while not progress.is_over and (waited := time.monotonic() - began) < patience:
                spinner.say(in_words(progress))
                time.sleep(min(pause_after(waited), patience - waited))
                progress = runs.progress(arn)
    except KeyboardInterrupt:
        note("It goes on without you. See: dropscribe backfill --status")
        raise
    return tell(settings, progress) if progress.is_over else _late(settings, progress)


def tell(settings: Settings, progress: Progress) -> ExitCode:
    """Print how far a run is; a failed one is the exit code's business, too."""
    if settings.as_json:
        began = progress.began.isoformat()
        say_json(progress._asdict() | {"began": began, "is_over": progress.is_over})
    else:
        say_rows((), cells(progress))
        for sentence in remarks(progress):
            note(sentence)
    failed = progress.status in {"FAILED", "TIMED_OUT"} or progress.failed
    return ExitCode.JOB_FAILED if failed else ExitCode.FINE


def tell_nothing(settings: Settings) -> ExitCode:
    """Print, for machines, what stands for a run that was not begun: there is nothing new."""
    if settings.as_json:
        nobody = {"name": None, "status": NOTHING_NEW, "began": None}
        say_json(dict.fromkeys(Progress._fields, 0) | nobody | {"is_over": True})
    return ExitCode.FINE


def _late(settings: Settings, progress: Progress) -> ExitCode:
    tell(settings, progress)
    note("Not all is done in the time given; it goes on.")
    return ExitCode.NOT_READY


def cells(progress: Progress) -> list[tuple[str, str]]:
    """The figures, by name."""
    facts = progress._asdict() | {"began": progress.began.isoformat(timespec="seconds")}
    return [(name.upper().replace("_", " "), str(value)) for name, value in facts.items()]


def in_words(progress: Progress) -> str:
    """The figures in a line."""
    looked = f"{progress.looked_at:,} of {counted(progress.listed, 'file')} looked at"
    return (
        f"{looked}, {progress.queued:,} queued, {progress.waiting:,} waiting, "
        f"{progress.at_work:,} at work"
    )


def remarks(progress: Progress) -> Iterator[str]:
    """What a person should know of it."""
    if progress.failed:
        yield f"{counted(progress.failed, 'file')} could not be queued: start it again."
    if progress.status not in {RUNNING, "SUCCEEDED", "ABORTED"}:
        yield f"Step Functions gave up ({progress.status}): start it again. See: dropscribe logs"
    if progress.is_over:
        yield "Nothing of it is left to be done. See: dropscribe ls"
