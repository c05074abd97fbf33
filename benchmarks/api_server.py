"""As much of the speech API as sending needs: it hashes what arrives, or what it fetches.

`create` answers as the provider does: an upload when it is through, a URL at once. A fetch of the
id waits for the recording and tells its `sha256`.
"""

import hashlib
import json
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import urllib3

from benchmarks.local_server import Quiet, serve

PIECE = 1024 * 1024
digests: dict[str, str] = {}
changed = threading.Condition()


class Api(Quiet):
    """Answers `create` and `fetch`, whoever asks."""

    def do_POST(self) -> None:  # noqa: N802 the base class's name
        """Take a recording, either way."""
        generation_id = uuid.uuid4().hex
        if self.headers.get_content_type() == "application/json":
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(201, {"generation_id": generation_id})
            self.wfile.flush()
            _keep(generation_id, _fetched(asked["url"]))
        else:
            _keep(generation_id, self._uploaded())
            self._answer(201, {"generation_id": generation_id})

    def do_GET(self) -> None:  # noqa: N802 the base class's name
        """Tell what became of a recording."""
        generation_id = self.path.rpartition("/")[2]
        with changed:
            changed.wait_for(lambda: generation_id in digests, 300)
        self._answer(200, {"status": "completed", "sha256": digests[generation_id]})

    def _uploaded(self) -> str:
        boundary = str(self.headers.get_param("boundary"))
        left = int(self.headers["Content-Length"]) - len(f"\r\n--{boundary}--\r\n")
        line, is_file = b"", False
        while not (is_file and line == b"\r\n"):  # the recording is the last part
            line = self.rfile.readline()
            is_file = is_file or b"filename=" in line
            left -= len(line)
        digest = _digest(self._pieces(left))
        self.rfile.readline()
        self.rfile.readline()
        return digest

    def _pieces(self, left: int) -> Iterator[bytes]:
        while left and (piece := self.rfile.read(min(PIECE, left))):
            left -= len(piece)
            yield piece

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _fetched(url: str) -> str:
    with urllib3.PoolManager().request("GET", url, preload_content=False) as response:
        return _digest(response.stream(PIECE))


def _digest(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _keep(generation_id: str, digest: str) -> None:
    with changed:
        digests[generation_id] = digest
        changed.notify_all()


if __name__ == "__main__":
    serve(Api)
