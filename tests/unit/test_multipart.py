"""A recording as a form: its parts, its length, and what happens when it is not as long as said."""

from collections.abc import Iterable
from email.message import Message
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.multipart import Audio, BrokenOff, Form, file_name

from tests.recorded_request import RecordedRequest

KEYS = [
    "a.wav",
    "calls/São.mp3",
    'say "hi".wav',
    "a\r\nX: y.wav",
    "a\\b.wav",
    "100%.wav",
    "a;b.m4a",
    "🎤.wav",
    "a  .wav",
    "\x00\x7f.wav",
]


def form(fields: dict[str, Any], key: str = "a.wav", kind: str = "audio/wav") -> Form:
    return Form({"model": "m"} | fields, Audio(key, kind, 6, [b"RIF", b"", b"F\r\n"]))


def received(sent: Form) -> RecordedRequest:
    """What a server makes of a form."""
    body = b"".join(sent)
    assert len(body) == sent.length
    headers = Message()
    headers["Content-Type"] = sent.content_type
    return RecordedRequest("POST", "/", headers, body, 0)


def texts(sent: Form) -> list[tuple[str, str]]:
    parts = received(sent).parts
    return [(part.name, part.body.decode()) for part in parts if part.file_name is None]


def test_values_are_written_as_json_would_but_text_as_it_is() -> None:
    """A list is a part for each item; what is unset is left out."""
    fields = {"a": True, "n": 1.25, "i": 3, "s": "São", "l": ["x", "y, z"], "u": None, "e": []}
    assert texts(form(fields)) == [
        ("model", "m"),
        ("a", "true"),
        ("n", "1.25"),
        ("i", "3"),
        ("s", "São"),
        ("l", "x"),
        ("l", "y, z"),
    ]


def test_what_was_passed_on_keeps_its_structure() -> None:
    """An object is JSON; what somebody wrote on purpose is not left out for being false."""
    assert texts(form({"x": {"n": [1, None]}, "off": False}))[1:] == [
        ("x", '{"n": [1, null]}'),
        ("off", "false"),
    ]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("#g1_whisper-small", "audio"),
        ("deepgram/nova-2", "audio"),
        ("openai/gpt-4o-transcribe", "file"),
        ("openai/whisper-1", "file"),
    ],
)
def test_the_recordings_part_is_named_as_the_family_wants_it(model: str, name: str) -> None:
    """It comes last, whole, with a file name and a type."""
    part = received(form({"model": model})).parts[-1]
    assert (part.name, part.body) == (name, b"RIFF\r\n")
    assert (part.file_name, part.content_type) == ("a.wav", "audio/wav")


@pytest.mark.parametrize("key", KEYS)
def test_a_file_name_survives_a_header(key: str) -> None:
    """Quotes, line breaks and all but ASCII are percent-encoded; nothing of it ends the header."""
    name = received(form({}, key)).parts[-1].file_name or ""
    assert name.isascii()
    assert name.isprintable()
    assert unquote(name) == key.rpartition("/")[2]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=1024))
def test_any_key_has_a_short_file_name(key: str) -> None:
    """The end of it, where the suffix is; a name of nothing but dots is none."""
    name = file_name(key)
    assert name.isascii()
    assert name.isprintable()
    assert not set(name) & set('"\\/')
    assert 0 < len(unquote(name)) <= 60
    assert unquote(name).strip(". ")


def test_a_content_type_can_not_bring_headers_along() -> None:
    """What is no media type is said to be unknown."""
    part = received(form({}, kind="audio/wav\r\nX: y")).parts[-1]
    assert part.content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ([b"abc"], "broke off after 3 of 6 bytes"),
        ([], "broke off after 0 of 6 bytes"),
        ([b"abcdef", b"g"], "longer than the 6 bytes"),
    ],
)
def test_another_length_never_looks_finished(pieces: Iterable[bytes], said: str) -> None:
    """The closing boundary is not sent, and the form says so."""
    broken = Form({}, Audio("a", "", 6, pieces))
    sent: list[bytes] = []
    with pytest.raises(BrokenOff, match=said):
        sent.extend(broken)
    assert not broken.is_whole
    assert len(b"".join(sent)) < broken.length
    assert not b"".join(sent).endswith(b"--\r\n")


def test_it_is_whole_when_its_last_bytes_leave() -> None:
    """Not before, and not only after: they may arrive though sending them failed."""
    sent = form({})
    seen = [sent.is_whole for _ in sent]
    assert seen == [False] * (len(seen) - 1) + [True]
