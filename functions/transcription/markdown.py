"""The `.md`: title, a table of facts, what the API understood, then what was said and when.

Speech, names and keys are not Markdown: nothing in them may format, link or break a table, in
CommonMark or with GitHub's extensions to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from transcription.document import Document
from transcription.foreign import one_line
from transcription.transcript import Segment, text_of

SIGNS: Final = re.compile(r"[\\`*_\[\]<>#|~&$@]")
# What GitHub makes a link of without being asked to.
# Each begins with its sign, for which a long text is searched six times as fast as for letters.
ADDRESS: Final = re.compile(r"\.(?<=www\.)|:(?=//)|:(?<=mailto:)|:(?<=xmpp:)", re.IGNORECASE)
# What makes a list, a rule or a heading of a line that begins with it.
FIRST: Final = re.compile(r"^(\d{1,9}(?=[.)](?: |$))|(?=[-+=:]))")


def markdown(document: Document) -> str:
    """The whole page."""
    blocks = [f"# {quoted(document.source.key.rsplit('/', 1)[-1])}", _table(_facts(document))]
    blocks += _understood(document)
    blocks += [_paragraph(document, one) for one in document.transcript.paragraphs]
    return "\n\n".join(blocks) + "\n"


def quoted(said: str) -> str:
    """A text in one line that Markdown shows as it is."""
    text = SIGNS.sub(r"\\\g<0>", one_line(said))
    return FIRST.sub(r"\1\\", ADDRESS.sub(r"\\\g<0>", text))


def clock(seconds: float) -> str:
    """A time as hours, minutes and seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


def _facts(document: Document) -> Mapping[str, str | None]:
    transcript, source = document.transcript, document.source
    names = [name for name in document.voices.called.values() if name]
    sure = transcript.confidence
    return {
        "Recording": f"{source.bucket}/{source.key}",
        "Uploaded": f"{source.uploaded_at[:10]} {source.uploaded_at[11:19]} UTC",
        "Length": None if transcript.seconds is None else clock(transcript.seconds),
        "Language": transcript.language,
        "Speakers": ", ".join(names),
        "Words": f"{sum(len(segment.words) for segment in transcript.segments):,}",
        "Confidence": None if sure is None else f"{sure:.0%}",
        "Model": document.model,
    }


def _table(facts: Mapping[str, str | None]) -> str:
    rows = [f"| {name} | {quoted(fact)} |" for name, fact in facts.items() if fact]
    return "\n".join(["| | |", "|---|---|", *rows])


def _understood(document: Document) -> Iterator[str]:
    """Summary and topics, and then a heading that parts them from the transcript."""
    understood = document.transcript.understood
    summary = understood.get("summary", "")
    topics = dict.fromkeys(found["topic"] for found in understood.get("topics", ()))
    if summary:
        yield "## Summary"
        yield from map(quoted, summary.splitlines())
    if topics:
        yield "## Topics"
        yield "\n".join(f"- {quoted(topic)}" for topic in topics)
    if summary or topics:
        yield "## Transcript"


def _paragraph(document: Document, paragraph: Sequence[Segment]) -> str:
    start, name = paragraph[0].start, document.voices.name(paragraph[0].voice)
    heads = [
        "" if start is None else f"**{clock(start)}**",
        _called(name),
        quoted(text_of(paragraph)),
    ]
    return " ".join(filter(None, heads))


@lru_cache(maxsize=100)
def _called(name: str | None) -> str:
    return f"*{quoted(name)}:*" if name else ""
