"""Every parameter of `POST /stt/create` that a user may set, as one table; and what is ours alone.

Validation, refusals, docs/options.md, `dropscribe options` and completion are made from it.
`url`, `audio` and `file` are not in it: how the recording is sent is not for its options to say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from transcription import kinds
from transcription.kinds import Kind

# Nor is where the transcript is sent: who may upload might not be one who may read.
NEVER: Final = frozenset({"url", "audio", "file", "callback", "callback_method", "callback_url"})


class Family(StrEnum):
    """Models that treat parameters alike."""

    WHISPER = "Whisper"
    NOVA = "Nova"
    OTHER = "other"


def family(model: str) -> Family:
    """The family of a model by its name; OpenAI's models are none of ours."""
    for known in (Family.WHISPER, Family.NOVA):
        if known.lower() in model.lower() and not model.startswith("openai/"):
            return known
    return Family.OTHER


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: what it takes, what it means, and what else must be so for it to do anything.

    `needs`: one of these must be set. `ignored_by`: the models it does nothing on.
    `overruled_by`: a parameter beside which this one, or its being off, does nothing.
    """

    kind: Kind
    meaning: str
    needs: tuple[str, ...] = ()
    ignored_by: tuple[Family, ...] = ()
    overruled_by: str = ""
    english: bool = False

    @property
    def remarks(self) -> str:
        """What else must be so, in a line."""
        said = []
        if self.needs:
            said.append(f"needs {' or '.join(self.needs)}")
        if self.ignored_by:
            said.append("Nova only" if self.ignored_by == ONLY_NOVA else "nothing on Whisper")
        if self.english:
            said.append("English only")
        if self.overruled_by:
            said.append(f"{self.overruled_by} overrules it")
        return ", ".join(said)


NOT_WHISPER: Final = (Family.WHISPER,)
ONLY_NOVA: Final = (Family.WHISPER, Family.OTHER)


def a_list(most: int, what: str, longest: int, pattern: re.Pattern[str] = kinds.ANY) -> Kind:
    takes = f"a list of up to {most} {what}, of up to {longest:,} characters each"
    reader = kinds.items(most, kinds.matching(pattern, longest))
    return Kind("list of strings", takes, reader, is_list=True)


FLAG: Final = Kind("boolean", "true or false", kinds.flag, choices=("true", "false"))
MODEL: Final = Kind(
    "string",
    "the name of a model, such as #g1_whisper-small or deepgram/whisper-large",
    kinds.alone(kinds.matching(kinds.MODEL, 129)),
)
LANGUAGE: Final = Kind(
    "string",
    "a BCP-47 language tag, such as en, pt or pt-BR",
    kinds.alone(kinds.language),
)
FLAG_OR_LANGUAGES: Final = Kind(
    "boolean or list of strings",
    "true, false, or a list of up to 100 BCP-47 language tags such as en and pt-BR",
    kinds.flag_or(kinds.items(100, kinds.language)),
    is_list=True,
    choices=("true", "false"),
)
VERSION: Final = Kind(
    "string",
    "a version of up to 64 characters, such as 2021-07-14.0",
    kinds.alone(kinds.matching(re.compile(r"\S+"), 64)),
)
SECONDS: Final = Kind(
    "number", "a number of seconds from 0.001 to 3600, such as 0.8", kinds.seconds
)
MODE: Final = Kind(
    "string",
    "strict or extended",
    kinds.word("strict", "extended"),
    choices=("strict", "extended"),
)
V2_OR_FLAG: Final = Kind(
    "string or boolean",
    "v2, true or false",
    kinds.flag_or(kinds.word("v2")),
    choices=("v2", "true", "false"),
)
PHRASES: Final = a_list(100, "words or phrases", 2048)
SEARCHED: Final = a_list(50, "words or phrases", 2048)
KEYWORDS: Final = a_list(
    100, "words, each perhaps with a boost as in Dashwood:2", 2048, kinds.KEYWORD
)
LABELS: Final = a_list(100, "labels", 128)
PAIRS: Final = a_list(100, "pairs KEY:VALUE", 2048, kinds.PAIR)
# They stand on the row, in each rendition and in each caption: as long as people's names are.
NAMES: Final = Kind(
    "not sent",
    "a list of up to 20 names, of up to 64 letters each and 2,000 bytes together",
    kinds.short(2000, kinds.items(20, kinds.name(64))),
    is_list=True,
)

# The parameters of the Whisper and Nova-2 models.
PARAMETERS: Final[Mapping[str, Parameter]] = {
    "model": Parameter(MODEL, "the model that transcribes"),
    "language": Parameter(
        LANGUAGE,
        "the language spoken; the API takes en where nothing is said",
        overruled_by="detect_language",
    ),
    "detect_language": Parameter(
        FLAG_OR_LANGUAGES, "find the language, of all or of some; wins over `language`"
    ),
    "diarize": Parameter(FLAG, "tell speakers apart: a number for each"),
    "diarize_version": Parameter(VERSION, "an older way to tell speakers apart"),
    "punctuate": Parameter(FLAG, "punctuation and capitals", overruled_by="smart_format"),
    "smart_format": Parameter(
        FLAG, "dates, amounts and the like as they are written; with punctuation and paragraphs"
    ),
    "paragraphs": Parameter(FLAG, "cut the text into paragraphs", overruled_by="smart_format"),
    "utterances": Parameter(FLAG, "cut the text into units of meaning"),
    "utt_split": Parameter(
        SECONDS,
        "silence that parts two utterances; the API takes 0.8",
        needs=("utterances",),
    ),
    "multi_channel": Parameter(FLAG, "transcribe each of up to 20 channels by itself"),
    "numerals": Parameter(FLAG, "write numbers as digits"),
    "measurements": Parameter(FLAG, "abbreviate units of measurement"),
    "dictation": Parameter(
        FLAG,
        "turn spoken punctuation into signs",
        needs=("punctuate", "smart_format"),
    ),
    "filler_words": Parameter(FLAG, "keep uh and um", ignored_by=ONLY_NOVA),
    "profanity_filter": Parameter(FLAG, "mask swearing", ignored_by=NOT_WHISPER),
    "intents": Parameter(FLAG, "find what the speakers want", english=True),
    "custom_intent": Parameter(PHRASES, "intents of your own to find", english=True),
    "custom_intent_mode": Parameter(
        MODE, "your own intents only, or others as well", needs=("custom_intent",), english=True
    ),
    "topics": Parameter(FLAG, "find what is spoken about", english=True),
    "detect_topics": Parameter(FLAG, "the older name of topics", english=True),
    "custom_topic": Parameter(PHRASES, "topics of your own to find", english=True),
    "custom_topic_mode": Parameter(
        MODE, "your own topics only, or others as well", needs=("custom_topic",), english=True
    ),
    "sentiment": Parameter(FLAG, "find the mood of what is said", english=True),
    "summarize": Parameter(V2_OR_FLAG, "write a summary"),
    "detect_entities": Parameter(FLAG, "find names, places, dates", ignored_by=NOT_WHISPER),
    "keywords": Parameter(KEYWORDS, "words to listen for", ignored_by=NOT_WHISPER),
    "search": Parameter(SEARCHED, "words to look up in the sound", ignored_by=NOT_WHISPER),
    "tag": Parameter(LABELS, "labels in the provider's usage reports"),
    "extra": Parameter(PAIRS, "what the answer is to repeat in metadata.extra"),
}
# What a file may ask of Dropscribe itself; never sent to the API.
OURS: Final[Mapping[str, Parameter]] = {
    "speakers": Parameter(
        NAMES, "what the voices are called: the first name is the first speaker's, or channel's"
    ),
}
KNOWN: Final[Mapping[str, Parameter]] = {**PARAMETERS, **OURS}
