"""Any speech at all, for tests that hold whatever was said."""

from typing import Any

from hypothesis import strategies as st

from tests.unit.examples import a_payload, a_word

# Words as they come and as they never should: markup, arrows, long, wide, and joined by spaces.
MARKUP = [
    "-->",
    "<i>",
    "&amp;",
    "**bold**",
    "[x](http://a.b)",
    "|",
    "# one",
    "```",
    "<script>",
    "1.",
    "WEBVTT",
    "NOTE",
    "00:01.000",
    "$x$",
    "\\",
    "Donaudampfschifffahrtsgesellschaftskapitänsmütze",
    "👩‍👩‍👧",
    "end.",
]
words = st.sampled_from(MARKUP) | st.text(
    st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=12
)


@st.composite
def channels(draw: st.DrawFn, speakers: int) -> list[dict[str, Any]]:
    """The words of one channel with pauses and overlaps, in order."""
    now, found = 0.0, []
    for text in draw(st.lists(words, max_size=25)):
        now += draw(st.sampled_from([0.0, 0.0, 0.1, 0.9, 3.0]))
        length = draw(st.sampled_from([0.0, 0.01, 0.3, 0.8, 9.0]))
        found.append(a_word(text, now, now + length, speaker=draw(st.integers(0, speakers))))
        now += draw(st.sampled_from([length, length / 2]))
    return found


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    """An answer's payload with up to three channels and speakers."""
    speakers = draw(st.integers(0, 2))
    spoken = draw(st.lists(channels(speakers), min_size=1, max_size=3))
    return a_payload(*spoken, duration=draw(st.sampled_from([None, 5.0, 3600.0])))


def spoken_words(payload: dict[str, Any]) -> list[str]:
    """Every word of a payload, those with spaces taken apart, sorted."""
    alternatives = [channel["alternatives"][0] for channel in payload["results"]["channels"]]
    said = [word["word"] for alternative in alternatives for word in alternative["words"]]
    return sorted(part for text in said for part in text.split())
