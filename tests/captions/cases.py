"""Ten kinds of speech that are hard to caption, as payloads."""

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Any

from tests.unit.examples import a_payload, a_word, spoken

COMPOUND = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
ADDRESS = "https://example.com/recordings/2026/11/22/a-rather-long-name-of-a-recording.mp3"
SENTENCES = "Nobody had told her that. She knew it all the same, of course! Did she ever say so?"
ARABIC = "مرحبا بالعالم، كيف حالكم اليوم؟ نتحدث عن الطقس الجميل في هذا الصباح المشرق."
CHINESE = (
    "今天天气很好，我们去公园散步吧。"  # noqa: RUF001 full-width
    "你觉得怎么样？我觉得这个计划非常不错，"  # noqa: RUF001
    "因为已经很久没有出去玩了。"
)
JAPANESE = ["東京", "タワー", "に", "行き", "ました", "。", "とても", "高かった", "です", "。"]
KOREAN = "오늘은 날씨가 아주 좋아서 우리는 공원에 산책하러 갔습니다. 정말 즐거웠어요."
EMOJI = "That is great 😀 we did it 🎉 and the whole family 👩‍👩‍👧 is so happy about it 👍🏽 today."
MARKUP = "He --> wrote <b>bold</b> & <i>italic</i> &amp; {\\an8} then --> stopped <v there > a < b."
MUMBLED = "and so we went on and on through the fields until the river came in sight of us all"


def one_word_cues() -> list[dict[str, Any]]:
    """Two people who say one word each, and then wait."""
    said = ["Yes.", "No.", "Yes!", "No!", "Why?", "Because."]
    return [a_word(word, n * 1.5, n * 1.5 + 0.2, speaker=n % 2) for n, word in enumerate(said)]


def monologue() -> list[dict[str, Any]]:
    """Ninety seconds without a pause or punctuation."""
    return spoken(" ".join(islice(cycle(MUMBLED.split()), 270)), each=1 / 3)


def aloud(text: str) -> list[dict[str, Any]]:
    """Words that last as long as they are."""
    now, found = 0.0, []
    for word in text.split():
        found.append(a_word(word, now, now + 0.1 + len(word) * 0.06))
        now = found[-1]["end"]
    return found


def letter_by_letter(text: str) -> list[dict[str, Any]]:
    """A word for each letter, as models write Chinese."""
    return spoken(" ".join(text), each=0.22)


def sentences(start: float) -> list[dict[str, Any]]:
    """Twelve seconds of ordinary speech."""
    return spoken(SENTENCES, start, each=0.35) + spoken(SENTENCES, start + 6, each=0.35)


def stopped(at: float, text: str) -> list[dict[str, Any]]:
    """Words that all begin and end in the same moment."""
    return [a_word(word, at, at) for word in text.split()]


def backward(text: str) -> list[dict[str, Any]]:
    """Words whose times run backwards, and which end before they begin."""
    count = len(text.split())
    return [a_word(word, (count - n) * 0.4, n * 0.1) for n, word in enumerate(text.split())]


CASES: Mapping[str, Sequence[Sequence[dict[str, Any]]]] = {
    "one-word cues": [one_word_cues()],
    "a monologue without punctuation": [monologue()],
    "cross-talk": [sentences(0.0), sentences(1.0)],
    "zero-length times": [stopped(2.0, SENTENCES) + spoken(SENTENCES, 2.0)],
    "backward times": [backward(SENTENCES)],
    "Chinese, a word a letter": [letter_by_letter(CHINESE)],
    "Chinese without spaces": [[a_word(CHINESE, 0.0, 14.0)]],
    "Japanese": [spoken(" ".join(JAPANESE), each=0.5)],
    "Korean": [spoken(KOREAN, each=0.5)],
    "Arabic": [aloud(ARABIC)],
    "emoji": [aloud(EMOJI)],
    "a German compound": [aloud(f"Die Behörden wenden das {COMPOUND} an.")],
    "addresses": [aloud(f"Go to {ADDRESS} or, if you like, to {ADDRESS} again.")],
    "markup": [aloud(MARKUP)],
}
# What even the best captions break: too much is said in too little time, or an address takes a
# cue of its own, whatever stands before it.
UNAVOIDABLE = {
    "cross-talk": {"too fast"},
    "zero-length times": {"too fast", "too short"},
    "backward times": {"too fast", "too short"},
    "addresses": {"leaning word", "past a clause"},
}


def payload(case: str) -> dict[str, Any]:
    """The answer's payload of a case."""
    return a_payload(*CASES[case])
