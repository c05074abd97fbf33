"""The local speech server as a process, the way people run it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.local.speech_client import SpeechClient

KEY = "first-key"
COMMAND = (sys.executable, "-m", "dropscribe.local.speech", "--api-key", KEY)


@dataclass(frozen=True)
class SpeechServer:
    """A running server: where it answers, what it logs to, where it keeps recordings."""

    base_url: str
    log: Path
    folder: Path
    process: subprocess.Popen[Any]

    @property
    def client(self) -> SpeechClient:
        """A client with the right key."""
        return SpeechClient(self.base_url, KEY)


@contextmanager
def running_server(folder: Path, *options: str) -> Iterator[SpeechServer]:
    """Start a server on a free port, with temporary files in ``folder``, and end it after."""
    log = folder / "speech.log"
    recordings = folder / "recordings"
    recordings.mkdir()
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*COMMAND, "--api-key", "second-key", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={"TMPDIR": str(recordings)},
            cwd=Path(__file__).parents[2],
        )
        assert process.stdout is not None
        try:
            words = process.stdout.readline().split()
            base_url = next(word for word in words if word.startswith("http"))
            yield SpeechServer(base_url, log, recordings, process)
        finally:
            process.terminate()
            process.wait(10)
            process.stdout.close()
