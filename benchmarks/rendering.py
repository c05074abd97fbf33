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
RUNS = 5
FIVE = ("txt", "md", "cues", "srt", "vtt", "json")
HEAD = """## Making renditions

Two speakers talk for up to ten hours, which is 100,000 words; the answer has words, utterances and
paragraphs. Seconds of processor time, a fresh process each, with all that Publish loads; the least of
five runs, for what else a machine does only adds to them, and for all five renditions their median,
too. Reading is from the bytes of the answer to the transcript; captions are cut once, for both
formats. Memory is the largest of the processes' largest resident sizes: Publish has 512 MiB.

| words | answer | reading | .txt | .md | .srt, .vtt | .json | all five | median | all five, a thousand words | peak memory |
|---|---|---|---|---|---|---|---|---|---|---|
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


def growth() -> dict[int, list[Figure]]:
    """What the runs cost, by the words of the answer."""
    with tempfile.TemporaryDirectory() as folder:
        return {words: _measured(words, Path(folder)) for words in SIZES}


def _measured(words: int, folder: Path) -> list[Figure]:
    answer = folder / f"{words}.json"
    answer.write_bytes(answer_of(words))
    return [measure(answer) for _ in range(RUNS)]


def table(figures: Mapping[int, list[Figure]] | None = None) -> str:
    """The figures as Markdown."""
    found = figures or growth()
    rows = (" | ".join(_cells(words, found[words])) for words in found)
    return HEAD + "".join(f"| {row} |\n" for row in rows)


def _cells(words: int, figures: list[Figure]) -> Iterator[str]:
    yield f"{words:,}"
    yield f"{len(answer_of(words)) / MIB:.1f} MiB"
    for steps in (["read"], ["txt"], ["md"], ["cues", "srt", "vtt"], ["json"]):
        yield f"{min(sum(one.seconds[step] for step in steps) for one in figures):.2f} s"
    five = min(one.five for one in figures)
    yield f"{five:.2f} s"
    yield f"{statistics.median(one.five for one in figures):.2f} s"
    yield f"{five / words * 1_000_000:.0f} ms"
    yield f"{max(one.peak for one in figures) / MIB:,.0f} MiB"


if __name__ == "__main__":
    print(table())  # noqa: T201 for whoever ran it
