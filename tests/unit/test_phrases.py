"""Finding a phrase in a transcript, whatever its case, punctuation and borders."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.document import document_of, written
from transcription.reading import transcript_of

from dropscribe.phrases import Hit, hits, may_hold, words_of
from tests.unit.examples import a_job, a_payload, spoken
from tests.unit.speech import payloads


def document(payload: dict[str, Any], *names: str) -> str:
    """The canonical transcript, as it is stored."""
    return written(document_of(a_job(speaker_names=names), transcript_of(payload)))


def found(words: str, payload: dict[str, Any], *names: str) -> list[Hit]:
    """Where words are said."""
    return hits(json.loads(document(payload, *names)), words_of(words))


def said(words: str, text: str) -> list[str]:
    """What of a text is taken for these words."""
    return [hit.said for hit in found(words, a_payload(spoken(text)))]


@pytest.mark.parametrize(
    ("words", "text", "there"),
    [
        ("my contract", "Cancel MY contract, please.", ["MY contract,"]),
        ("dont stop", "Don't stop! Don\u2019t stop.", ["Don't stop!", "Don\u2019t stop."]),
        ("don't", "dont", ["dont"]),
        ("twenty one", "It is twenty-one.", ["twenty-one."]),
        ("E-Mail", "an e-mail", ["e-mail"]),
        ("STRASSE", "die Stra\u00dfe", ["Stra\u00dfe"]),
        ("Cafe\u0301", "ein Caf\u00e9.", ["Caf\u00e9."]),
        ("\u4e16\u754c", "\u4f60\u597d\u4e16\u754c \u3002", ["\u4f60\u597d\u4e16\u754c"]),
        ("\u0939\u093f", "\u0939\u093f\u0928\u094d\u0926\u0940", []),
        ("art", "a smart start", []),
        ("ha ha", "ha ha ha", ["ha ha"]),
        ("a a b", "a a a b", ["a a b"]),
        ("99 %", "99 percent", ["99"]),
    ],
)
def test_neither_case_nor_punctuation_counts(words: str, text: str, there: list[str]) -> None:
    """Whole words, in their order, however written; one hit does not reach into another."""
    assert said(words, text) == there


def test_a_phrase_reaches_over_the_end_of_a_sentence() -> None:
    """The words of two segments, and the time of the first."""
    [hit] = found("number please", a_payload(spoken("Your number. Please repeat.", each=1.0)))
    assert (hit.said, hit.start, hit.end) == ("number. Please", 1.0, 3.0)


def test_who_is_interrupted_on_another_line_has_still_said_it() -> None:
    """Each channel is read by itself, and hits come in the order of time."""
    payload = a_payload(spoken("cancel. my contract", each=2.0), spoken("yes, my", 2.5))
    assert [hit.voice for hit in found("cancel my contract", payload, "A", "B")] == ["A"]
    assert [hit.voice for hit in found("my", payload, "A", "B")] == ["A", "B"]


def test_a_hit_has_its_words_around() -> None:
    """As many as there is room for, on either side."""
    text = " ".join(f"word{n}" for n in range(20))
    [hit] = found("WORD10", a_payload(spoken(text)))
    assert (hit.before, hit.after) == (
        "word4 word5 word6 word7 word8 word9",
        "word11 word12 word13 word14 word15",
    )


def test_a_lone_voice_has_no_name_and_a_word_no_time() -> None:
    """What is not known is not made up."""
    [hit] = found("hello", a_payload([{"word": "Hello."}]))
    assert (hit.voice, hit.start) == (None, None)


def test_a_document_of_an_early_release_is_found_in() -> None:
    """It counts its speakers, where later ones name them."""
    early = json.loads(document(a_payload(spoken("Hello.")))) | {"speakers": 0}
    assert [hit.said for hit in hits(early, ["hello"])] == ["Hello."]


@given(payloads(), st.integers(0, 1000))
def test_what_is_said_is_found(payload: dict[str, Any], number: int) -> None:
    """Any word of any transcript; and the look at the letters alone never says no to it."""
    stored = document(payload)
    read = json.loads(stored)
    spoken = [word["text"] for segment in read["segments"] for word in segment["words"]]
    phrases = [phrase for word in spoken if (phrase := words_of(word))]
    if phrases:
        phrase = phrases[number % len(phrases)]
        assert may_hold(stored, phrase)
        assert hits(read, phrase)


def test_a_look_at_the_letters_saves_the_reading() -> None:
    """What has none of the words needs not be read as JSON."""
    assert not may_hold(document(a_payload(spoken("Hello."))), ["goodbye"])
