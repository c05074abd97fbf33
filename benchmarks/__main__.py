"""Runs every benchmark, prints its table, and writes them all to benchmarks/latest.md.

With `--publish` to benchmarks/results.md, which the README quotes.
"""

import argparse
from pathlib import Path

from benchmarks import captions, rendering, searching, sending
from benchmarks.machine import described

PUBLISHED = Path(__file__).with_name("results.md")
LATEST = Path(__file__).with_name("latest.md")
HEAD = "# What was measured\n\nBy `{command}` on {machine}.\n\n{tables}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--large", action="store_true", help="send 1 GiB, too")
    parser.add_argument("--publish", action="store_true", help="these are the figures to quote")
    asked = parser.parse_args()
    large = asked.large
    written = HEAD.format(
        command="make bench" + " LARGE=1" * large,
        machine=described(),
        tables="\n".join(
            [sending.table(large), captions.table(), rendering.table(), searching.table()]
        ),
    )
    results = PUBLISHED if asked.publish else LATEST
    results.write_text(written, encoding="utf-8")
    print(written, end="")  # noqa: T201 for whoever ran it


if __name__ == "__main__":
    main()
