"""What a run holds of the machine's memory, sampled while it runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def memory_watched(interval: float = 0.5, of: int | None = None) -> Iterator[list[int]]:
    """Samples, so many seconds apart, of what a process and its descendants hold, in bytes.

    It is this process unless another is named by its id.
    """
    samples: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(interval):
            samples.append(held(of))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield samples
    finally:
        done.set()
        watcher.join()


def held(of: int | None = None) -> int:
    """Proportional set size: what is shared is counted once."""
    total, root = 0, psutil.Process(of)
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total
