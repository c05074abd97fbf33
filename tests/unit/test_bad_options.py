"""What is refused, and with which sentence: it names option, value and place, and what may be."""

from typing import Any, NamedTuple

import pytest
from transcription import layers
from transcription.layers import BadOption, Layer, Place
from transcription.options import effective, stack_layer

LANGUAGE = "but takes a BCP-47 language tag, such as en, pt or pt-BR"
FLAG = "but takes true or false"
SECONDS = "but takes a number of seconds from 0.001 to 3600, such as 0.8"
MODE = "but takes strict or extended"
MODEL = "but takes the name of a model, such as #g1_whisper-small or deepgram/whisper-large"
PHRASES = "words or phrases, of up to 2,048 characters each, separated by commas"
NO_NAME = "takes a letter, then up to 63 letters, digits and underscores"


class Bad(NamedTuple):
    """An option's name and value in metadata, and what its refusal must say."""

    name: str
    text: str
    said: str
    allowed: str


VALUES = [
    Bad("model", "", "model in the object's metadata is empty", MODEL),
    Bad("model", "whisper small", "'whisper small'", MODEL),
    Bad("model", "##g1", "'##g1'", MODEL),
    Bad("model", "w" * 130, "has 130 characters", MODEL),
    Bad("language", "  ", "language in the object's metadata is empty", LANGUAGE),
    Bad("language", "portuguese", "'portuguese'", LANGUAGE),
    Bad("language", "pt,en", "'pt,en'", LANGUAGE),
    Bad("language", "pt BR", "'pt BR'", LANGUAGE),
    Bad("language", "=?utf-8?q?pt=00?=", "control character", LANGUAGE),
    Bad("detect_language", "maybe", "an item that is 'maybe'", "but takes true, false, or a list"),
    Bad("detect_language", "en,english", "an item that is 'english'", "separated by commas"),
    Bad("detect_language", ",".join(["en"] * 101), "has 101 items", "up to 100 BCP-47"),
    Bad("diarize", "maybe", "is 'maybe'", FLAG),
    Bad("diarize", "", "is empty", FLAG),
    Bad("diarize", "2", "is '2'", FLAG),
    Bad("diarize_version", "a b", "is 'a b'", "but takes a version of up to 64 characters"),
    Bad("diarize_version", "v" * 65, "has 65 characters", "up to 64 characters"),
    Bad("punctuate", "yes please", "is 'yes please'", FLAG),
    Bad("smart_format", "v2", "is 'v2'", FLAG),
    Bad("paragraphs", "three", "is 'three'", FLAG),
    Bad("utterances", "0.8", "is '0.8'", FLAG),
    Bad("utt_split", "0", "is '0'", SECONDS),
    Bad("utt_split", "-1", "is '-1'", SECONDS),
    Bad("utt_split", "nan", "is 'nan'", SECONDS),
    Bad("utt_split", "inf", "is 'inf'", SECONDS),
    Bad("utt_split", "1e-2", "is '1e-2'", SECONDS),
    Bad("utt_split", "3600.1", "is '3600.1'", SECONDS),
    Bad("utt_split", "half", "is 'half'", SECONDS),
    Bad("utt_split", "1.000,5", "is '1.000,5'", SECONDS),
    Bad("multi_channel", "left", "is 'left'", FLAG),
    Bad("numerals", "roman", "is 'roman'", FLAG),
    Bad("measurements", "metric", "is 'metric'", FLAG),
    Bad("dictation", "punctuate", "is 'punctuate'", FLAG),
    Bad("filler_words", "uh,um", "is 'uh,um'", FLAG),
    Bad("profanity_filter", "mild", "is 'mild'", FLAG),
    Bad("intents", "buy", "is 'buy'", FLAG),
    Bad("custom_intent", " , ,", "is empty", PHRASES),
    Bad("custom_intent", ",".join(["x"] * 101), "has 101 items", f"up to 100 {PHRASES}"),
    Bad("custom_intent_mode", "Strict", "is 'Strict'", MODE),
    Bad("topics", "weather", "is 'weather'", FLAG),
    Bad("detect_topics", "all", "is 'all'", FLAG),
    Bad("custom_topic", "[]", "is empty", PHRASES),
    Bad("custom_topic", '["a", {}]', "has an item that is {}", PHRASES),
    Bad("custom_topic_mode", "strict,extended", "is 'strict,extended'", MODE),
    Bad("sentiment", "good", "is 'good'", FLAG),
    Bad("summarize", "v3", "is 'v3'", "but takes v2, true or false"),
    Bad("detect_entities", "names", "is 'names'", FLAG),
    Bad("keywords", "Dashwood:loud", "an item that is 'Dashwood:loud'", "as in Dashwood:2"),
    Bad("keywords", ":2", "an item that is ':2'", "as in Dashwood:2"),
    Bad("keywords", "a:1:2", "an item that is 'a:1:2'", "as in Dashwood:2"),
    Bad("keywords", ",".join(["x"] * 101), "has 101 items", "a list of up to 100 words"),
    Bad("search", ",".join(["x"] * 51), "has 51 items", f"a list of up to 50 {PHRASES}"),
    Bad("search", "x" * 2049, "which has 2,049 characters", "up to 2,048 characters each"),
    Bad("tag", "x" * 129, "which has 129 characters", "a list of up to 100 labels, of up to 128"),
    Bad("tag", "", "is empty", "a list of up to 100 labels"),
    Bad("extra", "CASE", "an item that is 'CASE'", "a list of up to 100 pairs KEY:VALUE"),
    Bad("extra", ":12", "an item that is ':12'", "pairs KEY:VALUE"),
    Bad("extra", "CASE:", "an item that is 'CASE:'", "pairs KEY:VALUE"),
    Bad("extra", f"K:{'x' * 2047}", "which has 2,049 characters", "up to 2,048 characters each"),
    Bad("diarise", "true", "There is no option 'diarise', asked for", "did you mean diarize?"),
    Bad("keyterm", "x", "no option 'keyterm'", "is written stt-pass-keyterm"),
    Bad("", "x", "There is no option ''", "`dropscribe options` lists them all"),
    Bad("url", "http://x", "The option url", "since it says where the recording is: leave it out"),
    Bad("audio", "x", "The option audio", "leave it out"),
    Bad("file", "x", "The option file", "leave it out"),
    Bad("pass-url", "http://x", "The option url", "leave it out"),
    Bad("pass-audio", "x", "The option audio", "leave it out"),
    Bad("pass-language", "pt", "one that Dropscribe knows", "write stt-language, not stt-pass-"),
    Bad("pass-", "1", "The name ''", NO_NAME),
    Bad("pass-2x", "1", "The name '2x'", NO_NAME),
    Bad("pass-x", "1e999", "which is passed on as it is, is '1e999'", "numbers of up to 38 digits"),
    Bad("pass-x", "NaN", "which is passed on as it is, is 'NaN'", "text, or JSON"),
    Bad("pass-x", "[" * 17 + "]" * 17, "passed on as it is", "JSON of up to 16 levels"),
    Bad("pass-x", "9" * 39, "passed on as it is", "numbers of up to 38 digits"),
]


@pytest.mark.parametrize("bad", VALUES, ids=lambda bad: f"{bad.name}={bad.text[:20]}")
def test_a_refusal_says_what_was_asked_where_and_what_may_be(bad: Bad) -> None:
    """Its owner can mend the file from the sentence alone."""
    with pytest.raises(BadOption) as caught:
        layers.from_metadata({f"stt-{bad.name}": bad.text})
    sentence = str(caught.value)
    assert bad.said in sentence
    assert bad.allowed in sentence
    assert "in the object's metadata" in sentence


@pytest.mark.parametrize("bad", VALUES, ids=lambda bad: f"{bad.name}={bad.text[:20]}")
def test_a_refusal_is_a_line_that_people_read(bad: Bad) -> None:
    """A kilobyte of metadata does not become a kilobyte of reason, and nothing acts on a screen."""
    with pytest.raises(BadOption) as caught:
        layers.from_metadata({f"stt-{bad.name}": bad.text})
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


def test_every_value_has_a_message_of_its_own() -> None:
    """Sixty and more ways to be wrong, as many sentences."""
    sentences = set()
    for bad in VALUES:
        with pytest.raises(BadOption) as caught:
            layers.from_metadata({f"stt-{bad.name}": bad.text})
        sentences.add(str(caught.value))
    # pass-url and pass-audio are refused with the words of url and audio.
    assert len(sentences) == len(VALUES) - 2 > 60


PLACES = [
    (layers.METADATA, "The option diarize in the object's metadata is 'x', but"),
    (layers.TAGS, "The option diarize in an object tag is 'x', but"),
    (layers.of_rule("calls/pt/"), "The option diarize in the rule calls/pt/ is 'x', but"),
    (layers.of_rule(""), "The option diarize in the rule for every key is 'x', but"),
    (layers.STACK, "The option diarize in the stack's default options is 'x', but"),
    (layers.COMMAND_LINE, "The option diarize on the command line is 'x', but"),
]


@pytest.mark.parametrize(("place", "said"), PLACES)
def test_a_refusal_names_the_place(place: Place, said: str) -> None:
    """Whoever wrote it there knows where to mend it."""
    with pytest.raises(BadOption) as caught:
        layers.read(place, [("diarize", "x")])
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "is None"),
        ({"a": 1}, "is {'a': 1}"),
        (["x"], "is ['x']"),
        (2, "is 2"),
        (float("nan"), "is nan"),
    ],
)
def test_json_of_another_type_is_refused(value: Any, said: str) -> None:
    """Rules and stack settings are JSON, where a flag can be anything."""
    with pytest.raises(BadOption, match=FLAG) as caught:
        layers.read(layers.STACK, [("diarize", value)])
    assert said in str(caught.value)


def test_in_a_tag_lists_are_separated_by_slashes() -> None:
    """A tag's value can't hold a comma, so its refusal doesn't ask for one."""
    with pytest.raises(BadOption, match=r"in an object tag .* separated by slashes"):
        layers.from_tags({"stt-keywords": "a:b/c"})


def test_an_option_that_is_written_twice_is_refused() -> None:
    """`-` and `_` are alike, so the two can disagree: nobody guesses which was meant."""
    with pytest.raises(BadOption, match=r"smart_format is given twice .* as True and as False"):
        layers.from_metadata({"stt-smart-format": "true", "stt-smart_format": "false"})


STACK = stack_layer("#g1_whisper-small", {"smart_format": False})
COMBINATIONS: list[tuple[dict[str, str], str]] = [
    (
        {"stt-utt-split": "1"},
        "The option utt_split in the object's metadata is 1 and needs utterances=true, "
        "which nothing sets: set that, or leave utt_split out",
    ),
    (
        {"stt-utt-split": "1.5", "stt-utterances": "no"},
        "is 1.5 and needs utterances=true, but utterances=false stands in the object's metadata",
    ),
    (
        {"stt-dictation": "yes"},
        "The option dictation in the object's metadata is true and needs punctuate=true or "
        "smart_format=true, but smart_format=false stands in the stack's default options",
    ),
    (
        {"stt-dictation": "yes", "stt-punctuate": "no"},
        "but punctuate=false stands in the object's metadata and smart_format=false stands in",
    ),
    ({"stt-custom-intent-mode": "strict"}, "is strict and needs custom_intent, which nothing sets"),
    ({"stt-custom-topic-mode": "strict"}, "is strict and needs custom_topic, which nothing sets"),
]


@pytest.mark.parametrize(("metadata", "said"), COMBINATIONS)
def test_what_an_option_needs_must_be_asked_for_too(metadata: dict[str, str], said: str) -> None:
    """The sentence says what to set, and where it was switched off."""
    with pytest.raises(BadOption) as caught:
        effective([STACK, layers.from_metadata(metadata)])
    assert said in str(caught.value)


def test_options_too_large_for_a_row_are_refused() -> None:
    """They stand on the row; who must be shortened is named."""
    topics = Layer(layers.of_rule("a/"), {"custom_topic": ["東" * 2048] * 100, "tag": ["x"]})
    with pytest.raises(BadOption, match=r"take .* bytes, but may take 6,144: shorten custom_top"):
        effective([STACK, topics])
