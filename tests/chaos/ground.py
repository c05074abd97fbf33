"""Where storms take place, one after the other: a deployed stack and a speech API that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from dropscribe.local.assembly import Assembly
from dropscribe.local.cloud import Cloud
from dropscribe.local.home import Home
from dropscribe.local.settings import Settings
from tests.chaos.provider import Provider
from tests.chaos.workers import Workers
from tests.stack import Stack

KEY = "the-key-of-the-storms"
# How much of each wait in the state machine is waited: a minute becomes a second or so.
SCALE = 0.02
# Seconds after which a message comes back whose taker died: longer than any taker takes here.
VISIBILITY = "10"


class Ground(NamedTuple):
    """A stack whose scheduled functions run only when they are told to."""

    cloud: Cloud
    stack: Stack
    provider: Provider


@contextmanager
def deployed(assembly: Assembly, folder: Path) -> Iterator[Ground]:
    """A cloud of its own in an empty folder, for as long as it is needed."""
    home = Home(folder)
    with Provider(KEY, home.certificate) as provider:
        settings = Settings(api_base_url=provider.base_url, scale=SCALE, persist=False)
        with Cloud.on_free_ports(home, settings) as cloud:
            outputs = cloud.deploy(assembly)
            stack = Stack(cloud.connection.session(), outputs)
            _prepare(stack)
            try:
                yield Ground(cloud, stack, provider)
            finally:
                Workers(cloud).pull_the_plug()


def _prepare(stack: Stack) -> None:
    stack.switch_schedules_off()
    stack.drained()  # S3's test message, whose visibility would still be AWS's half an hour
    stack.session.client("sqs").set_queue_attributes(
        QueueUrl=stack.outputs["UploadQueueUrl"], Attributes={"VisibilityTimeout": VISIBILITY}
    )
    stack.session.client("secretsmanager").put_secret_value(
        SecretId=stack.outputs["ApiKeySecretArn"], SecretString=KEY
    )
