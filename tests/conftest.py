"""What all tests share: samples, and an emulated AWS that starts when a test first needs it."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from dropscribe.local.synthesis import synthesize

SAMPLE = Path(__file__).parents[1] / "dropscribe" / "local" / "sample" / "sense-and-sensibility.wav"
SAID = (
    "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his "
    "power to do for them."
)


def pytest_configure() -> None:
    """A run that is told to end stops what it started, as at its own end."""
    signal.signal(signal.SIGTERM, _end)


def _end(*_: object) -> NoReturn:
    pytest.exit("The run was told to end", returncode=128 + signal.SIGTERM)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An emulated AWS without a stack in it, and without a speech API."""
    home = Home(tmp_path_factory.mktemp("emulator"))
    settings = Settings(api_base_url="http://127.0.0.1:9/v1", persist=False)
    with Cloud.on_free_ports(home, settings) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def synthesized() -> Path:
    """The folder that `cdk synth` writes: the very template that AWS would get, and the bundle."""
    return synthesize()


@pytest.fixture(scope="session")
def assembly(synthesized: Path) -> Assembly:
    """What is to be deployed."""
    return Assembly.read(synthesized)
