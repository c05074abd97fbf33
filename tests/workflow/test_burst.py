"""Two hundred uploads at once, on a laptop, with a cloud of their own."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.deployment import set_api_key
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from tests.conftest import SAMPLE
from tests.memory import memory_watched
from tests.published import Published
from tests.scripted_api import ScriptedApi
from tests.stack import Stack
from tests.workflow.conftest import KEY

SPEECH = SAMPLE.read_bytes()
UPLOADS = 200
LIMIT = 4 * 1024**3


@pytest.fixture
def fresh(scripted: ScriptedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud without the workers that other tests left warm, which no burst is to answer for."""
    settings = Settings(api_base_url=scripted.base_url, scale=0.02, persist=False)
    with Cloud.on_free_ports(Home(tmp_path_factory.mktemp("burst")), settings) as cloud:
        yield cloud


def test_two_hundred_uploads_are_each_created_once(
    fresh: Cloud, assembly: Assembly, api: ScriptedApi
) -> None:
    """All end COMPLETED, five at a time, and the whole cloud stays under 4 GB."""
    emulator = fresh.running()
    assert emulator is not None
    with memory_watched(of=emulator.pid) as peaks, ThreadPoolExecutor(8) as pool:
        stack = Stack(fresh.connection.session(), fresh.deploy(assembly), patience=120)
        set_api_key(fresh.connection, stack.outputs["ApiKeySecretArn"], KEY)
        published = Published(stack)
        puts = list(pool.map(lambda n: stack.put(SPEECH, f"burst/{n}.wav"), range(UPLOADS)))
        rows = stack.wait_all(puts)
    assert Counter(row["status"] for row in rows) == {"COMPLETED": UPLOADS}
    assert len(api.creates) == UPLOADS
    assert api.most_files_at_a_time <= int(stack.outputs["MaxInFlight"])
    assert 0 < max(peaks) < LIMIT
    assert published.faults() == []
