"""Which way a recording goes to the speech API, and what is too large for its way."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription import sending
from transcription.sending import LARGEST, LONGEST_URL, SendBy, TooLarge, Way, choose

URL = "https://uploads.s3.eu-central-1.amazonaws.com/a.mp3?X-Amz-Signature=0"
LONG = URL.ljust(LONGEST_URL + 1, "0")
PAGE = (Path(__file__).parents[2] / "docs" / "sending.md").read_text()
segments = st.lists(st.text(st.characters(exclude_characters="/"), min_size=1), min_size=1)


@pytest.mark.parametrize(
    ("send_by", "size", "way"),
    [
        (SendBy.URL, 1, Way.URL),
        (SendBy.URL, LARGEST[Way.URL], Way.URL),
        (SendBy.UPLOAD, 1, Way.UPLOAD),
        (SendBy.UPLOAD, LARGEST[Way.UPLOAD], Way.UPLOAD),
        (SendBy.AUTO, LARGEST[Way.UPLOAD], Way.UPLOAD),
        (SendBy.AUTO, LARGEST[Way.UPLOAD] + 1, Way.URL),
    ],
)
def test_the_setting_chooses_the_way(send_by: SendBy, size: int, way: Way) -> None:
    """`auto` uploads what can be uploaded."""
    assert choose(send_by, "calls/a.mp3", URL, size) is way


@pytest.mark.parametrize(
    "key",
    ["a/../b.wav", "../a", "..", ".", "./a", "a/.", "a/..", "a/./b", "//../a", "/a.wav", "/", "//"],
)
@pytest.mark.parametrize("send_by", SendBy)
def test_a_key_that_a_client_would_resolve_goes_by_upload(send_by: SendBy, key: str) -> None:
    """Whoever fetches its URL asks for another object, or is refused."""
    assert choose(send_by, key, URL, 1) is Way.UPLOAD


@pytest.mark.parametrize(
    "key",
    [
        "a.wav",
        "a//b/ .wav",
        "a//b",
        "a/",
        "...",
        "a/.../b",
        ".hidden/a",
        "a/..b",
        "a/b..",
        "a/ ../b",
        "%2e%2e/a",
        "..%2Fa",
        "a/%2E/b",
        "..\\a",
        "?/..#",
    ],
)
def test_any_other_key_goes_by_url(key: str) -> None:
    """Dots within a name, spaces, and what looks like an escape are escaped in a URL."""
    assert choose(SendBy.URL, key, URL, 1) is Way.URL


@given(segments, st.sampled_from([".", ".."]), st.integers(0))
def test_a_dotted_segment_is_found_anywhere(names: list[str], dots: str, place: int) -> None:
    """Whatever stands around it."""
    names.insert(place % (len(names) + 1), dots)
    assert choose(SendBy.URL, "/".join(names), URL, 1) is Way.UPLOAD


@given(segments)
def test_what_has_no_dotted_segment_goes_by_url(names: list[str]) -> None:
    """Nothing is uploaded without need."""
    plain = [name for name in names if name not in {".", ".."}] or ["a"]
    assert choose(SendBy.URL, "/".join(plain), URL, 1) is Way.URL


def test_a_long_url_is_not_sent() -> None:
    """2,048 bytes is what every client takes; the next one is too many."""
    assert choose(SendBy.URL, "a", LONG[:-1], 1) is Way.URL
    assert choose(SendBy.URL, "a", LONG, 1) is Way.UPLOAD


@pytest.mark.parametrize(
    ("send_by", "key", "url", "said"),
    [
        (SendBy.URL, "a.wav", URL, "by URL 2,000,000,000 is the most"),
        (SendBy.AUTO, "a.wav", URL, "by URL 2,000,000,000 is the most"),
        (SendBy.UPLOAD, "a.wav", URL, "because the setting sendBy says so"),
        (SendBy.AUTO, "a/../b", URL, "because its key has a segment `.` or `..`"),
        (SendBy.UPLOAD, "/a", URL, "because its key begins with a slash"),
        (SendBy.URL, "a.wav", LONG, "because its URL is longer than 2,048 bytes"),
    ],
)
def test_what_is_too_large_says_for_what(send_by: SendBy, key: str, url: str, said: str) -> None:
    """The row names the size, the limit, and why no other way is open."""
    with pytest.raises(TooLarge, match=re.escape(said)) as caught:
        choose(send_by, key, url, 2_000_000_001)
    assert str(caught.value).startswith("The recording has 2,000,000,001 bytes, but by ")


def test_times_and_sizes_were_worked_out_together() -> None:
    """A whole batch of the largest, slowest uploads fits into Submit; Dispatch finishes its last;
    nobody is taken for dead who lives; and nothing outlives what Lambda grants."""
    assert LARGEST[Way.UPLOAD] <= sending.SLOWEST * sending.UPLOAD_TIME
    one_job = sending.UPLOAD_TIME + sending.ANSWER_TIME + sending.BESIDES
    assert one_job * sending.BATCH <= sending.SUBMIT_TIMEOUT
    assert one_job < sending.DISPATCH_TIMEOUT
    assert max(sending.SUBMIT_TIMEOUT, sending.DISPATCH_TIMEOUT) < sending.LEASE
    assert max(sending.SUBMIT_TIMEOUT, sending.DISPATCH_TIMEOUT) <= 900


@pytest.mark.parametrize(
    ("what", "figure"),
    [
        ("largest by URL", f"{LARGEST[Way.URL]:,} bytes"),
        ("largest by upload", f"{LARGEST[Way.UPLOAD]:,} bytes"),
        ("longest URL", f"{LONGEST_URL:,} bytes"),
        ("slowest upload", f"{sending.SLOWEST // sending.MIB} MiB/s"),
        ("sending the largest", f"{sending.UPLOAD_TIME} s"),
        ("waiting for the answer", f"{sending.ANSWER_TIME} s"),
        ("everything else", f"{sending.BESIDES} s"),
        ("messages at once", f"{sending.BATCH}"),
        ("Submit's timeout", f"{sending.SUBMIT_TIMEOUT} s"),
        ("a message's visibility", f"{6 * sending.SUBMIT_TIMEOUT:,} s"),
        ("Dispatch's timeout", f"{sending.DISPATCH_TIMEOUT} s"),
        ("Reconcile's timeout", f"{sending.RECONCILE_TIMEOUT} s"),
        ("the lease", f"{sending.LEASE} s"),
    ],
)
def test_the_page_states_the_figures(what: str, figure: str) -> None:
    """docs/sending.md has each in its table."""
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| {what}")]
    assert line.split("|")[2].strip() == figure
