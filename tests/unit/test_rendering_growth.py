"""Ten hours cost ten times what one hour costs: counted in calls, which no busy machine changes."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from transcription import answer
from transcription.document import document_of
from transcription.reading import transcript_of
from transcription.renditions import render

from benchmarks.long_answer import answer_of
from tests.unit.examples import a_job

Change = Callable[[int, dict[str, Any]], dict[str, Any]]

SHAPES: dict[str, Change] = {
    "as it comes": lambda _number, word: word,
    "never a sentence's end": lambda _number, word: word | {"punctuated_word": word["word"]},
    "another speaker each word": lambda number, word: word | {"speaker": number % 2},
    "all in one breath": lambda _number, word: word | {"start": 1.0, "end": 1.0, "speaker": 0},
    "without times": lambda _number, word: {"word": word["word"]},
    "Chinese": lambda _number, word: word | {"punctuated_word": "東京"},
}


def body(words: int, change: Change) -> bytes:
    """An answer with each of its words changed, and with no utterances or paragraphs told."""
    found = json.loads(answer_of(words))
    results = found["result"]["results"]
    best = results["channels"][0]["alternatives"][0]
    best["words"] = [change(number, word) for number, word in enumerate(best["words"])]
    del results["utterances"], best["paragraphs"]
    return json.dumps(found).encode()


def calls(content: bytes) -> int:
    """How many functions are called from an answer's bytes to five renditions."""
    counted = 0

    def count(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        render(document_of(a_job(), transcript_of(answer.read(content).payload)))
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_words_are_four_times_the_work(shape: str) -> None:
    """However they were said."""
    few, many = (calls(body(words, SHAPES[shape])) for words in (250, 1000))
    assert many < 4.4 * few
