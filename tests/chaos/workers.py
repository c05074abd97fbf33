"""The Lambda workers of one emulator: processes that can be killed, found by what they run.

Only descendants of this very emulator are looked at: others may run on the same machine.
"""

from collections.abc import Iterator

import psutil

from dropscribe.local.cloud import Cloud


class Workers:
    """Finds and kills. Killed means SIGKILL: nothing is tidied up, as when AWS loses a host."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def at_port(self, port: int) -> psutil.Process | None:
        """The worker that holds a connection from this local port."""
        return next((worker for worker in self._all() if port in _ports(worker)), None)

    def running(self, function: str) -> psutil.Process | None:
        """A worker of the function whose construct is called so."""
        mark = f"-{function}"
        return next((worker for worker in self._all() if mark in _runs(worker)), None)

    def pull_the_plug(self) -> None:
        """Kill emulator and workers: it would wait for killed workers to say goodbye to it."""
        emulator = self._cloud.running()
        for process in reversed(emulator.tree()) if emulator else ():
            kill(process)

    def _all(self) -> Iterator[psutil.Process]:
        emulator = self._cloud.running()
        yield from emulator.tree()[1:] if emulator else ()


def kill(worker: psutil.Process | None) -> bool:
    """Kill a process; False where there was none any more."""
    try:
        if worker is not None:
            worker.kill()
    except psutil.NoSuchProcess:
        return False
    return worker is not None


def _runs(worker: psutil.Process) -> str:
    """The folder of the function's code, which is named after it."""
    try:
        return " ".join(worker.cmdline()[1:2])
    except psutil.NoSuchProcess:
        return ""


def _ports(worker: psutil.Process) -> set[int]:
    try:
        return {connection.laddr.port for connection in worker.net_connections("tcp4")}
    except psutil.NoSuchProcess:
        return set()
