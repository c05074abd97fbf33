"""Who may do what: the whole table, so that a right more or less shows."""

import pytest

from tests.infra.template import Template, plain

TRACE = {("xray:PutTraceSegments", "*"), ("xray:PutTelemetryRecords", "*")}
KEY = {
    ("secretsmanager:GetSecretValue", "ApiKey.Id"),
    ("secretsmanager:DescribeSecret", "ApiKey.Id"),
}
RECORDING = {("s3:GetObject", "Uploads.Arn/*"), ("s3:GetObjectVersion", "Uploads.Arn/*")}
RECORDING |= {("s3:ListBucket", "Uploads.Arn"), ("s3:ListBucketVersions", "Uploads.Arn")}
TAGS = {
    (f"s3:{action}", "Uploads.Arn/*") for action in ("GetObjectTagging", "GetObjectVersionTagging")
}
RULES = {
    (
        "ssm:GetParameter",
        plain(
            {
                "Fn::Join": [
                    "",
                    [
                        "arn:",
                        {"Ref": "AWS::Partition"},
                        ":ssm:",
                        {"Ref": "AWS::Region"},
                        ":",
                        {"Ref": "AWS::AccountId"},
                        ":parameter/Rules",
                    ],
                ]
            }
        ),
    ),
    ("s3:GetObject", "Answers.Arn/rules/*"),
}
START = {("states:StartExecution", "TranscribeStateMachine")}
EXECUTIONS = ":".join(
    [
        *("arn", "AWS::Partition", "states", "AWS::Region", "AWS::AccountId"),
        *("execution", "TranscribeStateMachine.Name", "*"),
    ]
)
STOP = {("states:StopExecution", EXECUTIONS)}
ASK = {("states:DescribeExecution", EXECUTIONS)}
TELL = {("events:PutEvents", "Events.Arn")}
CHANGE_ROW = {("dynamodb:GetItem", "Jobs.Arn"), ("dynamodb:UpdateItem", "Jobs.Arn")}
RECEIVE = {
    (f"sqs:{action}", f"{queue}Queue.Arn")
    for queue in ("Upload", "Backfill")
    for action in (
        "ReceiveMessage",
        "ChangeMessageVisibility",
        "GetQueueUrl",
        "DeleteMessage",
        "GetQueueAttributes",
    )
}
READ = ("s3:GetObject", "s3:GetObjectVersion")
LIST = ("s3:ListBucket", "s3:ListBucketVersions")

ALLOWED = {
    "Submit": RECEIVE
    | RECORDING
    | TAGS
    | RULES
    | {("dynamodb:PutItem", "Jobs.Arn")}
    | CHANGE_ROW
    | KEY
    | START
    | STOP
    | TELL,
    "Dispatch": RECORDING
    | {("dynamodb:Query", "Jobs.Arn/index/open-by-due"), ("dynamodb:BatchGetItem", "Jobs.Arn")}
    | CHANGE_ROW
    | KEY
    | START
    | TELL,
    "Reconcile": RECORDING
    | TAGS
    | RULES
    | {("dynamodb:Query", "Jobs.Arn/index/open-by-due")}
    | {(f"dynamodb:{act}", "Jobs.Arn") for act in ("PutItem", "BatchGetItem", "DescribeTable")}
    | CHANGE_ROW
    | KEY
    | START
    | ASK
    | TELL,
    "Poll": CHANGE_ROW | KEY | TELL | {("s3:PutObject", "Answers.Arn/*")},
    "Publish": CHANGE_ROW
    | TELL
    | {(action, f"{bucket}.Arn/*") for action in READ for bucket in ("Answers", "Transcripts")}
    | {(action, f"{bucket}.Arn") for action in LIST for bucket in ("Answers", "Transcripts")}
    | {("s3:PutObject", "Transcripts.Arn/*")},
    "RecordFailure": CHANGE_ROW | TELL,
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_function_may_do_its_part_and_nothing_else(template: Template, name: str) -> None:
    """A function's rights are these, besides its trace and its own log."""
    log = {(f"logs:{action}", f"{name}Logs.Arn") for action in ("CreateLogStream", "PutLogEvents")}
    assert template.functions()[name]["Role"] == f"{name}Role.Arn"
    assert template.allowed(f"{name}Role") == ALLOWED[name] | TRACE | log


def test_whoever_does_not_call_the_api_cannot_read_its_key(template: Template) -> None:
    """Publish and RecordFailure have no way to the secret."""
    readers = {name for name in ALLOWED if KEY & template.allowed(f"{name}Role")}
    assert readers == {"Submit", "Dispatch", "Reconcile", "Poll"}


def test_no_role_of_ours_has_a_managed_policy(template: Template) -> None:
    """AWS's own policies allow more than one log group; only the CDK's function has one."""
    roles = template.of_type("AWS::IAM::Role")
    wide = {name for name, role in roles.items() if "ManagedPolicyArns" in role}
    assert {name.startswith("BucketNotificationsHandler") for name in wide} == {True}


def test_only_tracing_and_log_delivery_name_no_resource(template: Template) -> None:
    """Where IAM knows resources, they are named."""
    roles = [name for name in template.of_type("AWS::IAM::Role") if not name.startswith("Bucket")]
    everywhere = {act for role in roles for act, where in template.allowed(role) if where == "*"}
    assert {action.split(":")[0] for action in everywhere} == {"xray", "logs"}
    assert not [action for role in roles for action, _ in template.allowed(role) if "*" in action]


def test_the_state_machine_may_call_its_three_functions(template: Template) -> None:
    """Its role may invoke Poll, Publish and RecordFailure, and touches no data."""
    allowed = template.allowed("TranscribeStateMachineRole")
    invoked = {where.removesuffix(":*") for act, where in allowed if act == "lambda:InvokeFunction"}
    assert invoked == {"Poll.Arn", "Publish.Arn", "RecordFailure.Arn"}
    assert {action.split(":")[0] for action, _ in allowed} == {"lambda", "logs", "xray"}


@pytest.mark.parametrize(
    ("rule", "function"),
    [
        ("EveryMinute", "Dispatch"),
        ("SlotFreed", "Dispatch"),
        ("EveryFiveMinutes", "Reconcile"),
        ("ExecutionEnded", "RecordFailure"),
    ],
)
def test_each_rule_may_call_its_function(template: Template, rule: str, function: str) -> None:
    """EventBridge may invoke a function for one rule only."""
    permissions = template.of_type("AWS::Lambda::Permission").values()
    [permission] = [it for it in permissions if it["SourceArn"] == f"{rule}.Arn"]
    assert permission["FunctionName"] == f"{function}.Arn"
    assert permission["Principal"] == "events.amazonaws.com"


def test_roles_are_for_the_services_that_need_them(template: Template) -> None:
    """Lambda and Step Functions may take our roles; no account, no person."""
    services = {
        statement["Principal"]["Service"]
        for role in template.of_type("AWS::IAM::Role").values()
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    }
    assert services == {"lambda.amazonaws.com", "states.amazonaws.com"}


def test_a_bucket_of_somebody_else_is_only_read(existing: Template) -> None:
    """Of an existing bucket, objects are read and keys listed; nothing is written to it."""
    arn = plain({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::their-recordings"]]})
    allowed = existing.allowed("SubmitRole")
    touched = {(act, where) for act, where in allowed if "their-recordings" in where}
    tags = {action for action, _ in TAGS}
    assert touched == {(act, f"{arn}/*") for act in {*READ, *tags}} | {(act, arn) for act in LIST}
