"""How counted calls become what AWS bills."""

from typing import Any

from transcription.costs import MEMORY

from benchmarks.cost_page import filled, looks
from benchmarks.counted_files import PLATFORM_LINES, SLOWER, calls_of

SUBMIT = "Dropscribe-Submit5FB37002-6B1794D06FD17"


def asked(by: str, action: str) -> dict[str, Any]:
    """A request, as the emulator's book has it."""
    return {"kind": "request", "by": by, "action": action}


def test_only_what_the_stack_and_the_upload_ask_is_billed() -> None:
    """The benchmark's own looks at the table are not."""
    lines = [
        asked("test", "s3:PutObject"),
        asked("test", "dynamodb:Query"),
        {"kind": "units", "by": "test", "write": False, "units": 0.5},
        asked(SUBMIT, "s3:GetObject"),
        asked(SUBMIT, "events:PutEvents"),
        asked(SUBMIT, "dynamodb:PutItem"),
        {"kind": "units", "by": SUBMIT, "write": True, "units": 4.0},
    ]
    assert calls_of(lines) == {"s3_put": 1, "s3_get": 1, "event": 1, "write": 4}


def test_a_lambda_is_billed_by_its_time_and_its_lines() -> None:
    """As much slower as AWS's share of a core is smaller."""
    line = {"kind": "function", "by": SUBMIT, "ms": 100.0, "logged": 50}
    assert calls_of([line]) == {
        "invocation": 1,
        "gb_second": MEMORY * SLOWER * 0.1,
        "log_byte": 50 + PLATFORM_LINES,
    }


def test_a_foreseen_job_is_looked_at_least() -> None:
    """One that takes ten times as long as foreseen is asked for more often."""
    assert looks(600, 600) < looks(600, 60) < 600 / 10


def test_paragraphs_are_broken_anew() -> None:
    """Tables and headings are left as they are."""
    table = "| a | b |\n|---|---|"
    assert filled(f"## Heading\n\n{table}\n\none\ntwo") == f"## Heading\n\n{table}\n\none two\n"
