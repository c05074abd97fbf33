"""Searches all transcripts of one size, and says what it cost as JSON.

    python -m benchmarks.searcher BUCKET_URL WORDS PHRASE

A process of its own for each: its memory is what the command needs.
"""

import json
import sys
import time

from benchmarks.machine import peak_bytes
from benchmarks.sender import bucket_at
from dropscribe.phrases import words_of
from dropscribe.transcripts import searched


def main(url: str, words: str, phrase: str) -> None:
    """Measure the search alone."""
    s3 = bucket_at(url)
    s3.get_object(Bucket="bucket", Key=f"{words}/0.wav.json")["Body"].read()  # it is made once
    started = time.perf_counter()
    found = list(map(len, searched(s3, "bucket", f"{words}/", words_of(phrase))))
    seconds = time.perf_counter() - started
    said = {"read": len(found), "hits": sum(found), "seconds": seconds, "peak": peak_bytes()}
    print(json.dumps(said))  # noqa: T201 whoever started us reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
