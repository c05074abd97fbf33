"""The one place that reads the environment and builds what the functions work with.

Each part is made when first asked for and kept for the life of the Lambda, and its module is
loaded there, not above: a function loads only what it uses. Cold starts are paid for by the
millisecond.
"""

# ruff: noqa: PLC0415 the imports inside functions are what this module is for
import json
import os
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from transcription.announcer import Announcer
    from transcription.api_key import ApiKey
    from transcription.budget import Budget
    from transcription.desk import Desk
    from transcription.failure import FailureRecorder
    from transcription.intake import Intake
    from transcription.ledger import Ledger
    from transcription.poller import Poller
    from transcription.publisher import Publisher
    from transcription.reconciler import Reconciler
    from transcription.recordings import Recordings
    from transcription.rule_book import RuleBook
    from transcription.shelf import Shelf
    from transcription.slots import Slots
    from transcription.speech_api import SpeechApi
    from transcription.speeds import Speeds
    from transcription.waiting_room import WaitingRoom
    from types_boto3_dynamodb.service_resource import Table
    from types_boto3_events.client import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef
    from types_boto3_s3.client import S3Client


def now() -> datetime:
    return datetime.now(UTC)


def setting(name: str) -> str:
    return os.environ[name]


@cache
def table() -> "Table":
    from transcription.table import table_of

    return table_of(boto3.client("dynamodb"), setting("TABLE_NAME"))


@cache
def slots() -> "Slots":
    from transcription.slots import Slots

    return Slots(table(), int(setting("MAX_IN_FLIGHT")), now, wake)


def wake() -> None:
    """Have Dispatch send what waits for a slot; if the bus does not take this, its minute comes.

    What freed the slot is written by then, and must not fail for it. A rule of the stack calls
    Dispatch. Poll can't: Dispatch knows the state machine, and that knows Poll.
    """
    from telemetry import logger

    freed: PutEventsRequestEntryTypeDef = {
        "Source": "dropscribe.slots",
        "DetailType": "Slot Freed",
        "Detail": "{}",
        "EventBusName": setting("EVENT_BUS_NAME"),
    }
    try:
        events().put_events(Entries=[freed])
    except (BotoCoreError, ClientError) as error:
        logger.warning("NotWoken", exc_info=error)


@cache
def events() -> "EventBridgeClient":
    return boto3.client("events")


@cache
def ledger() -> "Ledger":
    from transcription.ledger import Ledger

    return Ledger(table(), slots())


@cache
def budget() -> "Budget":
    from transcription.budget import Budget

    return Budget(table(), float(setting("DAILY_BUDGET")), float(setting("PRICE_PER_MINUTE")))


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
def recordings() -> "Recordings":
    from transcription.recordings import Recordings

    return Recordings(s3())


@cache
def shelf() -> "Shelf":
    from transcription.shelf import Shelf

    return Shelf(s3(), setting("ANSWERS_BUCKET"), setting("TRANSCRIPTS_BUCKET"))


@cache
def api_key() -> "ApiKey":
    from aws_lambda_powertools.utilities.parameters.secrets import SecretsProvider
    from transcription.api_key import ApiKey

    secrets = SecretsProvider(boto3_client=boto3.client("secretsmanager"))
    return ApiKey(secrets, setting("API_KEY_SECRET"))


@cache
def speech_api() -> "SpeechApi":
    from transcription.speech_api import SpeechApi

    return SpeechApi(setting("API_BASE_URL"), api_key())


@cache
def speeds() -> "Speeds":
    from transcription.speeds import Speeds

    return Speeds(ledger(), now)


@cache
def announcer() -> "Announcer":
    from transcription.announcer import Announcer

    return Announcer(
        ledger=ledger(),
        events=events(),
        bus=setting("EVENT_BUS_NAME"),
        transcripts_bucket=setting("TRANSCRIPTS_BUCKET"),
        answers_bucket=setting("ANSWERS_BUCKET"),
        now=now,
    )


@cache
def desk() -> "Desk":
    from transcription.desk import Desk
    from transcription.door import Door
    from transcription.sending import SendBy
    from transcription.workflow import StateMachine

    return Desk(
        ledger=ledger(),
        api=speech_api(),
        recordings=recordings(),
        workflow=StateMachine(boto3.client("stepfunctions"), setting("STATE_MACHINE_ARN")),
        announcer=announcer(),
        door=Door(slots(), budget()),
        speeds=speeds(),
        now=now,
        resend=setting("AMBIGUOUS") == "resend",
        send_by=SendBy(setting("SEND_BY")),
        deadline=int(setting("DEADLINE_SECONDS")),
    )


@cache
def rule_book() -> "RuleBook":
    from aws_lambda_powertools.utilities.parameters.ssm import SSMProvider
    from telemetry import report_broken_rules
    from transcription.rule_book import RuleBook

    return RuleBook(
        parameters=SSMProvider(boto3_client=boto3.client("ssm")),
        parameter=setting("RULES_PARAMETER"),
        s3=s3(),
        answers_bucket=setting("ANSWERS_BUCKET"),
        report=report_broken_rules,
    )


def intake() -> "Intake":
    from transcription.intake import Intake
    from transcription.options import stack_layer

    return Intake(
        desk=desk(),
        recordings=recordings(),
        defaults=stack_layer(setting("MODEL"), json.loads(setting("DEFAULT_OPTIONS"))),
        rules=rule_book().for_key,
        now=now,
    )


def waiting_room() -> "WaitingRoom":
    from transcription.waiting_room import WaitingRoom

    slots().wake = None  # Dispatch is the one that is woken
    return WaitingRoom(desk(), now)


def poller() -> "Poller":
    from transcription.poller import Poller

    return Poller(
        ledger=ledger(),
        api=speech_api(),
        shelf=shelf(),
        speeds=speeds(),
        deadline=int(setting("DEADLINE_SECONDS")),
        now=now,
    )


def publisher() -> "Publisher":
    from transcription.publisher import Publisher

    return Publisher(ledger(), shelf(), announcer(), budget())


def failure_recorder() -> "FailureRecorder":
    from transcription.failure import FailureRecorder

    return FailureRecorder(ledger(), announcer(), budget())


def reconciler() -> "Reconciler":
    from transcription.inventory import Inventory
    from transcription.reconciler import Reconciler

    inventory = Inventory(
        s3=s3(),
        ledger=ledger(),
        bucket=setting("UPLOADS_BUCKET"),
        prefixes=json.loads(setting("WATCH_PREFIXES")),
        suffixes=json.loads(setting("WATCH_SUFFIXES")),
        now=now,
    )
    return Reconciler(intake(), failure_recorder(), inventory, now)
