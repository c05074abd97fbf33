"""Work done ahead, in order and within bounds."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice

import pytest

from dropscribe.ahead import ahead


def test_results_come_in_order_and_little_is_begun_before_its_turn() -> None:
    """Of an endless list, only a few more are begun than were asked for."""
    begun = count()
    with ThreadPoolExecutor(4) as pool:
        taken = list(islice(ahead(pool, lambda n: (next(begun), n)[1], count(), 3), 5))
    assert taken == [0, 1, 2, 3, 4]
    assert next(begun) <= 5 + 3


def test_what_goes_wrong_goes_wrong_in_its_turn() -> None:
    """What came before is still there."""
    with ThreadPoolExecutor(4) as pool:
        results = ahead(pool, lambda n: 6 // n, [3, 2, 0, 1], 3)
        assert list(islice(results, 2)) == [2, 3]
        with pytest.raises(ZeroDivisionError):
            next(results)
