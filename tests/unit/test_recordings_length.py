"""How long a recording is, read from as little of it as can be."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.recordings import BLOCK, MOST_READ, RangedFile, TooMuch, length

from tests.unit.sound import recording

MB = 1024 * 1024


class Source:
    """A file somewhere else; `ranges` is what was asked of it, offset and length."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.ranges: list[tuple[int, int]] = []

    def fetch(self, offset: int, size: int) -> bytes:
        self.ranges.append((offset, size))
        return self.body[offset : offset + size]

    @property
    def file(self) -> RangedFile:
        return RangedFile(len(self.body), self.body[:BLOCK], self.fetch)

    @property
    def seconds(self) -> float | None:
        return length(len(self.body), self.body[:BLOCK], self.fetch)


def test_a_file_is_read_as_if_it_were_here() -> None:
    """Any reads and seeks give what they give on a file in memory."""
    body = bytes(range(256)) * 1000
    near, far = io.BytesIO(body), Source(body).file
    for offset, whence, size in [(0, 0, 10), (BLOCK - 3, 0, 9), (-5, 2, 99), (7, 1, 5), (9, 0, 0)]:
        near.seek(offset, whence)
        assert far.seek(offset, whence) == near.tell()
        assert far.read(size) == near.read(size)


@given(st.lists(st.tuples(st.integers(0, 300_000), st.integers(-1, 70_000)), max_size=8))
def test_every_read_is_right(reads: list[tuple[int, int]]) -> None:
    """Wherever a read begins and ends, also beyond the file's end."""
    body = bytes(n % 251 for n in range(256_000))
    near, far = io.BytesIO(body), Source(body).file
    for offset, size in reads:
        near.seek(offset)
        far.seek(offset)
        assert far.read(size) == near.read(size)


def test_what_is_known_is_not_fetched() -> None:
    """The head is there already, and no block is fetched twice."""
    source = Source(bytes(3 * BLOCK + 5))
    file = source.file
    for offset in (0, BLOCK - 1, 2 * BLOCK, BLOCK, 3 * BLOCK):
        file.seek(offset)
        file.read(10)
    assert source.ranges == [(BLOCK, BLOCK), (2 * BLOCK, BLOCK), (3 * BLOCK, 5)]


def test_no_more_than_a_part_is_read() -> None:
    """A header that lies everywhere in a big file costs no more than its size tells."""
    source = Source(bytes(4 * MB))
    with pytest.raises(TooMuch):
        source.file.read()
    assert sum(size for _, size in source.ranges) <= MOST_READ


@pytest.mark.parametrize("kind", ["wav", "flac", "opus", "m4a", "mp4", "mp3", "mp2", "aiff"])
def test_the_header_tells_the_length(kind: str) -> None:
    """To a tenth of a second, for the formats that most recordings have."""
    assert Source(recording(kind, 3)).seconds == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("kind", ["aac", "oga", "webm", "au", "caf", "ac3", "avi", "ts"])
def test_an_unknown_length_is_unknown(kind: str) -> None:
    """A format whose header tells nothing is never guessed at."""
    assert Source(recording(kind, 30)).seconds is None


@pytest.mark.parametrize("kind", ["wav", "aiff", "mp3", "flac"])
def test_a_long_recording_is_measured_by_its_header(kind: str) -> None:
    """Half a minute of sound needs no more than a block or two."""
    source = Source(recording(kind, 30))
    assert source.seconds == pytest.approx(30, abs=0.2)
    assert len(source.ranges) <= 2


def test_an_index_at_the_end_is_found() -> None:
    """MP4 keeps its facts behind the sound as a rule: the middle is not read."""
    source = Source(recording("m4a", 30))
    assert source.seconds == pytest.approx(30, abs=0.1)
    assert sum(size for _, size in source.ranges) < len(source.body) / 2


@pytest.mark.parametrize("claimed", [0xFFFFFFFF, 0xFFFFFFDB, 0x7FFFFFFF])
def test_a_wave_written_to_a_pipe_is_as_long_as_its_bytes(claimed: int) -> None:
    """It claims hours; believed, the first look would come three quarters of an hour late."""
    body = recording("wav", 3)
    at = body.index(b"data") + 4
    streamed = body[:at] + claimed.to_bytes(4, "little") + body[at + 4 :]
    assert Source(streamed).seconds == pytest.approx(3, abs=0.1)


def test_a_wave_that_does_not_know_its_length_is_unknown() -> None:
    """Some recorders write zero until they are stopped."""
    body = recording("wav", 3)
    at = body.index(b"data") + 4
    assert Source(body[:at] + bytes(4) + body[at + 4 :]).seconds is None


def test_more_seconds_than_bytes_are_no_length() -> None:
    """A broken FLAC header may claim any number of samples."""
    body = bytearray(recording("flac"))
    body[21:26] = b"\xff" * 5
    assert Source(bytes(body)).seconds is None


@pytest.mark.parametrize("kind", ["wav", "flac", "opus", "m4a", "mp3", "aiff"])
@pytest.mark.parametrize("part", [0.0, 0.001, 0.01, 0.3, 0.9])
def test_a_cut_recording_is_no_error(kind: str, part: float) -> None:
    """Whatever is missing, a length is found or not."""
    body = recording(kind, 3)
    seconds = Source(body[: max(1, int(part * len(body)))]).seconds
    assert seconds is None or 0 < seconds < 4


@given(st.sampled_from(["wav", "flac", "opus", "m4a", "mp3", "aiff"]), st.data())
def test_a_broken_header_is_no_error(kind: str, data: st.DataObject) -> None:
    """Bytes that were changed on their way give a length that can be stored, or none."""
    body = bytearray(recording(kind))
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, 300))] = data.draw(st.integers(0, 255))
    seconds = Source(bytes(body)).seconds
    assert seconds is None or 0 < seconds <= len(body)
