"""Where we patch the emulator: each of these fails on ministack as it comes."""

import io
import json
import ssl
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from dropscribe.local import pin
from dropscribe.local.cloud import Cloud
from dropscribe.local.errors import LocalError
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings

ROLE = "arn:aws:iam::000000000000:role/lambda"
WORKERS = 3

CODE = """
import os, time

class OutOfCoffee(Exception):
    pass

def fail(event, context):
    raise OutOfCoffee("none left")

def die(event, context):
    time.sleep(1)
    os._exit(1)

def rest(event, context):
    began = time.time()
    time.sleep(event.get("seconds", 0))
    return [began, time.time()]

def call_itself(event, context):
    if not event["depth"]:
        return "bottom"
    import boto3, json
    down = json.dumps({"depth": event["depth"] - 1})
    answer = boto3.client("lambda").invoke(FunctionName=context.function_name, Payload=down)
    return json.load(answer["Payload"])
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    settings = Settings(
        api_base_url="http://127.0.0.1:9/v1", persist=False, workers=WORKERS, scale=1.0
    )
    with Cloud.on_free_ports(Home(tmp_path_factory.mktemp("home")), settings) as cloud:
        allow_lambdas(cloud)
        yield cloud


def allow_lambdas(cloud: Cloud) -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam = cloud.connection.session().client("iam")
    iam.create_role(RoleName="lambda", AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    document = json.dumps({"Statement": [everything]})
    iam.put_role_policy(RoleName="lambda", PolicyName="all", PolicyDocument=document)


def function(cloud: Cloud, handler: str, name: str) -> str:
    """A Lambda function of that name that runs one of the handlers above; returns its ARN."""
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("handlers.py", CODE)
    made = (
        cloud.connection.session()
        .client("lambda")
        .create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=ROLE,
            Handler=f"handlers.{handler}",
            Code={"ZipFile": bundle.getvalue()},
            Timeout=30,
        )
    )
    return made["FunctionArn"]


def execute(cloud: Cloud, name: str, state: dict[str, Any], **machine: Any) -> dict[str, Any]:
    """Run a state machine of one state to its end; returns the description of the execution."""
    definition = {"StartAt": "Only", "States": {"Only": {"End": True, **state}}, **machine}
    sfn = cloud.connection.session().client("stepfunctions")
    arn = sfn.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
    started = sfn.start_execution(stateMachineArn=arn["stateMachineArn"])["executionArn"]
    while (found := sfn.describe_execution(executionArn=started))["status"] == "RUNNING":
        time.sleep(0.05)
    return dict(found)


def most_at_once(spans: list[list[float]]) -> int:
    """The largest number of [began, ended] that overlap."""
    return max(sum(began <= at < ended for began, ended in spans) for at, _ in spans)


def test_an_exception_reaches_step_functions_under_its_class_name(cloud: Cloud) -> None:
    """What a Catch names is the exception's class, and the cause carries its message."""
    task = {"Type": "Task", "Resource": function(cloud, "fail", "fail")}
    found = execute(cloud, "fail", task)
    assert found["error"] == "OutOfCoffee"
    assert json.loads(found["cause"])["errorMessage"] == "none left"


def test_a_dead_worker_is_an_exit_error(cloud: Cloud) -> None:
    """A function whose process ends fails with Runtime.ExitError."""
    task = {"Type": "Task", "Resource": function(cloud, "die", "die")}
    assert execute(cloud, "die", task)["error"] == "Runtime.ExitError"


def test_a_throttle_is_named_as_aws_names_it(cloud: Cloud) -> None:
    """A function with no concurrency left fails as Lambda.TooManyRequestsException."""
    task = {"Type": "Task", "Resource": function(cloud, "rest", "throttled")}
    functions = cloud.connection.session().client("lambda")
    functions.put_function_concurrency(FunctionName="throttled", ReservedConcurrentExecutions=0)
    assert execute(cloud, "throttled", task)["error"] == "Lambda.TooManyRequestsException"


def test_calls_wait_for_a_few_workers(cloud: Cloud) -> None:
    """Many calls at once all succeed, and never more run than there are workers for one."""
    function(cloud, "rest", "queued")
    functions = cloud.connection.session().client("lambda")
    with ThreadPoolExecutor(8) as pool:
        calls = [
            pool.submit(functions.invoke, FunctionName="queued", Payload='{"seconds": 0.3}')
            for _ in range(8)
        ]
        spans = [json.load(call.result()["Payload"]) for call in calls]
    assert most_at_once(spans) == WORKERS * 2 // 3


def test_a_slow_function_leaves_a_worker_for_others(cloud: Cloud) -> None:
    """While one function holds all that it may, another still runs at once."""
    function(cloud, "rest", "slow")
    function(cloud, "rest", "quick")
    functions = cloud.connection.session().client("lambda")
    with ThreadPoolExecutor(4) as pool:
        slow = [
            pool.submit(functions.invoke, FunctionName="slow", Payload='{"seconds": 2}')
            for _ in range(4)
        ]
        time.sleep(0.5)
        functions.invoke(FunctionName="quick", Payload="{}")
        assert not any(call.done() for call in slow)


def test_a_function_may_wait_for_a_function(cloud: Cloud) -> None:
    """Nested calls deeper than there are workers end, because a waiting caller's call never
    queues."""
    function(cloud, "call_itself", "nested")
    payload = json.dumps({"depth": WORKERS + 1})
    answer = (
        cloud.connection.session().client("lambda").invoke(FunctionName="nested", Payload=payload)
    )
    assert json.load(answer["Payload"]) == "bottom"


def test_a_range_of_a_version_is_only_that_range(cloud: Cloud) -> None:
    """A GET with VersionId and Range answers 206 and just those bytes."""
    s3 = cloud.connection.session().client("s3")
    s3.create_bucket(Bucket="versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="versions", Key="a", Body=b"0123456789")["VersionId"]
    part = s3.get_object(Bucket="versions", Key="a", VersionId=version, Range="bytes=2-4")
    assert part["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert part["ContentRange"] == "bytes 2-4/10"
    assert part["Body"].read() == b"234"


def test_a_range_beyond_a_version_is_refused(cloud: Cloud) -> None:
    """A range that begins after the last byte answers 416."""
    s3 = cloud.connection.session().client("s3")
    s3.create_bucket(Bucket="short")
    s3.put_bucket_versioning(Bucket="short", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="short", Key="a", Body=b"0123456789")["VersionId"]
    with pytest.raises(s3.exceptions.ClientError, match=r"\(416\)|InvalidRange"):
        s3.get_object(Bucket="short", Key="a", VersionId=version, Range="bytes=10-")


@pytest.mark.parametrize("key", ["a\rb", "a\x01b", "a b+c%2B/ü"])
def test_a_listing_of_versions_names_each_key_exactly(cloud: Cloud, key: str) -> None:
    """Raw in XML, some keys come back as others, and some break the listing."""
    s3, bucket = cloud.connection.session().client("s3"), f"keys-{uuid4().hex}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key=key, Body=b"")
    s3.put_object(Bucket=bucket, Key=key + "/z", Body=b"")
    page = s3.list_object_versions(Bucket=bucket, MaxKeys=1)
    assert [version["Key"] for version in page["Versions"]] == [key]
    assert page["NextKeyMarker"] == key


def test_an_execution_times_out(cloud: Cloud) -> None:
    """The machine's TimeoutSeconds ends an execution as TIMED_OUT while it still waits."""
    found = execute(cloud, "late", {"Type": "Wait", "Seconds": 5}, TimeoutSeconds=1)
    assert found["status"] == "TIMED_OUT"


def test_a_stopped_execution_stays_stopped(cloud: Cloud) -> None:
    """A task that fails after its execution was stopped does not make it FAILED."""
    task = {"Type": "Task", "Resource": function(cloud, "die", "late-failure")}
    definition = {"StartAt": "A", "States": {"A": task | {"End": True}}}
    sfn = cloud.connection.session().client("stepfunctions")
    machine = sfn.create_state_machine(name="s", definition=json.dumps(definition), roleArn=ROLE)
    arn = sfn.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    time.sleep(0.8)
    sfn.stop_execution(executionArn=arn)
    time.sleep(2)
    assert sfn.describe_execution(executionArn=arn)["status"] == "ABORTED"


def test_stopping_an_execution_stops_its_map(cloud: Cloud) -> None:
    """Children that have not begun never begin, and the map says that it was stopped."""
    child = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 1, "End": True}}}
    every = {
        "Type": "Map",
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, **child},
        "MaxConcurrency": 2,
        "End": True,
    }
    definition = json.dumps({"StartAt": "Every", "States": {"Every": every}})
    sfn = cloud.connection.session().client("stepfunctions")
    machine = sfn.create_state_machine(name="every", definition=definition, roleArn=ROLE)
    arn = sfn.start_execution(
        stateMachineArn=machine["stateMachineArn"], input=json.dumps(list(range(40)))
    )["executionArn"]
    time.sleep(1.5)
    sfn.stop_execution(executionArn=arn)
    time.sleep(2.5)
    [run] = sfn.list_map_runs(executionArn=arn)["mapRuns"]
    found = sfn.describe_map_run(mapRunArn=run["mapRunArn"])
    assert found["status"] == "ABORTED"
    assert 2 <= found["itemCounts"]["succeeded"] <= 6
    assert found["itemCounts"]["aborted"] == 40 - found["itemCounts"]["succeeded"]


def test_a_parameter_without_a_name_gets_one_without_a_slash(cloud: Cloud) -> None:
    """Its ARN is then what CloudFormation's documentation, and the CDK, make of the name."""
    formation = cloud.connection.session().client("cloudformation")
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}
    outputs = {"Name": {"Value": {"Ref": "Rules"}}}
    template = json.dumps({"Resources": {"Rules": parameter}, "Outputs": outputs})
    formation.create_stack(StackName="named", TemplateBody=template)
    formation.get_waiter("stack_create_complete").wait(StackName="named")
    (output,) = formation.describe_stacks(StackName="named")["Stacks"][0]["Outputs"]
    assert output["OutputValue"].startswith("CFN-")
    assert "/" not in output["OutputValue"]


def test_stopping_does_not_wait_for_idle_clients(tmp_path: Path) -> None:
    """With a client still connected, the state is saved and all is gone within seconds."""
    settings = Settings(api_base_url="http://127.0.0.1:9/v1")
    with Cloud.on_free_ports(Home(tmp_path), settings) as cloud:
        client = cloud.connection.session().client("s3")
        client.create_bucket(Bucket="kept")
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert (tmp_path / "state" / "services" / "s3.json").exists()
    client.close()


def test_a_slow_client_reads_to_the_end(cloud: Cloud) -> None:
    """Stopping promptly takes nothing from whoever reads slowly, connection closing or not."""
    s3, size = cloud.connection.session().client("s3"), 8 * 1024 * 1024
    s3.create_bucket(Bucket="slow")
    s3.put_object(Bucket="slow", Key="big", Body=bytes(size))
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "slow", "Key": "big"})
    trusting = ssl.create_default_context(cafile=str(cloud.connection.certificate))
    with urllib.request.urlopen(url, context=trusting) as answer:
        got = 0
        while piece := answer.read1(65536):
            got += len(piece)
            time.sleep(0.005)
    assert got == size


def test_only_the_port_that_was_asked_for_is_open(cloud: Cloud) -> None:
    """ministack would listen on 443 too, where it may."""
    running = cloud.running()
    assert running is not None
    sockets = psutil.Process(running.pid).net_connections("tcp")
    listening = [socket.laddr for socket in sockets if socket.status == psutil.CONN_LISTEN]
    assert listening == [("127.0.0.1", cloud.settings.port)]


def test_another_ministack_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """We patch exactly one version and say so before anything starts."""
    monkeypatch.setattr(pin, "PIN", "0.0.1")
    with pytest.raises(LocalError, match=r"needs ministack 0\.0\.1"):
        pin.require_pin()


def test_who_may_do_something_once_may_do_it_in_a_batch(cloud: Cloud) -> None:
    """IAM has no names for batches; looking at one event source is not listing them all."""
    session = cloud.connection.session()
    queue = session.client("sqs").create_queue(QueueName="batches")["QueueUrl"]
    somebody = allowed(cloud, "sqs:SendMessage", "lambda:GetEventSourceMapping")
    answer = session.client("sqs", **somebody).send_message_batch(
        QueueUrl=queue, Entries=[{"Id": "1", "MessageBody": "hello"}]
    )
    assert len(answer["Successful"]) == 1
    functions = session.client("lambda", **somebody)
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_event_source_mapping(UUID=str(uuid4()))


def test_the_lines_of_a_log_group_are_granted_with_its_star(cloud: Cloud) -> None:
    """As CloudFormation and DescribeLogGroups write its ARN."""
    session = cloud.connection.session()
    logs, name = session.client("logs"), f"group-{uuid4().hex[:8]}"
    logs.create_log_group(logGroupName=name)
    [group] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    reader = allowed(cloud, "logs:FilterLogEvents", resource=group["arn"])
    assert group["arn"].endswith(":*")
    assert session.client("logs", **reader).filter_log_events(logGroupName=name)["events"] == []


def test_the_runs_of_a_machines_maps_are_granted_with_its_name(cloud: Cloud) -> None:
    """A run's ARN begins with it; nobody knows how it ends."""
    every = {
        "Type": "Map",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED"},
            "StartAt": "Pass",
            "States": {"Pass": {"Type": "Pass", "End": True}},
        },
    }
    arn = execute(cloud, "mapped", every)["executionArn"]
    session = cloud.connection.session()
    [run] = session.client("stepfunctions").list_map_runs(executionArn=arn)["mapRuns"]
    mine = run["mapRunArn"].partition("/")[0] + "/*:*"
    reader = session.client(
        "stepfunctions", **allowed(cloud, "states:DescribeMapRun", resource=mine)
    )
    assert reader.describe_map_run(mapRunArn=run["mapRunArn"])["status"] == "SUCCEEDED"


def allowed(cloud: Cloud, *actions: str, resource: str = "*") -> dict[str, Any]:
    """The credentials of somebody who may do this, and nothing else."""
    iam, name = cloud.connection.session().client("iam"), f"user-{uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
