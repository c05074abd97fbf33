"""As much of S3 as a download needs: the object `/bucket/<n>` is n bytes, made as they are sent.

The emulated AWS holds whole objects in memory and takes seconds for a large one: it would be
measured, not we.
"""

import hashlib
from email.utils import formatdate

from benchmarks.local_server import Quiet, serve

BLOCK = hashlib.shake_256(b"dropscribe").digest(1024 * 1024)


def sha256(size: int) -> str:
    """The digest of an object of so many bytes."""
    digest = hashlib.sha256()
    for start in range(0, size, len(BLOCK)):
        digest.update(BLOCK[: size - start])
    return digest.hexdigest()


class Bucket(Quiet):
    """Answers HEAD and GET, whoever signed them."""

    def do_HEAD(self) -> None:  # noqa: N802 the base class's name
        """What an object is."""
        self._begin()

    def do_GET(self) -> None:  # noqa: N802 the base class's name
        """All of an object."""
        size = self._begin()
        for start in range(0, size, len(BLOCK)):
            self.wfile.write(BLOCK[: size - start])

    def _begin(self) -> int:
        size = int(self.path.partition("?")[0].rpartition("/")[2])
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.send_header("Content-Type", "audio/wav")
        self.send_header("ETag", f'"{size}"')
        self.send_header("Last-Modified", formatdate(0, usegmt=True))
        self.end_headers()
        return size


if __name__ == "__main__":
    serve(Bucket)
