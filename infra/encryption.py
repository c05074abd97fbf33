"""Whose keys encrypt what is kept: AWS's own, or two of this account (the setting `encryption`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from infra.functions import Functions
from infra.settings import Settings
from infra.storage import removal

READ: Final = ("kms:Decrypt",)
WRITE: Final = ("kms:Decrypt", "kms:GenerateDataKey")
# What DynamoDB does with the key of a table in the name of whoever reads or writes it.
TABLE: Final = (
    *WRITE,
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
# Services that put something into a queue or a topic, and whether AWS says for whom they use the
# key. For EventBridge it does not: a condition would drop each event, and nobody would hear of it.
# S3's right comes with the notification.
PRODUCERS: Final[Mapping[str, bool]] = {
    "cloudwatch.amazonaws.com": True,
    "sns.amazonaws.com": True,
    "events.amazonaws.com": False,
}


@dataclass(frozen=True)
class Keys:
    """The customer-managed keys of a stack, None where AWS manages them.

    `data` is of buckets, table, secret and bus, `messages` of queues and topics. They are two
    because S3's right to the queue's key names the bucket, whose own key must then be another.
    """

    data: kms.Key | None = None
    messages: kms.Key | None = None

    @classmethod
    def make(cls, stack: Stack, settings: Settings) -> "Keys":
        if settings.encryption == "aws-managed":
            return cls()
        keys = cls(_key(stack, "DataKey", settings), _key(stack, "MessageKey", settings))
        keys.let_producers_send()
        return keys

    def let_producers_send(self) -> None:
        """AWS's services encrypt in their own name what they put into a queue or topic of ours."""
        assert self.messages is not None  # noqa: S101 both are made together
        for service, tells_its_source in PRODUCERS.items():
            own = {"StringEquals": {"aws:SourceAccount": self.messages.stack.account}}
            self.messages.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(service)],
                    actions=list(WRITE),
                    resources=["*"],
                    conditions=own if tells_its_source else None,
                )
            )

    def let_functions_use(self, made: Functions) -> None:
        """Each function may use the data key through the services that it works with.

        The CDK lets Submit receive from the queue.
        """
        if self.data is None:
            return
        key = self.data.key_arn
        may_use(made.all, key, "dynamodb", *TABLE)
        may_use(made.senders, key, "s3", *READ)
        may_use([made.poll, made.publish], key, "s3", *WRITE)
        may_use([*made.senders, made.poll], key, "secretsmanager", *READ)


def may_use(grantees: Iterable[iam.IGrantable], key_arn: str, service: str, *actions: str) -> None:
    """Let grantees use a key, and only through one of AWS's services."""
    for grantee in grantees:
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=list(actions),
            resource_arns=[key_arn],
            conditions=through(service),
        )


def through(*services: str) -> dict[str, dict[str, Any]]:
    """The condition that a key is used by services in somebody's name, never directly."""
    via = [f"{service}.{Aws.REGION}.{Aws.URL_SUFFIX}" for service in services]
    return {"StringEquals": {"kms:ViaService": via}}


def _key(stack: Stack, name: str, settings: Settings) -> kms.Key:
    return kms.Key(
        stack,
        name,
        description=f"Dropscribe: {name}",
        enable_key_rotation=True,
        removal_policy=removal(settings),
    )
