"""Starting, finding again and stopping embedded clouds."""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from dropscribe.local.cloud import Cloud
from dropscribe.local.errors import LocalError, NotRunning
from dropscribe.local.home import Home
from dropscribe.local.parts import CLOUD, SPEECH
from dropscribe.local.process import free_port
from dropscribe.local.settings import Settings

EXTERNAL = Settings(api_base_url="http://127.0.0.1:9/v1", persist=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def cloud(home: Home) -> Iterator[Cloud]:
    """A cloud that is not started yet, and is stopped in any case."""
    cloud = Cloud.on_free_ports(home, EXTERNAL)
    yield cloud
    cloud.stop()


def pid(cloud: Cloud, part: str = CLOUD) -> int:
    running = cloud.running(part)
    assert running is not None
    return running.pid


def buckets(cloud: Cloud) -> list[str]:
    found = cloud.connection.session().client("s3").list_buckets()["Buckets"]
    return [bucket["Name"] for bucket in found]


def test_it_runs_while_it_is_entered(cloud: Cloud) -> None:
    """It answers inside the with block and no process is left after it."""
    with cloud:
        process = psutil.Process(pid(cloud))
        assert buckets(cloud) == []
    assert not process.is_running()
    assert cloud.running() is None


def test_a_second_start_finds_what_runs(cloud: Cloud) -> None:
    """Another object for the same home starts nothing twice."""
    cloud.start()
    again = Cloud(cloud.home)
    again.start()
    assert pid(again) == pid(cloud)


def test_a_crashed_part_is_started_anew(cloud: Cloud) -> None:
    """Killed behind our back, it comes back with the next start."""
    cloud.start()
    crashed = pid(cloud)
    os.kill(crashed, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(crashed)], timeout=10)
    cloud.start()
    assert pid(cloud) != crashed
    assert buckets(cloud) == []


def test_other_settings_restart_it(cloud: Cloud) -> None:
    """What was chosen anew holds for what runs."""
    cloud.start()
    before = pid(cloud)
    Cloud(cloud.home, replace(cloud.settings, scale=0.5)).start()
    assert pid(cloud) != before
    assert psutil.Process(pid(cloud)).environ()["SFN_WAIT_SCALE"] == "0.5"


def test_a_process_that_only_has_the_same_id_is_spared(cloud: Cloud) -> None:
    """A record left by a killed cloud may name an id that now belongs to somebody else."""
    cloud.home.claim()
    cloud.home.record(CLOUD).write_text(json.dumps({"pid": os.getpid(), "started": 1.0}))
    assert cloud.running() is None
    assert cloud.stop() == []


def test_a_damaged_record_counts_as_nothing_running(cloud: Cloud) -> None:
    """Half a record does not stop the next start."""
    cloud.home.claim()
    cloud.home.record(CLOUD).write_text('{"pid": 1')
    with cloud:
        assert buckets(cloud) == []


def test_what_it_holds_outlives_a_stop(home: Home) -> None:
    """Buckets and objects are there again after a stop and a start."""
    cloud = Cloud.on_free_ports(home, replace(EXTERNAL, persist=True))
    with cloud:
        s3 = cloud.connection.session().client("s3")
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="a", Body=b"words")
    with cloud:
        s3 = cloud.connection.session().client("s3")
        assert s3.get_object(Bucket="kept", Key="a")["Body"].read() == b"words"


def test_state_is_not_taken_to_another_port(home: Home) -> None:
    """Queues are kept under their port: a move is refused, and says what to do."""
    cloud = Cloud.on_free_ports(home, replace(EXTERNAL, persist=True))
    with cloud:
        cloud.connection.session().client("s3").create_bucket(Bucket="kept")
    with pytest.raises(LocalError, match=f"--port {cloud.settings.port}"):
        Cloud(home, replace(cloud.settings, port=free_port())).start()


def test_two_run_side_by_side(cloud: Cloud, tmp_path: Path) -> None:
    """Each has its own ports, certificate and buckets."""
    with cloud, Cloud.on_free_ports(Home(tmp_path / "other"), EXTERNAL) as other:
        cloud.connection.session().client("s3").create_bucket(Bucket="mine")
        assert buckets(cloud) == ["mine"]
        assert buckets(other) == []


def test_a_taken_port_is_told(cloud: Cloud) -> None:
    """One sentence names the port and the option that chooses another; the owner is spared."""
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", cloud.settings.port))
        owner.listen()
        with pytest.raises(LocalError, match=rf"Port {cloud.settings.port} .*--port"):
            cloud.start()
    assert cloud.running() is None


def test_two_taken_ports_are_told_at_once(home: Home) -> None:
    """The advice can be followed as it stands: it keeps what is free, and changes what is not."""
    cloud = Cloud.on_free_ports(home)
    port, speech_port = cloud.settings.port, cloud.settings.speech_port
    with socket.socket() as owner, socket.socket() as other:
        for taken, number in ((owner, port), (other, speech_port)):
            taken.bind(("127.0.0.1", number))
            taken.listen()
        assert {port, speech_port}.isdisjoint(advised(cloud))
        other.close()
        assert port != advised(cloud)[0]
        assert speech_port == advised(cloud)[1]


def advised(cloud: Cloud) -> tuple[int, int]:
    """The ports for both parts that a refused start advises."""
    with pytest.raises(LocalError) as refused, cloud:
        pass
    found = re.search(
        r"local demo --home \S+ --port (\d+) --speech-port (\d+)$", str(refused.value)
    )
    assert found
    return int(found[1]), int(found[2])


def test_a_taken_port_with_state_is_not_to_be_changed(home: Home) -> None:
    """What was made there works nowhere else: no other port is advised."""
    cloud = Cloud.on_free_ports(home, replace(EXTERNAL, persist=True))
    with cloud:
        cloud.connection.session().client("s3").create_bucket(Bucket="kept")
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", cloud.settings.port))
        owner.listen()
        with pytest.raises(LocalError, match=r"works only there.*down --purge --home"), cloud:
            pass


def test_a_part_that_cannot_start_shows_the_end_of_its_log(home: Home) -> None:
    """The error carries what the part said, and nothing is left running."""
    cloud = Cloud.on_free_ports(home, Settings(model="no-such/model"))
    with pytest.raises(LocalError, match=r"speech part ended while it started(?s:.*)no-such"):
        cloud.__enter__()
    assert cloud.running(CLOUD) is None


def test_the_speech_server_comes_with_it(home: Home) -> None:
    """Without an API of somebody else's, a Whisper on this machine serves the stack."""
    with Cloud.on_free_ports(home) as cloud:
        port = cloud.settings.speech_port
        connections = psutil.Process(pid(cloud, SPEECH)).net_connections("tcp")
        listening = [one.laddr for one in connections if one.status == psutil.CONN_LISTEN]
    assert listening == [("127.0.0.1", port)]
    assert cloud.settings.speech_url() == f"http://127.0.0.1:{port}/v1"


def test_nothing_of_the_callers_environment_reaches_a_lambda(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The emulator copies its environment into each Lambda, so it gets none of ours."""
    for name in ("SSL_CERT_FILE", "AWS_CA_BUNDLE", "AWS_PROFILE", "MY_SECRET"):
        monkeypatch.setenv(name, "/nowhere")
    with cloud:
        assert "/nowhere" not in psutil.Process(pid(cloud)).environ().values()


def test_the_callers_aws_settings_do_not_lead_elsewhere(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile, an endpoint and a CA bundle of the caller's are all ignored."""
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:1")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere")
    with cloud:
        assert buckets(cloud) == []


def test_one_command_at_a_time_holds_a_home(home: Home) -> None:
    """A second `up` or `down` is refused while the first is at work."""
    with home.locked(), pytest.raises(LocalError, match="at work"), home.locked():
        pass


def test_a_folder_with_other_things_is_left_alone(cloud: Cloud) -> None:
    """A home that somebody uses for something else is refused, and nothing there is removed."""
    theirs = cloud.home.path / "tmp" / "thesis.txt"
    theirs.parent.mkdir(parents=True)
    theirs.touch()
    with pytest.raises(LocalError, match="holds other things"):
        cloud.start()
    cloud.stop()
    cloud.home.purge()
    assert theirs.exists()


def test_what_does_not_run_is_told(cloud: Cloud) -> None:
    """The error says how to start it and has an exit code of its own."""
    with pytest.raises(NotRunning, match="dropscribe local up") as caught:
        cloud.require_running()
    assert caught.value.exit_code == 3
