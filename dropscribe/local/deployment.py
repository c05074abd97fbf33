"""Deploy a cloud assembly as the CDK would: assets first, then the very template."""

import contextlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from dropscribe.local.assembly import Assembly
from dropscribe.local.connection import Connection
from dropscribe.local.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef

BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
PLACEHOLDER = "PUT-YOUR-API-KEY-HERE"
SECONDS = 300

# A stack in one of these takes no update: it has to go before another can come.
DEAD = frozenset(
    {
        "CREATE_FAILED",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "UPDATE_ROLLBACK_FAILED",
        "DELETE_FAILED",
        "REVIEW_IN_PROGRESS",
    }
)


def deploy(
    connection: Connection,
    assembly: Assembly,
    parameters: Mapping[str, str],
    progress: "Callable[[str], None]" = lambda _: None,
) -> dict[str, str]:
    """Create or update the stack and wait for it; returns its outputs.

    Only those of `parameters` that the template knows are given. Raises LocalError with the
    resources that failed and why.
    """
    session = connection.session()
    _publish(session, assembly)
    cloudformation = session.client("cloudformation")
    started = datetime.now(UTC).replace(microsecond=0)  # events are no finer
    if _submit(cloudformation, connection.url, assembly, parameters):
        _wait(cloudformation, assembly.stack, started, progress)
    return outputs(connection, assembly.stack)


def outputs(connection: Connection, stack: str) -> dict[str, str]:
    """The stack's outputs; empty when there is no such stack."""
    found = _describe(connection.session().client("cloudformation"), stack)
    listed = found.get("Outputs", []) if found else []
    return {output["OutputKey"]: output["OutputValue"] for output in listed}


def set_api_key(connection: Connection, secret: str, key: str) -> bool:
    """Store the API key unless somebody has stored one; says whether it did."""
    secrets = connection.session().client("secretsmanager")
    try:
        held = secrets.get_secret_value(SecretId=secret).get("SecretString", "")
    except secrets.exceptions.ResourceNotFoundException:
        held = ""
    if held not in {"", PLACEHOLDER}:
        return False
    secrets.put_secret_value(SecretId=secret, SecretString=key)
    return True


def _publish(session: "boto3.Session", assembly: Assembly) -> None:
    s3 = session.client("s3")
    for bucket in {asset.bucket for asset in assembly.assets}:
        with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(Bucket=bucket)
    for asset in assembly.assets:
        s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=asset.content())
    session.client("ssm").put_parameter(Name=BOOTSTRAP, Value="32", Type="String", Overwrite=True)


def _submit(
    cloudformation: "CloudFormationClient",
    url: str,
    assembly: Assembly,
    parameters: Mapping[str, str],
) -> bool:
    """Start to create or update the stack; False when there is nothing to do."""
    found = _settled(cloudformation, assembly.stack)
    if found and found["StackStatus"] in DEAD:
        _delete(cloudformation, assembly.stack)
        found = None
    given: list[ParameterTypeDef] = [
        {"ParameterKey": name, "ParameterValue": value}
        for name, value in parameters.items()
        if name in assembly.parameters
    ]
    submit = cloudformation.update_stack if found else cloudformation.create_stack
    try:
        submit(
            StackName=assembly.stack,
            TemplateURL=f"{url}/{assembly.template}",
            Parameters=given,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        )
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return False
        raise LocalError(f"The stack was refused: {error}") from error
    return True


def _wait(
    cloudformation: "CloudFormationClient",
    stack: str,
    started: datetime,
    progress: "Callable[[str], None]",
) -> None:
    found = _settled(cloudformation, stack, progress)
    status = found["StackStatus"] if found else "gone"
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise LocalError(
            f"The stack {stack} could not be deployed ({status}):\n"
            f"{_failures(cloudformation, stack, started)}\n"
            "Mend that and run again: dropscribe local up"
        )


def _settled(
    cloudformation: "CloudFormationClient",
    stack: str,
    progress: "Callable[[str], None]" = lambda _: None,
) -> "StackTypeDef | None":
    """The stack once nothing is under way in it, not even what a killed `up` began."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = _describe(cloudformation, stack)
        status = found["StackStatus"] if found else ""
        if status in DEAD or not status.endswith("_IN_PROGRESS"):
            return found
        progress(f"deploying the stack {stack}: {status.lower().replace('_', ' ')}")
        time.sleep(0.1)
    raise LocalError(
        f"The stack {stack} was not finished within {SECONDS} s. Its log says why: "
        "dropscribe local logs cloud"
    )


def _failures(cloudformation: "CloudFormationClient", stack: str, started: datetime) -> str:
    """The failed resources, the first to fail first, with the reason each gave."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    events = [event for page in pages for event in page["StackEvents"]]
    failed = [
        f"  {event.get('LogicalResourceId')} ({event.get('ResourceType')}): "
        f"{event.get('ResourceStatusReason', 'no reason given')}"
        for event in sorted(events, key=lambda event: event["Timestamp"])
        if event.get("ResourceStatus", "").endswith("_FAILED") and event["Timestamp"] >= started
    ]
    return "\n".join(failed) or "  no resource says why"


def _delete(cloudformation: "CloudFormationClient", stack: str) -> None:
    cloudformation.delete_stack(StackName=stack)
    left = _settled(cloudformation, stack)
    if left and left["StackStatus"] != "DELETE_COMPLETE":
        raise LocalError(
            f"The failed stack {stack} can be neither updated nor deleted "
            f"({left['StackStatus']}). Begin anew with: dropscribe local down --purge"
        )


def _describe(cloudformation: "CloudFormationClient", stack: str) -> "StackTypeDef | None":
    try:
        return cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        # CloudFormation has no code of its own for this, nor for an update without changes.
        if "does not exist" in str(error):
            return None
        raise
