"""Since when a key is watched, however the settings change."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from transcription.watching import Watched, agreed, pairs, since

from tests.unit.examples import MINUTE, NOON

ALL = [("", "")]
prefixes = st.sampled_from(["", "a", "a/", "a/b/", "b/"])
suffixes = st.sampled_from(["", "3", ".mp3", ".wav"])
settings = st.lists(st.tuples(prefixes, suffixes), min_size=1, max_size=3)
keys = st.sampled_from(["a/x.mp3", "a/b/x.wav", "b/x.mp3", "c.txt", "a3"])


def test_nothing_set_is_everything() -> None:
    """Without prefixes and suffixes every key is watched; with both, each with each."""
    assert pairs((), ()) == ALL
    assert pairs(("a/", "b/"), (".mp3",)) == [("a/", ".mp3"), ("b/", ".mp3")]


def test_a_wider_setting_takes_in_nothing_older() -> None:
    """What lay under another prefix before was never asked for."""
    first = agreed([], [("calls/", "")], NOON)
    wider = agreed(first, ALL, NOON + MINUTE)
    assert since(wider, "calls/a.mp3") == NOON
    assert since(wider, "others/a.mp3") == NOON + MINUTE


def test_a_narrower_setting_forgets_nothing() -> None:
    """What landed while it was watched is still accounted for."""
    narrower = agreed(agreed([], ALL, NOON), [("calls/", ".mp3")], NOON + MINUTE)
    assert since(narrower, "calls/a.mp3") == NOON
    assert since(narrower, "calls/a.wav") is None


def test_what_was_not_watched_for_a_while_begins_anew() -> None:
    """Recordings of the time between were never asked for either."""
    all_of_it = agreed([], ALL, NOON)
    some = agreed(all_of_it, [("calls/", "")], NOON + MINUTE)
    again = agreed(some, ALL, NOON + 2 * MINUTE)
    assert since(again, "calls/a.mp3") == NOON
    assert since(again, "others/a.mp3") == NOON + 2 * MINUTE


def test_the_same_settings_change_nothing() -> None:
    """However often they are looked at."""
    first = agreed([], [("b/", ""), ("a/", ".mp3")], NOON)
    assert agreed(first, [("b/", ""), ("a/", ".mp3")], NOON + MINUTE) == first


@given(st.lists(settings, min_size=1, max_size=6), keys)
def test_a_key_is_watched_since_the_last_time_that_it_was_not(
    history: list[list[tuple[str, str]]], key: str
) -> None:
    """Whatever settings followed one another, a minute apart."""
    noted: list[Watched] = []
    expected: datetime | None = None
    for n, watched in enumerate(history):
        now = NOON + timedelta(minutes=n)
        noted = agreed(noted, watched, now)
        has = any(key.startswith(prefix) and key.endswith(suffix) for prefix, suffix in watched)
        expected = (expected or now) if has else None
        found = since(noted, key)
        # Two pairs may hand a key over to each other that neither covers: it then begins anew.
        assert (found is None) == (expected is None)
        assert found is None or expected is None or found >= expected
