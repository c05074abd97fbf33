"""As much of S3 as a search needs: a listing of transcripts of so many words, and each of them.

The key `9000/17.wav.json` is one of 9,000 words. A listing has as many as SIZES says.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Final
from urllib.parse import parse_qs, urlsplit

from transcription import answer
from transcription.document import document_of, written
from transcription.job import Job, Status
from transcription.reading import transcript_of

from benchmarks.local_server import Quiet, serve
from benchmarks.long_answer import answer_of

# Words: five minutes, an hour, ten hours; and how many such transcripts there are.
SIZES: Final = {800: 500, 10_000: 50, 100_000: 5}


@cache
def transcript(words: int) -> bytes:
    """A canonical transcript."""
    job = Job("0" * 32, "uploads", f"{words}.wav", Status.COMPLETED, datetime.now(UTC))
    found = transcript_of(answer.read(answer_of(words)).payload)
    return written(document_of(job, found)).encode()


def listing(words: int) -> bytes:
    """All keys of one size, as S3 lists them."""
    keys = "".join(
        f"<Contents><Key>{words}/{n}.wav.json</Key><Size>1</Size></Contents>"
        for n in range(SIZES[words])
    )
    space = "http://s3.amazonaws.com/doc/2006-03-01/"
    return f'<ListBucketResult xmlns="{space}">{keys}</ListBucketResult>'.encode()


class Transcripts(Quiet):
    """Answers ListObjectsV2 and GET, whoever signed them."""

    def do_GET(self) -> None:  # noqa: N802 the base class's name
        """A listing of a prefix, or a transcript."""
        asked = urlsplit(self.path)
        if prefix := parse_qs(asked.query).get("prefix"):
            body = listing(int(prefix[0].rstrip("/")))
        else:
            body = transcript(int(asked.path.split("/")[2]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    serve(Transcripts)
