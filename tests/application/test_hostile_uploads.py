"""Uploads that mean harm: by their keys, their metadata, their tags."""

import dataclasses

import pytest
from transcription.job import Status

from tests.application.house import SPEECH, House
from tests.scripted_api import ScriptedApi

ESCAPES = [
    "../../etc/passwd",
    "calls/../../answers/x",
    "/etc/passwd",
    "..",
    "rules/1.json",
    "%2e%2e/%2f",
    "a\\..\\b",
    "x\x1b[2J\u202ey\t{}.wav",
]
# Each would have somebody else fetch or be sent something, were it believed.
ERRANDS = [
    {"stt-url": "http://169.254.169.254/latest/meta-data/"},
    {"stt-pass-url": "http://169.254.169.254/"},
    {"stt-audio": "x"},
    {"stt-pass-file": "/etc/passwd"},
    {"stt-pass-callback": "https://evil.example/"},
    {"stt-callback-url": "https://evil.example/"},
]


@pytest.mark.parametrize("key", ESCAPES)
def test_no_key_leaves_its_place(house: House, api: ScriptedApi, key: str) -> None:
    """Renditions lie under the very key, the raw answer under the job's id, and no word else."""
    job = house.transcribe(house.submit(house.put(key=key)))
    assert job.status is Status.COMPLETED
    assert dict(job.outputs) == {suffix: f"{key}.{suffix}" for suffix in job.outputs}
    assert house.rendition(job)
    assert job.answer == f"{job.job_id}/1.json"


@pytest.mark.parametrize("metadata", ERRANDS)
def test_nobody_is_sent_on_an_errand(
    house: House, api: ScriptedApi, metadata: dict[str, str]
) -> None:
    """What is sent, from where, and to whom the words go is not for an upload to say."""
    job = house.submit(house.put(Metadata=metadata))
    assert (job.status, api.creates) == (Status.REJECTED, ())


@pytest.mark.parametrize(
    "metadata",
    [
        {"stt-language": "=?utf-8?q?pt=0AX-Evil=3A?="},
        {"stt-tag": "=?utf-8?q?=1B[2J?="},
        {"stt-pass-x": "[" * 1000},
        {"stt-pass-x": '{"a":' * 300 + "1" + "}" * 300},
        {"stt-pass-x": "9" * 1500},
        {"stt-keywords": ",".join(["a"] * 800)},
        {f"stt-pass-{n}": "x" for n in range(30)},
        {"stt-pass-__class__": "x"},
    ],
)
def test_metadata_is_refused_or_harmless(
    house: House, api: ScriptedApi, metadata: dict[str, str]
) -> None:
    """It ends in a row that says why in one line, or goes to the API as what it is: a value."""
    job = house.submit(house.put(Metadata=metadata))
    assert job.status in {Status.REJECTED, Status.SUBMITTED}
    assert (job.reason or "").isprintable()


def test_one_upload_changes_no_other(house: House, api: ScriptedApi) -> None:
    """Its options are its own, and the next one's are what they were."""
    house.submit(house.put(Metadata={"stt-model": "#g1_nova-2-general", "stt-diarize": "true"}))
    house.submit(house.put(SPEECH))
    asked = [create.parameters for create in api.creates]
    assert [it["model"] for it in asked] == ["#g1_nova-2-general", "#g1_whisper-small"]
    assert "diarize" not in asked[1]


def test_a_message_about_another_bucket_pays_for_nothing(house: House, api: ScriptedApi) -> None:
    """A forged event leads to an object that our role may not read, if it is there at all."""
    forged = dataclasses.replace(house.put(), bucket="somebody-elses-bucket")
    assert house.submit(forged).status is Status.REJECTED
    assert api.creates == ()
