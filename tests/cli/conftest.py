"""A plain embedded cloud for the whole session, a small stack for each test, a command to run."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner, Result

from dropscribe.cli import cli
from tests.cli.small_stack import REGION, SmallStack, running_cloud

Run = Callable[..., Result]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an embedded cloud."""
    with running_cloud(tmp_path_factory.mktemp("cloud")) as address:
        yield address


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """What the tests themselves speak to the cloud with; it has read boto3's models once."""
    return boto3.Session("test", "test", region_name=REGION)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own AWS settings, nor of the folder's embedded cloud, counts."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("DROPSCRIBE_STACK", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cloud(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment points at the embedded cloud."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return endpoint


@pytest.fixture
def stack(
    cloud: str, session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SmallStack]:
    """A stack of this test's own, named in the environment."""
    name = f"Small{next(_numbers)}"
    monkeypatch.setenv("DROPSCRIBE_STACK", name)
    with closing(SmallStack(name, session)) as deployed:
        yield deployed


@pytest.fixture
def run() -> Run:
    """Runs a command line; stdout and stderr apart."""

    def invoke(*args: str, text: str | None = None) -> Result:
        return CliRunner().invoke(cli, args, input=text, prog_name="dropscribe")

    return invoke
