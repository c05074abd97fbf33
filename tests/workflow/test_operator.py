"""An operator's commands on the deployed stack: a job is cancelled, a recording is erased."""

import json
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from dropscribe.cli import cli
from dropscribe.local.cloud import Cloud
from tests.conftest import SAMPLE
from tests.scripted_api import Reply, ScriptedApi
from tests.stack import Stack

SPEECH = SAMPLE.read_bytes()
Run = Callable[..., Result]
# Words that stand in a key, and in a transcript, and nowhere else.
PHRASES = ("Quokka", "Zephyranthes")


@pytest.fixture
def run(cloud: Cloud, stack: Stack) -> Run:
    """Runs a command line with the rights of the stack's own policy for operators."""
    return runs_with(cloud, stack, "OperatorPolicyArn")


def runs_with(cloud: Cloud, stack: Stack, *policies: str) -> Run:
    """Runs a command line with the rights of these policies of the stack's."""
    iam, name = stack.session.client("iam"), f"operator-{uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    for policy in policies:
        iam.attach_user_policy(UserName=name, PolicyArn=stack.outputs[policy])
    key = iam.create_access_key(UserName=name)["AccessKey"]
    environment = dict(cloud.connection.environment()) | {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    return lambda *args: CliRunner().invoke(cli, args, env=environment)


def test_a_job_is_cancelled_and_its_execution_stopped(
    stack: Stack, api: ScriptedApi, run: Run
) -> None:
    """Submit may stop executions; afterwards nobody takes the job up again."""
    later = {"Retry-After": "60"}  # or the execution would end by itself before it is stopped
    api.on_fetch(Reply.refused(429).but(headers=later, lasting=True))
    put = stack.put(SPEECH, "cancelled.wav")
    stack.wait(put, "SUBMITTED")
    arn = stack.until(lambda: (stack.row(put) or {}).get("execution_arn"), lambda: "no execution")
    result = run("cancel", put.key, "--wait", "--timeout", "60")
    assert result.exit_code == 0, result.output
    assert "Cancelled by an operator" in result.stdout
    states = stack.session.client("stepfunctions")

    def over() -> bool | None:
        return states.describe_execution(executionArn=arn)["status"] != "RUNNING" or None

    stack.until(over, lambda: "the execution still runs")
    moved = "\tSubmit\tJobMoved\tstatus=FAILED"
    stack.until(lambda: moved in run("logs", put.key).stdout or None, lambda: "no such line")
    stack.reconcile()
    row = stack.wait(put)
    assert (row["status"], row["stage"], row["attempt"]) == ("FAILED", "cancel", 1)


def test_nothing_of_an_erased_recording_is_left(stack: Stack, api: ScriptedApi, run: Run) -> None:
    """No phrase of its key or its words: not in a bucket, the table, a queue or a log."""
    api.on_fetch(Reply.completed("Zephyranthes bloom."))
    key = "erased/Quokka one.wav"
    rows = stack.wait_all([stack.put(SPEECH, key)])
    api.when("Quokka").on_create(Reply.dropped())
    rows.append(stack.wait(stack.put(SPEECH, key), "AMBIGUOUS"))
    with stack.submit_held_back():
        stack.put(SPEECH, key)
        assert "takes no uploads" in run("doctor").output
        assert all(phrase in "".join(everywhere(stack)) for phrase in PHRASES)
        result = run("rm", key, "--yes", "--grace", "1")
    assert result.exit_code == 0, result.output
    stack.drained()
    left = "\n".join(everywhere(stack))
    assert [phrase for phrase in PHRASES if phrase in left] == []
    assert all(row["job_id"] in left for row in rows)
    followed = run("logs", rows[0]["job_id"], "--since", "1h").stdout.splitlines()
    told = {line.split("\t")[1] for line in followed}
    # Dispatch sends it where others stood in line just before.
    assert told - {"Dispatch"} == {"Submit", "Poll", "Publish"}


def everywhere(stack: Stack) -> Iterator[str]:
    """All that the stack keeps: objects, every version of them, rows, messages, logs, histories."""
    for name in ("Upload", "Transcript", "Answer"):
        yield from _objects(stack, stack.outputs[f"{name}BucketName"])
    yield repr(stack.table.scan()["Items"])
    for name in ("UploadQueue", "DeadLetterQueue"):
        yield from _messages(stack, stack.outputs[f"{name}Url"])
    yield stack.logs()
    yield from _histories(stack)


def _objects(stack: Stack, bucket: str) -> Iterator[str]:
    listed = stack.s3.list_object_versions(Bucket=bucket)
    for version in listed.get("Versions", []):
        place = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
        if version["VersionId"] == "null":
            del place["VersionId"]
        found = stack.s3.get_object(**place)
        yield f"{version['Key']} {found['Metadata']}"
        yield found["Body"].read().decode(errors="replace")
    for mark in listed.get("DeleteMarkers", []):
        yield mark["Key"]


def _messages(stack: Stack, url: str) -> Iterator[str]:
    """The messages of a queue, which anybody can have again at once."""
    sqs = stack.session.client("sqs")
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    yield json.dumps(found.get("Messages", []))


def _histories(stack: Stack) -> Iterator[str]:
    states = stack.session.client("stepfunctions")
    listed = states.list_executions(stateMachineArn=stack.outputs["StateMachineArn"])
    for execution in listed["executions"][:20]:
        history = states.get_execution_history(executionArn=execution["executionArn"])
        yield json.dumps(history["events"], default=str)
