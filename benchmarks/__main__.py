"""Runs every benchmark, and writes their tables to benchmarks/latest.md.

With `--publish` to benchmarks/results.md, which the README quotes. Pictures lie beside the page.
"""

import argparse
import sys
import time
from pathlib import Path

from benchmarks import sending, suite
from benchmarks.machine import described

HERE = Path(__file__).parent
HEAD = "# What was measured\n\nBy `{command}` on {machine}, in {minutes:.0f} minutes.\n\n{sections}"


def main() -> None:
    """Run what was asked for, write the page, and print it."""
    asked = _asked()
    pictures = HERE / ("plots" if asked.publish else "latest")
    page = pictures.with_name("results.md" if asked.publish else "latest.md")
    started = time.monotonic()
    sections = [_section(name, pictures, asked.large) for name in asked.only]
    written = HEAD.format(
        command="make bench" + " LARGE=1" * asked.large,
        machine=described(),
        minutes=(time.monotonic() - started) / 60,
        sections="\n".join(sections),
    )
    page.write_text(written, encoding="utf-8")
    print(written, end="")  # noqa: T201 for whoever ran it


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--large", action="store_true", help="send 1 GiB, too")
    parser.add_argument("--publish", action="store_true", help="these are the figures to quote")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=suite.NAMES, default=suite.NAMES
    )
    asked = parser.parse_args()
    if asked.publish and asked.only != suite.NAMES:
        parser.error("published figures are of one run: --publish takes them all")
    return asked


def _section(name: str, pictures: Path, large: bool) -> str:
    """Run one, and tell whoever waits for it."""
    started = time.monotonic()
    print(f"{name} ...", end=" ", file=sys.stderr, flush=True)  # noqa: T201
    section = (
        sending.table(large=True) if name == "sending" and large else suite.run(name, pictures)
    )
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
    return section


if __name__ == "__main__":
    main()
