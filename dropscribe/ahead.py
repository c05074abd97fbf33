"""Work done ahead of who needs it: some of it side by side, its results in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from itertools import islice
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def ahead(
    pool: Executor, work: Callable[[_Item], _Result], items: Iterable[_Item], most: int
) -> Iterator[_Result]:
    """The result of each item in its turn; never more than `most` are begun before their turn.

    What Executor.map does, which begins everything at once and so holds every result.
    """
    left = iter(items)
    begun = deque(pool.submit(work, item) for item in islice(left, most))
    try:
        while begun:
            result = begun.popleft().result()
            begun.extend(pool.submit(work, item) for item in islice(left, 1))
            yield result
    finally:
        for future in begun:
            future.cancel()
