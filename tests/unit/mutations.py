"""Answers as the API documents them, and every way in which they may be broken."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.unit.examples import a_channel, a_payload, a_word, spoken

SAID = spoken("it was the best of times", speaker=0, punctuated_word="Best.")
DEEPGRAM: dict[str, Any] = {
    "metadata": {"duration": 6.0, "channels": 2, "warnings": [{"message": "m", "type": "t"}]},
    "results": {
        "summary": {"result": "success", "short": "Short."},
        "topics": {"segments": [{"text": "it was", "topics": [{"topic": "Times"}]}]},
        "utterances": [
            {"start": 0.1, "end": 3.4, "channel": 0, "transcript": "hello", "words": SAID[:2]},
            {"start": 1.0, "end": 2.0, "channel": 1, "transcript": "you", "speaker": 1},
        ],
        "channels": [
            a_channel(SAID, detected_language="en", search=[{"query": "q", "hits": []}]),
            {
                "alternatives": [
                    {
                        "transcript": "how are you",
                        "confidence": 0.9,
                        "words": [a_word("how", 1.0, 1.3), a_word("are", 1.3, 1.6)],
                        "paragraphs": {
                            "transcript": "how are you",
                            "paragraphs": [
                                {"sentences": [{"text": "how are you"}], "start": 1.0, "end": 2.0}
                            ],
                        },
                    }
                ]
            },
        ],
    },
}
ASSEMBLYAI = {
    "text": "Hello there.",
    "words": [
        {"text": "Hello", "start": 250, "end": 500, "speaker": "A", "confidence": 0.9},
        {"text": "there.", "start": 510, "end": 900, "speaker": "B", "confidence": 0.8},
    ],
    "audio_duration": 3,
}
GPT_4O = {"text": "Hello there.", "usage": {"type": "tokens", "input_tokens": 14}}
PAYLOADS = [DEEPGRAM, a_payload(SAID, SAID), {"results": None}, ASSEMBLYAI, GPT_4O]
STATUSES = ["completed", "completed", "completed", "done", "thinking", "queued", "error", None, 7]

# What only bytes can say stands in for itself until the document is written.
LITERALS = {
    "@digits": "1" * 5000,
    "@deep": "[" * 3000 + "]" * 3000,
    "@steep": "[" * 700 + "]" * 700,
}
LITERALS |= {"@exponent": "1e999", "@brace": '{"a":' * 600 + "1" + "}" * 600}
NOISE: list[Any] = [None, True, False, -1, 0, 7, 1e308, float("nan"), float("inf"), 10**400]
NOISE += ["", "x", "two words", "\ud800", "\x00", "long " * 500, [], [None], {}, [[]], {"a": 1}]
NOISE += [{"words": None}, {"word": ["x"]}, *LITERALS]


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """The body of an answer: a documented one, broken in up to five places, and as bytes."""
    payload = copy.deepcopy(draw(st.sampled_from(PAYLOADS)))
    document = {"status": draw(st.sampled_from(STATUSES)), "error": {"name": "n", "message": "m"}}
    under = draw(st.sampled_from(["result", "output", ""]))
    document |= {under: payload} if under else payload
    for _ in range(draw(st.integers(0, 5))):
        _spoil(document, draw)
    text = json.dumps(document, ensure_ascii=draw(st.booleans()))
    for name, literal in LITERALS.items():
        text = text.replace(f'"{name}"', literal)
    return _written(text, draw)


def strings(document: Any) -> Iterator[str]:
    """Every text in a document, at any depth."""
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict | list):
            stack.extend(node.values() if isinstance(node, dict) else node)


def _spoil(value: Any, draw: st.DrawFn) -> None:
    """Break a document in one place, at any depth."""
    while isinstance(value, dict | list) and value:
        places = sorted(value) if isinstance(value, dict) else list(range(len(value)))
        place = draw(st.sampled_from(places))
        inner = value[place]
        if not isinstance(inner, dict | list) or not inner or draw(st.integers(0, 3)) == 0:
            _break(value, place, draw)
            return
        value = inner


def _break(value: Any, place: Any, draw: st.DrawFn) -> None:
    match draw(st.sampled_from(["noise", "noise", "gone", "list", "object", "text", "many"])):
        case "noise":
            value[place] = copy.deepcopy(draw(st.sampled_from(NOISE)))
        case "gone":
            del value[place]
        case "list":
            value[place] = [value[place]]
        case "object":
            value[place] = {"0": value[place]}
        case "text":
            value[place] = str(value[place])[:100]
        case "many":
            value[place] = [value[place]] * 50


def _written(text: str, draw: st.DrawFn) -> bytes:
    """The bytes of a text: well encoded as a rule, sometimes not, sometimes cut or soiled."""
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "latin-1", "utf-16", "utf-8-sig"]))
    body = text.encode(encoding, "replace")
    match draw(st.sampled_from(["whole", "whole", "whole", "cut", "soiled"])):
        case "cut":
            return body[: draw(st.integers(0, len(body)))]
        case "soiled":
            place = draw(st.integers(0, len(body)))
            return body[:place] + draw(st.binary(max_size=3)) + body[place:]
    return body
