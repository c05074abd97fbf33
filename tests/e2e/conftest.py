"""The deployed stack with real speech: on an embedded cloud with Whisper, or wherever it is told.

`make e2e` sets DROPSCRIBE_E2E=aws: then the stack is the one that DROPSCRIBE_STACK names in the
account that the AWS settings point at, and everything is found through its outputs.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest

from dropscribe.local.cloud import Cloud
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from tests.published import Published
from tests.stack import Stack

if TYPE_CHECKING:
    from dropscribe.local.assembly import Assembly


@pytest.fixture(scope="session")
def stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """The stack that hears."""
    if os.environ.get("DROPSCRIBE_E2E") == "aws":
        yield _in_aws(os.environ["DROPSCRIBE_STACK"])
        return
    assembly: Assembly = request.getfixturevalue("assembly")
    settings = Settings(scale=0.05, persist=False)
    with Cloud.on_free_ports(Home(tmp_path_factory.mktemp("e2e")), settings) as cloud:
        found = Stack(cloud.connection.session(), cloud.deploy(assembly), patience=120)
        published = Published(found)
        yield found
        assert published.faults() == []


def _in_aws(name: str) -> Stack:
    session = boto3.Session()
    (found,) = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}
    return Stack(session, outputs, patience=1800)
