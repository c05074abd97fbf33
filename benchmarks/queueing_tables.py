"""What the simulation of queueing.py shows, as tables of Markdown."""

from typing import Final

from benchmarks.queueing import DAY, MILLION, Waits, a_day, beside_backfill, held

# Slots, as a multiple of what the day's work needs on average.
SLOTS: Final = (1.0, 2.0, 2.5, 2.8)
MINUTES: Final = (1, 10)
BACKLOGS: Final = (10_000, 100_000, 1_000_000)
LIMITS: Final = (5, 20, 200)
FRESH: Final = 2_000  # a day, of ten minutes each, beside a backfill through five slots
A_MILLION: Final = """| a million files of | slots | of the mean | mean wait | 95 of 100 within | worst | used |
|---|---|---|---|---|---|---|
"""  # noqa: E501 a table's head is one line
A_BACKLOG: Final = """| files of a minute | 5 slots | 20 slots | 200 slots |
|---|---|---|---|
"""
A_BACKFILL: Final = """| fresh files | mean wait | 95 of 100 within | worst | old files done |
|---|---|---|---|---|
"""


def million_row(minutes: int, factor: float) -> str:
    """A million files of so many minutes in a day, as a row of Markdown."""
    audio = 60.0 * minutes
    slots = round(factor * MILLION * held(audio) / DAY)
    found = a_day(MILLION, audio, slots)
    waits = (spoken(found.mean), spoken(found.late), spoken(found.worst))
    return f"| {minutes} min | {slots} | {factor} | {' | '.join(waits)} | {found.busy:.0%} |\n"


def backlog_table() -> str:
    """How long a backfill takes that finds the house empty: it leaves one slot."""
    return A_BACKLOG + "".join(_backlog_row(files) for files in BACKLOGS)


def _backlog_row(files: int) -> str:
    took = (spoken(files * held(60.0) / (slots - 1)) for slots in LIMITS)
    return f"| {files:,} | {' | '.join(took)} |\n"


def backfill_table() -> str:
    """How fresh files fare beside a backfill."""
    alone = a_day(FRESH, 600.0, 5)
    ours, greedy = (beside_backfill(FRESH, 600.0, 5, leave) for leave in (1, 0))
    rows = (
        ("alone", alone, 0),
        ("first in line, and one slot kept", ours.fresh, ours.done),
        ("first in line", greedy.fresh, greedy.done),
    )
    return A_BACKFILL + "".join(_backfill_row(*row) for row in rows)


def _backfill_row(how: str, waits: Waits, done: int) -> str:
    told = (spoken(waits.mean), spoken(waits.late), spoken(waits.worst))
    return f"| {how} | {' | '.join(told)} | {done:,} |\n"


def million_table() -> str:
    """How many slots a million files a day need."""
    return A_MILLION + "".join(
        million_row(minutes, factor) for minutes in MINUTES for factor in SLOTS
    )


def spoken(seconds: float) -> str:
    """A time to two digits or so, in the unit that suits it."""
    for size, unit in ((DAY, "days"), (3_600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.2g} {unit}"
    return f"{seconds:.1f} s"
