"""The whole stack as it is deployed, with a speech API that does as it is told."""

from collections.abc import Iterator

import pytest

from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from tests.published import Published
from tests.scripted_api import ScriptedApi
from tests.stack import Stack

KEY = "the-key-of-the-tests"


@pytest.fixture(scope="session")
def scripted() -> Iterator[ScriptedApi]:
    """The speech API that the deployed stack calls."""
    with ScriptedApi() as server:
        yield server


@pytest.fixture
def api(scripted: ScriptedApi) -> Iterator[ScriptedApi]:
    """The speech API, with nothing scripted and nothing recorded yet."""
    scripted.reset()
    yield scripted
    scripted.reset()


@pytest.fixture(autouse=True)
def nothing_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test leaves waiting would be sent in the midst of another, which counts requests."""
    stack = request.getfixturevalue("stack") if "stack" in request.fixturenames else None
    yield
    if stack:
        stack.until(lambda: None if stack.open_jobs() else True, lambda: str(stack.open_jobs()))


@pytest.fixture(scope="session")
def cloud(scripted: ScriptedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An embedded cloud whose waits are 50 times shorter."""
    settings = Settings(api_base_url=scripted.base_url, scale=0.02, persist=False)
    home = Home(tmp_path_factory.mktemp("workflow"))
    with Cloud.on_free_ports(home, settings) as started:
        yield started


@pytest.fixture(scope="session")
def stack(cloud: Cloud, assembly: Assembly) -> Iterator[Stack]:
    """The stack, as it is deployed in AWS; all that it publishes keeps to the schemas."""
    outputs = cloud.deploy(assembly)
    session = cloud.connection.session()
    session.client("secretsmanager").put_secret_value(
        SecretId=outputs["ApiKeySecretArn"], SecretString=KEY
    )
    found = Stack(session, outputs)
    published = Published(found)
    yield found
    assert published.faults() == []
