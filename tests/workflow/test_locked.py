"""The stack under keys of the account's own, and what the ready-made policies open of it.

That the services may use the keys stands in tests/infra/test_encryption.py: the emulator checks
only direct calls of KMS.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from infra.verdict import SHAPES, synthesize
from tests.conftest import SAMPLE
from tests.scripted_api import ScriptedApi
from tests.stack import Row, Stack
from tests.workflow.conftest import KEY

REFUSED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"}
NO_EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:{}:none"


@pytest.fixture(scope="module")
def locked(scripted: ScriptedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A deployed stack with customer-managed keys."""
    folder = tmp_path_factory.mktemp("locked")
    synthesize(SHAPES["customer-managed keys"], folder / "cdk.out")
    settings = Settings(api_base_url=scripted.base_url, scale=0.02, persist=False)
    with Cloud.on_free_ports(Home(folder / "home"), settings) as cloud:
        outputs = cloud.deploy(Assembly.read(folder / "cdk.out"))
        stack = Stack(cloud.connection.session(), outputs)
        stack.session.client("secretsmanager").put_secret_value(
            SecretId=outputs["ApiKeySecretArn"], SecretString=KEY
        )
        yield stack


@pytest.fixture(scope="module")
def done(locked: Stack) -> Row:
    """The row of a job that is completed."""
    return locked.wait(locked.put(SAMPLE.read_bytes(), "calls/a.wav"))


def test_an_upload_is_transcribed_under_keys_of_our_own(locked: Stack, done: Row) -> None:
    """Buckets, table, secret, queues, topics and bus are all under them."""
    assert done["status"] == "COMPLETED"
    assert locked.rendition(done, "txt")
    keys = locked.session.client("kms").list_keys()["Keys"]
    assert len(keys) == 2


class Person:
    """Somebody with one policy, who tries what can be tried."""

    def __init__(self, stack: Stack, policy: str, row: Row) -> None:
        self.outputs, self.row = stack.outputs, row
        self._session = stack.session
        iam = stack.session.client("iam")
        iam.create_user(UserName=policy)
        iam.attach_user_policy(UserName=policy, PolicyArn=stack.outputs[policy])
        key = iam.create_access_key(UserName=policy)["AccessKey"]
        self._credentials = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }

    def client(self, service: str) -> Any:
        return self._session.client(service, **self._credentials)  # type: ignore[call-overload]

    def may(self, call: Callable[["Person"], Any]) -> bool:
        """Whether the call is let through, whatever comes of it then."""
        try:
            call(self)
        except ClientError as error:
            return error.response["Error"]["Code"] not in REFUSED
        return True

    def s3(self, call: str, bucket: str, key: str | None = None, **more: Any) -> Any:
        place = {"Bucket": self.outputs[f"{bucket}BucketName"]} | ({"Key": key} if key else {})
        return getattr(self.client("s3"), call)(**place, **more)

    def table(self, call: str, **more: Any) -> Any:
        return getattr(self.client("dynamodb"), call)(
            TableName=self.outputs["JobsTableName"], **more
        )

    def queue(self, call: str, queue: str, **more: Any) -> Any:
        return getattr(self.client("sqs"), call)(QueueUrl=self.outputs[queue], **more)

    def invoke(self, name: str) -> Any:
        return self.client("lambda").invoke(FunctionName=name, Payload=b"{}")

    def execution(self, call: str) -> Any:
        machine = self.outputs["StateMachineArn"].rpartition(":")[2]
        return getattr(self.client("stepfunctions"), call)(
            executionArn=NO_EXECUTION.format(machine)
        )

    def logs(self) -> Any:
        listed = self._session.client("logs").describe_log_groups()["logGroups"]
        [group] = [it["logGroupName"] for it in listed if "PollLogs" in it["logGroupName"]]
        return self.client("logs").filter_log_events(logGroupName=group)

    def key(self) -> Any:
        [first, *_] = self._session.client("kms").list_keys()["Keys"]
        return self.client("kms").encrypt(KeyId=first["KeyId"], Plaintext=b"x")


ID = {"job_id": {"S": "none"}}
CALLS: dict[str, Callable[[Person], Any]] = {
    "put a recording": lambda me: me.s3("put_object", "Upload", "mine.wav", Body=b""),
    "put with options": lambda me: me.s3(
        "put_object", "Upload", "tagged.wav", Metadata={"stt-language": "pt"}, Tagging="stt-model=x"
    ),
    "list recordings": lambda me: me.s3("list_objects_v2", "Upload"),
    "list versions": lambda me: me.s3("list_object_versions", "Upload"),
    "read a recording": lambda me: me.s3("get_object", "Upload", "calls/a.wav"),
    "erase a recording": lambda me: me.s3("delete_object", "Upload", "none.wav"),
    "read a transcript": lambda me: me.s3("get_object", "Transcript", "calls/a.wav.txt"),
    "write a transcript": lambda me: me.s3("put_object", "Transcript", "x.txt", Body=b""),
    "erase a transcript": lambda me: me.s3("delete_object", "Transcript", "none.txt"),
    "read an answer": lambda me: me.s3("get_object", "Answer", me.row["answer"]),
    "forge an answer": lambda me: me.s3("put_object", "Answer", me.row["answer"], Body=b""),
    "open a bucket": lambda me: me.s3("put_bucket_policy", "Transcript", Policy="{}"),
    "find a row": lambda me: me.table(
        "query",
        IndexName="by-source",
        KeyConditionExpression="#s = :s",
        ExpressionAttributeNames={"#s": "source"},
        ExpressionAttributeValues={":s": {"S": "x"}},
    ),
    "get a row": lambda me: me.table("get_item", Key=ID),
    "change a row": lambda me: me.table("update_item", Key=ID),
    "remove a row": lambda me: me.table("delete_item", Key=ID),
    "scan the table": lambda me: me.table("scan"),
    "delete the table": lambda me: me.table("delete_table"),
    "send a message": lambda me: me.queue("send_message", "UploadQueueUrl", MessageBody="{}"),
    "take a dead letter": lambda me: me.queue("receive_message", "DeadLetterQueueUrl"),
    "purge a queue": lambda me: me.queue("purge_queue", "DeadLetterQueueUrl"),
    "call Dispatch": lambda me: me.invoke(me.outputs["DispatchFunctionName"]),
    "call Reconcile": lambda me: me.invoke(me.outputs["ReconcileFunctionName"]),
    "call Publish": lambda me: me.invoke(me.outputs["PublishFunctionName"]),
    "change a function": lambda me: me.client("lambda").update_function_configuration(
        FunctionName=me.outputs["PublishFunctionName"], Timeout=9
    ),
    "look at an execution": lambda me: me.execution("describe_execution"),
    "stop an execution": lambda me: me.execution("stop_execution"),
    "start an execution": lambda me: me.client("stepfunctions").start_execution(
        stateMachineArn=me.outputs["StateMachineArn"]
    ),
    "start a backfill": lambda me: me.client("stepfunctions").start_execution(
        stateMachineArn=me.outputs["BackfillStateMachineArn"], input='{"prefix": "none/"}'
    ),
    "find backfills": lambda me: me.client("stepfunctions").list_executions(
        stateMachineArn=me.outputs["BackfillStateMachineArn"]
    ),
    "empty a backfill's queue": lambda me: me.queue("purge_queue", "BackfillQueueUrl"),
    "read the API's key": lambda me: me.client("secretsmanager").get_secret_value(
        SecretId=me.outputs["ApiKeySecretArn"]
    ),
    "set the API's key": lambda me: me.client("secretsmanager").put_secret_value(
        SecretId=me.outputs["ApiKeySecretArn"], SecretString=KEY
    ),
    "set the rules": lambda me: me.client("ssm").put_parameter(
        Name=me.outputs["RulesParameterName"], Value='{"version": 1, "rules": []}', Overwrite=True
    ),
    "read logs": lambda me: me.logs(),
    "see whether uploads are taken": lambda me: me.client("lambda").get_event_source_mapping(
        UUID="00000000-0000-0000-0000-000000000000"
    ),
    "see alarms": lambda me: me.client("cloudwatch").describe_alarms(),
    "find the stack": lambda me: me.client("cloudformation").describe_stacks(
        StackName="Dropscribe"
    ),
    "delete the stack": lambda me: me.client("cloudformation").delete_stack(StackName="Dropscribe"),
    "send an event": lambda me: me.client("events").put_events(
        Entries=[
            {
                "Source": "dropscribe",
                "DetailType": "Transcription Completed",
                "Detail": "{}",
                "EventBusName": me.outputs["EventBusName"],
            }
        ]
    ),
    "use a key directly": lambda me: me.key(),
    "make a user": lambda me: me.client("iam").create_user(UserName="another"),
}
BACKFILLS = {"start a backfill", "find backfills", "empty a backfill's queue"}
READS = {"read a transcript", "find a row", "get a row", "find the stack"}
NOBODY = {
    "write a transcript",
    "forge an answer",
    "open a bucket",
    "scan the table",
    "delete the table",
    "purge a queue",
    "change a function",
    "start an execution",
    "delete the stack",
    "send an event",
    "use a key directly",
    "make a user",
}


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("UploaderPolicyArn", {"put a recording", "put with options"}),
        ("ReaderPolicyArn", READS),
        ("OperatorPolicyArn", CALLS.keys() - NOBODY - BACKFILLS),
        ("BackfillPolicyArn", BACKFILLS),
    ],
)
def test_a_policy_opens_its_job_and_nothing_else(
    locked: Stack, done: Row, policy: str, allowed: set[str]
) -> None:
    """Every call is tried, and all others are refused."""
    person = Person(locked, policy, done)
    assert {name for name, call in CALLS.items() if person.may(call)} == allowed
