"""Why the reader exists: the loop on the API's own page, beside ours, on the same answers."""

import json
from typing import Any
from urllib.parse import quote

import pytest
import urllib3

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi


def as_on_the_page(base_url: str, generation_id: str) -> str:
    """The page's polling: any status but `waiting` and `active` is done, then reads `result`."""
    with urllib3.PoolManager(retries=False) as http:
        while True:
            address = f"{base_url}/stt/{quote(generation_id, safe='')}"
            answer: Any = json.loads(http.request("GET", address).data)
            if answer["status"] not in {"waiting", "active"}:
                best = answer["result"]["results"]["channels"][0]["alternatives"][0]
                return str(best["transcript"])


@pytest.mark.parametrize(
    ("before", "under", "cause"),
    [
        ([Reply.pending("queued")], "result", KeyError),
        ([Reply.pending("active"), Reply.pending("generating")], "result", KeyError),
        ([], "output", KeyError),
        ([Reply.refused(503)], "result", KeyError),
        ([Reply.html(200)], "result", json.JSONDecodeError),
    ],
)
def test_the_pages_loop_dies_where_ours_reads_on(
    house: House, api: ScriptedApi, before: list[Reply], under: str, cause: type[Exception]
) -> None:
    """A recording is created and is `queued` for a moment, as the API's newer pages have it.

    The page's sample knows two pending statuses, so it takes `queued` for done, reads `result`,
    and dies of a KeyError: the transcript, finished a second later and paid for, is never
    fetched, and an hour afterwards it is gone. The same happens when the payload lies under
    `output`, as other pages have it, and for each word of a gateway that is not JSON. Ours takes
    what it does not know for pending, asks again, and reads the payload under either name.
    """
    job = house.submit()
    replies = [*before, Reply.completed("Hello.", under=under)]
    api.on_fetch(*replies)
    with pytest.raises(cause):
        as_on_the_page(api.base_url, job.generation_id or "")
    api.on_fetch(*replies)
    while house.look(job)["status"] == "pending":
        house.later(minutes=1)
    house.publish(job)
    assert house.rendition(job) == "Hello.\n"


def test_the_pages_loop_dies_of_a_failure_that_ours_writes_down(
    house: House, api: ScriptedApi
) -> None:
    """The provider failed and said why, as HTTP 200: the sample raises a KeyError instead."""
    job = house.submit()
    api.on_fetch(Reply.failed(message="The audio is silent film.").but(lasting=True))
    with pytest.raises(KeyError, match="result"):
        as_on_the_page(api.base_url, job.generation_id or "")
    look = house.look(job)
    assert (look["status"], look["stage"]) == ("failed", "transcribe")
    assert "The audio is silent film." in look["reason"]
