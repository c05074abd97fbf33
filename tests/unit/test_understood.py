"""What the API made of the words is kept as it is understood."""

import json
from typing import Any

import pytest
from transcription.document import document_of, written
from transcription.reading import transcript_of
from transcription.understood import understood
from transcription.words import Scale

from tests.unit.examples import a_job, a_payload, spoken
from tests.unit.schema import faults

SAID = spoken("a")
TOPIC = {"text": "We sold the house.", "topics": [{"topic": "Sale", "confidence_score": 0.9}]}
WHOLE: dict[str, Any] = {
    "metadata": {"warnings": [{"parameter": "keywords", "type": "ignored", "message": "Unused."}]},
    "results": {
        "summary": {"result": "success", "short": "A house was sold."},
        "topics": {"segments": [TOPIC]},
        "intents": {"results": {"intents": {"segments": [{"intents": [{"intent": "Sell"}]}]}}},
        "sentiments": {
            "segments": [{"text": "Great!", "sentiment": "positive", "sentiment_score": 0.8}],
            "average": {"sentiment": "neutral", "sentiment_score": 0.1},
        },
        "channels": [
            {
                "search": [
                    {"query": "house", "hits": [{"snippet": "the house", "start": 1, "end": 2}]}
                ],
                "alternatives": [
                    {
                        "words": spoken("we sold the house"),
                        "entities": [{"label": "ORG", "value": "Dashwood", "confidence": 0.7}],
                    }
                ],
            }
        ],
    },
}


def test_everything_that_was_asked_for_is_kept() -> None:
    """Flat, with what a segment says of all that is in it."""
    assert understood(WHOLE, Scale()) == {
        "summary": "A house was sold.",
        "topics": [{"topic": "Sale", "text": "We sold the house.", "confidence": 0.9}],
        "intents": [{"intent": "Sell"}],
        "sentiments": [
            {"sentiment": "positive", "text": "Great!", "score": 0.8},
            {"sentiment": "neutral", "score": 0.1},
        ],
        "entities": [{"value": "Dashwood", "label": "ORG", "confidence": 0.7}],
        "search": [{"snippet": "the house", "query": "house", "start": 1.0, "end": 2.0}],
        "warnings": [{"message": "Unused.", "parameter": "keywords", "type": "ignored"}],
    }


@pytest.mark.parametrize(
    "nesting",
    [
        {"segments": [TOPIC]},
        {"segments": TOPIC},
        [TOPIC],
        {"results": {"topics": {"segments": [TOPIC]}}},
    ],
)
def test_the_nesting_of_topics_varies(nesting: Any) -> None:
    """The pages disagree; the fields' names don't."""
    for place in ({"topics": nesting}, {"results": {"topics": nesting}}):
        assert understood(place, Scale())["topics"][0]["topic"] == "Sale"


@pytest.mark.parametrize(
    "found",
    [
        {"results": {"summary": {"short": "Short."}}},
        {"results": {"channels": {"alternatives": {"summaries": [{"summary": "Short."}]}}}},
        {"summary": "Short."},
    ],
)
def test_a_summary_is_text(found: dict[str, Any]) -> None:
    """Wherever it stands."""
    assert understood(found, Scale()) == {"summary": "Short."}


def test_it_is_in_the_json_as_the_schema_says() -> None:
    """And it is left out where nobody asked for it."""
    found = json.loads(written(document_of(a_job(), transcript_of(WHOLE))))
    assert faults("transcript-1", found) == []
    assert found["understood"]["summary"] == "A house was sold."
    assert "understood" not in written(document_of(a_job(), transcript_of(a_payload(SAID))))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ((0.79999995, 1.20000005), (0.8, 1.2)),
        ((-1, 99), (0.0, 3.0)),
        ((2.5, 1.0), (2.5, 2.5)),
        (("1", None), (None, None)),
    ],
)
def test_its_times_lie_within_the_recording(told: tuple[Any, Any], kept: tuple[Any, Any]) -> None:
    """In order, and without the noise of a computer's numbers."""
    hit = {"snippet": "house", "start": told[0], "end": told[1], "confidence": 0.7999999523}
    [found] = understood({"search": [hit]}, Scale(latest=3.0))["search"]
    assert (found.get("start"), found.get("end"), found["confidence"]) == (*kept, 0.8)


def test_depth_is_no_obstacle() -> None:
    """As deep as JSON can be read at all."""
    tree: Any = {"topic": "Deep"}
    for _ in range(50_000):
        tree = [tree]
    assert understood({"topics": tree}, Scale()) == {"topics": [{"topic": "Deep"}]}
