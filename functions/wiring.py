"""The one place that reads the environment and builds what the functions work with.

Each part is made when first asked for and kept for the life of the Lambda, so that a function
loads only what it uses. Cold starts are paid for by the millisecond.
"""

import json
import os
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

import boto3
from aws_lambda_powertools.utilities.parameters.secrets import SecretsProvider
from botocore.config import Config
from transcription.announcer import Announcer
from transcription.desk import Desk
from transcription.failure import FailureRecorder
from transcription.intake import Intake
from transcription.ledger import Ledger
from transcription.poller import Poller
from transcription.publisher import Publisher
from transcription.recordings import Recordings
from transcription.shelf import Shelf
from transcription.speech_api import SpeechApi
from transcription.waiting_room import WaitingRoom
from transcription.workflow import StateMachine

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

# A new key in the secret is used within this many seconds, without a deployment.
KEY_AGE = 60


def now() -> datetime:
    return datetime.now(UTC)


def setting(name: str) -> str:
    return os.environ[name]


@cache
def ledger() -> Ledger:
    return Ledger(boto3.resource("dynamodb").Table(setting("TABLE_NAME")))


@cache
def s3() -> "S3Client":
    """An S3 client whose presigned URLs AWS takes everywhere: SigV4, on the bucket's own host.

    An endpoint other than AWS has no host for each bucket.
    """
    style: Literal["path", "virtual"] = "path" if os.environ.get("AWS_ENDPOINT_URL") else "virtual"
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": style, "us_east_1_regional_endpoint": "regional"},
    )
    return boto3.client("s3", config=config)


@cache
def recordings() -> Recordings:
    return Recordings(s3())


@cache
def shelf() -> Shelf:
    return Shelf(s3(), setting("ANSWERS_BUCKET"), setting("TRANSCRIPTS_BUCKET"))


@cache
def secrets() -> SecretsProvider:
    return SecretsProvider()


def api_key() -> str:
    return str(secrets().get(setting("API_KEY_SECRET"), max_age=KEY_AGE))


@cache
def speech_api() -> SpeechApi:
    return SpeechApi(setting("API_BASE_URL"), api_key)


@cache
def announcer() -> Announcer:
    return Announcer(
        ledger=ledger(),
        events=boto3.client("events"),
        bus=setting("EVENT_BUS_NAME"),
        transcripts_bucket=setting("TRANSCRIPTS_BUCKET"),
        answers_bucket=setting("ANSWERS_BUCKET"),
        now=now,
    )


@cache
def desk() -> Desk:
    return Desk(
        ledger=ledger(),
        api=speech_api(),
        recordings=recordings(),
        workflow=StateMachine(boto3.client("stepfunctions"), setting("STATE_MACHINE_ARN")),
        announcer=announcer(),
        now=now,
        resend=setting("AMBIGUOUS") == "resend",
    )


def intake() -> Intake:
    return Intake(
        desk=desk(),
        recordings=recordings(),
        model=setting("MODEL"),
        defaults=json.loads(setting("DEFAULT_OPTIONS")),
        now=now,
    )


def waiting_room() -> WaitingRoom:
    return WaitingRoom(desk(), now)


def poller() -> Poller:
    return Poller(ledger(), speech_api(), shelf(), int(setting("DEADLINE_SECONDS")), now)


def publisher() -> Publisher:
    return Publisher(ledger(), shelf(), announcer())


def failure_recorder() -> FailureRecorder:
    return FailureRecorder(ledger(), announcer())
