"""`dropscribe key` against a real secret."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import click
import pytest

from dropscribe.key import PLACEHOLDER, cleaned
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

SECRET = "sk-0123456789abcdef"
_ROOT = Path(__file__).parents[2]


def test_a_key_from_stdin_is_stored_and_never_printed(stack: SmallStack, run: Run) -> None:
    """The key reaches the secret, without its line end, and no output."""
    result = run("key", "set", "--from-stdin", text=f"{SECRET}\n")
    assert (result.exit_code, result.stdout) == (0, "")
    assert stack.api_key() == SECRET
    assert SECRET not in result.output


def test_what_waits_for_the_key_is_sent_at_once(stack: SmallStack, run: Run) -> None:
    """Storing a key tells the dispatch function to go now."""
    run("key", "set", "--from-stdin", text=SECRET)
    [told] = stack.dispatched()
    assert json.loads(told.partition("dispatched ")[2]) == {"now": True}


def test_a_key_from_the_environment(
    stack: SmallStack, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--from-env stores a variable's value; --json says where, not what."""
    monkeypatch.setenv("MY_KEY", SECRET)
    result = run("key", "set", "--from-env", "MY_KEY", "--json")
    assert json.loads(result.stdout)["dispatched"] is True
    assert (stack.api_key(), SECRET in result.output) == (SECRET, False)


def test_a_key_is_typed_unseen(stack: SmallStack) -> None:
    """On a terminal the key is asked for, and what is typed does not show."""
    terminal, far_end = pty.openpty()
    command = [sys.executable, "-m", "dropscribe", "key", "set"]
    with subprocess.Popen(
        command,
        stdin=far_end,
        stdout=far_end,
        stderr=far_end,
        start_new_session=True,
        cwd=_ROOT,
    ) as process:
        os.close(far_end)
        shown = _read_until(terminal, b"API key")
        os.write(terminal, f"{SECRET}\n".encode())
        shown += _read_until(terminal, None)
    os.close(terminal)
    assert (process.returncode, stack.api_key()) == (0, SECRET)
    assert SECRET.encode() not in shown


def test_checking_tells_a_key_from_the_placeholder(stack: SmallStack, run: Run) -> None:
    """Exit code 3 until a key is set, 0 after; the key is not shown."""
    before = run("key", "check")
    assert (before.exit_code, before.stdout.split(":")[0]) == (3, "placeholder")
    run("key", "set", "--from-stdin", text=SECRET)
    after = run("key", "check")
    assert (after.exit_code, after.stdout) == (0, "set\n")


@pytest.mark.parametrize(
    ("sent_at", "code", "told"),
    [("2999-01-01T00:00:00.000Z", 3, "refused"), ("2000-01-01T00:00:00.000Z", 0, "set")],
)
def test_a_key_that_the_api_refused_is_told(
    stack: SmallStack, run: Run, sent_at: str, code: int, told: str
) -> None:
    """Known from what was sent since and waits for another; what was refused before is not it."""
    run("key", "set", "--from-stdin", text=SECRET)
    stack.plant("a.wav", "WAITING", wait_reason="key", sending_at=sent_at)
    stack.plant("b.wav", "WAITING", wait_reason="credits", sending_at=sent_at)
    result = run("key", "check")
    assert (result.exit_code, result.stdout.split()[0]) == (code, told)
    assert "Waiting for a key that works: 1 recording." in result.stderr


def test_a_key_that_fetches_nothing_is_told(stack: SmallStack, run: Run) -> None:
    """What was paid for and can't be fetched is asked for all the time, by the key that is set."""
    run("key", "set", "--from-stdin", text=SECRET)
    stack.plant("a.wav", "SUBMITTED", wait_reason="key", sending_at="2000-01-01T00:00:00.000Z")
    assert run("key", "check").stdout.startswith("refused")


def test_without_a_terminal_there_is_nobody_to_ask(stack: SmallStack, run: Run) -> None:
    """A script is told how to give the key, and the secret stays as it was."""
    result = run("key", "set", text=SECRET)
    assert (result.exit_code, stack.api_key()) == (2, PLACEHOLDER)
    assert "--from-stdin" in result.stderr


@pytest.mark.parametrize("text", ["", "  \n", PLACEHOLDER, "two words", "k\x1b[0m", "ключ"])
def test_what_cannot_be_a_key_is_not_stored(text: str) -> None:
    """An empty, placeholder or garbled key is refused before anything is stored."""
    with pytest.raises(click.UsageError, match="nothing was stored"):
        cleaned(text)


def _read_until(terminal: int, mark: bytes | None) -> bytes:
    shown = b""
    while mark is None or mark not in shown:
        try:
            chunk = os.read(terminal, 1024)
        except OSError:  # how Linux says that the other end has closed
            break
        if not chunk:
            break
        shown += chunk
    return shown
