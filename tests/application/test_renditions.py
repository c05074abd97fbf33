"""Renditions on their shelf: names for voices, made again for nothing, and captions that go."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from transcription.answer import Unreadable
from transcription.job import Job, Status
from transcription.publisher import RENDER_LEASE, NotPublishable

from tests.application.house import House
from tests.scripted_api import Reply, ScriptedApi

NO_TIMES = Reply(200, {"status": "completed", "output": {"text": "Spoken anew."}})
CALL = Reply.completed("Good morning.", "Hello.")


def transcribed(house: House, api: ScriptedApi, reply: Reply, key: str | None = None) -> Job:
    job = house.submit(house.put(key=key, Metadata={"stt-multi-channel": "yes"}))
    api.on_fetch(reply)
    return house.transcribe(job)


def standing(house: House, key: str, suffix: str) -> str | None:
    """What stands beside an upload, whoever's it is."""
    try:
        answer = house.s3.get_object(Bucket=house.places.transcripts, Key=f"{key}.{suffix}")
    except house.s3.exceptions.NoSuchKey:
        return None
    return str(answer["Body"].read().decode())


def test_names_come_with_the_upload(house: House, api: ScriptedApi) -> None:
    """They are on the row, in the renditions, and nowhere in what the API is asked."""
    house.set_rules(json.dumps({"version": 1, "rules": [{"prefix": "c/", "speakers": ["X", "Y"]}]}))
    metadata = {"stt-speakers": "=?utf-8?q?J=C3=BCrgen=2C_Ana?=", "stt-multi-channel": "yes"}
    job = house.submit(house.put(key="c/a.wav", Metadata=metadata))
    api.on_fetch(CALL)
    done = house.transcribe(job)
    assert done.speaker_names == ("Jürgen", "Ana")
    assert done.option_sources["speakers"] == "metadata"
    assert house.rendition(job) == "Jürgen: Good morning.\nAna: Hello.\n"
    assert "speakers" not in api.creates[0].parameters


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({}, ("Host", "Guest")),
        ({"Tagging": "stt-speakers=Ann%2FBob"}, ("Ann", "Bob")),
        ({"Metadata": {"stt-speakers": "Ann"}, "Tagging": "stt-speakers=X"}, ("Ann",)),
    ],
)
def test_names_come_from_the_strongest_place(
    house: House, properties: dict[str, Any], named: tuple[str, ...]
) -> None:
    """A rule, then tags, then metadata, as every option does."""
    rule = {"prefix": "", "options": {"diarize": True}, "speakers": ["Host", "Guest"]}
    house.set_rules(json.dumps({"version": 1, "rules": [rule]}))
    assert house.row(house.submit(house.put(**properties))).speaker_names == named


def test_made_again_with_other_names(house: House, api: ScriptedApi) -> None:
    """From the raw answer: the API isn't called, nobody is told, and the status stays."""
    job = transcribed(house, api, CALL)
    calls, before = len(api.creates) + len(api.fetches), house.row(job)
    house.later(hours=5)
    again = house.publisher.render(job.job_id, ["Agent", "Customer"])
    assert (again.status, again.revision) == (Status.COMPLETED, before.revision + 2)
    assert again.announced_at == before.announced_at
    assert house.row(job).rendered_at
    assert house.rendition(job) == "Agent: Good morning.\nCustomer: Hello.\n"
    assert len(api.creates) + len(api.fetches) == calls


def test_made_again_without_a_word_about_names(house: House, api: ScriptedApi) -> None:
    """The row's stay; an empty list takes them away."""
    job = transcribed(house, api, CALL)
    house.publisher.render(job.job_id, ["Agent", "Customer"])
    assert house.publisher.render(job.job_id).speaker_names == ("Agent", "Customer")
    assert house.publisher.render(job.job_id, []).speaker_names == ()
    assert house.rendition(job).startswith("Channel 1: ")


def test_a_render_at_work_says_how_long_it_may_be(house: House, api: ScriptedApi) -> None:
    """One that died, too: whoever erases the job waits for what it may still put."""
    job = transcribed(house, api, CALL)
    house.s3.put_object(
        Bucket=house.places.answers, Key=house.row(job).answer or "", Body=b"<html>"
    )
    with pytest.raises(Unreadable):
        house.publisher.render(job.job_id)
    until = house.row(job).rendering_until
    assert until is not None
    assert timedelta(seconds=60) < until - house.now() <= timedelta(seconds=RENDER_LEASE)


def test_only_what_is_complete_is_made_again(house: House, api: ScriptedApi) -> None:
    """Neither a job under way, nor one that nobody knows, nor one with names that can't be."""
    job = house.submit()
    for job_id in (job.job_id, "0" * 32):
        with pytest.raises(NotPublishable, match="no raw answer"):
            house.publisher.render(job_id)
    house.look(job)
    with pytest.raises(NotPublishable, match="only COMPLETED"):
        house.publisher.render(job.job_id)
    house.publish(job)
    with pytest.raises(NotPublishable, match="has 21 items, but takes a list of up to 20 names"):
        house.publisher.render(job.job_id, ["x"] * 21)


def test_captions_of_an_older_version_go(house: House, api: ScriptedApi) -> None:
    """They don't belong to the text beside them; nothing may be deleted, so they are emptied."""
    transcribed(house, api, CALL, "captions/a.wav")
    assert "Hello." in (standing(house, "captions/a.wav", "srt") or "")
    new = transcribed(house, api, NO_TIMES, "captions/a.wav")
    assert standing(house, "captions/a.wav", "txt") == "Spoken anew.\n"
    assert standing(house, "captions/a.wav", "srt") == ""
    assert (standing(house, "captions/a.wav", "vtt") or "").startswith(
        "WEBVTT\n\nNOTE\nNo captions: "
    )
    assert set(new.outputs) == {"txt", "md", "json"}
    assert new.reason == "No captions: the model gave no times"


def test_where_there_were_no_captions_none_are_made(house: House, api: ScriptedApi) -> None:
    """A file for nothing is no help to anybody."""
    transcribed(house, api, NO_TIMES, "captions/b.wav")
    assert standing(house, "captions/b.wav", "vtt") is None


def test_a_late_older_version_leaves_no_captions(house: House, api: ScriptedApi) -> None:
    """Not even where the newer one has none that it would have to write over."""
    old = house.submit(house.put(key="captions/c.wav"))
    transcribed(house, api, NO_TIMES, "captions/c.wav")
    api.on_fetch(CALL)
    late = house.transcribe(old)
    assert (late.outputs, standing(house, "captions/c.wav", "vtt")) == ({}, None)
    assert standing(house, "captions/c.wav", "txt") == "Spoken anew.\n"


def test_an_older_version_made_again_changes_nothing(house: House, api: ScriptedApi) -> None:
    """Its names are on its row, the newer one's transcript stands."""
    old = transcribed(house, api, CALL, "captions/d.wav")
    transcribed(house, api, NO_TIMES, "captions/d.wav")
    again = house.publisher.render(old.job_id, ["Ann", "Bob"])
    assert (again.outputs, again.speaker_names) == ({}, ("Ann", "Bob"))
    assert standing(house, "captions/d.wav", "txt") == "Spoken anew.\n"
    assert standing(house, "captions/d.wav", "srt") == ""


@contextmanager
def meanwhile(house: House, suffix: str, work: Any) -> Iterator[None]:
    """Something happens at the very moment when the first such rendition is about to be put."""
    todo = [work]

    def before_put(params: dict[str, Any], **_: Any) -> None:
        if params["Key"].endswith(suffix) and todo:
            todo.pop()()

    house.s3.meta.events.register("provide-client-params.s3.PutObject", before_put)
    yield
    house.s3.meta.events.unregister("provide-client-params.s3.PutObject", before_put)


@pytest.mark.parametrize("moment", ["srt", "vtt", "json", "txt"])
def test_a_newer_version_between_two_renditions_wins_all(
    house: House, api: ScriptedApi, moment: str
) -> None:
    """Whenever it comes: no captions of the older one are left beside its text."""
    key = f"captions/{moment}.wav"
    old = house.submit(house.put(key=key))
    house.look(old)
    with meanwhile(house, moment, lambda: transcribed(house, api, NO_TIMES, key)):
        late = house.publish(old)
    assert late.outputs == {}
    for suffix in ("txt", "md", "json"):
        assert "Spoken anew" in (standing(house, key, suffix) or "")
    assert not standing(house, key, "srt")
    assert "-->" not in (standing(house, key, "vtt") or "")
