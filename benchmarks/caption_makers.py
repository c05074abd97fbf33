"""What is wrong with captions of the same words, by whoever made them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from deepgram_captions import DeepgramConverter, srt, webvtt
from transcription import captions
from transcription.reading import transcript_of

from dropscribe.local.speech.answers import Heard, shape
from dropscribe.local.speech.words import Word
from tests.captions.checker import judged
from tests.captions.ours import files, said

ASKED = {"smart_format": True, "utterances": True}
# What a row counts.
ROWS: Mapping[str, str] = {
    "overlap": "shown over each other",
    "order": "out of order, or never shown",
    "lines": "more than two lines",
    "line length": "a line of more than 42 letters",
    "gap": "less than two frames before the next",
    "too long": "longer than 7 s",
    "too short": "shorter than 5/6 s",
    "too fast": "more than 20 letters a second",
    "too fast alone": "the same, where one person talks",
    "past a sentence": "the end of one sentence and part of another",
    "past a clause": "cut amid a clause, past the end of one",
    "in a name": "cut or broken in a name",
    "leaning word": "cut after an article or a preposition",
    "unbalanced": "a line less than half as long as the other",
    "voices": "not told whose words they are",
    "escaping": "read otherwise by another parser",
    "words": "words lost or doubled",
}

Counts = dict[str, Counter[str]]  # by maker: violations by rule, and `cues`


class Segment(NamedTuple):
    """What faster-whisper takes for one, in seconds."""

    start: float
    end: float
    text: str


class Channel(NamedTuple):
    """What Whisper made of one channel."""

    segments: Sequence[Segment]
    words: Sequence[Word]


def totals(heard: Iterable[Sequence[Channel]]) -> Counts:
    """What is wrong with the captions of all recordings, each given by its channels."""
    found: Counts = {}
    for channels in heard:
        for maker, count in counted(channels).items():
            found.setdefault(maker, Counter()).update(count)
    return found


def counted(channels: Sequence[Channel]) -> Counts:
    """What is wrong in both files of each maker, for one recording, and how many cues they have."""
    payload = _payload(channels)
    transcript = transcript_of(payload)
    counts: Counts = {}
    for maker, made in _made(payload, channels).items():
        count: Counter[str] = Counter()
        for suffix, text in made.items():
            verdict = judged(text, suffix, said(transcript))
            alone = verdict.broken["too fast"] if len(channels) == 1 else 0
            count.update({**verdict.broken, "too fast alone": alone, "cues": verdict.cues})
        counts[maker] = count
    return counts


def _payload(channels: Sequence[Channel]) -> dict[str, Any]:
    """The answer of an API that heard this."""
    words = [channel.words for channel in channels]
    last = max(word.end for spoken in words for word in spoken)
    heard = Heard(words, last, request_id="captions", created="", model="tiny.en")
    return shape(heard, ASKED)


def _made(payload: dict[str, Any], channels: Sequence[Channel]) -> Mapping[str, Mapping[str, str]]:
    """Each maker's files."""
    converter = DeepgramConverter(payload)
    segments = sorted(segment for channel in channels for segment in channel.segments)
    cues = [captions.Cue(start, end, [text]) for start, end, text in segments]
    return {
        "Dropscribe": files(transcript_of(payload)),
        "deepgram-captions": {"srt": srt(converter) + "\n", "vtt": webvtt(converter) + "\n"},
        "faster-whisper": {"srt": captions.srt(cues), "vtt": captions.vtt(cues)},
    }
