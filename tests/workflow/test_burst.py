"""Two hundred uploads at once, on a laptop."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil

from tests.conftest import SAMPLE
from tests.scripted_api import ScriptedApi
from tests.stack import Stack

SPEECH = SAMPLE.read_bytes()
UPLOADS = 200
LIMIT = 4 * 1024**3


def test_two_hundred_uploads_are_each_created_once(stack: Stack, api: ScriptedApi) -> None:
    """All end COMPLETED, and all that this test started stays under 4 GB."""
    with _memory_watched() as peaks, ThreadPoolExecutor(8) as pool:
        puts = list(pool.map(lambda n: stack.put(SPEECH, f"burst/{n}.wav"), range(UPLOADS)))
        rows = stack.wait_all(puts)
    assert Counter(row["status"] for row in rows) == {"COMPLETED": UPLOADS}
    assert len(api.creates) == UPLOADS
    assert 0 < max(peaks) < LIMIT


@contextmanager
def _memory_watched() -> Iterator[list[int]]:
    """Samples of what this process and all of its descendants hold, in bytes."""
    samples: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            samples.append(_held())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield samples
    finally:
        done.set()
        watcher.join()


def _held() -> int:
    """Proportional set size: what is shared is counted once."""
    total, me = 0, psutil.Process()
    for process in [me, *me.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total
