"""The two programs that an embedded cloud is made of, and how each is started."""

import http.client
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dropscribe.local.connection import Connection
from dropscribe.local.home import Home
from dropscribe.local.process import LOOPBACK
from dropscribe.local.settings import Settings

CLOUD = "cloud"
SPEECH = "speech"
NAMES = (CLOUD, SPEECH)


@dataclass(frozen=True)
class Part:
    """A Python module that serves a port of 127.0.0.1."""

    name: str
    doing: str  # what to tell people while it starts
    port: int
    port_option: str
    module: tuple[str, ...]  # with its arguments
    environment: Mapping[str, str]
    answers: Callable[[], bool]


def emulator(home: Home, settings: Settings) -> Part:
    """The emulated AWS."""
    return Part(
        name=CLOUD,
        doing="starting the emulated AWS",
        port=settings.port,
        port_option="--port",
        module=("dropscribe.local.emulator", "--workers", str(settings.workers)),
        environment=_emulator_environment(home, settings),
        answers=Connection(settings.port, home.certificate).answers,
    )


def speech(home: Home, settings: Settings) -> Part:
    """The speech API with a Whisper behind it."""
    options = {
        "--port": str(settings.speech_port),
        "--api-key": home.api_key(),
        "--model": settings.model,
        "--ca-bundle": str(home.certificate),
    }
    return Part(
        name=SPEECH,
        doing=f"loading Whisper {settings.model}",
        port=settings.speech_port,
        port_option="--speech-port",
        module=("dropscribe.local.speech", *(word for pair in options.items() for word in pair)),
        environment=os.environ,
        answers=lambda: _healthy(settings.speech_port),
    )


def _emulator_environment(home: Home, settings: Settings) -> Mapping[str, str]:
    # All of it is copied into every Lambda, and a host's CA variables break the workers' TLS:
    # so nothing of ours beyond what a program needs to run.
    persist = "1" if settings.persist else "0"
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(home.path),  # not the user's, whose ~/.aws a Lambda would read
        "TMPDIR": str(home.temporary),
        "GATEWAY_PORT": str(settings.port),
        "BIND_HOST": LOOPBACK,
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(home.certificate),
        "MINISTACK_SSL_KEY": str(home.private_key),
        "SFN_WAIT_SCALE": str(settings.scale),
        "LAMBDA_WARM_TTL_SECONDS": "60",
        "PERSIST_STATE": persist,
        "STATE_DIR": str(home.state / "services"),
        "S3_PERSIST": persist,
        "S3_DATA_DIR": str(home.state / "objects"),
        # Services that would open ports of their own, or touch the user's containers.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///dev/null/none",
    }


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
