"""The socket side of the scripted speech API: reads requests, sends, delays and breaks answers."""

import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from tests.recorded_request import RecordedRequest
from tests.scripted_reply import Drop, Reply

_PIECES = 10
"""How many pieces a slow body comes in."""


class Player(Protocol):
    """Who decides on the answers: ScriptedApi."""

    def drops_unread(self, request: RecordedRequest, /) -> bool: ...
    def answer(self, request: RecordedRequest) -> Reply: ...
    def enter_create(self, step: int) -> None: ...


class ScriptedServer(ThreadingHTTPServer):
    """Serves on 127.0.0.1 in threads that ``stop`` ends, whatever the clients do."""

    daemon_threads = False  # so that server_close waits for them
    request_queue_size = 256

    def __init__(self, port: int, player: Player) -> None:
        self.player = player
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._accepting = threading.Thread(target=self.serve_forever, args=(0.05,))
        super().__init__(("127.0.0.1", port), _Handler)

    def start(self) -> None:
        """Begin to answer."""
        self._accepting.start()

    def stop(self) -> None:
        """Break every connection and wait for every thread."""
        self.stopping.set()
        self.shutdown()
        self._accepting.join()
        for connection in list(self._open):
            _hang_up(connection)
        self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection, and remember it for ``stop``."""
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def close_request(self, request: Any) -> None:
        """Close a connection, and forget it."""
        self._open.discard(request)
        super().close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that left; a mistake of ours is reported."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedServer

    def do_GET(self) -> None:
        """Answer a fetch."""
        self._send(self._reply(self._request(b"")))

    def do_POST(self) -> None:
        """Answer a create."""
        self.server.player.enter_create(+1)
        try:
            unread = self.server.player.drops_unread(self._request(b""))
            reply = Reply.dropped() if unread else self._reply(self._request(self._body()))
        finally:
            # Before the answer leaves, or the client's next create would count beside this one.
            self.server.player.enter_create(-1)
        self._send(reply)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
        """Stay silent."""

    def _request(self, body: bytes) -> RecordedRequest:
        port = self.client_address[1]
        return RecordedRequest(self.command, self.path, self.headers, body, time.time(), port)

    def _reply(self, request: RecordedRequest) -> Reply:
        reply = self.server.player.answer(request)
        stopped = self.server.stopping.wait(reply.delay)
        return Reply.dropped() if stopped else reply

    def _send(self, reply: Reply) -> None:
        if reply.drop in {Drop.UNREAD, Drop.UNANSWERED}:
            self._reset()
            return
        content = reply.content
        self.send_response(reply.status)
        for name, value in ({"Content-Type": "application/json"} | dict(reply.headers)).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if reply.drop is Drop.MIDWAY:
            self.wfile.write(content[: len(content) // 2])
            self._reset()
        else:
            self._trickle(content, reply.slow)

    def _trickle(self, content: bytes, seconds: float) -> None:
        size = max(1, -(-len(content) // _PIECES)) if seconds else max(1, len(content))
        for start in range(0, len(content), size):
            self.server.stopping.wait(seconds / _PIECES)
            self.wfile.write(content[start : start + size])

    def _reset(self) -> None:
        # Lingering for no time makes the close a reset instead of an orderly end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(iter(self._chunk, b""))
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError  # the client broke off: this was no request
        return body

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was quicker
