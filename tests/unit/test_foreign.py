"""What others wrote, made fit for rows and pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcription.foreign import one_line, read_json


@given(st.text(st.characters()))
def test_one_line_can_be_written_anywhere(text: str) -> None:
    """Every text, half characters among them, becomes one line of UTF-8."""
    line = one_line(text)
    line.encode()
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


def test_json_beyond_reason_is_no_json() -> None:
    """A body of brackets alone is refused like any other garbage."""
    with pytest.raises(ValueError, match="nested too deeply"):
        read_json(b"[" * 100_000)
