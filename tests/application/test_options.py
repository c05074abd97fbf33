"""Where a file's options come from, on real objects, tags and parameters; and what is refused."""

import hashlib
import json
from typing import Any

import pytest
from transcription.job import Job, Status
from transcription.rules import EMPTY

from tests.application.house import House
from tests.scripted_api import ScriptedApi


def rules(prefix: str, **options: Any) -> str:
    return json.dumps({"version": 1, "rules": [{"prefix": prefix, "options": options}]})


def submitted(house: House, key: str = "calls/pt/a.wav", **properties: Any) -> Job:
    return house.row(house.submit(house.put(key=key, **properties)))


def test_all_four_places_meet_in_one_row(house: House, api: ScriptedApi) -> None:
    """Each option is the strongest place's, and the row says which."""
    house.set_rules(rules("calls/pt/", language="pt", diarize=True, numerals=True))
    metadata = {"stt-diarize": "no"}
    job = submitted(house, Tagging="stt-numerals=no&stt-search=a%2Fb&team=x", Metadata=metadata)
    assert job.option_sources == {
        "model": "stack",
        "utterances": "stack",
        "language": "rule calls/pt/",
        "numerals": "tag",
        "search": "tag",
        "diarize": "metadata",
    }
    asked = api.creates[0].parameters
    assert (asked["language"], asked["search"]) == ("pt", ["a", "b"])
    assert not asked.keys() & {"diarize", "numerals", "team"}


def test_tags_are_those_of_the_version(house: House, api: ScriptedApi) -> None:
    """Another version of the same key has tags of its own."""
    old = house.put(key="a.wav", Tagging="stt-language=pt")
    house.put(key="a.wav", Tagging="stt-language=de")
    assert house.submit(old).options["language"] == "pt"


def test_a_warning_stands_on_the_row(house: House, api: ScriptedApi) -> None:
    """What Whisper ignores is sent, and said."""
    job = submitted(house, Metadata={"stt-keywords": "Dashwood:2"})
    assert job.warnings == (
        "keywords=Dashwood:2 (metadata) does nothing on the model #g1_whisper-small",
    )
    assert job.status is Status.SUBMITTED


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"Metadata": {"stt-language": "portuguese"}}, "in the object's metadata is 'portuguese'"),
    ({"Metadata": {"stt-utt-split": "0"}}, "a number of seconds from 0.001"),
    ({"Metadata": {"stt-keyterm": "x"}}, "is written stt-pass-keyterm"),
    ({"Metadata": {"stt-pass-url": "x"}}, "leave it out"),
    ({"Metadata": {"stt-custom-topic-mode": "strict"}}, "needs custom_topic"),
    ({"Metadata": {"stt-utterances": "no", "stt-utt-split": "1"}}, "needs utterances=true"),
    ({"Metadata": {"stt-tag": "a" * 129}}, "has 129 characters"),
    ({"Metadata": {"stt-search": ",".join(["x"] * 51)}}, "has 51 items"),
    ({"Tagging": "stt-diarize=perhaps"}, "in an object tag is 'perhaps'"),
    ({"Tagging": "stt-diarize=yes&STT-Diarize=no"}, "given twice in an object tag"),
]


@pytest.mark.parametrize(("properties", "said"), REFUSED)
def test_a_bad_option_costs_nothing(
    house: House, api: ScriptedApi, properties: dict[str, Any], said: str
) -> None:
    """The file is rejected before anything is created, with the reason on its row."""
    job = submitted(house, **properties)
    assert (job.status, job.stage, api.creates) == (Status.REJECTED, "inspect", ())
    assert said in (job.reason or "")


def test_a_rule_that_does_not_fit_a_file_is_named(house: House, api: ScriptedApi) -> None:
    """A sound rule can still clash with the stack's options."""
    house.set_rules(rules("calls/", custom_intent_mode="strict"))
    job = submitted(house)
    assert (job.status, api.creates) == (Status.REJECTED, ())
    assert "custom_intent_mode in the rule calls/ is strict and needs" in (job.reason or "")


def test_a_mended_rule_lets_a_retry_through(house: House, api: ScriptedApi) -> None:
    """Options are read again when a person tries a rejected file again."""
    house.set_rules(rules("calls/", custom_intent_mode="strict"))
    job = submitted(house)
    house.set_rules(rules("calls/", language="pt"))
    again = house.row(house.retry(job))
    assert (again.status, again.options["language"]) == (Status.SUBMITTED, "pt")


BROKEN = [
    ("not JSON", "not JSON"),
    (rules("calls/", language="portuguese"), "'portuguese'"),
    (json.dumps({"version": 1, "object": f"rules/{'0' * 64}.json"}), "can't be read"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_broken_rules_stop_nothing_and_are_never_silent(
    house: House, api: ScriptedApi, text: str, said: str
) -> None:
    """The file goes on with the other places; its row and an operator are told."""
    house.set_rules(text)
    job = submitted(house, Metadata={"stt-diarize": "yes"})
    assert (job.status, job.options) == (Status.SUBMITTED, {"utterances": True, "diarize": True})
    assert job.warnings[0].startswith("The rules are broken, so none was applied: ")
    assert said in job.warnings[0]
    assert len(house.broken_rules) == 1


def test_a_deleted_parameter_stops_nothing(house: House, api: ScriptedApi) -> None:
    """Somebody tidied up what they did not know."""
    house.ssm.delete_parameter(Name=house.rules.parameter)
    job = submitted(house)
    assert (job.status, len(house.broken_rules)) == (Status.SUBMITTED, 1)


def test_a_large_rule_set_is_an_object(house: House, api: ScriptedApi) -> None:
    """The parameter names it by its hash."""
    text = rules("calls/pt/", language="pt", tag=["x" * 100] * 45)
    name = f"rules/{hashlib.sha256(text.encode()).hexdigest()}.json"
    house.s3.put_object(Bucket=house.places.answers, Key=name, Body=text.encode())
    house.set_rules(json.dumps({"version": 1, "object": name}))
    assert submitted(house).options["language"] == "pt"


def test_an_object_that_was_changed_is_not_believed(house: House, api: ScriptedApi) -> None:
    """Its name is the hash of what `dropscribe rules set` had checked."""
    name = f"rules/{hashlib.sha256(EMPTY.encode()).hexdigest()}.json"
    changed = rules("calls/", language="pt").encode()
    house.s3.put_object(Bucket=house.places.answers, Key=name, Body=changed)
    house.set_rules(json.dumps({"version": 1, "object": name}))
    job = submitted(house)
    assert "language" not in job.options
    assert "is not the one that was written" in job.warnings[0]
