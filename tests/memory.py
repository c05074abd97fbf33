"""What a run holds of the machine's memory, sampled while it runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def memory_watched(interval: float = 0.5) -> Iterator[list[int]]:
    """Samples, so many seconds apart, of what this process and its descendants hold, in bytes."""
    samples: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(interval):
            samples.append(held())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield samples
    finally:
        done.set()
        watcher.join()


def held() -> int:
    """Proportional set size: what is shared is counted once."""
    total, me = 0, psutil.Process()
    for process in [me, *me.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total
