"""Two hundred uploads at once, on a laptop."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import SAMPLE
from tests.memory import memory_watched
from tests.scripted_api import ScriptedApi
from tests.stack import Stack

SPEECH = SAMPLE.read_bytes()
UPLOADS = 200
LIMIT = 4 * 1024**3


def test_two_hundred_uploads_are_each_created_once(stack: Stack, api: ScriptedApi) -> None:
    """All end COMPLETED, five at a time, and all that this test started stays under 4 GB."""
    with memory_watched() as peaks, ThreadPoolExecutor(8) as pool:
        puts = list(pool.map(lambda n: stack.put(SPEECH, f"burst/{n}.wav"), range(UPLOADS)))
        rows = stack.wait_all(puts)
    assert Counter(row["status"] for row in rows) == {"COMPLETED": UPLOADS}
    assert len(api.creates) == UPLOADS
    assert api.most_files_at_a_time <= int(stack.outputs["MaxInFlight"])
    assert 0 < max(peaks) < LIMIT
