"""Who is called what: by the names that were given, else by number."""

from typing import Any

import pytest
from hypothesis import given
from transcription.reading import transcript_of
from transcription.transcript import Voice
from transcription.voices import Voices, voices_of

from tests.unit.examples import a_payload, spoken
from tests.unit.speech import names, payloads

NAMES = ("Ann", "Bob")


def called(*channels: list[int | None], given: tuple[str, ...] = ()) -> dict[Voice, str | None]:
    """What the voices are called; of each channel, the speakers of its words are told."""
    words = [
        [word for n, one in enumerate(speakers) for word in spoken("a", n, speaker=one)]
        for speakers in channels
    ]
    return dict(voices_of(transcript_of(a_payload(*words)), given).called)


CALLED: list[tuple[list[list[int | None]], dict[Voice, str | None], dict[Voice, str | None]]] = [
    # One channel: the speaker's number decides, and who has none is nobody we know.
    ([[None]], {(0, None): None}, {(0, None): None}),
    ([[0]], {(0, 0): None}, {(0, 0): "Ann"}),
    ([[1]], {(0, 1): None}, {(0, 1): "Bob"}),
    ([[0, 1]], {(0, 0): "Speaker 1", (0, 1): "Speaker 2"}, {(0, 0): "Ann", (0, 1): "Bob"}),
    ([[2, 0]], {(0, 0): "Speaker 1", (0, 2): "Speaker 3"}, {(0, 0): "Ann", (0, 2): "Speaker 3"}),
    (
        [[0, None]],
        {(0, None): "Unknown speaker", (0, 0): "Speaker 1"},
        {(0, None): "Unknown speaker", (0, 0): "Ann"},
    ),
    # Several channels, each a voice: names are the channels', whatever numbers the voices have.
    (
        [[None], [None]],
        {(0, None): "Channel 1", (1, None): "Channel 2"},
        {(0, None): "Ann", (1, None): "Bob"},
    ),
    ([[0], [0]], {(0, 0): "Channel 1", (1, 0): "Channel 2"}, {(0, 0): "Ann", (1, 0): "Bob"}),
    ([[0], [1]], {(0, 0): "Channel 1", (1, 1): "Channel 2"}, {(0, 0): "Ann", (1, 1): "Bob"}),
    ([[], [None]], {(1, None): None}, {(1, None): "Bob"}),
    # Several channels, shared by speakers: they are counted through.
    (
        [[0], [0, 1]],
        {(0, 0): "Speaker 1", (1, 0): "Speaker 2", (1, 1): "Speaker 3"},
        {(0, 0): "Ann", (1, 0): "Bob", (1, 1): "Speaker 3"},
    ),
    (
        [[None], [0, 1]],
        {(0, None): "Channel 1", (1, 0): "Speaker 1", (1, 1): "Speaker 2"},
        {(0, None): "Channel 1", (1, 0): "Ann", (1, 1): "Bob"},
    ),
    ([[]], {}, {}),
]


@pytest.mark.parametrize(("channels", "bare", "named"), CALLED)
def test_a_voice_is_called(
    channels: list[list[int | None]], bare: dict[Voice, Any], named: dict[Voice, Any]
) -> None:
    """Without names given, and with two; the voices stand in order."""
    assert list(called(*channels).items()) == list(bare.items())
    assert list(called(*channels, given=NAMES).items()) == list(named.items())


def test_a_lone_voice_has_the_only_name() -> None:
    """Of several names nobody could say whose it is: perhaps the voices were not told apart."""
    assert called([None], given=("Ann",)) == {(0, None): "Ann"}


@given(payloads(), names)
def test_several_voices_have_names_of_their_own(
    payload: dict[str, Any], speakers: list[str]
) -> None:
    """Nobody is mistaken for another, as long as the names given differ."""
    transcript = transcript_of(payload)
    voices = voices_of(transcript, list(dict.fromkeys(speakers)))
    found = [voices.name(voice) for voice in transcript.voices]
    assert len(set(found)) == len(found)
    assert None not in found or len(found) == 1


def test_whoever_is_not_heard_has_no_name() -> None:
    """Nothing is invented for a voice that nobody knows."""
    assert Voices({(0, 0): "Ann"}).name((3, None)) is None
