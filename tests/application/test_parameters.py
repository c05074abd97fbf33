"""Each of the thirty parameters, from the object's metadata to what the API is sent, both ways."""

import json
from typing import Any

import pytest
from transcription.job import Status

from dropscribe.metadata import on_the_wire
from tests.application.house import House
from tests.parameters import EXAMPLES, Example
from tests.scripted_api import ScriptedApi


@pytest.fixture(autouse=True, params=["url", "upload"])
def way(request: pytest.FixtureRequest, house: House) -> str:
    """Every test here, by URL and by upload."""
    house.send_by(request.param)
    return str(request.param)


def asks_for(api: ScriptedApi, name: str, value: Any) -> bool:
    """Whether the one create asked for this value: in JSON of its very type, in a form as texts."""
    (create,) = api.creates
    if create.url:
        found = create.parameters[name]
        return (found, type(found)) == (value, type(value))
    items = value if isinstance(value, list) else [value]
    texts = [item if isinstance(item, str) else json.dumps(item) for item in items]
    return [part.body.decode() for part in create.parts if part.name == name] == texts


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_parameter_reaches_the_api(
    house: House, api: ScriptedApi, way: str, example: Example
) -> None:
    """The very value in the very type, and the row says that it is the metadata's."""
    written = {example.name: example.text} | example.along
    metadata = {f"stt-{name}": on_the_wire(text) for name, text in written.items()}
    job = house.row(house.submit(house.put(Metadata=metadata)))
    assert asks_for(api, example.name, example.value)
    assert job.sent_by == way
    assert job.option_sources[example.name] == "metadata"


def test_a_hundred_custom_topics_come_from_a_rule(house: House, api: ScriptedApi) -> None:
    """S3's two kilobytes of metadata can't hold them."""
    topics = [f"the topic, with its number {number}" for number in range(100)]
    options = {"topics": True, "custom_topic": topics, "custom_topic_mode": "strict"}
    house.set_rules(json.dumps({"version": 1, "rules": [{"prefix": "show/", "options": options}]}))
    job = house.submit(house.put(key="show/1.wav"))
    assert asks_for(api, "custom_topic", topics)
    assert house.row(job).option_sources["custom_topic"] == "rule show/"


def test_what_is_off_is_left_out(house: House, api: ScriptedApi) -> None:
    """The API's forms have no way to say false; but what is passed on is passed on."""
    metadata = {"stt-diarize": "no", "stt-pass-mip-opt-out": "false"}
    house.submit(house.put(Metadata=metadata))
    (create,) = api.creates
    assert "diarize" not in create.parameters
    assert asks_for(api, "mip_opt_out", False)


def test_the_row_keeps_types_until_it_is_sent(house: House, api: ScriptedApi) -> None:
    """A job that waited in the table asks for the same as one that didn't."""
    house.key = "PUT-YOUR-API-KEY-HERE"
    metadata = {"stt-utt-split": "0.35", "stt-tag": "a", "stt-pass-x": '{"n": [1, 2.5, null]}'}
    job = house.submit(house.put(Metadata=metadata))
    assert (job.status, api.creates) == (Status.WAITING, ())
    house.key = "a-key"
    house.dispatch(at_once=True)
    assert asks_for(api, "utt_split", 0.35)
    assert asks_for(api, "tag", ["a"])
    assert asks_for(api, "x", {"n": [1, 2.5, None]})
