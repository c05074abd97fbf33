"""Jobs of many days, newest first: one query for each day and status, some of them side by side."""

import heapq
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Final

from dropscribe.ahead import ahead
from dropscribe.jobs import Job, JobsTable, Wanted

QUERIES: Final = 8  # under way at a time


def newest_first(
    table: JobsTable, pool: Executor, statuses: Iterable[str], wanted: Wanted
) -> Iterator[Job]:
    """The wanted jobs of these statuses; only a little further back is asked than was read."""
    states = tuple(statuses)
    last = min(wanted.end, datetime.now(UTC)).date()
    days = days_back(wanted.begin.date(), last)
    queries = (table.of_day(status, day, wanted) for day in days for status in states)
    began = ahead(pool, _started, queries, QUERIES)
    while of_day := list(islice(began, len(states))):
        yield from heapq.merge(*of_day, key=lambda job: job.uploaded_at, reverse=True)


def days_back(first: date, last: date) -> Iterator[date]:
    """Every day from `last` back to `first`."""
    return (last - timedelta(days=back) for back in range((last - first).days + 1))


def _started(jobs: Iterator[Job]) -> Iterator[Job]:
    # The first page is fetched here, in the pool; later ones when they are needed.
    return chain(list(islice(jobs, 1)), jobs)
