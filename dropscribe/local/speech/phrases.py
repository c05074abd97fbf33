"""Where sentences, paragraphs and utterances begin and end."""

from collections.abc import Callable, Iterable, Sequence

from dropscribe.local.speech.words import Word

# Escaped: the full stop, exclamation and question mark of Chinese and Japanese, the ellipsis.
_SENTENCE_ENDS = (".", "!", "?", "\u3002", "\uff01", "\uff1f", "\u2026")
_CLOSERS = "\"')]\u201d\u2019\u00bb"
_TITLES = {"mr.", "mrs.", "ms.", "dr.", "prof.", "st."}
_LONGEST_PARAGRAPH = 5
"""Sentences, as many as a reader takes in at once."""
_PARAGRAPH_PAUSE = 2.0
"""Seconds of silence after a sentence that end its paragraph."""

Sentence = list[Word]


def sentences(words: Iterable[Word]) -> list[Sentence]:
    """Split after closing punctuation and where another speaker begins."""
    return _split(words, lambda last, word: _closes(last) or last.speaker != word.speaker)


def paragraphs(words: Iterable[Word]) -> list[list[Sentence]]:
    """Gather sentences until the speaker changes, a pause comes, or there are five."""
    gathered: list[list[Sentence]] = []
    for sentence in sentences(words):
        if gathered and _belongs(gathered[-1], sentence):
            gathered[-1].append(sentence)
        else:
            gathered.append([sentence])
    return gathered


def utterances(words: Iterable[Word], pause: float) -> list[list[Word]]:
    """Split where nothing is said for ``pause`` seconds, and where another speaker begins."""
    return _split(
        words, lambda last, word: word.start - last.end >= pause or last.speaker != word.speaker
    )


def _split(words: Iterable[Word], parted: Callable[[Word, Word], bool]) -> list[list[Word]]:
    runs: list[list[Word]] = []
    for word in words:
        if runs and not parted(runs[-1][-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _closes(word: Word) -> bool:
    written = word.written.rstrip(_CLOSERS)
    return written.endswith(_SENTENCE_ENDS) and written.lower() not in _TITLES


def _belongs(paragraph: Sequence[Sentence], sentence: Sentence) -> bool:
    last = paragraph[-1][-1]
    return (
        last.speaker == sentence[0].speaker
        and sentence[0].start - last.end < _PARAGRAPH_PAUSE
        and len(paragraph) < _LONGEST_PARAGRAPH
    )
