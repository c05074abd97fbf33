"""The checker finds what is wrong: one that lets everything pass would prove nothing."""

import pytest

from tests.captions.checker import Voice, judged

ONE = "It was the best of times."
TWO = "It was the worst of times."


def srt(*cues: tuple[float, float, str]) -> str:
    """A SubRip file."""
    times = ((f"00:00:{start:06.3f}", f"00:00:{end:06.3f}", text) for start, end, text in cues)
    blocks = [f"{n}\n{a} --> {b}\n{text}\n" for n, (a, b, text) in enumerate(times, 1)]
    return "\n".join(blocks)


def broken(*cues: tuple[float, float, str], said: str | None = None) -> dict[str, int]:
    """How often each rule is broken by a SubRip file, in which these words were said."""
    words = said if said is not None else " ".join(text for *_, text in cues)
    found = judged(srt(*cues), "srt", [Voice("", words.split())])
    return {rule: count for rule, count in found.broken.items() if count}


def test_good_captions_break_nothing() -> None:
    """Two sentences, two frames between them."""
    assert broken((1, 3, ONE), (3.1, 5, TWO)) == {}


@pytest.mark.parametrize(
    ("rule", "cues"),
    [
        ("overlap", [(1, 3, ONE), (2.5, 5, TWO)]),
        ("order", [(4, 6, ONE), (1, 3, TWO)]),
        ("lines", [(1, 4, "It was\nthe best\nof times.")]),
        ("line length", [(1, 6, f"{ONE[:-1]}, and it was the very worst.")]),
        ("line length", [(1, 6, "今天天气很好我们去公园散步然后回家吃饭再看电视")]),
        ("gap", [(1, 3, ONE), (3.05, 5, TWO)]),
        ("too long", [(1, 8.1, ONE)]),
        ("too short", [(1, 1.8, "No.")]),
        ("too fast", [(1, 2, ONE)]),
        ("past a sentence", [(1, 4, f"{ONE}\nThey were all"), (4.1, 6, "the worst.")]),
        ("past a clause", [(1, 3, "It was the best, it"), (3.1, 5, "was the worst of times.")]),
        ("in a name", [(1, 3, "We saw Anna"), (3.1, 5, "Dashwood there.")]),
        ("in a name", [(1, 3, "We saw Mr.\nDashwood there.")]),
        ("leaning word", [(1, 3, "It was the best of"), (3.1, 5, "all times.")]),
        ("unbalanced", [(1, 3, "It was\nthe best of all times.")]),
    ],
)
def test_a_broken_rule_is_found(rule: str, cues: list[tuple[float, float, str]]) -> None:
    """Each of them by itself."""
    assert broken(*cues) == {rule: 1}


@pytest.mark.parametrize(
    "said", [f"{ONE} Once.", "It was the best of", "was It the best of times."]
)
def test_words_are_counted(said: str) -> None:
    """A word lost, one doubled, and two in the wrong order."""
    assert broken((1, 3, ONE), said=said) == {"words": 1}


def test_markup_hides_words() -> None:
    """What a player takes for markup isn't shown, and parsers see cues that others don't."""
    cue = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n{}\n"
    lost = judged(cue.format("It <was> so"), "vtt", [Voice("", ["It", "<was>", "so"])])
    assert lost.broken["words"] == 1
    torn = judged(cue.format("It --> was"), "vtt", [Voice("", ["It", "-->", "was"])])
    assert torn.broken["escaping"]


def test_voices_are_told() -> None:
    """A cue without a name, or with the words of two people, where there are several."""
    voices = [Voice("Anna", ["It", "was."]), Voice("Ben", ["So", "what?"])]
    assert judged(srt((1, 3, "It was.")), "srt", voices).broken["voices"] == 1
    assert judged(srt((1, 3, "[Anna] It was. So what?")), "srt", voices).broken["voices"] == 1
    fine = srt((1, 3, "[Anna] It was."), (4, 6, "[Ben] So what?"))
    assert not any(judged(fine, "srt", voices).broken.values())


def test_cues_shown_at_once_share_the_time_to_read() -> None:
    """Two that overlap are read one after the other."""
    assert broken((1, 3, ONE), (1.2, 3, TWO)) == {"overlap": 1, "too fast": 2}
