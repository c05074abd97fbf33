"""From an answer's payload to the canonical transcript: tolerant, and inventing nothing.

What words depend on must have a known shape, or NotUnderstood says what has not. Everything else
(times, speakers, confidences, boundaries) may be missing or wrong, and is then left out.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import Any, Final

from transcription import words
from transcription.dialects import NotUnderstood, Source, prose, sources
from transcription.foreign import mapping, number, objects, one_line, share
from transcription.segments import Piece, pieces, segments
from transcription.transcript import Transcript
from transcription.understood import understood
from transcription.words import Marks, Scale

Spoken = dict[int, list[Any]]  # what stands where words belong, by channel
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}")
MOST_CHANNELS: Final = 100


def transcript_of(payload: Any) -> Transcript:
    """The transcript in a payload; raises NotUnderstood. Nothing said is an empty one."""
    read = [_transcript(mapping(payload), source) for source in sources(payload)]
    return next((transcript for transcript in read if transcript.segments), read[0])


def _transcript(payload: Mapping[str, Any], source: Source) -> Transcript:
    seconds = _seconds(payload)
    scale = Scale(source.unit, seconds)
    spoken = _spoken(source)
    unread = sum(map(words.unread, spoken.values()))
    channels = [
        pieces(words.read(found, channel, scale, _marks(source, channel, scale)))
        for channel, found in spoken.items()
    ]
    said = segments(_by_time(channels))
    if unread and not said:
        raise NotUnderstood("what stands where words belong is none")
    return Transcript(
        segments=said,
        seconds=seconds,
        language=_language(source),
        confidence=_confidence(source, {piece.channel for piece in said}),
        channels=max(1, len(source.channels), len(spoken)),
        unread=unread,
        understood=understood(payload, scale),
    )


def _by_time(channels: Iterable[Iterable[Piece]]) -> list[Piece]:
    """The channels together as they are heard; what has no time follows what it came behind."""
    timed = []
    for found in channels:
        now = 0.0
        for piece in found:
            start = piece.words[0].start
            now = now if start is None else start
            timed.append((now, piece))
    return [piece for _, piece in sorted(timed, key=itemgetter(0))]


def _spoken(source: Source) -> Spoken:
    """Each channel's words: its own, else its utterances', else those of its text."""
    best = [source.best(channel) for channel in range(len(source.channels))]
    spoken = {channel: _listed(one.get("words")) for channel, one in enumerate(best)}
    if not any(map(words.readable, spoken.values())):
        spoken |= _by_utterance(source)
    for channel, one in enumerate(best):
        if not words.readable(spoken[channel]):
            spoken[channel] = _bare(_prose(one)) or spoken[channel]
    return spoken


def _by_utterance(source: Source) -> Spoken:
    """Utterances come grouped by channel or not at all sorted: by time, each word once."""
    spoken: Spoken = {}
    for one in sorted(source.utterances, key=lambda one: number(one.get("start")) or 0.0):
        found = _listed(one.get("words"))
        if not words.readable(found):
            found = _bare(words.first_text(one, ("transcript", "text"))) or found
        voice = {"speaker": one.get("speaker")}
        said = (voice | word if isinstance(word, dict) else word for word in found)
        spoken.setdefault(_channel(one), []).extend(said)
    return spoken


def _marks(source: Source, channel: int, scale: Scale) -> Marks:
    here = [one for one in source.utterances if _channel(one) == channel]
    inside = channel < len(source.channels)
    paragraphs = _paragraphs(source.best(channel).get("paragraphs")) if inside else []
    return Marks(words.spans(here, scale), words.spans(paragraphs, scale))


def _paragraphs(value: Any) -> list[Mapping[str, Any]]:
    """One schema has an object with a list in it, another a list of such objects."""
    return [
        paragraph
        for one in objects(value)
        for paragraph in (objects(one["paragraphs"]) if "paragraphs" in one else [one])
    ]


def _prose(best: Mapping[str, Any]) -> str:
    sentences = (
        words.first_text(sentence, ("text",))
        for paragraph in _paragraphs(best.get("paragraphs"))
        for sentence in objects(paragraph.get("sentences"))
    )
    return prose(best.get("transcript"), "`transcript`") or " ".join(sentences)


def _bare(text: str) -> list[Any]:
    return [{"word": word} for word in one_line(text).split()]


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value] if value else []


def _channel(utterance: Mapping[str, Any]) -> int:
    channel = utterance.get("channel")
    known = isinstance(channel, int) and 0 <= channel < MOST_CHANNELS
    return int(channel) if known and channel else 0


def _seconds(payload: Mapping[str, Any]) -> float | None:
    """The recording's length; one of nothing would press all words into its first moment."""
    told = (
        mapping(payload.get("metadata")).get("duration"),
        payload.get("audio_duration"),
        payload.get("duration"),
        mapping(payload.get("usage")).get("seconds"),
    )
    lengths = (round(number(length) or 0.0, 3) for length in told)
    return next((length for length in lengths if length > 0), None)


def _language(source: Source) -> str | None:
    for channel in source.channels:
        language = channel.get("detected_language")
        if isinstance(language, str) and LANGUAGE.fullmatch(language.strip()):
            return language.strip()
    return None


def _confidence(source: Source, heard: Collection[int]) -> float | None:
    """The mean over the channels that tell theirs; those where nothing is heard tell 0 of it."""
    best = (source.best(channel) for channel in range(len(source.channels)) if channel in heard)
    known = [value for one in best if (value := number(one.get("confidence"))) is not None]
    return share(sum(known) / len(known)) if known else None
