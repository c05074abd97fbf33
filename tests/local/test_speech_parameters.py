"""Which parameters are taken, refused or left undone."""

from typing import Any

import pytest

from dropscribe.local.speech.errors import ApiError
from dropscribe.local.speech.limits import choose_language, undone
from dropscribe.local.speech.parameters import check, from_form

MODEL = "#g1_whisper-small"


@pytest.mark.parametrize("size", ["tiny", "base", "small", "medium", "large"])
@pytest.mark.parametrize("spelling", ["#g1_whisper-", "whisper-", "deepgram/whisper-"])
def test_every_spelling_of_a_whisper_is_known(spelling: str, size: str) -> None:
    """The provider has changed the spelling; all are served."""
    check({"model": spelling + size})


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"model": ""}, 400),
        ({"model": 7}, 400),
        ({"model": "#g1_nova-9"}, 404),
        ({"model": MODEL, "diarize": "yes"}, 400),
        ({"model": MODEL, "utt_split": True}, 400),
        ({"model": MODEL, "tag": [1, 2]}, 400),
        ({"model": MODEL, "url": ["http://127.0.0.1/"]}, 400),
    ],
)
def test_wrong_parameters_are_refused(asked: dict[str, Any], status: int) -> None:
    """A missing model or a wrong type is a bad request, an unknown model is not found."""
    with pytest.raises(ApiError) as refusal:
        check(asked)
    assert refusal.value.status == status


def test_unlisted_parameters_are_let_through() -> None:
    """Other models have parameters of their own."""
    check({"model": MODEL, "keyterm": {"any": "thing"}, "utt_split": 1, "summarize": "v2"})


def test_a_form_is_read_by_the_parameters_types() -> None:
    """Text parts become booleans, numbers and lists where the parameter is one."""
    parts = [("diarize", "false"), ("utt_split", "1.5"), ("tag", "a"), ("tag", "b")]
    read = from_form([("model", MODEL), ("detect_language", "pt"), ("summarize", "v2"), *parts])
    assert read["diarize"] is False
    assert (read["utt_split"], read["tag"]) == (1.5, ["a", "b"])
    assert (read["detect_language"], read["summarize"]) == (["pt"], "v2")
    check(read)


def test_a_form_with_a_wrong_boolean_is_refused() -> None:
    """What cannot be read as a boolean is not taken for one."""
    with pytest.raises(ApiError, match="diarize must be true or false"):
        check(from_form([("model", MODEL), ("diarize", "perhaps")]))


def test_what_is_left_undone_is_said() -> None:
    """A warning for each parameter that is asked for, none for those switched off."""
    warnings = undone({"diarize": True, "sentiment": False, "smart_format": True})
    assert [warning["parameter"] for warning in warnings] == ["diarize"]


@pytest.mark.parametrize(
    ("asked", "known", "language", "warned"),
    [
        ({}, ["en"], "en", False),
        ({"language": "en-GB"}, ["en"], "en", False),
        ({"language": "pt"}, ["en"], "en", True),
        ({"language": "pt-BR"}, ["en", "pt"], "pt", False),
        ({"language": "tlh"}, ["en", "pt"], None, True),
        ({"detect_language": True, "language": "pt"}, ["en", "pt"], None, False),
    ],
)
def test_languages(
    asked: dict[str, Any], known: list[str], language: str | None, *, warned: bool
) -> None:
    """The asked language when the model knows it; a warning when it does not."""
    choice = choose_language(asked, known)
    assert (choice.language, bool(choice.warnings)) == (language, warned)
