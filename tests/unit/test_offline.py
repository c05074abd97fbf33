"""What keeps this layer offline, and lets the others' servers live."""

import socket
import subprocess
import sys

import pytest

CALL = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])))"


def test_nobody_connects() -> None:
    """Not even to this machine."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket() as client,
        pytest.raises(Warning, match=r"127\.0\.0\.1"),
    ):
        client.connect(server.getsockname())


def test_a_server_still_accepts() -> None:
    """A function of the deployed stack may call the scripted API during any test."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        subprocess.run([sys.executable, "-c", CALL, port], check=True)
        server.settimeout(5)
        server.accept()[0].close()
