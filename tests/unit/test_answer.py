"""The API's answers, whatever their dialect."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.answer import Outcome, Unreadable, read

RESULT: dict[str, Any] = {"results": {"channels": []}}
PENDING = ["waiting", "active", "queued", "generating", "processing", "pending", "running"]
SUCCESS = ["completed", "done", "success", "succeeded", "finished"]
FAILURE = ["error", "failed", "cancelled", "canceled", "timeout"]
CLASSES = [
    *((status, Outcome.PENDING) for status in PENDING),
    *((status, Outcome.SUCCESS) for status in SUCCESS),
    *((status, Outcome.FAILURE) for status in FAILURE),
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def said(message: Any) -> bytes:
    return json.dumps(message).encode()


@pytest.mark.parametrize("written", [str.lower, str.upper, str.title])
@pytest.mark.parametrize(("status", "outcome"), CLASSES)
def test_every_known_status_has_its_class(status: str, outcome: Outcome, written: Any) -> None:
    """In any letter case, and whatever lies beside it."""
    assert read(said({"status": written(status)})).outcome is outcome
    assert read(said({"status": written(status), "result": RESULT})).outcome is outcome


@pytest.mark.parametrize("name", ["result", "output"])
def test_the_payload_has_two_names(name: str) -> None:
    """One page of the provider says `result`, another `output`."""
    answer = read(said({"status": "completed", name: RESULT}))
    assert (answer.outcome, answer.payload) == (Outcome.SUCCESS, RESULT)


@pytest.mark.parametrize(
    "message", [{"status": "done", "text": "hi"}, RESULT | {"status": "done"}, RESULT]
)
def test_the_payload_may_be_the_message_itself(message: dict[str, Any]) -> None:
    """Some families answer without a wrapping."""
    assert read(said(message)).payload == message


@pytest.mark.parametrize(
    ("lies", "payload"),
    [
        ({}, None),
        ({"result": None}, None),
        ({"result": []}, None),
        ({"output": "x"}, "x"),
        ({"result": 7}, 7),
        ({"result": {"results": None}}, {"results": None}),
        ({"result": {}, "output": RESULT}, RESULT),
        ({"result": "see output", "output": RESULT}, RESULT),
    ],
)
def test_a_success_is_one_whatever_it_brings(lies: dict[str, Any], payload: Any) -> None:
    """The raw answer is kept first; whether it can be understood is asked afterwards."""
    answer = read(said({"status": "completed", **lies}))
    assert (answer.outcome, answer.payload) == (Outcome.SUCCESS, payload)


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ({"status": "thinking"}, Outcome.PENDING),
        ({"status": "thinking", "result": RESULT}, Outcome.SUCCESS),
        ({"status": "thinking", "output": {"text": "hi"}}, Outcome.SUCCESS),
        ({"status": "thinking", "result": {"text": None, "words": None}}, Outcome.PENDING),
        ({"status": "thinking", "result": {"results": None}}, Outcome.PENDING),
        ({"status": "thinking", "result": {"progress": 10}}, Outcome.PENDING),
        ({"status": "thinking", "result": {"words": 10}}, Outcome.PENDING),
        ({"status": "thinking", "result": {}}, Outcome.PENDING),
        ({"status": None}, Outcome.PENDING),
        ({"status": 7}, Outcome.PENDING),
        ({"status": ["completed"]}, Outcome.PENDING),
        ({"result": RESULT}, Outcome.SUCCESS),
        ({}, Outcome.PENDING),
    ],
)
def test_an_unknown_status_goes_by_what_it_brings(
    message: dict[str, Any], outcome: Outcome
) -> None:
    """Results are a success; a note on progress is not, or it would end in an empty transcript."""
    assert read(said(message)).outcome is outcome


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            {"error": {"name": "AudioError", "message": "no\nsound"}},
            "The provider's status is error: AudioError: no sound",
        ),
        ({"error": {"message": "no sound"}}, "The provider's status is error: no sound"),
        ({"error": "no sound"}, "The provider's status is error: no sound"),
        ({"error": None, "message": "no sound"}, "The provider's status is error: no sound"),
        ({"error": {"name": "AudioError"}}, "The provider's status is error: AudioError"),
        ({"message": ["no", "sound"]}, "The provider's status is error: no; sound"),
        ({"message": {"text": "no sound"}}, "The provider's status is error: no sound"),
        ({"error": {}}, "The provider's status is error"),
        ({}, "The provider's status is error"),
    ],
)
def test_a_failure_says_why(error: dict[str, Any], reason: str) -> None:
    """Whatever shape the provider's error has, the row gets one line of it."""
    assert read(said({"status": "error", **error})).reason == reason


@pytest.mark.parametrize("message", ["x" * 5000, "a\x00b", "half \ud83d"])
def test_a_reason_fits_a_row(message: str) -> None:
    """It is short, printable, and can be written as UTF-8."""
    reason = read(said({"status": "error", "error": {"message": message}})).reason
    assert len(reason.encode()) < 400
    assert reason.isprintable()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>502 Bad Gateway</body></html>",
        b"null",
        b"[]",
        b'"completed"',
        b"7",
        b'{"status": "completed"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"status": "queued"} and more',
    ],
)
def test_what_is_no_json_object_is_unreadable(body: bytes) -> None:
    """A gateway's page is no answer: the poll looks again."""
    with pytest.raises(Unreadable):
        read(body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"status": "done", "result": {"text": "caf\xe9"}}', "caf\ufffd"),
        (b'{"status": "done", "result": {"text": "a", "n": 1' + b"0" * 5000 + b"}}", "a"),
        (b'{"status": "done", "result": {"text": "a", "n": -Infinity}}', "a"),
        (b'\xef\xbb\xbf{"status": "done", "result": {"text": "a"}}', "a"),
        ('{"status": "done", "result": {"text": "\xe9"}}'.encode("utf-16"), "\xe9"),
    ],
)
def test_what_is_almost_json_is_read(body: bytes, text: str) -> None:
    """A letter in another encoding or a number without end is no reason to lose a transcript."""
    answer = read(body)
    assert (answer.outcome, answer.payload["text"]) == (Outcome.SUCCESS, text)


@given(st.dictionaries(st.sampled_from(["status", "result", "output", "error", "x"]), json_values))
def test_any_json_object_has_a_class(message: dict[str, Any]) -> None:
    """No shape makes the poll fail."""
    answer = read(said(message))
    assert answer.payload is None or answer.outcome is Outcome.SUCCESS
