"""What going by URL and by upload costs in time and memory, beside reading the file whole."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import urllib3

from benchmarks import bucket_server
from benchmarks.local_server import LocalServer
from benchmarks.machine import ROOT

MIB = 1024 * 1024
WAYS = {"url": "by URL", "upload": "by upload", "whole": "read whole, encoded in memory"}
RUNS = 3
HEAD = """## Sending a recording

One object from a bucket to the API, both of them local servers in processes of their own: no
network, no TLS, so the times are what our side costs, not how long a provider's line takes. The
sender is a fresh process each time; memory is its largest resident size, of which boto3 alone is
most. By URL the sender only signs, and the API fetches after it has answered. The SHA-256 is of
what arrived. Median time and largest memory of three runs.

| way | object | seconds | peak memory | above 1 MiB's | SHA-256 |
|---|---|---|---|---|---|
"""


class Figure(NamedTuple):
    """What one sending cost, in seconds and bytes, and whether the very bytes arrived."""

    seconds: float
    peak: int
    is_same: bool


class Servers(NamedTuple):
    """The addresses of a bucket and of a speech API."""

    bucket: str
    api: str


@contextmanager
def servers() -> Iterator[Servers]:
    """Both servers, each in its own process."""
    bucket, api = LocalServer("benchmarks.bucket_server"), LocalServer("benchmarks.api_server")
    with bucket, api:
        yield Servers(bucket.url, api.url)


def measure(way: str, size: int, at: Servers) -> Figure:
    """Send an object of so many bytes one way, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.sender", way, str(size), at.bucket, at.api]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    said = json.loads(done.stdout)
    with urllib3.PoolManager() as http:
        arrived = http.request("GET", f"{at.api}/v1/stt/{said['generation_id']}").json()
    same = arrived["sha256"] == bucket_server.sha256(size)
    return Figure(said["seconds"], said["peak"], same)


def table(large: bool) -> str:
    """The figures as Markdown."""
    sizes = [1, 256, *([1024] if large else [])]
    with servers() as at:
        return HEAD + "".join(row for way in WAYS for row in _rows(way, sizes, at))


def _rows(way: str, sizes: list[int], at: Servers) -> Iterator[str]:
    small = 0
    for mib in sizes:
        seconds, peaks, same = zip(*(measure(way, mib * MIB, at) for _ in range(RUNS)), strict=True)
        small = small or max(peaks)
        cells = (
            WAYS[way],
            f"{mib:,} MiB",
            f"{statistics.median(seconds):.2f}",
            f"{max(peaks) / MIB:,.0f} MiB",
            f"{round((max(peaks) - small) / MIB):+,} MiB",
            "same" if all(same) else "**DIFFERENT**",
        )
        yield f"| {' | '.join(cells)} |\n"
