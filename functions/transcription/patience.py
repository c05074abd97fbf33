"""An end to a whole answer: a client's own time-outs only bound the time between two bytes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

# Seconds where a request was given no time-out.
DEFAULT: Final = 30


class TooSlow(HTTPError):
    """The other side went on answering for too long."""


@contextmanager
def within(seconds: float, line: socket.socket) -> Iterator[None]:
    """Cut a line when what is done with it meanwhile takes longer; raises TooSlow then."""
    cut = threading.Event()

    def shut() -> None:
        cut.set()
        with suppress(OSError):  # it may just have been closed
            # A TLS socket's own shutdown would change it under its reader's hands.
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if cut.is_set():
            raise TooSlow from error
        raise
    finally:
        timer.cancel()
    if cut.is_set():
        raise TooSlow


class Watched(HTTPConnection):
    """A connection that gives the head of an answer as long as its first byte; notes its line."""

    line: socket.socket

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3's own does
        # The connection may let go of it before the body has been read.
        self.line = self.sock
        with within(self.timeout or DEFAULT, self.line):
            return super().getresponse()
