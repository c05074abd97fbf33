"""How the command line ends: exit codes, sentences, help, broken pipes and Ctrl-C."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dropscribe.cli import COMMANDS, cli, load
from dropscribe.exits import ExitCode
from tests.cli.conftest import Run
from tests.cli.small_stack import SmallStack

ROOT = Path(__file__).parents[2]
DROPSCRIBE = [sys.executable, "-m", "dropscribe"]
OURS = [name for name in COMMANDS if name != "local"]


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """A region and credentials, but no cloud."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def leaves(command: click.Command) -> list[click.Command]:
    """A command, or those inside a group."""
    return list(command.commands.values()) if isinstance(command, click.Group) else [command]


@pytest.mark.parametrize("name", OURS)
def test_every_command_explains_itself(name: str) -> None:
    """Help has examples that begin with the program's name, and the options of every command."""
    for command in leaves(load(name)):
        help_text = command.get_help(click.Context(command, info_name=name))
        assert "Examples:\n  dropscribe " in help_text or " | dropscribe " in help_text
        assert "--json" in help_text


def test_the_help_has_the_exit_codes(run: Run) -> None:
    """Each exit code stands in the help with its meaning."""
    told = run("--help").stdout
    assert all(f"  {int(code):<3}  {code.meaning}\n" in told for code in ExitCode)


def test_a_misspelled_command_is_named_its_like(run: Run) -> None:
    """What is like none of ours is left to Click's own sentence."""
    result = run("serch", "words")
    assert (result.exit_code, "Did you mean 'search'" in result.stderr) == (2, True)
    assert run("xyzzy").stderr.endswith("Error: No such command 'xyzzy'.\n")


def test_help_imports_neither_boto3_nor_the_embedded_cloud() -> None:
    """The command line needs nothing but Click until a command runs."""
    script = "import sys, dropscribe.cli; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, text=True).split()
    heavy = {"boto3", "rich", "ministack", "starlette", "faster_whisper", "dropscribe.local"}
    assert heavy.isdisjoint(loaded)


def test_local_without_its_packages_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing extra is one sentence and exit code 2; the other commands are not concerned."""
    monkeypatch.delitem(sys.modules, "dropscribe.local.commands", raising=False)
    monkeypatch.setitem(COMMANDS, "local", COMMANDS["local"]._replace(module="starlette.missing"))
    result = run("local", "up")
    assert (result.exit_code, result.stdout) == (2, "")
    assert 'pip install "dropscribe[' in result.stderr
    assert "local" in run("--help").stdout


def test_options_count_before_and_after_the_command(stack: SmallStack, run: Run) -> None:
    """--stack and --json may stand on either side of the command's name, the later one wins."""
    assert run("ls", "--json").stdout == run("--json", "ls").stdout != ""
    assert run("--stack", "Nowhere", "ls", "--stack", stack.name).exit_code == 0
    assert run("--stack", "Nowhere", "ls").exit_code == 4


def test_a_stack_that_is_not_there(cloud: str, run: Run) -> None:
    """The missing stack is named, with the ways to name another."""
    result = run("ls", "--stack", "Nowhere")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "There is no stack Nowhere in eu-west-1" in result.stderr


def test_no_credentials_point_to_the_embedded_cloud(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An embedded cloud in this folder is not used unasked, but how to use it is told."""
    (tmp_path / ".dropscribe").mkdir()
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    result = run("ls", "--json")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "no AWS credentials" in result.stderr
    assert 'eval "$(dropscribe local env)"' in result.stderr


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            "AWS_ENDPOINT_URL",
            "http://127.0.0.1:9",
            "127.0.0.1:9/: is the embedded cloud up? If not, `dropscribe",
        ),
        ("AWS_ENDPOINT_URL", "http://[::1]:9", "Nothing answers at http://[::1]:9/: check the"),
        ("AWS_ENDPOINT_URL", "nonsense", "is not one"),
        ("AWS_PROFILE", "nobody", "There is no AWS profile nobody"),
        ("AWS_DEFAULT_REGION", "", "No AWS region is set"),
    ],
)
def test_a_cloud_that_cannot_be_reached(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    """Each wrong setting gives its own sentence and exit code 4."""
    monkeypatch.setenv(variable, value)
    result = run("ls")
    assert (result.exit_code, result.stdout) == (4, "")
    assert sentence in result.stderr


def test_a_reader_that_goes_away_ends_the_command_quietly(stack: SmallStack) -> None:
    """`dropscribe show | head -0` writes no traceback."""
    stack.plant("talk.wav", preview="x" * 100_000)
    with subprocess.Popen(
        [*DROPSCRIBE, "show", "talk.wav"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (ExitCode.BROKEN_PIPE, b"")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Processes started here can be interrupted, though this one may run where it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_a_wait_with_130(stack: SmallStack, tmp_path: Path) -> None:
    """Ctrl-C while waiting is a sentence, and the upload stays."""
    (tmp_path / "talk.wav").write_bytes(b"sound")
    with subprocess.Popen(
        [*DROPSCRIBE, "put", str(tmp_path / "talk.wav"), "--wait"],
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        while not stack.s3.list_objects_v2(Bucket=stack.bucket)["KeyCount"]:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        told = process.stderr.read()
    assert process.returncode == ExitCode.INTERRUPTED
    assert told.endswith(b"Stopped.\n")
    assert b"Traceback" not in told


def test_every_command_is_listed_with_the_help_that_it_has() -> None:
    """The list of commands, which imports none of them, says what each would say."""
    for name in OURS:
        assert load(name).name == name
    assert cli.list_commands(click.Context(cli)) == list(COMMANDS)
