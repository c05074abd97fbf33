"""Our captions of a transcript, and what was said in it, for the checker."""

from collections.abc import Mapping, Sequence

from transcription import captions
from transcription.transcript import Transcript
from transcription.voices import voices_of

from tests.captions.checker import Verdict, Voice, judged


def files(transcript: Transcript, *names: str) -> Mapping[str, str]:
    """Both files by their suffix; the voices are called by these names or by number."""
    voices = voices_of(transcript, names)
    cues = captions.cues(transcript, voices.name)
    return {"srt": captions.srt(cues), "vtt": captions.vtt(cues)}


def said(transcript: Transcript, *names: str) -> Sequence[Voice]:
    """Every voice with its words."""
    voices, spoken = voices_of(transcript, names), dict[str, list[str]]()
    for word in transcript.words:
        name = voices.name((word.channel, word.speaker)) or ""
        spoken.setdefault(name, []).append(word.text)
    return [Voice(name, words) for name, words in spoken.items()]


def verdict(transcript: Transcript, suffix: str, *names: str) -> Verdict:
    """What is wrong with our file of a transcript."""
    return judged(files(transcript, *names)[suffix], suffix, said(transcript, *names))
