"""Shape what was heard as Deepgram's answer: a pure function of the words and the parameters."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dropscribe.local.speech import phrases
from dropscribe.local.speech.words import Word, as_json, mean_confidence, text_of

Answer = dict[str, Any]

_UTTERANCE_PAUSE = 0.8
"""Seconds, the provider's default for ``utt_split``."""
_NAMES = uuid.UUID("6f1b7c9e-4a53-4c0e-9b27-1d5e0c3a8f42")


class Heard(NamedTuple):
    """What a model made of one recording: the words of each channel, and the recording's facts."""

    channels: Sequence[Sequence[Word]]
    seconds: float
    request_id: str
    created: str
    """ISO 8601, UTC."""
    model: str
    sha256: str = ""
    language: str = "en"
    language_confidence: float = 1.0
    warnings: Sequence[Mapping[str, str]] = ()


def shape(heard: Heard, asked: Mapping[str, Any]) -> Answer:
    """The ``result`` of a finished job. ``asked`` are the parameters of its ``create`` request."""
    results: Answer = {"channels": [_channel(words, heard, asked) for words in heard.channels]}
    if asked.get("utterances"):
        results["utterances"] = _utterances(heard, asked)
    return {"metadata": _metadata(heard, asked), "results": results}


def punctuates(asked: Mapping[str, Any]) -> bool:
    """Whether the answer has capitals and punctuation; plain Whisper has neither."""
    return bool(asked.get("smart_format") or asked.get("punctuate"))


def _metadata(heard: Heard, asked: Mapping[str, Any]) -> Answer:
    model_id = str(uuid.uuid5(_NAMES, heard.model))
    metadata: Answer = {
        "transaction_key": "deprecated",
        "request_id": heard.request_id,
        "sha256": heard.sha256,
        "created": heard.created,
        "duration": round(heard.seconds, 4),
        "channels": len(heard.channels),
        "models": [model_id],
        "model_info": {model_id: {"name": heard.model, "version": "local", "arch": "whisper"}},
    }
    if heard.warnings:
        metadata["warnings"] = [dict(warning) for warning in heard.warnings]
    return metadata | _labels(asked)


def _labels(asked: Mapping[str, Any]) -> Answer:
    labels: Answer = {}
    if extra := _listed(asked.get("extra")):
        pairs = (entry.partition(":") for entry in extra)
        labels["extra"] = {key: value for key, _, value in pairs}
    if tags := _listed(asked.get("tag")):
        labels["tags"] = tags
    return labels


def _channel(words: Sequence[Word], heard: Heard, asked: Mapping[str, Any]) -> Answer:
    punctuated = punctuates(asked)
    alternative: Answer = {
        "transcript": text_of(words, punctuated=punctuated),
        "confidence": mean_confidence(words),
        "words": [as_json(word, punctuated=punctuated) for word in words],
    }
    if asked.get("paragraphs") or asked.get("smart_format"):
        alternative["paragraphs"] = _paragraphs(words, punctuated=punctuated)
    channel: Answer = {"alternatives": [alternative]}
    if asked.get("detect_language"):
        channel["detected_language"] = heard.language
        channel["language_confidence"] = heard.language_confidence
    return channel


def _paragraphs(words: Sequence[Word], *, punctuated: bool) -> Answer:
    gathered = phrases.paragraphs(words)
    texts = (_paragraph_text(paragraph, punctuated=punctuated) for paragraph in gathered)
    return {
        "transcript": "".join(f"\n{text}\n" for text in texts).rstrip("\n"),
        "paragraphs": [_paragraph(paragraph, punctuated=punctuated) for paragraph in gathered],
    }


def _paragraph_text(paragraph: Sequence[Sequence[Word]], *, punctuated: bool) -> str:
    text = " ".join(text_of(sentence, punctuated=punctuated) for sentence in paragraph)
    speaker = paragraph[0][0].speaker
    return text if speaker is None else f"Speaker {speaker}: {text}"


def _paragraph(paragraph: Sequence[Sequence[Word]], *, punctuated: bool) -> Answer:
    first = paragraph[0][0]
    answer: Answer = {
        "sentences": [
            {"text": text_of(sentence, punctuated=punctuated)} | _span(sentence)
            for sentence in paragraph
        ],
        "num_words": sum(len(sentence) for sentence in paragraph),
        "start": first.start,
        "end": paragraph[-1][-1].end,
    }
    return answer if first.speaker is None else answer | {"speaker": first.speaker}


def _utterances(heard: Heard, asked: Mapping[str, Any]) -> list[Answer]:
    pause = asked.get("utt_split", _UTTERANCE_PAUSE)
    return [
        _utterance(words, channel, heard.request_id, punctuated=punctuates(asked))
        for channel, spoken in enumerate(heard.channels)
        for words in phrases.utterances(spoken, pause)
    ]


def _utterance(words: Sequence[Word], channel: int, request_id: str, *, punctuated: bool) -> Answer:
    answer: Answer = _span(words) | {
        "confidence": mean_confidence(words),
        "channel": channel,
        "transcript": text_of(words, punctuated=punctuated),
        "words": [as_json(word, punctuated=punctuated) for word in words],
        "id": str(uuid.uuid5(_NAMES, f"{request_id}/{channel}/{words[0].start}")),
    }
    return answer if words[0].speaker is None else answer | {"speaker": words[0].speaker}


def _span(words: Sequence[Word]) -> Answer:
    return {"start": words[0].start, "end": words[-1].end}


def _listed(value: str | Iterable[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())
