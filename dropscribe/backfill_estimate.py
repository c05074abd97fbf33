"""What a backfill would come to, as far as a listing tells: said before anybody is asked."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from transcription.s3_events import Upload

from dropscribe.backfill_files import Survey
from dropscribe.estimate import lines
from dropscribe.estimates import Estimate, Terms, of_sizes
from dropscribe.screen import counted, note, say_json, say_rows
from dropscribe.settings import Settings
from dropscribe.spinner import Spinner
from dropscribe.stack import Stack


class Found(NamedTuple):
    """What a survey has found: the new files, where there is a limit, and what all come to."""

    chosen: Sequence[Upload] | None
    estimate: Estimate
    known: int
    left_out: int

    @property
    def files(self) -> int:
        """How many there are of whatever kind; as far as was looked, where there is a limit."""
        return self.estimate.files + self.known + self.left_out


def look(survey: Survey, limit: int | None) -> Found:
    """Look at all that is there, as far as the limit."""
    with Spinner() as spinner:
        spinner.say("looking for files")
        new = islice(_told(spinner, survey.new()), limit)
        chosen = list(new) if limit else None
        sizes = (upload.size for upload in (new if chosen is None else chosen))
        found = of_sizes(sizes, _terms(survey.stack))
    return Found(chosen, found, survey.known, survey.left_out)


def _told(spinner: Spinner, files: Iterator[Upload]) -> Iterator[Upload]:
    for number, file in enumerate(files, 1):
        if number % 100 == 0:
            spinner.say(f"{counted(number, 'new file')} found")
        yield file


def _terms(stack: Stack) -> Terms:
    """A backfill leaves one slot to new uploads."""
    terms = Terms.of(stack.outputs)
    return terms._replace(in_flight=terms.in_flight and max(1, terms.in_flight - 1))


def say(settings: Settings, found: Found, dry_run: bool) -> None:
    """Print what was found; for machines only where that is all they asked for."""
    if settings.as_json:
        if dry_run:
            say_json({**found.estimate._asdict(), "known": found.known, "left_out": found.left_out})
        return
    more = [("KNOWN", f"{found.known:,}"), ("LEFT OUT", f"{found.left_out:,}")]
    say_rows((), [*lines(found.estimate), *more])
    for sentence in remarks(found):
        note(sentence)


def remarks(found: Found) -> Iterator[str]:
    """What the figures mean, and how far they go."""
    if not found.estimate.files:
        yield _nothing(found)
        return
    yield (
        f"{counted(found.estimate.files, 'new file')} would be sent to the speech API and paid "
        "for; those that are known cost nothing. Lengths are guessed from sizes, as if all were "
        "MP3 of 128 kbit/s."
    )
    if found.estimate.speech_dollars is None:
        yield "What the speech API asks for them is unknown: the setting pricePerMinute would say."


def _nothing(found: Found) -> str:
    if found.known:
        return "There is nothing new: each of these files has a job."
    return "None of the files there is wanted: docs/backfill.md says which are left out."
