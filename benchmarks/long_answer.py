"""The speech API's answer to a long conversation, as smart_format and utterances give it."""

import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

# Ten hours hold a hundred thousand words.
WORDS_A_SECOND = 100_000 / 36_000
UTTERANCE = 20  # words
TURN = 60  # words
SPOKEN = (
    "and mister john dashwood had then leisure to consider how much there might be prudently in "
    "his power to do for them unless be rather cold hearted selfish is ill disposed"
)


def answer_of(words: int) -> bytes:
    """The body of an answer of so many words by two speakers; the same for the same number."""
    said = list(itertools.islice(_words(random.Random(words)), words))  # noqa: S311 no secret
    text = " ".join(word["punctuated_word"] for word in said)
    best = {"transcript": text, "confidence": 0.97, "words": said}
    channel = {"alternatives": [best | {"paragraphs": _paragraphs(said)}]}
    results = {"channels": [channel], "utterances": list(_utterances(said))}
    metadata = {"duration": said[-1]["end"], "channels": 1}
    body = {"status": "completed", "result": {"metadata": metadata, "results": results}}
    return json.dumps(body).encode()


def _words(chance: random.Random) -> Iterator[dict[str, Any]]:
    start = 0.0
    vocabulary = SPOKEN.split()
    for number in itertools.count(1):
        word, mark = chance.choice(vocabulary), chance.choices(("", ",", "."), (85, 7, 8))[0]
        end = start + chance.uniform(0.1, 0.5)
        yield {
            "word": word,
            "start": round(start, 4),
            "end": round(end, 4),
            "confidence": round(chance.uniform(0.5, 1), 7),
            "speaker": number // TURN % 2,
            "speaker_confidence": round(chance.uniform(0.5, 1), 7),
            "punctuated_word": word + mark,
        }
        start = max(end, number / WORDS_A_SECOND)


def _utterances(said: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for run in _runs(said, UTTERANCE):
        text = " ".join(word["punctuated_word"] for word in run)
        more = {"confidence": 0.97, "channel": 0, "speaker": run[0]["speaker"], "id": "u"}
        yield _span(run) | {"transcript": text, "words": run} | more


def _paragraphs(said: list[dict[str, Any]]) -> dict[str, Any]:
    found, texts = [], []
    for run in _runs(said, TURN):
        texts.append(" ".join(word["punctuated_word"] for word in run))
        sentences = [{"text": texts[-1]} | _span(run)]
        found.append({"sentences": sentences, "num_words": len(run)} | _span(run))
    return {"transcript": " ".join(texts), "paragraphs": found}


def _runs(said: list[dict[str, Any]], length: int) -> Iterator[list[dict[str, Any]]]:
    return (said[place : place + length] for place in range(0, len(said), length))


def _span(run: list[dict[str, Any]]) -> dict[str, Any]:
    return {"start": run[0]["start"], "end": run[-1]["end"]}
