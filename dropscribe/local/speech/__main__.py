"""Run the local speech server: ``python -m dropscribe.local.speech --port N --api-key KEY``."""

import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import uvicorn
from starlette.applications import Starlette

from dropscribe.local.speech.download import Download
from dropscribe.local.speech.jobs import Jobs
from dropscribe.local.speech.server import build_app
from dropscribe.local.speech.transcription import Transcription
from dropscribe.local.speech.whisper import BUNDLED, Whisper

HOST = "127.0.0.1"
_PATIENCE = 1
"""Seconds given to open requests, and then to the job at work, when told to stop."""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), required=True, help="0 picks a free one.")
@click.option("--api-key", "keys", multiple=True, required=True, help="May be repeated.")
@click.option("--model", default=BUNDLED, show_default=True, help="A Whisper model's name.")
# One by default: Whisper's threads spin while they wait for each other, so that on a busy machine
# two have been seen to take seven times as long as one.
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--ca-bundle",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates to trust, besides the machine's own, for audio fetched by https.",
)
def main(
    port: int, keys: tuple[str, ...], model: str, threads: int, ca_bundle: Path | None
) -> None:
    """Serve the speech API on 127.0.0.1, with a Whisper on this machine behind it."""
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    # Our own loggers alone: the libraries' would tell of addresses and words.
    logging.getLogger("dropscribe").setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _listening(port) as listener, _folder() as folder:
        whisper = _load(model, threads)
        jobs = Jobs(Transcription(whisper, Download(ca_bundle), folder))
        app = build_app(jobs, keys, model, folder)
        listener.listen(socket.SOMAXCONN)
        address = f"http://{HOST}:{listener.getsockname()[1]}/v1"
        click.echo(f"The speech API is ready at {address} with Whisper {model}.")
        _serve(app, listener)
        idle = jobs.close(_PATIENCE)
    if not idle:
        # The interpreter must not be taken down under a model that is still at work.
        os._exit(0)


def _serve(app: Starlette, listener: socket.socket) -> None:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_PATIENCE,
        timeout_keep_alive=75,  # longer than any client's pause between two looks
    )
    with contextlib.suppress(KeyboardInterrupt, SystemExit):
        uvicorn.Server(config).run(sockets=[listener])


def _load(model: str, threads: int) -> Whisper:
    try:
        return Whisper(model, threads)
    except Exception as error:
        raise click.ClickException(
            f"The Whisper model {model} cannot be loaded: {error}"
        ) from error


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} of {HOST} cannot be used: {error.strerror}."
            ) from error
        yield listener


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(
        prefix="dropscribe-speech-", ignore_cleanup_errors=True
    ) as name:
        yield Path(name)


if __name__ == "__main__":
    main(prog_name="python -m dropscribe.local.speech")
