"""Fetch the audio behind a URL into a file."""

import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO

from dropscribe.local.speech.errors import JobError

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Download:
    """How URLs are fetched: what is trusted, how much is taken, how long is waited."""

    ca_file: Path | None = None
    """PEM file of certificates to trust besides the machine's own."""
    most_bytes: int = 2 * 10**9
    idle_seconds: float = 30.0
    total_seconds: float = 900.0

    def __call__(self, url: str, target: Path) -> None:
        """Write the body behind ``url`` to ``target``, following redirects.

        Raises JobError, whose message never holds the URL: a presigned one is a secret.
        """
        if not url.lower().startswith(("http://", "https://")):
            raise _failed("only http and https are fetched")
        try:
            with self._opener().open(url, timeout=self.idle_seconds) as response:
                with target.open("wb") as file:
                    received = self._copy(response, file)
                _check_whole(response, received)
        except urllib.error.HTTPError as error:
            with error:
                raise _failed(f"its server answered {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            # The error's own text may quote the URL.
            raise _failed(_reason(error)) from None

    def _opener(self) -> urllib.request.OpenerDirector:
        trust = ssl.create_default_context()
        if self.ca_file:
            trust.load_verify_locations(self.ca_file)
        return urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )

    def _copy(self, response: HTTPResponse, file: BinaryIO) -> int:
        deadline = time.monotonic() + self.total_seconds
        received = 0
        while chunk := response.read1(_CHUNK):
            received += len(chunk)
            if received > self.most_bytes:
                raise _failed(f"it is larger than {self.most_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise _failed(f"it took longer than {self.total_seconds:g} seconds")
            file.write(chunk)
        return received


def _check_whole(response: HTTPResponse, received: int) -> None:
    # Reading in pieces does not notice a connection that broke half way.
    promised = response.headers.get("Content-Length")
    if promised is not None and int(promised) != received:
        raise _failed("the connection broke half way")


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "its certificate is not trusted"
    if isinstance(cause, TimeoutError):
        return "its server was silent for too long"
    return type(cause).__name__


def _failed(reason: str) -> JobError:
    return JobError("AudioNotFetched", f"The audio could not be fetched from its URL: {reason}.")
