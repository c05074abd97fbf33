"""The application put together for a test: the same parts as in AWS, and a clock that is told."""

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aws_lambda_powertools.utilities.parameters.ssm import SSMProvider
from botocore.config import Config
from transcription.budget import Budget
from transcription.desk import Desk
from transcription.door import Door
from transcription.failure import FailureRecorder
from transcription.intake import Intake
from transcription.inventory import Inventory
from transcription.job import Job, Status
from transcription.ledger import Ledger
from transcription.options import stack_layer
from transcription.poller import Look, Poller
from transcription.publisher import Publisher
from transcription.reconciler import Reconciler, Report
from transcription.recordings import Recordings
from transcription.rule_book import RuleBook
from transcription.rules import EMPTY
from transcription.s3_events import Retry, Upload
from transcription.sending import SendBy
from transcription.slots import Slots
from transcription.speech_api import SpeechApi
from transcription.speeds import Speeds
from transcription.table import table_of
from transcription.turns import Course
from transcription.waiting_room import Visit, WaitingRoom
from transcription.workflow import StateMachine

from tests.application.checked import Announcer, Shelf
from tests.conftest import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3

SPEECH = SAMPLE.read_bytes()
# More jobs than any test has in flight, unless it is about slots.
MANY = 100


@dataclass(frozen=True)
class Places:
    """The buckets, bus and state machine that all tests share."""

    uploads: str
    answers: str
    transcripts: str
    bus: str
    machine: str


class House:
    """Everything between an upload and its transcript; `later` moves its clock."""

    def __init__(self, session: "boto3.Session", places: Places, table: str, base_url: str) -> None:
        self.places = places
        self.s3 = session.client("s3", config=Config(signature_version="s3v4"))
        self.key = "the-key"
        self.calls = 0  # how often Dispatch was woken
        self.when_called: Callable[[], object] = lambda: None
        self.skipped = timedelta()
        self.prefixes: tuple[str, ...] = ()
        self.suffixes: tuple[str, ...] = ()
        self.steps: dict[str, int] = {}  # how much of a listing is taken at once, and in a run
        self.table = table_of(session.client("dynamodb"), table)
        self.slots = Slots(self.table, MANY, self.now, self.called)
        self.ledger = Ledger(self.table, self.slots)
        self.shelf = Shelf(self.s3, places.answers, places.transcripts)
        api = SpeechApi(base_url, lambda: self.key)
        self.announcer = Announcer(
            self.ledger,
            session.client("events"),
            places.bus,
            places.transcripts,
            places.answers,
            self.now,
        )
        self.desk = Desk(
            ledger=self.ledger,
            api=api,
            recordings=Recordings(self.s3),
            workflow=StateMachine(session.client("stepfunctions"), places.machine),
            announcer=self.announcer,
            door=Door(self.slots, Budget(self.table)),
            speeds=Speeds(self.ledger, self.now),
            now=self.now,
            resend=True,
        )
        self.ssm = session.client("ssm")
        self.broken_rules: list[str] = []
        self.rules = RuleBook(
            SSMProvider(boto3_client=self.ssm),
            f"rules-{uuid4().hex}",
            self.s3,
            places.answers,
            self.broken_rules.append,
            max_age=0,
        )
        self.set_rules(EMPTY)
        self.poller = Poller(self.ledger, api, self.shelf, self.desk.speeds, 55 * 60, self.now)
        self.budget = Budget(self.table)

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.ledger, self.shelf, self.announcer, self.budget)

    @property
    def failures(self) -> FailureRecorder:
        return FailureRecorder(self.ledger, self.announcer, self.budget)

    @property
    def intake(self) -> Intake:
        defaults = stack_layer("#g1_whisper-small", {"utterances": True})
        return Intake(self.desk, self.desk.recordings, defaults, self.rules.for_key, self.now)

    @property
    def clients(self) -> list[Any]:
        """Whatever calls AWS."""
        table = self.ledger._table.meta.client
        return [table, self.s3, self.announcer.events, self.desk.workflow.client]

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    def set_rules(self, text: str) -> None:
        """Write the rules' parameter by hand."""
        self.ssm.put_parameter(Name=self.rules.parameter, Value=text, Type="String", Overwrite=True)

    def later(self, **time: float) -> None:
        """Let time pass, such as `minutes=5`."""
        self.skipped += timedelta(**time)

    def send_by(self, way: str) -> None:
        """Set which way recordings take: url, upload or auto."""
        self.desk = dataclasses.replace(self.desk, send_by=SendBy(way))

    def called(self) -> None:
        """Somebody wakes Dispatch; `freed` is what it does then."""
        self.calls += 1
        self.when_called()

    def limit(self, slots: int) -> None:
        """Set how many jobs the API has at a time."""
        self.slots.limit = slots

    def spend(self, a_day: float, per_minute: float) -> None:
        """Set the daily budget and the price of a minute of audio, in dollars."""
        self.budget = Budget(self.table, a_day, per_minute)
        self.desk = dataclasses.replace(self.desk, door=Door(self.slots, self.budget))

    def hold_doubtful(self) -> None:
        """Set that a lost answer waits for a person."""
        self.desk = dataclasses.replace(self.desk, resend=False)

    def put(self, body: bytes = SPEECH, key: str | None = None, **properties: Any) -> Upload:
        """Upload an object; returns what S3 would say of it."""
        name = key or f"{uuid4().hex}.wav"
        answer = self.s3.put_object(Bucket=self.places.uploads, Key=name, Body=body, **properties)
        return Upload(
            bucket=self.places.uploads,
            key=name,
            version_id=answer.get("VersionId"),
            etag=answer["ETag"].strip('"'),
            size=len(body),
            sequencer=f"{self.now().timestamp():.6f}".replace(".", ""),
            seen_at=self.now(),
        )

    def submit(self, upload: Upload | None = None) -> Job:
        """What the Submit function does with an upload, by default a fresh one of the sample."""
        there = upload or self.put()
        return self.intake.handle(there) or self._known(there)

    def retry(self, job: Job) -> Job:
        """What a person asks for who has seen the job's row."""
        row = self.row(job)
        return self.intake.handle(Retry(row.job_id, row.revision)) or self.row(job)

    def _known(self, upload: Upload) -> Job:
        found = self.ledger.get(self.desk.recordings.find(upload).job_id)
        assert found is not None
        return found

    def dispatch(self, at_once: bool = False) -> Visit:
        return WaitingRoom(self.desk, self.now).visit(at_once, lambda: True)

    def freed(self) -> Visit:
        """What Dispatch does when somebody has freed a slot."""
        return WaitingRoom(self.desk, self.now).fill(lambda: True)

    def reconcile(self) -> Report:
        """What the Reconcile function does each five minutes."""
        return self.reconciler.run(lambda: True)

    @property
    def reconciler(self) -> Reconciler:
        inventory = Inventory(
            self.s3,
            self.ledger,
            self.places.uploads,
            self.prefixes,
            self.suffixes,
            self.now,
            **self.steps,
        )
        return Reconciler(self.intake, self.failures, inventory, self.now)

    def look(self, job: Job, number: int = 1, course: Course | None = None) -> Look:
        """What the Poll function does; look 0 only says when to come."""
        return self.poller.poll(job.job_id, self.row(job).attempt, number, course)

    def publish(self, job: Job) -> Job:
        return self.publisher.publish(job.job_id, self.row(job).attempt)

    def transcribe(self, job: Job) -> Job:
        """All that the state machine does when nothing goes wrong."""
        assert self.look(job)["status"] == "transcribed"
        return self.publish(job)

    def complete(self, upload: Upload) -> Job:
        """What its execution, and Dispatch, do for a job from where it stands to its end."""
        for _ in range(6):
            row = self.known(upload)
            if row.is_terminal:
                break
            if row.status in {Status.WAITING, Status.AMBIGUOUS}:
                self.later(minutes=20)
                self.dispatch()
            elif row.execution_arn and row.status is Status.SUBMITTED:
                self.look(row)
            elif row.execution_arn:
                self.publish(row)
        return row

    def known(self, upload: Upload) -> Job:
        """The row of an upload, which names its version."""
        found = self.ledger.get(upload.job_id or "")
        assert found is not None
        return found

    def row(self, job: Job) -> Job:
        found = self.ledger.get(job.job_id)
        assert found is not None
        return found

    def rendition(self, job: Job, suffix: str = "txt") -> str:
        key = self.row(job).outputs[suffix]
        answer = self.s3.get_object(Bucket=self.places.transcripts, Key=key)
        return answer["Body"].read().decode()
