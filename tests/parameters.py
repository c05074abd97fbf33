"""Each of the thirty parameters, as somebody would write it and as the API is to get it."""

from typing import Any, NamedTuple


class Example(NamedTuple):
    """A parameter's value as text, the same typed, and what else it needs to be sent."""

    name: str
    text: str
    value: Any
    along: dict[str, str] = {}  # noqa: RUF012 - never written to


EXAMPLES = (
    Example("model", "#g1_whisper-large", "#g1_whisper-large"),
    Example("language", "pt-BR", "pt-BR"),
    Example("detect_language", "en, pt-BR", ["en", "pt-BR"]),
    Example("diarize", "true", True),
    Example("diarize_version", "2021-07-14.0", "2021-07-14.0"),
    Example("punctuate", "YES", True),
    Example("smart_format", "on", True),
    Example("paragraphs", "1", True),
    Example("utterances", "True", True),
    Example("utt_split", "1,25", 1.25, {"utterances": "true"}),
    Example("multi_channel", "true", True),
    Example("numerals", "TRUE", True),
    Example("measurements", " true ", True),
    Example("dictation", "true", True, {"punctuate": "true"}),
    Example("filler_words", "true", True),
    Example("profanity_filter", "true", True),
    Example("intents", "true", True),
    Example("custom_intent", "buy, sell ,", ["buy", "sell"]),
    Example("custom_intent_mode", "strict", "strict", {"custom-intent": "buy"}),
    Example("topics", "true", True),
    Example("detect_topics", "true", True),
    Example("custom_topic", "São Paulo, weather", ["São Paulo", "weather"]),
    Example("custom_topic_mode", "extended", "extended", {"custom_topic": "weather"}),
    Example("sentiment", "true", True),
    Example("summarize", "v2", "v2"),
    Example("detect_entities", "true", True),
    Example("keywords", "Dashwood:2.5,Elinor", ["Dashwood:2.5", "Elinor"]),
    Example("search", '["money, or not", "東京"]', ["money, or not", "東京"]),
    Example("tag", "a, b", ["a", "b"]),
    Example("extra", "CASE:12,AT:10:15", ["CASE:12", "AT:10:15"]),
)
