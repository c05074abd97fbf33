"""A server on this machine in a process of its own, which ends with whoever started it."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any, Self, cast

from benchmarks.machine import ROOT


class LocalServer:
    """Runs a module of ours that calls `serve`, while entered."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-m", module, *arguments]

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(  # noqa: S603 a module of ours
            self._command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True
        )
        said = cast("IO[str]", self._process.stdout).readline()
        self.url = f"http://127.0.0.1:{int(said)}"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # its standard input ends: so does it


class Quiet(BaseHTTPRequestHandler):
    """Requests over kept connections, without a log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
        """Stay silent."""


def serve(handler: type[Quiet]) -> None:
    """Say on which port, and answer until standard input ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    answering = threading.Thread(target=server.serve_forever, args=(0.05,))
    answering.start()
    print(server.server_address[1], flush=True)  # noqa: T201 whoever started us reads it
    sys.stdin.read()
    server.shutdown()
    answering.join()
    server.server_close()
