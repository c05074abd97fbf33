"""The part of a person: to look at what no machine may decide, and to try again what is free."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from tests.stack import Row, Stack

# How often one job is tried again at most.
MOST: Final = 4
# Where a job may fail so that another try is worth it and free: not at the provider.
OURS: Final = frozenset({"poll", "publish"})


class Person:
    """Sends what `dropscribe retry` sends; `retries` counts by job id."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.retries: Counter[str] = Counter()

    def looks_at(self, rows: Iterable[Row]) -> int:
        """Try again what needs it, and say how many jobs that were."""
        needy = [row for row in rows if needs_a_person(row) and self.retries[row["job_id"]] < MOST]
        for row in needy:
            self.retries[row["job_id"]] += 1
            self._stack.send({"retry": row["job_id"], "revision": int(row["revision"])})
        return len(needy)


def needs_a_person(row: Row) -> bool:
    """Whether an answer was lost twice, or one of our own stages failed."""
    if row["status"] == "AMBIGUOUS":
        return bool(row["ambiguous"] > 1)
    return row["status"] == "FAILED" and row.get("stage") in OURS


def waits_by_itself(row: Row) -> bool:
    """Whether Dispatch sends it when its time has come."""
    return row["status"] in {"WAITING", "AMBIGUOUS"} and not needs_a_person(row)
