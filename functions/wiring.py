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
from aws_lambda_powertools.utilities.parameters.ssm import SSMProvider
from botocore.config import Config
from telemetry import report_broken_rules
from transcription.announcer import Announcer
from transcription.api_key import ApiKey
from transcription.desk import Desk
from transcription.failure import FailureRecorder
from transcription.intake import Intake
from transcription.inventory import Inventory
from transcription.ledger import Ledger
from transcription.options import stack_layer
from transcription.poller import Poller
from transcription.publisher import Publisher
from transcription.reconciler import Reconciler
from transcription.recordings import Recordings
from transcription.rule_book import RuleBook
from transcription.sending import SendBy
from transcription.shelf import Shelf
from transcription.speech_api import SpeechApi
from transcription.waiting_room import WaitingRoom
from transcription.workflow import StateMachine

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


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
        connect_timeout=5,
        read_timeout=20,  # an upload reads on while its function's time runs out
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
def api_key() -> ApiKey:
    return ApiKey(SecretsProvider(), setting("API_KEY_SECRET"))


@cache
def speech_api() -> SpeechApi:
    return SpeechApi(setting("API_BASE_URL"), api_key())


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
        send_by=SendBy(setting("SEND_BY")),
    )


@cache
def rule_book() -> RuleBook:
    return RuleBook(
        parameters=SSMProvider(),
        parameter=setting("RULES_PARAMETER"),
        s3=s3(),
        answers_bucket=setting("ANSWERS_BUCKET"),
        report=report_broken_rules,
    )


def intake() -> Intake:
    return Intake(
        desk=desk(),
        recordings=recordings(),
        defaults=stack_layer(setting("MODEL"), json.loads(setting("DEFAULT_OPTIONS"))),
        rules=rule_book().for_key,
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


def reconciler() -> Reconciler:
    inventory = Inventory(
        s3=s3(),
        ledger=ledger(),
        bucket=setting("UPLOADS_BUCKET"),
        prefixes=json.loads(setting("WATCH_PREFIXES")),
        suffixes=json.loads(setting("WATCH_SUFFIXES")),
        now=now,
    )
    return Reconciler(intake(), failure_recorder(), inventory, now)
