"""What a sender holds in memory, however large the file; measured as `make bench` does."""

from collections.abc import Iterator

import pytest

from benchmarks.sending import MIB, Servers, measure, servers


@pytest.fixture(scope="module")
def at() -> Iterator[Servers]:
    """A bucket and a speech API in processes of their own."""
    with servers() as running:
        yield running


def test_an_upload_takes_no_more_memory_for_a_large_file(at: Servers) -> None:
    """256 MiB arrive as they were, for less than 64 MiB more than one takes."""
    small, large = measure("upload", MIB, at), measure("upload", 256 * MIB, at)
    assert large.is_same
    assert large.peak - small.peak < 64 * MIB


def test_by_url_the_sender_holds_nothing(at: Servers) -> None:
    """It signs, and the API fetches the very bytes."""
    small, large = measure("url", MIB, at), measure("url", 64 * MIB, at)
    assert large.is_same
    assert large.peak - small.peak < 16 * MIB


def test_the_measure_sees_what_a_file_read_whole_takes(at: Servers) -> None:
    """Else the bound above would hold for anything."""
    small, large = measure("whole", MIB, at), measure("whole", 64 * MIB, at)
    assert large.is_same
    assert large.peak - small.peak > 64 * MIB
