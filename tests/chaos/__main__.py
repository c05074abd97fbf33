"""`make chaos SEED=7 UPLOADS=500`: one storm on an embedded cloud of its own, and its verdict.

The plan is a pure function of seed and uploads, so the trouble of a storm can be had again; the
order in which threads and Lambdas meet it cannot. `--plan` prints it and does nothing.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import click

from dropscribe.local.assembly import Assembly
from dropscribe.local.synthesis import synthesize
from tests.chaos import figures, ground, model, remains, storm
from tests.chaos.plan import Plan
from tests.chaos.seed import plan_of


@click.command()
@click.option("--seed", type=int, required=True)
@click.option("--uploads", type=int, default=500, show_default=True)
@click.option("--plan", "only_plan", is_flag=True, help="Print the plan, and do nothing.")
def main(seed: int, uploads: int, only_plan: bool) -> None:
    """Try to break the stack; exits with 1 where a promise was broken."""
    planned = plan_of(seed, uploads)
    if only_plan:
        click.echo("\n".join(planned.lines()))
        return
    click.echo(next(planned.lines()))
    began = time.monotonic()
    outcome, leaks = _storm(planned)
    click.echo(f"at rest after {time.monotonic() - began:.0f} s")
    click.echo("\n".join(figures.lines(outcome)))
    violations = model.judge(replace(outcome.evidence, leaks=leaks))
    click.echo("\n".join(violations) or "every promise was kept")
    sys.exit(1 if violations else 0)


def _storm(planned: Plan) -> tuple[storm.Outcome, tuple[str, ...]]:
    assembly = Assembly.read(synthesize())
    with (
        tempfile.TemporaryDirectory() as folder,
        ground.deployed(assembly, Path(folder)) as made,
    ):
        return storm.run(planned, made, click.echo), remains.leaks(made.stack, ground.KEY)


if __name__ == "__main__":
    main()
