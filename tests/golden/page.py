"""docs/renditions.md, made from the golden files: `make docs`."""

from typing import Final

from tests.golden import CALL, GOLDEN, Golden

HEAD: Final = """# What comes out

Beside the upload `a.mp3` there will be five renditions: `a.mp3.txt`, `.md`, `.srt`, `.vtt` and
`.json`. All are made of one thing, the canonical transcript in the `.json`; whoever has that can
make the others. A key that has no room left for a suffix is cut and told apart by a hash; the
row's `outputs` say where everything lies.

| | |
|---|---|
| `.txt` | prose, a paragraph a line; where a turn begins stands its speaker, if there are several |
| `.md` | a title, a table of facts, summary and topics where the model found any, then each paragraph with its time and speaker. Nothing that was said can format, link or break the page |
| `.srt`, `.vtt` | captions: at most two lines of 42 letters, cut where sentences, clauses and breaths end |
| `.json` | the canonical transcript, [transcript-1.json](schemas/transcript-1.json) |

What follows is no illustration: these are the golden files of the tests (`tests/golden/`), and a
test holds this page to them.

## A sentence

The sample `sense-and-sensibility-0870.wav`, 7.1 seconds, as Whisper tiny.en heard it.

"""  # noqa: E501 a row of a table is one line
CALLED: Final = """
## A call, and names for its voices

A call in two channels with speakers told apart (`multi_channel`, `diarize`), summary and topics
(`summarize`, `topics`), and names that somebody gave: `speakers` = `Elinor, Customer, Her son`.
The answer is made up, to have everything in it, also what would be markup if it could.

"""
TAIL: Final = """
## Who gets which name

The option `speakers` ([options.md](options.md)) names the voices, up to 20 of them:

- where speakers are told apart in one channel, the first name is that of speaker 0;
- where only channels are told apart, the first name is the first channel's;
- where both are and nobody shares a channel, the names are the channels';
- where both are and somebody does, the names are the speakers', counted through all channels.

Whoever has no name is called `Speaker 3` or `Channel 2`; somebody whom the model could not number
is an `Unknown speaker`. A lone voice is named only if one name was given. Names can be given
or changed afterwards: `dropscribe render KEY --speakers Elinor,Customer` makes the renditions again
from the saved answer, and costs nothing.

## The format of the `.json`

[The schema](schemas/transcript-1.json) says all. Times are seconds, rounded to milliseconds; they
never run backwards within a channel and lie within the recording. `segments` hold the words: what
one voice said in one breath. `paragraphs` hold segments: `paragraph` in a segment says which.
`speakers` lists everybody who is heard. `understood` is what the model made of the words, where it
was asked to: `summary`, `topics`, `intents`, `sentiments`, `entities`, `search`, and its
`warnings`. `options` are what the speech API was asked for. Each paragraph and each segment is a
line.

`version` is 1. Within a version properties may be added, and none is removed, renamed, made
optional or given another type: ignore what you don't know, rely on what the schema promises.

## Where something is missing

- **No times** (`gpt-4o` gives none): no captions, and the row says so. Where captions of an older
  version of the recording stood, they are emptied: a `.vtt` with a note that says why, an empty
  `.srt`. Nothing here may delete a file.
- **Silence**: an empty `.txt`, captions without a cue, a `.json` without segments.
- **Words in a form nobody knows**: left out and counted (`unread_words`, and on the row).
- **An older version that finishes late**: it never replaces a newer one's renditions; its row says
  that the newer one's stand.
"""
LANGUAGES: Final = {"txt": "text", "md": "markdown", "srt": "text", "vtt": "text", "json": "json"}


def page() -> str:
    """The page, as Markdown."""
    sample = "\n".join(_shown(GOLDEN[0], suffix) for suffix in LANGUAGES)
    call = "\n".join(_shown(CALL, suffix) for suffix in LANGUAGES if suffix != "json")
    return HEAD + sample + CALLED + call + TAIL


def _shown(golden: Golden, suffix: str) -> str:
    """One rendition as it stands in its file."""
    name = golden.job.key.rsplit("/", 1)[-1]
    rendition = golden.kept()[suffix]
    return f"`{name}.{suffix}`\n\n````{LANGUAGES[suffix]}\n{rendition}````\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 it goes to a file
