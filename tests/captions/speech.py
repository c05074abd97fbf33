"""Speech of every kind, for captions that must hold whatever was said, and however badly timed."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.unit.examples import a_payload, a_word

# Without what looks like a time: one of the parsers takes two of those in a line for a cue's.
SAID = [
    *("the", "of", "and", "a", "I", "Mr.", "Dr.", "Anna", "Dashwood,", "St.", "Petersburg"),
    *("leisure", "consider", "prudently", "however,", "well;", "power.", "Really?", "No!", "end."),
    *("-->", "<i>", "</b>", "<v", "&", "&amp;", "AT&T", "{\\an8}", "\\N", "1.", "5", "1999"),
    *("WEBVTT", "NOTE", "STYLE", "[Applause]", "--", "(sic)", "p.m.", "😀", "👩‍👩‍👧", "e\u0301"),
    *("Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlung", "你", "好", "。", "，"),  # noqa: RUF001 full-width
    *("今天天气很好", "「東京」", "タワー", "안녕하세요", "여러분.", "مرحبا", "بالعالم؟", "שלום"),
    "https://example.com/a/rather/long/path/that/nobody/could/read?aloud=1&again=2",
    "我们今天去公园散步然后回家吃饭再看一会儿电视最后早点睡觉因为明天还要上班。",
]
words = st.sampled_from(SAID) | st.text(
    st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=12
)
SPEAKERS: Sequence[Sequence[int | None]] = [[None], [None], [0], [0, 0, 0, 0, 1]]
pauses = st.sampled_from([0.0, 0.0, 0.0, 0.05, 0.1, 0.4, 0.9, 3.0, -0.2])
lengths = st.sampled_from([0.0, 0.01, 0.1, 0.2, 0.3, 0.4, 0.8, 9.0])
# What people may be called.
NAMES = [
    "Anna",
    "王小明",
    "王先生和他的朋友们",
    "A <b> & [B]\n--> C",
    "Somebody whose name has no end",
]
names = st.lists(st.sampled_from(NAMES), unique=True, max_size=3)


@st.composite
def channels(draw: st.DrawFn, speakers: Sequence[int | None]) -> list[dict[str, Any]]:
    """The words of one channel: with pauses, overlaps, without length, and running backwards."""
    now, found = draw(st.sampled_from([0.0, 0.0, 1.7])), []
    for text in draw(st.lists(words, max_size=25)):
        now = max(0.0, now + draw(pauses))
        length = draw(lengths)
        found.append(a_word(text, now, now + length, speaker=draw(st.sampled_from(speakers))))
        now += length
    return found


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    """An answer's payload with one to three channels, each with up to two speakers."""
    speakers = draw(st.sampled_from(SPEAKERS))
    spoken = draw(st.lists(channels(speakers), min_size=1, max_size=3))
    return a_payload(*spoken)
