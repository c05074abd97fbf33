"""Runs every benchmark, and writes their tables to benchmarks/results.md, which the README quotes.

Some of them, with `--only`, to benchmarks/latest.md. Pictures lie beside the page.
"""

import argparse
import sys
import time
from pathlib import Path

from benchmarks import sending, suite
from benchmarks.machine import described

HERE = Path(__file__).parent
KEPT = """
README.md quotes benchmarks/results.md, and a test holds it to that: carry the figures over, or get
the published ones back with `git checkout benchmarks`.
"""
HEAD = "# What was measured\n\nBy `{command}` on {machine}, in {minutes:.0f} minutes.\n\n{sections}"


def main() -> None:
    """Run what was asked for, write the page, and print it."""
    asked = _asked()
    whole = tuple(asked.only) == suite.NAMES
    pictures = HERE / ("plots" if whole else "latest")
    page = pictures.with_name("results.md" if whole else "latest.md")
    started = time.monotonic()
    sections = [_section(name, pictures, asked.large) for name in asked.only]
    written = HEAD.format(
        command=_command(asked, whole),
        machine=described(),
        minutes=(time.monotonic() - started) / 60,
        sections="\n".join(sections),
    )
    page.write_text(written, encoding="utf-8")
    print(written, end=KEPT if whole else "")  # noqa: T201 for whoever ran it


def _command(asked: argparse.Namespace, whole: bool) -> str:
    """What was typed, or would be."""
    large = " LARGE=1" * asked.large
    return f"make bench{large}" if whole else f"python -m benchmarks --only {' '.join(asked.only)}"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--large", action="store_true", help="send 1 GiB, too")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=suite.NAMES, default=suite.NAMES
    )
    return parser.parse_args()


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
