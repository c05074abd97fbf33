"""What jobs have cost, added up from their rows."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from transcription.costs import aws_dollars, speech_dollars, transfer_dollars
from transcription.job import Job as StackJob
from transcription.job import Status

from dropscribe.jobs import Job

# By what a sum may be split, and the group that a job belongs to; `prefix` is what was asked for.
GROUPS: Final[dict[str, Callable[[Job, str], str]]] = {
    "day": lambda job, _: job.uploaded_at[:10],
    "prefix": lambda job, prefix: folder(job.key, prefix),
    "model": lambda job, _: str(job.row.get("model") or ""),
}


@dataclass(slots=True)
class Spent:
    """The sum of some jobs, of which some were `sent` to the speech API.

    `unpriced` ones were sent while no price was set; `unknown` ones have no length. Of `doubtful`
    ones more than one request may have been paid for: `doubtful_dollars` more at most.
    """

    files: int = 0
    sent: int = 0
    audio_seconds: float = 0.0
    unknown: int = 0
    speech_dollars: float = 0.0
    unpriced: int = 0
    aws_dollars: float = 0.0
    transfer_dollars: float = 0.0
    doubtful: int = 0
    doubtful_dollars: float = 0.0

    def add(self, job: Job) -> None:
        """Count a job."""
        row = as_the_stack_has_it(job)
        doubts, sent = in_doubt(row), row.submitted_at is not None
        self.files += 1
        self.aws_dollars += aws_dollars(row)
        self.speech_dollars += speech_dollars(row)
        self.transfer_dollars += transfer_dollars(row.size or 0) * (sent + doubts)
        if sent or doubts:
            self.sent += 1
            self.unpriced += row.price is None
            self.doubtful += doubts > 0
            self.doubtful_dollars += (row.price or 0.0) * doubts
        if sent:
            self.audio_seconds += row.audio_seconds or 0.0
            self.unknown += row.audio_seconds is None

    def __add__(self, other: "Spent") -> "Spent":
        mine, theirs = asdict(self), asdict(other)
        return Spent(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def dollars(self) -> float:
        """All that is sure, and AWS's estimate."""
        return self.speech_dollars + self.aws_dollars + self.transfer_dollars

    @property
    def is_priced(self) -> bool:
        """Whether what the speech API took is known of any, or there is none to know of."""
        return self.unpriced < self.sent or not self.sent

    @property
    def dollars_per_hour(self) -> float | None:
        """What an hour of audio comes to; None where that is unknown, or there was none."""
        known = self.is_priced and self.audio_seconds
        return self.dollars * 3600 / self.audio_seconds if known else None


def in_doubt(job: StackJob) -> int:
    """How many requests of a job may have been paid for beside the one that was its last.

    An attempt that never came to be sent counts as one, where another was.
    """
    if job.sending_at is None:
        return job.ambiguous
    return max(job.ambiguous, job.attempt - 1 - job.resumes, 0)


def add_up(jobs: Iterable[Job], by: str | None, prefix: str) -> dict[str, Spent]:
    """The sum of each group, by its name; without groups it is called `` (nothing)."""
    sums: dict[str, Spent] = {}
    for job in jobs:
        name = GROUPS[by](job, prefix) if by else ""
        sums.setdefault(name, Spent()).add(job)
    return dict(sorted(sums.items()))


def folder(key: str, prefix: str) -> str:
    """The folder of a key, one level below the prefix that was asked for."""
    first, slash, _ = key.removeprefix(prefix).partition("/")
    return f"{prefix}{first}/" if slash else prefix


def as_the_stack_has_it(job: Job) -> StackJob:
    """What its costs depend on."""
    row: Any = job.row
    return StackJob(
        job_id=job.job_id,
        bucket=job.bucket,
        key=job.key,
        status=Status(job.status),
        uploaded_at=datetime.fromisoformat(job.uploaded_at),
        attempt=job.attempt,
        stage=job.stage,
        size=row.get("size"),
        audio_seconds=job.audio_seconds,
        sent_by=row.get("sent_by"),
        price=row.get("price"),
        sending_at=_moment(row.get("sending_at")),
        submitted_at=_moment(job.submitted_at),
        polls=row.get("polls", 0),
        ambiguous=row.get("ambiguous", 0),
        resumes=row.get("resumes", 0),
    )


def _moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
