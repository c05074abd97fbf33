"""Run the emulator, mended: `python -m dropscribe.local.emulator --workers 6`.

Its settings come from the environment, as ministack's own do; `cloud.py` sets them.
"""

import sys

import click
from ministack import app

from dropscribe.local import mends


@click.command()
@click.option("--workers", required=True, type=int, help="Lambdas at a time.")
def main(workers: int) -> None:
    """Mend ministack in this process, then run its own main."""
    mends.apply(workers)
    sys.argv = ["ministack"]
    app.main()


if __name__ == "__main__":
    main()
