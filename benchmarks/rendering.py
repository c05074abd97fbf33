"""What it costs to make five renditions of a long conversation, and how that grows."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.long_answer import answer_of
from benchmarks.machine import ROOT

MIB = 1024 * 1024
SIZES = (1_000, 10_000, 100_000)
RUNS = 3
FIVE = ("txt", "md", "cues", "srt", "vtt", "json")
HEAD = """## Making renditions

Two speakers talk for up to ten hours, which is 100,000 words; the answer has words, utterances and
paragraphs. Seconds of processor time, the median of three runs; a fresh process each, with all that
Publish loads. Reading is from the bytes of the answer to the transcript; captions are cut once, for
both formats. Memory is the largest of the three processes' largest resident sizes: Publish has
512 MiB.

| words | answer | reading | .txt | .md | .srt, .vtt | .json | all five | all five, a thousand words | peak memory |
|---|---|---|---|---|---|---|---|---|---|
"""  # noqa: E501 a table's head is one line


class Figure(NamedTuple):
    """What one run cost: seconds by step, and bytes."""

    seconds: Mapping[str, float]
    peak: int

    @property
    def five(self) -> float:
        return sum(self.seconds[step] for step in FIVE)


def measure(answer: Path) -> Figure:
    """Render an answer in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.renderer", str(answer)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    said = json.loads(done.stdout)
    return Figure(said["seconds"], said["peak"])


def table() -> str:
    """The figures as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        return HEAD + "".join(_row(words, Path(folder)) for words in SIZES)


def _row(words: int, folder: Path) -> str:
    answer = folder / f"{words}.json"
    answer.write_bytes(answer_of(words))
    figures = [measure(answer) for _ in range(RUNS)]
    return f"| {' | '.join(_cells(words, answer.stat().st_size, figures))} |\n"


def _cells(words: int, size: int, figures: list[Figure]) -> Iterator[str]:
    yield f"{words:,}"
    yield f"{size / MIB:.1f} MiB"
    for steps in (["read"], ["txt"], ["md"], ["cues", "srt", "vtt"], ["json"]):
        taken = statistics.median(sum(one.seconds[step] for step in steps) for one in figures)
        yield f"{taken:.2f} s"
    five = statistics.median(one.five for one in figures)
    yield f"{five:.2f} s"
    yield f"{five / words * 1_000_000:.0f} ms"
    yield f"{max(one.peak for one in figures) / MIB:,.0f} MiB"


if __name__ == "__main__":
    print(table())  # noqa: T201 for whoever ran it
