"""What the API made of the words: summary, topics, intents, sentiments, entities, search hits.

Their nesting varies between its pages, so they are looked for by name, at any depth, below each
place that may hold them. What isn't there, or isn't text where text belongs, is left out.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from transcription.foreign import mapping, objects, one_line, share
from transcription.words import Scale

# What is kept, and the field that makes an object one of these.
KINDS: Final[Mapping[str, str]] = {
    "topics": "topic",
    "intents": "intent",
    "sentiments": "sentiment",
    "entities": "value",
    "search": "snippet",
    "warnings": "message",
}
# An object's other fields, and what we call them.
TEXTS: Final[Mapping[str, str]] = {
    "text": "text",
    "query": "query",
    "label": "label",
    "parameter": "parameter",
    "type": "type",
}
SHARES: Final[Mapping[str, str]] = {
    "confidence": "confidence",
    "confidence_score": "confidence",
    "sentiment_score": "score",
}
TIMES: Final = ("start", "end")
# What is told once, above several objects that it is about.
INHERITED: Final = ("text", "query")


def understood(payload: Mapping[str, Any], scale: Scale) -> dict[str, Any]:
    """`summary` as text, every other kind as a list of objects; only what there is."""
    places = _places(payload)
    found: dict[str, Any] = {
        kind: [_timed(one, scale) for place in places for one in _found(place.get(kind), field)]
        for kind, field in KINDS.items()
    }
    summaries = [text for place in places for text in _summaries(place)]
    found["summary"] = "\n".join(dict.fromkeys(summaries))
    return {kind: value for kind, value in found.items() if value}


def _places(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    results = mapping(payload.get("results"))
    channels = objects(results.get("channels"))
    best = [one for channel in channels for one in objects(channel.get("alternatives"))[:1]]
    return [payload, mapping(payload.get("metadata")), results, *channels, *best]


def _found(tree: Any, field: str) -> Iterator[dict[str, Any]]:
    """Every object below `tree` that has the field as text, in the order of the document."""
    # Not by recursion: a document may be nested as deep as the interpreter's own stack.
    stack: list[tuple[Any, dict[str, Any]]] = [(tree, {})]
    while stack:
        node, above = stack.pop()
        if isinstance(node, dict):
            own = above | _facts(node)
            if said := _text(node.get(field)):
                yield own | {field: said}
            above = {name: own[name] for name in INHERITED if name in own}
        inner = node.values() if isinstance(node, dict) else node
        if isinstance(node, dict | list):
            stack.extend((one, above) for one in reversed(list(inner)))


def _facts(node: Mapping[str, Any]) -> dict[str, Any]:
    texts = {ours: _text(node.get(theirs)) for theirs, ours in TEXTS.items()}
    shares = {
        ours: value
        for theirs, ours in SHARES.items()
        if (value := share(node.get(theirs))) is not None
    }
    times = {name: node[name] for name in TIMES if name in node}
    return {name: text for name, text in texts.items() if text} | shares | times


def _timed(found: dict[str, Any], scale: Scale) -> dict[str, Any]:
    """The finding with its times in seconds, in order and within the recording, if it has any."""
    start, end = (scale.time(found.pop(name, None)) for name in TIMES)
    start = scale.within(start)
    times = {"start": start, "end": scale.within(end, start or 0.0)}
    return found | {name: time for name, time in times.items() if time is not None}


def _summaries(place: Mapping[str, Any]) -> Iterator[str]:
    """`{result, short}`, a list of `{summary}`, or the text itself."""
    summary = place.get("summary")
    texts = [mapping(summary).get("short"), summary]
    texts += [one.get("summary") for one in objects(place.get("summaries"))]
    return filter(None, map(_text, texts))


def _text(value: Any) -> str:
    return one_line(value) if isinstance(value, str) else ""
