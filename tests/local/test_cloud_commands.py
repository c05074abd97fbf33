"""`dropscribe local`, as it is typed."""

import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dropscribe.local.cloud import Cloud
from dropscribe.local.commands import local
from dropscribe.local.home import Home
from dropscribe.local.process import free_port
from dropscribe.local.settings import Settings

SENTENCE = "leisure to consider how much there might be prudently in his power to do for them"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(local, list(arguments))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    settings = Settings(api_base_url="http://127.0.0.1:9/v1", persist=False)
    with Cloud.on_free_ports(Home(tmp_path_factory.mktemp("home")), settings) as cloud:
        yield cloud


@pytest.fixture
def home(cloud: Cloud) -> tuple[str, str]:
    return "--home", str(cloud.home.path)


@pytest.fixture
def nowhere(tmp_path: Path) -> tuple[str, str]:
    return "--home", str(tmp_path / "nothing here")


def test_env_lets_plain_boto3_reach_it(home: tuple[str, str]) -> None:
    """A shell that evaluates what is printed needs nothing else, whatever it had set before."""
    script = f"{call('env', *home).stdout}\nexec {shlex.quote(sys.executable)} -c {PLAIN}"
    before = os.environ | {"AWS_PROFILE": "no-such-profile", "AWS_ENDPOINT_URL": "http://x:1"}
    done = subprocess.run(
        ["/bin/sh", "-c", script], env=before, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "000000000000"


PLAIN = shlex.quote("import boto3; print(boto3.client('sts').get_caller_identity()['Account'])")


def test_env_for_machines(home: tuple[str, str], cloud: Cloud) -> None:
    """As JSON it names the same variables."""
    variables = json.loads(call("env", "--json", *home).stdout)
    assert variables["AWS_ENDPOINT_URL"] == cloud.connection.url
    assert variables["DROPSCRIBE_STACK"] == "Dropscribe"


def test_status_shows_where_it_listens(home: tuple[str, str], cloud: Cloud) -> None:
    """For people: the address; for machines: the process too."""
    assert cloud.connection.url in call("status", *home).stdout
    running = cloud.running()
    assert running is not None
    found = json.loads(call("status", "--json", *home).stdout)
    assert found["parts"]["cloud"]["pid"] == running.pid


def test_a_cloud_that_is_half_up_ends_with_3(home: tuple[str, str], cloud: Cloud) -> None:
    """The emulator runs, but a part or the stack is missing: both are named."""
    replace(cloud.settings, api_base_url=None).save(cloud.home.settings)
    result = call("status", *home)
    cloud.settings.save(cloud.home.settings)
    assert result.exit_code == 3
    assert "lacks: speech, stack. Mend it with: dropscribe local up" in result.stderr


@pytest.mark.parametrize("command", ["env", "status"])
def test_what_needs_a_running_cloud_ends_with_3(nowhere: tuple[str, str], command: str) -> None:
    """Scripts can tell "not running" from "failed"."""
    result = call(command, *nowhere)
    assert result.exit_code == 3
    assert "dropscribe local up" in result.stderr


def test_down_where_nothing_runs_is_no_failure(nowhere: tuple[str, str]) -> None:
    """It says so and leaves no folder behind."""
    result = call("down", *nowhere)
    assert result.exit_code == 0
    assert "Nothing was running" in result.stderr
    assert not Path(nowhere[1]).exists()


def test_down_purge_forgets(tmp_path: Path) -> None:
    """It stops the parts, names them, and removes the folder."""
    settings = Settings(api_base_url="http://127.0.0.1:9/v1")
    cloud = Cloud.on_free_ports(Home(tmp_path / "home"), settings)
    cloud.start()
    result = call("down", "--purge", "--json", "--home", str(cloud.home.path))
    assert json.loads(result.stdout) == {"stopped": ["cloud"], "purged": True}
    assert not cloud.home.path.exists()


def test_logs_show_the_end(home: tuple[str, str]) -> None:
    """The last lines of the part that was asked for, and where the rest lies."""
    result = call("logs", "cloud", "--lines", "3", *home)
    assert len(result.stdout.splitlines()) <= 3
    assert "cloud.log" in result.stderr


def test_up_tells_of_a_taken_port(nowhere: tuple[str, str]) -> None:
    """Exit code 1, one sentence, no traceback."""
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        port = owner.getsockname()[1]
        result = call("up", "--port", str(port), *nowhere)
    assert result.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is taken" in result.stderr


def test_wrong_usage_ends_with_2() -> None:
    """A port that cannot be is refused before anything starts."""
    assert call("up", "--port", "0").exit_code == 2


@pytest.mark.parametrize("command", ["up", "down", "status", "env", "logs", "demo"])
def test_every_command_explains_itself(command: str) -> None:
    """Each help has examples."""
    assert "Examples:" in call(command, "--help").stdout


def test_the_demo_ends_with_the_transcript(tmp_path: Path) -> None:
    """Upload, row, five renditions and words; and a second one makes a new job beside it."""
    ports = ("--port", str(free_port()), "--speech-port", str(free_port()))
    home = ("--home", str(tmp_path))
    try:
        first, second = call("demo", *ports, *home), call("demo", *home)
    finally:
        call("down", "--purge", *home)
    for result in (first, second):
        assert result.exit_code == 0, result.output
        assert SENTENCE in result.stdout
        assert "COMPLETED" in result.stderr
    assert first.stderr.split("raw answer")[1] != second.stderr.split("raw answer")[1]
