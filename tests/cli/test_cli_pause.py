"""`dropscribe pause` and `resume` against a real table."""

import json

import pytest

from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack


def test_a_pause_is_an_item_that_the_functions_read(stack: SmallStack, run: Run) -> None:
    """Said twice, the first moment counts."""
    since = json.loads(run("pause", "--json").stdout)["since"]
    run("pause")
    assert stack.row("#paused") == {"job_id": "#paused", "since": since}


def test_resuming_sends_at_once_what_waits(stack: SmallStack, run: Run) -> None:
    """The item is gone, and Dispatch is told; without a pause no harm is done."""
    run("pause")
    result = run("resume", "--json")
    assert json.loads(result.stdout) == {"paused": False, "dispatched": True}
    assert stack.dispatched()
    assert (run("resume").exit_code, stack.row("#paused")) == (0, {})


@pytest.mark.parametrize("command", [("ls",), ("show", "a.wav")])
def test_whoever_looks_is_told_of_a_pause(
    stack: SmallStack, run: Run, command: tuple[str, ...]
) -> None:
    """Beside the result, with what to do."""
    stack.plant("a.wav", "WAITING", wait_reason="paused")
    before = run(*command)
    run("pause")
    after = run(*command)
    assert before.stdout == after.stdout
    assert ("resume" in before.stderr, "dropscribe resume" in after.stderr) == (False, True)
