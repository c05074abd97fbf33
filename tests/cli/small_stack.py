"""A small stand-in for the real stack on a plain embedded cloud: its tables and buckets are real,
and what the pipeline would write into them is planted by the test."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import boto3
import psutil
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.client import BaseClient
from transcription.job import iso

from dropscribe.jobs import job_id_of

TEMPLATE = Path(__file__).with_name("stack.json")
REGION = "eu-west-1"


@contextmanager
def running_cloud(directory: Path) -> Iterator[str]:
    """Start an embedded cloud, give its address, and leave nothing of it running."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Its whole environment is copied into every Lambda, so it gets next to none.
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ
    }
    environment |= {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "TMPDIR": str(directory)}
    environment["STATE_DIR"] = str(directory / "state")
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            cwd=directory,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/_ministack/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        _stop(process)


def _wait_until_ready(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError("the embedded cloud did not start")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    # Its Lambda workers first: they keep it waiting, and would outlive it.
    for worker in psutil.Process(process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            worker.kill()
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class SmallStack:
    """One deployed stand-in, and what a pipeline would do to it."""

    def __init__(self, name: str, session: boto3.Session) -> None:
        self.name = name
        self.s3 = session.client("s3")
        self.queues = session.client("sqs")
        self.secrets = session.client("secretsmanager")
        self.logs = session.client("logs")
        self.parameters = session.client("ssm")
        self.machines = session.client("stepfunctions")
        self.watch = session.client("cloudwatch")
        self._dynamodb = session.client("dynamodb")
        self._formation = session.client("cloudformation")
        self._formation.create_stack(StackName=name, TemplateBody=TEMPLATE.read_text())
        self.outputs = self._outputs_when_ready()
        self.bucket = self.outputs["UploadBucketName"]

    def _outputs_when_ready(self) -> dict[str, str]:
        for _ in range(600):
            [found] = self._formation.describe_stacks(StackName=self.name)["Stacks"]
            if found["StackStatus"] == "CREATE_COMPLETE":
                return {out["OutputKey"]: out["OutputValue"] for out in found["Outputs"]}
            time.sleep(0.05)
        raise AssertionError(found)

    def close(self) -> None:
        """Close every connection."""
        for client in vars(self).values():
            if isinstance(client, BaseClient):
                client.close()

    def plant(self, key: str, status: str = "COMPLETED", **more: Any) -> str:
        """Write the row of a job, uploaded `days_ago`; returns its job id."""
        uploaded = datetime.now(UTC) - timedelta(days=more.pop("days_ago", 0))
        job_id = more.setdefault("job_id", job_id_of(self.bucket, key, str(uploaded)))
        row = {
            "bucket": self.bucket,
            "key": key,
            "status": status,
            "attempt": 1,
            "revision": 0,
            "uploaded_at": iso(uploaded),
            "source": f"{self.bucket}/{key}",
            "status_day": f"{status}#{uploaded:%Y-%m-%d}",
        } | more
        self.plant_item(row)
        return str(job_id)

    def plant_open(self, key: str, status: str, due: timedelta, **more: Any) -> str:
        """Write the row of a job that somebody looks at again so long from now."""
        job_id = job_id_of(self.bucket, key, "open")
        due_at = iso(datetime.now(UTC) + due)
        facts = {"job_id": job_id, "due_at": due_at, "open": f"open#{job_id[0]}"}
        return self.plant(key, status, **(facts | more))

    def plant_item(self, row: Mapping[str, Any]) -> None:
        """Write any item."""
        item = {name: TypeSerializer().serialize(value) for name, value in row.items()}
        self._dynamodb.put_item(TableName=self.outputs["JobsTableName"], Item=item)

    def publish(self, key: str, renditions: Mapping[str, bytes], **more: Any) -> str:
        """Write renditions and the row that points at them; returns the job id."""
        bucket = self.outputs["TranscriptBucketName"]
        for name, body in renditions.items():
            self.s3.put_object(Bucket=bucket, Key=f"{key}.{name}", Body=body)
        return self.plant(key, outputs={name: f"{key}.{name}" for name in renditions}, **more)

    @contextmanager
    def pipeline(self, status: str = "COMPLETED", **more: Any) -> Iterator[None]:
        """While this is open, every upload ends in `status`."""
        done: set[str] = set()

        def work() -> None:
            for version in self.s3.list_object_versions(Bucket=self.bucket).get("Versions", []):
                key, version_id = version["Key"], version["VersionId"]
                job_id = job_id_of(self.bucket, key, version_id)
                if job_id not in done:
                    done.add(job_id)
                    self.plant(key, status, job_id=job_id, etag=version["ETag"], **more)

        with _again_and_again(work):
            yield

    @contextmanager
    def cancelling(self, status: str, **more: Any) -> Iterator[None]:
        """While this is open, a message that asks to cancel a.wav ends it in `status`."""

        def work() -> None:
            for message in self.messages():
                self.plant("a.wav", status, job_id=message["cancel"], **more)

        with _again_and_again(work):
            yield

    @contextmanager
    def retrying(self, attempt: int) -> Iterator[None]:
        """While this is open, a message that asks to retry a.wav completes it in `attempt`."""

        def work() -> None:
            for message in self.messages():
                self.plant("a.wav", "COMPLETED", job_id=message["retry"], attempt=attempt)

        with _again_and_again(work):
            yield

    def messages(self) -> list[Any]:
        """What lies in the upload queue."""
        url = self.outputs["UploadQueueUrl"]
        found = self.queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in found.get("Messages", [])]

    def send(self, queue: str, *bodies: Any, **remarks: str) -> None:
        """Put messages into a queue, with remarks such as EventBridge makes."""
        attributes: Any = {
            name: {"DataType": "String", "StringValue": value} for name, value in remarks.items()
        }
        for body in bodies:
            self.queues.send_message(
                QueueUrl=self.outputs[queue],
                MessageBody=body if isinstance(body, str) else json.dumps(body),
                MessageAttributes=attributes,
            )

    def left_in(self, queue: str) -> int:
        """How many messages anybody can take out of a queue."""
        names: Any = ["ApproximateNumberOfMessages"]
        url = self.outputs[queue]
        found = self.queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def row(self, job_id: str) -> dict[str, Any]:
        """All that the table has of a job, or of what is noted beside them."""
        key = {"job_id": {"S": job_id}}
        found = self._dynamodb.get_item(TableName=self.outputs["JobsTableName"], Key=key)
        item = found.get("Item", {})
        return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}

    def ring(self) -> None:
        """Switch the alarm on."""
        [alarm] = self.watch.describe_alarms(AlarmNamePrefix=f"{self.name}-")["MetricAlarms"]
        self.watch.set_alarm_state(
            AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="a test"
        )

    def age_of_oldest(self, seconds: float) -> None:
        """Say how long the oldest upload has waited, as SQS does."""
        queue = self.outputs["UploadQueueUrl"].rpartition("/")[2]
        self.watch.put_metric_data(
            Namespace="AWS/SQS",
            MetricData=[
                {
                    "MetricName": "ApproximateAgeOfOldestMessage",
                    "Dimensions": [{"Name": "QueueName", "Value": queue}],
                    "Value": seconds,
                }
            ],
        )

    def executes(self, name: str) -> str:
        """Start an execution of this name, which only stands there; returns its ARN."""
        arn = self.outputs["StateMachineArn"]
        return self.machines.start_execution(stateMachineArn=arn, name=name)["executionArn"]

    def backfills(self) -> list[dict[str, Any]]:
        """What each backfill that was started was told."""
        arn = self.outputs["BackfillStateMachineArn"]
        found = self.machines.list_executions(stateMachineArn=arn)["executions"]
        arns = [it["executionArn"] for it in found]
        return [
            json.loads(self.machines.describe_execution(executionArn=it)["input"]) for it in arns
        ]

    def ending(self, execution: str) -> str:
        """The status of an execution."""
        return self.machines.describe_execution(executionArn=execution)["status"]

    def log(self, part: str, *lines: Any) -> None:
        """Write lines into a log of the stack's, as its functions do."""
        [group] = [
            it["PhysicalResourceId"]
            for it in self._formation.describe_stack_resources(StackName=self.name)[
                "StackResources"
            ]
            if it["LogicalResourceId"] == f"{part}Logs"
        ]
        with suppress(self.logs.exceptions.ResourceAlreadyExistsException):
            self.logs.create_log_stream(logGroupName=group, logStreamName="s")
        now = int(time.time() * 1000)
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        events: Any = [{"timestamp": now, "message": text} for text in texts]
        self.logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)

    def rules(self) -> str:
        """What the rules' parameter holds."""
        found = self.parameters.get_parameter(Name=self.outputs["RulesParameterName"])
        return found["Parameter"]["Value"]

    def break_rules(self, text: str) -> None:
        """Write the rules' parameter by hand."""
        name = self.outputs["RulesParameterName"]
        self.parameters.put_parameter(Name=name, Value=text, Type="String", Overwrite=True)

    def api_key(self) -> str:
        """What the secret holds."""
        arn = self.outputs["ApiKeySecretArn"]
        return self.secrets.get_secret_value(SecretId=arn)["SecretString"]

    def dispatched(self) -> list[str]:
        """What the dispatch function was told, waited for since it is told asynchronously."""
        group = f"/aws/lambda/{self.outputs['DispatchFunctionName']}"
        for _ in range(100):
            events = self.logs.filter_log_events(logGroupName=group)["events"]
            told = [event["message"] for event in events if "dispatched" in event["message"]]
            if told:
                return told
            time.sleep(0.1)
        return []


@contextmanager
def _again_and_again(work: Any) -> Iterator[None]:
    over = Event()

    def loop() -> None:
        while not over.wait(0.1):
            work()

    thread = Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
