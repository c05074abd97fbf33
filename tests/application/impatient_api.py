"""An API that doesn't listen to the end: it answers after the first bytes, and hangs up."""

import socket
import ssl
import threading
from typing import Self


class ImpatientApi:
    """Serves one request on 127.0.0.1 with the same bytes, whatever is asked; `tls` where wanted.

    It hangs up a moment after its answer, with most of the request unread: the client, whose
    writes are stuck by then, sees its connection reset.
    """

    def __init__(self, answer: bytes, tls: ssl.SSLContext | None = None) -> None:
        self._answer, self._tls = answer, tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(10)
        self._serving = threading.Thread(target=self._serve)

    @property
    def base_url(self) -> str:
        """Where it is to be found."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._listening.getsockname()[1]}/v1"

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.join()
        self._listening.close()

    def _serve(self) -> None:
        plain, _ = self._listening.accept()
        with self._tls.wrap_socket(plain, server_side=True) if self._tls else plain as connection:
            connection.recv(1024)
            connection.sendall(self._answer)
            threading.Event().wait(0.2)
