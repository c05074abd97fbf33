"""Where renditions lie, and whose may stand there."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.formats import CONTENT_TYPES
from transcription.shelf import LONGEST_KEY, is_newer, order, rendition_key

from tests.unit.examples import NOON, a_job

SECOND = timedelta(seconds=1)
sequencers = st.text("0123456789ABCDEF", min_size=1, max_size=24)


@pytest.mark.parametrize("suffix", CONTENT_TYPES)
@pytest.mark.parametrize("key", ["a.mp3", "calls/São Paulo/🎤.wav", "a", "a/", "x" * 1019])
def test_a_rendition_lies_beside_its_upload(key: str, suffix: str) -> None:
    """The upload's key and a suffix, as long as S3 takes it."""
    assert rendition_key(key, suffix) == f"{key}.{suffix}"


@pytest.mark.parametrize("length", range(1019, 1025))
@pytest.mark.parametrize("filler", ["x", "é", "東", "🎤"])
def test_a_long_key_keeps_its_beginning(filler: str, length: int) -> None:
    """What can't take the suffix is cut between characters, and told apart by its hash."""
    key = "calls/" + (filler * length).encode()[: length - 6].decode(errors="ignore")
    key += "x" * (length - len(key.encode()))
    names = [rendition_key(key, suffix) for suffix in CONTENT_TYPES]
    assert all(len(name.encode()) <= LONGEST_KEY for name in names)
    assert all(name.startswith(key[:200]) for name in names)
    assert len(set(names)) == len(CONTENT_TYPES)


@pytest.mark.parametrize("offset", range(4))
def test_an_emoji_at_the_cut_is_not_cut(offset: int) -> None:
    """Half a character would be no key at all."""
    name = rendition_key("x" * offset + "🎤" * 255, "json")
    assert "\ufffd" not in name
    assert name.lstrip("x").lstrip("🎤").startswith("~")


def test_long_keys_that_begin_alike_do_not_share_a_rendition() -> None:
    """One letter behind the cut makes another name."""
    one, other = "x" * 1023 + "a", "x" * 1023 + "b"
    assert rendition_key(one, "txt") != rendition_key(other, "txt")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=1024))
def test_every_key_has_its_own_rendition(key: str) -> None:
    """Any Unicode fits, and ends in its suffix."""
    name = rendition_key(key.encode()[:1024].decode(errors="ignore") or "a", "json")
    assert len(name.encode()) <= LONGEST_KEY
    assert name.endswith(".json")


def there(**changes: Any) -> dict[str, str]:
    """The metadata of a rendition of another version, which stands there."""
    return order(a_job(**({"job_id": "f" * 32} | changes)))


@pytest.mark.parametrize(
    ("metadata", "newer"),
    [
        (there(uploaded_at=NOON + SECOND), True),
        (there(uploaded_at=NOON - SECOND), False),
        (there(uploaded_at=NOON + SECOND, sequencer="00"), True),
        (there(sequencer="0055AED6DCD90281E6"), True),
        (there(sequencer="0055AED6DCD90281E4"), False),
        (there(sequencer="0055AED6DCD90281E500"), False),
        (there(sequencer="0055AED6DCD90281E501"), True),
        (there(sequencer="0055AED6DCD90281"), False),
        (there(sequencer="0055AED6DD"), True),
        (there(sequencer=None), False),
        (there(sequencer="0055AED6DCD90281E5"), False),
        (order(a_job(uploaded_at=NOON + SECOND)), False),
        ({}, False),
        ({"job-id": "f" * 32}, False),
    ],
)
def test_the_newer_version_stands(metadata: dict[str, str], newer: bool) -> None:
    """By the second it was written in, then by S3's sequencer; a job may replace its own."""
    assert is_newer(metadata, a_job(sequencer="0055AED6DCD90281E5")) is newer


@given(sequencers, sequencers)
def test_of_two_versions_at_most_one_is_newer(one: str, other: str) -> None:
    """So two writers never both give way, nor both go on."""
    first, second = a_job(sequencer=one), a_job(job_id="f" * 32, sequencer=other)
    same = one.rstrip("0") == other.rstrip("0")
    assert is_newer(order(first), second) + is_newer(order(second), first) == (not same)


@given(sequencers, sequencers)
def test_sequencers_compare_as_numbers_padded_on_the_right(one: str, other: str) -> None:
    """S3's own rule for sequencers of different lengths."""
    wide = max(len(one), len(other))
    larger = int(one.ljust(wide, "0"), 16) > int(other.ljust(wide, "0"), 16)
    newer = is_newer(order(a_job(sequencer=one)), a_job(job_id="f" * 32, sequencer=other))
    assert newer is larger
