"""How many transcripts `dropscribe search` reads in a second."""

import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.local_server import LocalServer
from benchmarks.machine import ROOT
from benchmarks.transcript_server import SIZES

MIB = 1024 * 1024
PHRASES = {"in none": "refund", "in all": "john dashwood"}
HEAD = """## Searching transcripts

`dropscribe search` over transcripts of one size, from a local server in a process of its own: no
network, no TLS, so this is what reading, comparing and the server cost on these cores. A
transcript without the words is looked through as text; only one that may have them is read as
JSON. Memory is the largest resident size of a fresh process, of which boto3 alone is most.

| transcript | phrase | transcripts | found | a second | peak memory |
|---|---|---|---|---|---|
"""


def table() -> str:
    """The figures as Markdown."""
    with LocalServer("benchmarks.transcript_server") as bucket:
        return HEAD + "".join(row for words in SIZES for row in _rows(bucket.url, words))


def _rows(url: str, words: int) -> Iterator[str]:
    for where, phrase in PHRASES.items():
        command = [sys.executable, "-m", "benchmarks.searcher", url, str(words), phrase]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
        said = json.loads(done.stdout)
        cells = (
            f"{words:,} words",
            where,
            f"{said['read']:,}",
            f"{said['hits']:,}",
            f"{said['read'] / said['seconds']:,.0f}",
            f"{said['peak'] / MIB:,.0f} MiB",
        )
        yield f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201 for whoever ran it
