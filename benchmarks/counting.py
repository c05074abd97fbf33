"""An embedded cloud that counts, and what it counted while something was done in it."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.clouds import API_KEY, PATIENCE, stop_when_told
from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud, Progress
from dropscribe.local.home import Home
from dropscribe.local.parts import CLOUD, Part
from dropscribe.local.settings import Settings
from tests.stack import Stack

Line = dict[str, Any]
QUIET = 1.0  # seconds


class CountingCloud(Cloud):
    """An embedded cloud whose emulator writes down every call."""

    def _ensure(self, part: Part, progress: Progress, patience: float) -> None:
        if part.name == CLOUD:
            workers = str(self.settings.workers)
            counting = ("benchmarks.counting_emulator", "--workers", workers)
            part = replace(part, module=(*counting, "--log", str(book_of(self))))
        super()._ensure(part, progress, patience)


def book_of(cloud: Cloud) -> Path:
    return cloud.home.path / "calls.jsonl"


@dataclass(frozen=True)
class Counted:
    """A stack, and the book of its cloud."""

    stack: Stack
    book: Path

    def during(self, work: Callable[[], None]) -> list[Line]:
        """The calls that were taken while something was done."""
        self._settle()
        before = self.book.stat().st_size
        work()
        self._settle()
        with self.book.open(encoding="utf-8") as file:
            file.seek(before)
            return [json.loads(line) for line in file]

    def _settle(self) -> None:
        """Wait until nothing is written any more: a Lambda ends after what it did is seen."""
        size = -1
        while size < (size := self.book.stat().st_size):
            time.sleep(QUIET)


@contextmanager
def counted(assembly: Assembly, api_url: str, scale: float) -> Iterator[Counted]:
    """A deployed stack whose scheduled functions run only when they are called."""
    stop_when_told()
    settings = Settings(api_base_url=api_url, scale=scale, persist=False)
    with (
        tempfile.TemporaryDirectory() as folder,
        CountingCloud.on_free_ports(Home(Path(folder) / "home"), settings) as cloud,
    ):
        stack = Stack(cloud.connection.session(), cloud.deploy(assembly), PATIENCE)
        stack.switch_schedules_off()
        stack.session.client("secretsmanager").put_secret_value(
            SecretId=stack.outputs["ApiKeySecretArn"], SecretString=API_KEY
        )
        yield Counted(stack, book_of(cloud))
