"""Any speech at all, for tests that hold whatever was said."""

import re
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
# Below Thai, all scripts write spaces between words.
# What would format, link, list, or break a table.
HOSTILE = [
    "# title",
    "**bold** _it_ ~~no~~",
    "[link](http://evil.example)",
    "[note]: http://evil.example",
    "![image](x)",
    "<script>alert(1)</script>",
    "`code` ```fence```",
    "| a | b |",
    "&lt;b&gt; &copy;",
    "\\",
    "\\*",
    "$x$ costs $5",
    "<http://evil.example>",
    "http://evil.example/?a=b",
    "a@b.example",
    "1. one",
    "12) twelve",
    "- one",
    "+ one",
    "---",
    "===",
    "***",
    "> quoted",
    "3.5 percent",
    ":smile: --- ... (c)",
]
words = st.sampled_from(MARKUP) | st.text(
    st.characters(exclude_categories=("Z", "C"), max_codepoint=0x0DFF), min_size=1, max_size=12
)


# What people call speakers, and what they might.
names = st.lists(
    st.sampled_from(["Ann", "Dr. Grant (CEO)", "*B*", "<i>", "東京", "_", "A & B"]), max_size=4
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


# Scripts, and signs as wide as theirs, that may stand without spaces between words.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u115f\u1780-\u17ff\u2e80-\ufaff\ufe10-\ufe4f\uff00-\uffef"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)


def parts(text: str) -> list[str]:
    """The words of a text, sorted, each letter by itself where no space need part two words."""
    return sorted(UNSPACED.sub(r" \g<0> ", text).split())


def spoken_parts(payload: dict[str, Any]) -> list[str]:
    """The same of all that a payload says."""
    return parts(" ".join(spoken_words(payload)))
