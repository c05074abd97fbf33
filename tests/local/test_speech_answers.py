"""The shape of an answer, as a function of the words and the parameters."""

from typing import Any

import pytest

from dropscribe.local.speech.answers import Heard, shape
from dropscribe.local.speech.words import Word, bare, whole_words

MR_DASHWOOD = (
    Word("Mr.", 0.0, 0.4, 0.9),
    Word("Dashwood", 0.4, 1.0, 0.7),
    Word("left.", 1.0, 1.4, 0.8),
    Word("Alone!", 4.0, 4.5, 0.8),
)


def shaped(*channels: tuple[Word, ...], **asked: Any) -> Any:
    """The answer to these words of each channel."""
    heard = Heard(channels, 5.0, "request-1", "2026-11-22T10:15:00.123Z", "tiny.en")
    return shape(heard, asked)


def alternative(answer: Any, channel: int = 0) -> Any:
    """The one alternative of a channel."""
    return answer["results"]["channels"][channel]["alternatives"][0]


def test_plain_whisper_is_lower_case_without_punctuation() -> None:
    """Nothing asked: bare words, no punctuated_word, no paragraphs, no utterances."""
    answer = shaped(MR_DASHWOOD)
    assert alternative(answer)["transcript"] == "mr dashwood left alone"
    assert set(alternative(answer)["words"][0]) == {"word", "start", "end", "confidence"}
    assert "paragraphs" not in alternative(answer)
    assert "utterances" not in answer["results"]


@pytest.mark.parametrize("parameter", ["smart_format", "punctuate"])
def test_formatting_brings_punctuated_words(parameter: str) -> None:
    """Both parameters write words as they are written, and keep the bare ones beside them."""
    first = alternative(shaped(MR_DASHWOOD, **{parameter: True}))
    assert first["transcript"] == "Mr. Dashwood left. Alone!"
    assert (first["words"][0]["word"], first["words"][0]["punctuated_word"]) == ("mr", "Mr.")


def test_smart_format_brings_paragraphs() -> None:
    """A pause after a sentence ends a paragraph; a title's full stop ends no sentence."""
    paragraphs = alternative(shaped(MR_DASHWOOD, smart_format=True))["paragraphs"]
    assert paragraphs["transcript"] == "\nMr. Dashwood left.\n\nAlone!"
    assert paragraphs["paragraphs"][0] == {
        "sentences": [{"text": "Mr. Dashwood left.", "start": 0.0, "end": 1.4}],
        "num_words": 3,
        "start": 0.0,
        "end": 1.4,
    }


def test_paragraphs_alone_keep_plain_words() -> None:
    """Paragraphs can be had without punctuation."""
    paragraphs = alternative(shaped(MR_DASHWOOD, paragraphs=True))["paragraphs"]
    assert paragraphs["transcript"] == "\nmr dashwood left\n\nalone"


@pytest.mark.parametrize(("pause", "count"), [(None, 2), (0.5, 2), (3.0, 1)])
def test_utterances_end_at_a_pause(pause: float | None, count: int) -> None:
    """The pause is 0.8 seconds unless utt_split says otherwise."""
    asked = {"utterances": True} | ({} if pause is None else {"utt_split": pause})
    assert len(shaped(MR_DASHWOOD, **asked)["results"]["utterances"]) == count


def test_utterances_have_times_words_and_an_id() -> None:
    """Each utterance stands by itself, and no two share an id."""
    first, second = shaped(MR_DASHWOOD, utterances=True)["results"]["utterances"]
    assert (first["transcript"], first["start"], first["end"]) == ("mr dashwood left", 0.0, 1.4)
    assert (first["channel"], first["confidence"], len(first["words"])) == (0, 0.8, 3)
    assert first["id"] != second["id"]


def test_every_channel_has_its_own_words() -> None:
    """Channels come in order, and utterances are grouped by channel, as Deepgram's are."""
    answer = shaped((MR_DASHWOOD[0],), (MR_DASHWOOD[3],), utterances=True)
    assert [alternative(answer, channel)["transcript"] for channel in (0, 1)] == ["mr", "alone"]
    assert [utterance["channel"] for utterance in answer["results"]["utterances"]] == [0, 1]
    assert answer["metadata"]["channels"] == 2


def test_silence_is_an_empty_transcript() -> None:
    """No words: everything is there and empty."""
    answer = shaped((), smart_format=True, utterances=True)
    empty = {"transcript": "", "paragraphs": []}
    assert alternative(answer) == {
        "transcript": "",
        "confidence": 0.0,
        "words": [],
        "paragraphs": empty,
    }
    assert answer["results"]["utterances"] == []


def test_speakers_part_paragraphs_and_utterances() -> None:
    """Where another speaker begins, so do a paragraph and an utterance."""
    words = (Word("Hello.", 0, 0.3, 1, speaker=0), Word("Hi.", 0.4, 0.6, 1, speaker=1))
    answer = shaped(words, smart_format=True, utterances=True)
    paragraphs = alternative(answer)["paragraphs"]
    assert paragraphs["transcript"] == "\nSpeaker 0: Hello.\n\nSpeaker 1: Hi."
    assert [entry["speaker"] for entry in paragraphs["paragraphs"]] == [0, 1]
    assert [entry["speaker"] for entry in answer["results"]["utterances"]] == [0, 1]


def test_metadata_names_the_model_and_the_recording() -> None:
    """The model's id leads to its name."""
    metadata = shaped(MR_DASHWOOD)["metadata"]
    assert metadata["duration"] == 5.0
    assert metadata["request_id"] == "request-1"
    assert metadata["model_info"][metadata["models"][0]]["name"] == "tiny.en"


def test_labels_are_echoed() -> None:
    """``extra`` comes back as pairs, cut at the first colon, and ``tag`` as tags."""
    metadata = shaped(MR_DASHWOOD, extra=["case:7", "at:10:15"], tag="billing")["metadata"]
    assert metadata["extra"] == {"case": "7", "at": "10:15"}
    assert metadata["tags"] == ["billing"]


def test_a_detected_language_is_told() -> None:
    """Only where it was asked for."""
    channel = shaped(MR_DASHWOOD, detect_language=True)["results"]["channels"][0]
    assert channel["detected_language"] == "en"
    assert "detected_language" not in shaped(MR_DASHWOOD)["results"]["channels"][0]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("Mr.", "mr"), ("cold-hearted,", "cold-hearted"), ("“Don't!”", "don't"), ("हिन्दी", "हिन्दी")],
)
def test_bare_words(written: str, expected: str) -> None:
    """Punctuation goes at the ends alone; signs within a word stay."""
    assert bare(written) == expected


def test_pieces_of_a_word_are_joined() -> None:
    """Whisper opens each word with a space; lone punctuation is no word."""
    pieces = [Word(" cold", 1, 2, 0.9), Word("-hearted", 2, 3, 0.5), Word(" -", 3, 4, 0.9)]
    assert whole_words(pieces) == [Word("cold-hearted", 1, 3, 0.5)]


def test_languages_without_spaces_keep_their_pieces() -> None:
    """There a missing space says nothing."""
    pieces = [Word("你", 0, 1, 1), Word("好", 1, 2, 1)]
    assert whole_words(pieces, spaced=False) == pieces
