"""`dropscribe render`: renditions made again from the saved answers, for nothing."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import click
from transcription import kinds
from transcription.parameters import NAMES

from dropscribe.exits import ExitCode
from dropscribe.jobs import Job, Wanted
from dropscribe.ls import When
from dropscribe.published import NewestOfEachKey, completed, named
from dropscribe.renders import Ended, Outcome, Renders
from dropscribe.screen import counted, note, say_json, visible
from dropscribe.settings import CloudCommand, Settings, pass_settings
from dropscribe.spinner import Spinner
from dropscribe.stack import find_stack


class Names(click.ParamType[Sequence[str]]):
    """What the voices are called, separated by commas; nothing at all takes the names away."""

    name = "names"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Sequence[str]:
        """Read them; what a file could not be given is wrong usage."""
        try:
            return list(NAMES.read(value, ",")) if str(value).strip() else []
        except kinds.Wrong as error:
            self.fail(f"It {error}, but takes {NAMES.takes}, separated by commas.", param, ctx)


class Many(NamedTuple):
    """The options that choose transcripts by the many."""

    prefix: str | None
    everything: bool
    begin: datetime | None


@click.command(
    cls=CloudCommand,
    examples=[
        "dropscribe render calls/2026/a.mp3 --speakers Agent,Customer",
        "dropscribe render --prefix calls/ --since 4w --speakers Agent,Customer",
        "dropscribe render --all",
    ],
)
@click.argument("keys_or_jobs", metavar="[KEY_OR_JOB]...", nargs=-1)
@click.option("--prefix", metavar="P", help="Every transcript whose key begins so.")
@click.option("--all", "everything", is_flag=True, help="Every transcript.")
@click.option(
    "--speakers",
    type=Names(),
    metavar="NAME,...",
    help="What the voices that were told apart (by speaker or channel) are called from now on; "
    "'' takes the names away.  [default: as it was]",
)
@click.option(
    "--replace",
    is_flag=True,
    help="With --prefix or --all, rename the voices of files, too, that were uploaded with names.",
)
@click.option(
    "--since",
    "begin",
    type=When(),
    metavar="WHEN",
    help="With --prefix or --all: uploaded since 12h, 7d, 2w, or a date.  "
    "[default: since the stack was made]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="How long one job may take.",
)
@pass_settings
def render(
    settings: Settings,
    /,
    keys_or_jobs: tuple[str, ...],
    speakers: Sequence[str] | None,
    replace: bool,
    timeout: float,
    **which: Any,
) -> None:
    """Make renditions again, from the saved answers of the speech API.

    It is never called, so this costs nothing but the Lambda's time. Use it for new names of
    speakers, and after an update of Dropscribe that writes better renditions. At most 20 jobs are
    under way at a time. A key's newest transcript is made again; what older versions said no
    longer stands there. With --prefix and --all, files that were uploaded with names for their
    voices keep those, unless you --replace them. In a pipe, each job is one tab-separated line when
    it is done: outcome, key, job id.
    """
    many = Many(**which)
    _check(keys_or_jobs, many, replace and speakers is None)
    stack = find_stack(settings)
    newest = NewestOfEachKey()
    if keys_or_jobs:
        jobs: Iterable[Job] = named(stack, keys_or_jobs)
    else:
        wanted = Wanted(many.begin or stack.made_at, prefix=many.prefix or "")
        jobs = newest(completed(stack, wanted))
    renders = Renders(stack, speakers, timeout, spares=not (keys_or_jobs or replace))
    counts = _followed(renders, jobs, settings.as_json)
    _summarise(counts, newest.left_out)
    if speakers is not None and renders.spared:
        spared = counted(renders.spared, "file")
        note(f"Uploaded with names, which stay: {spared}. To change them, add --replace.")
    click.get_current_context().exit(exit_code(counts))


def _check(keys_or_jobs: Sequence[str], many: Many, replaces_nothing: bool) -> None:
    if bool(keys_or_jobs) + (many.prefix is not None) + many.everything != 1:
        raise click.UsageError("Name keys or jobs, or give one of --prefix and --all.")
    if keys_or_jobs and many.begin:
        raise click.UsageError("--since goes with --prefix or --all.")
    if replaces_nothing:
        raise click.UsageError("--replace goes with --speakers.")


def exit_code(counts: Mapping[Outcome, int]) -> ExitCode:
    """What is gone weighs more than what is late; an older version is not asked to be newer."""
    if counts.get(Outcome.GONE):
        return ExitCode.JOB_FAILED
    return ExitCode.NOT_READY if counts.get(Outcome.LATE) else ExitCode.FINE


def _followed(renders: Renders, jobs: Iterable[Job], as_json: bool) -> Counter[Outcome]:
    counts: Counter[Outcome] = Counter()
    documents = []
    try:
        with Spinner() as spinner:
            spinner.say("looking for transcripts")
            for ended in renders.of(jobs):
                counts[ended.outcome] += 1
                spinner.say(f"{counts.total()} over, {len(renders.under_way)} under way")
                if as_json:
                    documents.append(_document(ended))
                else:
                    _tell(spinner, ended)
    except KeyboardInterrupt:
        note("What was asked for is made all the same.")
        raise
    if as_json:
        say_json({"jobs": documents})
    return counts


def _document(ended: Ended) -> dict[str, Any]:
    job, outcome = ended
    return {
        "job_id": job.job_id,
        "key": job.key,
        "outcome": outcome.name.lower(),
        "outputs": dict(job.outputs),
        "rendered_at": job.row.get("rendered_at"),
    }


def _tell(spinner: Spinner, ended: Ended) -> None:
    job, outcome = ended
    key = visible(job.key)
    if not sys.stdout.isatty():
        spinner.result(f"{outcome.name.lower()}\t{key}\t{job.job_id}")
    if outcome is not Outcome.MADE:
        spinner.note(f"{key} {outcome.value}.")


def _summarise(counts: Mapping[Outcome, int], left_out: int) -> None:
    note(f"Made again: {counted(counts.get(Outcome.MADE, 0), 'transcript')}.")
    if left_out:
        note(f"Left out: {counted(left_out, 'older version')} of keys that have a newer one.")
