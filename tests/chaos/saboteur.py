"""Kills workers, denies AWS calls and stops executions, each when the plan says so."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Self

import psutil

from tests.chaos.plan import Death, Denial, Version
from tests.chaos.workers import Workers, kill
from tests.stack import Put, Stack

# Seconds after which Submit has the event, or Publish the answer, more or less.
SOON = 0.15
# The same for a sender's next step, once its answer has left the provider.
AT_ONCE = 0.01


class Saboteur:
    """Watches the provider, the courier and the uploads. Left, it has undone what would last.

    `put` says where S3 keeps a version; `count` tells what was really done.
    """

    def __init__(
        self,
        stack: Stack,
        workers: Workers,
        denials: Iterable[Denial],
        put: Callable[[Version], Put],
    ) -> None:
        self._stack, self._workers, self._put = stack, workers, put
        self._denials = {denial.at: denial for denial in denials}
        self._states = stack.session.client("stepfunctions")
        self._lock = threading.Lock()
        self._begun: set[str] = set()
        self._acts: list[Future[None]] = []
        self._pool = ThreadPoolExecutor(8)
        self.count: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        for act in self._acts:
            act.result()

    def uploaded(self, version: Version) -> None:
        """A version has just been put into its bucket."""
        if denial := self._denials.get(version.at):
            self._later(0, lambda: self._deny(denial))

    def delivered(self, version: Version) -> None:
        """An event of a version has just been put into the queue."""
        if self._dies(version, Death.CLAIMING):
            self._later(SOON, lambda: self._kill(version, self._workers.running("Submit")))

    def accepted(self, version: Version, port: int) -> None:
        """The provider has taken a create; its answer has not left yet."""
        if self._dies(version, Death.SENDING):
            self._kill(version, self._workers.at_port(port))
        if self._dies(version, Death.ANSWERED):
            sender = self._workers.at_port(port)
            self._later(AT_ONCE, lambda: self._kill(version, sender))

    def fetched(self, version: Version, port: int, finished: bool) -> None:
        """The provider was asked for a transcript; its answer has not left yet."""
        if self._dies(version, Death.POLLING):
            self._kill(version, self._workers.at_port(port))
        if finished and self._dies(version, Death.PUBLISHING):
            self._later(SOON, lambda: self._kill(version, self._workers.running("Publish")))
        if version.stopped and self._first(f"stop {version.name}"):
            self._later(0, lambda: self._stop(version))

    def _dies(self, version: Version, death: Death) -> bool:
        return version.death is death and self._first(f"kill {version.name}")

    def _first(self, act: str) -> bool:
        with self._lock:
            known = act in self._begun
            self._begun.add(act)
        return not known

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        def run() -> None:
            time.sleep(seconds)
            act()

        self._acts.append(self._pool.submit(run))

    def _kill(self, version: Version, worker: psutil.Process | None) -> None:
        if kill(worker) and version.death:
            self.count[f"killed {version.death.name.lower()}"] += 1

    def _stop(self, version: Version) -> None:
        """Stop the execution of the job's newest attempt, whose name needs no row that is ready."""
        row = self._stack.row(self._put(version))
        if row is None:
            return
        machine = self._stack.outputs["StateMachineArn"]
        name = f"{row['job_id']}-{row['attempt']}"
        arn = machine.replace(":stateMachine:", ":execution:") + f":{name}"
        with suppress(self._states.exceptions.ExecutionDoesNotExist):
            self._states.stop_execution(executionArn=arn, cause="by hand")
            self.count["stopped"] += 1

    def _deny(self, denial: Denial) -> None:
        """Refuse a function one action for a while, as a throttled or broken service would."""
        with self._stack.denied(denial.function, denial.action):
            time.sleep(denial.seconds)
        self.count["denied for a moment"] += 1
