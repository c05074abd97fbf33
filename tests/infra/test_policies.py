"""The ready-made policies, as IAM reads them; tests/workflow/test_locked.py tries each call."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.verdict import SHAPES
from tests.infra.conftest import Synthesize
from tests.infra.template import Template, listed, pairs

POLICIES = ("UploaderPolicy", "ReaderPolicy", "OperatorPolicy", "BackfillPolicy")
FIND = {"cloudformation:DescribeStacks", "cloudformation:ListStackResources"}
ROWS = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
LOOK = {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"}
PUT = {"s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"}
QUEUE = {
    f"sqs:{action}"
    for action in (
        "ChangeMessageVisibility",
        "DeleteMessage",
        "GetQueueAttributes",
        "ReceiveMessage",
        "SendMessage",
    )
}
# What each command does, besides finding the stack.
COMMANDS = {
    "put": PUT | ROWS | {"s3:GetObject"},
    "ls, show, cost": ROWS,
    "estimate": ROWS | {"s3:ListBucket"},
    "get, search": ROWS | LOOK,
    "render": ROWS | LOOK | {"lambda:InvokeFunction"},
    "retry, cancel": ROWS | {"sqs:SendMessage"},
    "redrive": QUEUE | {"lambda:InvokeFunction"},
    "pause, resume": {"dynamodb:PutItem", "dynamodb:DeleteItem", "lambda:InvokeFunction"},
    "rm": ROWS
    | LOOK
    | QUEUE
    | {"dynamodb:PutItem", "dynamodb:UpdateItem", "s3:ListBucketVersions"}
    | {"s3:DeleteObject", "s3:DeleteObjectVersion", "states:StopExecution"},
    "doctor": ROWS
    | {"cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics"}
    | {"lambda:GetEventSourceMapping", "logs:FilterLogEvents", "sqs:GetQueueAttributes"}
    | {"secretsmanager:GetSecretValue", "states:DescribeExecution"},
    "logs": ROWS | {"logs:FilterLogEvents"},
    "key": {
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "lambda:InvokeFunction",
    },
    "rules": {"ssm:GetParameter", "ssm:PutParameter", "s3:GetObject", "s3:PutObject"},
}


@pytest.fixture(scope="module")
def locked(synthesize: Synthesize) -> Template:
    """The template with the longest policies: those that name keys, too."""
    return synthesize(**SHAPES["customer-managed keys"])


def allowed(template: Template, policy: str) -> set[tuple[str, str]]:
    """Every action with its resource."""
    return set(pairs(template.properties(policy)["PolicyDocument"]["Statement"]))


def actions(template: Template, policy: str) -> set[str]:
    return {action for action, _ in allowed(template, policy)}


def test_an_uploader_only_puts(template: Template) -> None:
    """Objects with metadata and tags, of any size, into the uploads bucket."""
    assert allowed(template, "UploaderPolicy") == {(action, "Uploads.Arn/*") for action in PUT}


def test_a_reader_reads_transcripts_and_rows(template: Template) -> None:
    """Neither recordings nor raw answers, which hold words that nobody published."""
    assert actions(template, "ReaderPolicy") == FIND | ROWS | LOOK
    places = {where for act, where in allowed(template, "ReaderPolicy") if act.startswith("s3:")}
    assert places == {"Transcripts.Arn", "Transcripts.Arn/*"}


def test_an_operator_may_do_what_the_commands_do(template: Template) -> None:
    """Every command, and nothing that no command does."""
    assert actions(template, "OperatorPolicy") == FIND.union(*COMMANDS.values())


def test_a_backfill_is_started_by_those_who_may(template: Template) -> None:
    """It can cost more than all uploads of a year: no operator may by that alone."""
    assert actions(template, "BackfillPolicy") == {
        "states:StartExecution",
        "states:StopExecution",
        *(f"states:{verb}" for verb in ("ListExecutions", "DescribeExecution")),
        *(f"states:{verb}" for verb in ("ListMapRuns", "DescribeMapRun")),
        "sqs:GetQueueAttributes",
        "sqs:PurgeQueue",
        "s3:PutObject",
    }
    places = {where for act, where in allowed(template, "BackfillPolicy") if act.startswith("s3")}
    assert places == {"Answers.Arn/backfill/*"}


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_reaches_beyond_the_stack(template: Template, policy: str) -> None:
    """No action by a wildcard, and no resource but this stack's, where IAM knows one."""
    everywhere = {action for action, where in allowed(template, policy) if where == "*"}
    assert everywhere <= {"cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics"}
    assert not [action for action in actions(template, policy) if "*" in action]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_attached_to_nobody(template: Template, policy: str) -> None:
    """Who uploads, reads and operates is for the account's owner to say."""
    made = template.properties(policy)
    assert {"Roles", "Users", "Groups"}.isdisjoint(made)
    assert made["Description"].endswith(".")


def test_logs_are_those_of_the_stack(template: Template) -> None:
    """Every function's and the state machine's."""
    groups = {where for act, where in allowed(template, "OperatorPolicy") if act.startswith("logs")}
    assert groups == {f"{name}.Arn" for name in template.of_type("AWS::Logs::LogGroup")}


@pytest.mark.parametrize(
    ("policy", "through"),
    [
        ("UploaderPolicy", {"s3"}),
        ("ReaderPolicy", {"s3", "dynamodb"}),
        ("OperatorPolicy", {"s3", "dynamodb", "secretsmanager", "sqs"}),
    ],
)
def test_keys_are_used_only_through_services(
    locked: Template, policy: str, through: set[str]
) -> None:
    """Whoever may read a bucket may have it decrypted; nobody decrypts by themselves."""
    statements = locked.properties(policy)["PolicyDocument"]["Statement"]
    on_keys = [it for it in statements if listed(it["Action"])[0].startswith("kms:")]
    via = [listed(it["Condition"]["StringEquals"]["kms:ViaService"]) for it in on_keys]
    assert {service.split(".")[0] for services in via for service in services} == through
    assert all("DataKey" in key or "MessageKey" in key for it in on_keys for key in keys(it))


def test_a_reader_encrypts_nothing(locked: Template) -> None:
    """Reading needs no more than kms:Decrypt."""
    used = {act for act in actions(locked, "ReaderPolicy") if act.startswith("kms:")}
    assert used == {"kms:Decrypt", "kms:DescribeKey"}


def test_policies_are_as_short_as_iam_wants_them(locked: Template) -> None:
    """6,144 characters, with names as long as CloudFormation makes them."""
    body = locked.body["Resources"]
    documents = [
        it["Properties"]["PolicyDocument"]
        for it in body.values()
        if it["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    assert max(len(json.dumps(full(it), separators=(",", ":"))) for it in documents) <= 6144


def keys(statement: dict[str, Any]) -> Iterator[str]:
    yield from listed(statement["Resource"])


def full(value: Any) -> Any:
    """A document with names as long as in an account, for a stack whose own has 32 characters."""
    match value:
        case {"Ref": "AWS::StackName"}:
            return "s" * 32
        case {"Ref": str(name)}:
            return name if name.startswith("AWS::") else "n" * 67
        case {"Fn::GetAtt": [name, _]}:
            return "a" * (127 if "Logs" in name else 105)
        case {"Fn::Join": [separator, parts]}:
            return separator.join(full(part) for part in parts)
        case dict():
            return {name: full(item) for name, item in value.items()}
        case list():
            return [full(item) for item in value]
    return value
