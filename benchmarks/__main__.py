"""Runs every benchmark, prints its table, and writes them all to benchmarks/results.md."""

import argparse
from pathlib import Path

from benchmarks import sending
from benchmarks.machine import described

RESULTS = Path(__file__).with_name("results.md")
HEAD = "# What was measured\n\nBy `{command}` on {machine}.\n\n{tables}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--large", action="store_true", help="send 1 GiB, too")
    large = parser.parse_args().large
    written = HEAD.format(
        command="make bench" + " LARGE=1" * large,
        machine=described(),
        tables=sending.table(large),
    )
    RESULTS.write_text(written)
    print(written, end="")  # noqa: T201 for whoever ran it


if __name__ == "__main__":
    main()
