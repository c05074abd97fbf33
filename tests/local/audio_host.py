"""A small web server that gives out recordings, or fails to."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.recorded_request import RecordedRequest
from tests.scripted_reply import Reply
from tests.scripted_socket import ScriptedServer


@dataclass(frozen=True)
class _Shelf:
    replies: Mapping[str, Reply]

    def answer(self, request: RecordedRequest) -> Reply:
        return self.replies.get(urlsplit(request.path).path, Reply.refused(404))

    def drops_unread(self, _: RecordedRequest) -> bool:
        return False

    def enter_create(self, step: int) -> None:
        """Nothing is created here."""


@contextmanager
def hosted(replies: Mapping[str, Reply], certificate: Path | None = None) -> Iterator[str]:
    """Serve replies by path on 127.0.0.1; gives the address. ``certificate`` holds its key too."""
    server = ScriptedServer(0, _Shelf(replies))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.start()
    try:
        scheme = "https" if certificate else "http"
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.stop()
