"""The five renditions of a transcript: .txt .md .srt .vtt .json. Pure: document in, text out."""

from collections.abc import Iterator

from transcription import captions
from transcription.document import Document, written
from transcription.markdown import markdown
from transcription.transcript import text_of


def render(document: Document) -> dict[str, str]:
    """Every rendition by its suffix. Without times there are no captions."""
    made = {"txt": text(document), "md": markdown(document), "json": written(document)}
    if document.transcript.timed:
        found = captions.cues(document.transcript, document.voices.name)
        made |= {"srt": captions.srt(found), "vtt": captions.vtt(found)}
    return made


def text(document: Document) -> str:
    """Prose: a paragraph a line, each turn headed by its speaker where there are several."""
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(document: Document) -> Iterator[str]:
    before = None
    for paragraph in document.transcript.paragraphs:
        voice = paragraph[0].voice
        name = document.voices.name(voice) if voice != before else None
        yield f"{name}: {text_of(paragraph)}" if name else text_of(paragraph)
        before = voice
