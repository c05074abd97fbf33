"""What the tests of the local speech server share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.speech_client import SpeechClient
from tests.local.speech_process import SpeechServer, running_server


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeechServer]:
    """One local speech server for all tests; loading its model takes a second or two."""
    with running_server(tmp_path_factory.mktemp("speech")) as server:
        yield server


@pytest.fixture
def client(speech: SpeechServer) -> SpeechClient:
    """A client of the local speech server with the right key."""
    return speech.client


@pytest.fixture(scope="session")
def sample() -> Path:
    """The recording that comes with the package: 7.1 seconds of speech, 16 kHz mono."""
    folder = Path(__file__).parents[2] / "dropscribe" / "local" / "sample"
    return folder / "sense-and-sensibility.wav"
