"""An API that means harm: it answers with whatever bytes a test plays, for as long as it likes."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Self

Play = Callable[[], Iterable[bytes]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class HostileApi:
    """Plays to every connection on 127.0.0.1, until the client hangs up or the test is over.

    `asked` are the first bytes of each request; `hung_up` says that a client broke off a play.
    """

    def __init__(self, play: Play, tls: ssl.SSLContext | None = None) -> None:
        self._play, self._tls = play, tls
        self.asked: list[bytes] = []
        self.hung_up = threading.Event()
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
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
        self._over.set()
        with suppress(OSError):  # whoever waits for a client gets none
            self._listening.shutdown(socket.SHUT_RDWR)
        self._serving.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        client.settimeout(10)
        try:
            with self._tls.wrap_socket(client, server_side=True) if self._tls else client as line:
                self.asked.append(line.recv(65536))
                for piece in self._pieces():
                    line.sendall(piece)
        except OSError:
            self.hung_up.set()

    def _pieces(self) -> Iterator[bytes]:
        for piece in self._play():
            if self._over.is_set():
                return
            yield piece


def endless(piece: bytes, head: bytes = HEAD + b"\r\n") -> Play:
    """A head, and then the same piece for ever."""

    def play() -> Iterator[bytes]:
        yield head
        while True:
            yield piece

    return play


def dripping(piece: bytes, head: bytes = b"", pause: float = 0.02) -> Play:
    """A head, and then a piece now and then, always soon enough for a time-out between two."""

    def play() -> Iterator[bytes]:
        yield head
        while True:
            threading.Event().wait(pause)
            yield piece

    return play


def once(*pieces: bytes) -> Play:
    """These pieces, and no more."""
    return lambda: pieces
