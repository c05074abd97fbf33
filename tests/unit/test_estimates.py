"""What many files would cost, from their sizes or lengths."""

import pytest
from transcription.costs import FILE, priced
from transcription.speeds import TYPICAL, Speed

from dropscribe.estimates import Terms, estimate, of_sizes

MINUTE = 60 * 16_000  # bytes of MP3


def test_sizes_tell_lengths() -> None:
    """At 128 kbit/s, which is said to be a guess."""
    found = of_sizes([MINUTE, 2 * MINUTE], Terms(0.006, 5))
    assert (found.files, found.size, found.seconds, found.guessed) == (2, 3 * MINUTE, 180, 2)
    assert found.speech_dollars == pytest.approx(0.018)


def test_a_known_length_counts_before_the_size() -> None:
    """A WAV is shorter than an MP3 of its size."""
    found = estimate([(MINUTE, 30.0), (MINUTE, None)], Terms(0.006, 5))
    assert (found.seconds, found.guessed) == (90, 1)


def test_aws_takes_the_same_for_each_file() -> None:
    """A little more than for a file with one look; the way out goes by size."""
    one, two = of_sizes([MINUTE], Terms()), of_sizes([MINUTE] * 2, Terms())
    assert two.aws_dollars == 2 * one.aws_dollars
    assert priced(FILE) < one.aws_dollars < 2 * priced(FILE)
    assert two.transfer_dollars == pytest.approx(2 * MINUTE * 0.09 / 1024**3)


@pytest.mark.parametrize(
    ("in_flight", "seconds"),
    [
        (1, 10 * TYPICAL.predicted(60)),
        (5, 2 * TYPICAL.predicted(60)),
        (50, TYPICAL.predicted(60)),
        (0, TYPICAL.predicted(60)),
        (None, None),
    ],
)
def test_it_lasts_as_the_limit_says(in_flight: int | None, seconds: float | None) -> None:
    """Never shorter than the longest file; 0 is no limit, None an unknown one."""
    found = of_sizes([MINUTE] * 10, Terms(in_flight=in_flight)).lasts
    assert found == (seconds and pytest.approx(seconds))


def test_it_lasts_as_long_as_the_jobs_before() -> None:
    """The speed that a stack has learnt counts, where it has learnt one."""
    assert of_sizes([MINUTE], Terms(in_flight=1, speed=Speed(2, 0.5))).lasts == 32


def test_nothing_costs_nothing() -> None:
    """An empty prefix is no error here."""
    assert of_sizes([], Terms(0.006, 5)) == (0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("outputs", "terms"),
    [
        ({"PricePerMinute": "0.006", "MaxInFlight": "5"}, Terms(0.006, 5)),
        ({"PricePerMinute": "0.0", "MaxInFlight": "0"}, Terms(0.0, 0)),
        ({}, Terms(None, None)),
    ],
)
def test_a_stack_settles_the_terms(outputs: dict[str, str], terms: Terms) -> None:
    """Stacks from before these settings say nothing."""
    assert Terms.of(outputs) == terms


@pytest.mark.parametrize("price", [0.0, None])
def test_without_a_price_no_sum_is_made_up(price: float | None) -> None:
    """Unknown is not nothing."""
    assert of_sizes([MINUTE], Terms(price)).speech_dollars is None
