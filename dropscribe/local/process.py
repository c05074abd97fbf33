"""Background processes that outlive the command that started them, and are never mistaken."""

import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from dropscribe.local.home import write_private

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Process:
    """One process: its id, and when it started, because ids are used again."""

    pid: int
    started: float  # seconds since the epoch

    def alive(self) -> bool:
        return self._running() is not None

    def tree(self) -> list[psutil.Process]:
        """The process and everything it started that still runs; empty once it is gone."""
        running = self._running()
        if running is None:
            return []
        try:
            return [running, *running.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def memory(self) -> int:
        """Resident bytes of the whole tree; shared pages count once per process."""
        return sum(_resident(process) for process in self.tree())

    def stop(self, patience: float = 20.0) -> None:
        """Ask it to end and wait; whatever is left after `patience` seconds is killed."""
        tree = self.tree()
        if not tree:
            return
        leader, *workers = tree
        leader.terminate()
        psutil.wait_procs([leader], timeout=patience)
        # Workers have nothing left to say once the one they speak to has gone.
        for process in (leader, *workers):
            _kill(process)
        psutil.wait_procs([leader], timeout=2.0)

    def save(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self)).encode())

    @classmethod
    def load(cls, path: Path) -> "Process | None":
        """The process on record if it still runs; else None, and the stale record is removed."""
        try:
            process = cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return None
        if process.alive():
            return process
        path.unlink(missing_ok=True)
        return None

    def _running(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1.0
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def start(command: list[str], environment: Mapping[str, str], log: Path) -> Process:
    """Start a program in a session of its own, so that Ctrl-C in the terminal spares it."""
    if log.exists():
        log.replace(log.with_suffix(".old.log"))
    with log.open("wb") as output:
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, output.fileno(), 2),
        ]
        pid = os.posix_spawn(
            command[0], command, dict(environment), file_actions=actions, setsid=True
        )
    return Process(pid, psutil.Process(pid).create_time())


def wait_until(ready: Callable[[], bool], process: Process, seconds: float) -> bool:
    """True once `ready`; False when the process died first or the time ran out."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.alive():
        if ready():
            return True
        time.sleep(0.05)
    return False


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, empty when there is none."""
    return tail_of(log.read_text(errors="replace"), lines) if log.exists() else ""


def tail_of(text: str, lines: int = 15) -> str:
    return "\n".join(text.splitlines()[-lines:])


def is_free(port: int) -> bool:
    """Whether `port` on 127.0.0.1 can be listened on, by us."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
