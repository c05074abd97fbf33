"""The backfill: recordings that were there before, listed by Step Functions, into their own queue.

Asked -> Which? --no file is named--> Listed        the uploads bucket, as it is
              \\ \\--a choice of keys--> Picked       a file that the command line wrote
               \\--an inventory-------> Inventoried  a manifest of S3 Inventory

Each of the three is a Distributed Map. Its children are Express workflows with a hundred files
each, which leave out what nobody wants and send a message for each of the others.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.encryption import READ, WRITE, may_use
from infra.logs import log_group
from infra.settings import Settings
from infra.storage import CHOICES, INVENTORIES

# Submits for a backfill at a time, the fewest that Lambda allows.
CONCURRENCY: Final = 2
# Files of a child: one transition is paid for all of them.
FILES: Final = 100
CHILDREN: Final = 4
# Keys may be long, and encoded; Step Functions takes 256 KiB.
MOST_BYTES: Final = 200_000
# More than this many files in a hundred that can't be sent are a fault, not bad luck.
TOLERATED: Final = 5
TRIES: Final = 6

# What of a batch is to be sent. Inventories write numbers as text, times otherwise, and encode
# keys; of some versions they say that they are not the current one. The emulator batches nothing.
WANTED: Final = """
$begins := function($key, $parts) {
  $count($parts) = 0 or $count($parts[$substring($key, 0, $length($)) = $]) > 0
};
$ends := function($key, $parts) {
  $count($parts) = 0 or $count($parts[$substring($key, $length($key) - $length($)) = $]) > 0
};
[($exists($states.input.Items) ? $states.input.Items : $states.input)
  [$not(item.IsLatest = 'false' or item.IsDeleteMarker = 'true')]
  .{
    'since': since,
    'suffixes': suffixes,
    'backfill': $exists(item.LastModifiedDate) ? {
      'bucket': bucket,
      'key': $decodeUrlComponent($replace(item.Key, '+', '%20')),
      'etag': item.ETag,
      'size': $number(item.Size),
      'modified': $floor($toMillis(item.LastModifiedDate) / 1000)
    } : {
      'bucket': bucket,
      'key': item.Key,
      'etag': item.Etag,
      'size': item.Size,
      'modified': item.LastModified
    }
  }
  [backfill.size > 0 and backfill.modified >= since]
  [$begins(backfill.key, $prefixes) and $ends(backfill.key, $suffixes)]
  [$ends(backfill.key, suffixes)]
  .{'backfill': backfill}]
"""


class Backfill(Construct):
    """The state machine that feeds a queue; whoever starts it says what is wanted."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        uploads: s3.IBucket,
        files: s3.IBucket,
        queue: sqs.IQueue,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self._uploads, self._files, self._settings = uploads, files, settings
        # Without its key: the CDK would grant more of that than is needed.
        self._queue = sqs.Queue.from_queue_attributes(
            self, "Queue", queue_arn=queue.queue_arn, queue_url=queue.queue_url
        )
        self.logs = log_group(self, "Logs", settings)
        self.machine = sfn.StateMachine(
            self,
            "StateMachine",
            definition_body=sfn.DefinitionBody.from_chainable(self._chain()),
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=self.logs, level=sfn.LogLevel.ERROR, include_execution_data=False
            ),
        )

    @property
    def runs(self) -> tuple[str, str]:
        """The ARNs of every execution of the machine, and of every run of its maps."""
        name = self.machine.state_machine_name
        return self._arn("execution", f"{name}:*"), self._arn("mapRun", f"{name}/*:*")

    def _arn(self, resource: str, name: str) -> str:
        return Stack.of(self).format_arn(
            service="states",
            resource=resource,
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def may_use(self, data: kms.IKey | None, messages: kms.IKey | None) -> None:
        """Let the machine read files and send messages under the account's own keys."""
        if data and messages:
            may_use([self.machine], data.key_arn, "s3", *READ)
            may_use([self.machine], messages.key_arn, "sqs", *WRITE)

    def _chain(self) -> sfn.Chain:
        listed = sfn.S3ObjectsItemReader(
            bucket=self._uploads, prefix=sfn.JsonPath.string_at("$.prefix")
        )
        picked = _Choice(bucket=self._files, key=sfn.JsonPath.string_at("$.picked"))
        inventory = _Inventory(bucket=self._files, key=sfn.JsonPath.string_at("$.inventory"))
        which = (
            sfn.Choice.jsonata(self, "Which?")
            .when(_is_given("picked"), self._map("Picked", picked))
            .when(_is_given("inventory"), self._map("Inventoried", inventory))
            .otherwise(self._map("Listed", listed))
        )
        return sfn.Pass.jsonata(self, "Asked", outputs=_asked()).next(which)

    def _map(self, name: str, reader: sfn.IItemReader) -> sfn.DistributedMap:
        """All files that a reader finds; only the readers know no JSONata everywhere."""
        every = sfn.DistributedMap(
            self,
            name,
            item_reader=reader,
            item_selector={
                "item": sfn.JsonPath.object_at("$$.Map.Item.Value"),
                "bucket": self._uploads.bucket_name,
                "since": sfn.JsonPath.number_at("$.since"),
                "suffixes": sfn.JsonPath.list_at("$.suffixes"),
            },
            item_batcher=sfn.ItemBatcher(
                max_items_per_batch=FILES, max_input_bytes_per_batch=MOST_BYTES
            ),
            map_execution_type=sfn.StateMachineType.EXPRESS,
            max_concurrency=CHILDREN,
            tolerated_failure_percentage=TOLERATED,
            result_path=sfn.JsonPath.DISCARD,
        )
        # What children say is gathered up, and must not grow large: nothing.
        wanted = sfn.Map.jsonata(
            self,
            f"Wanted of {name}",
            items=sfn.ProvideItems.jsonata(wanted_of(self._settings)),
            outputs="{% 0 %}",
        )
        return every.item_processor(wanted.item_processor(self._send(f"Send {name}")))

    def _send(self, name: str) -> tasks.SqsSendMessage:
        send = tasks.SqsSendMessage.jsonata(
            self,
            name,
            queue=self._queue,
            message_body=sfn.TaskInput.from_text("{% $string($states.input) %}"),
            outputs="{% 0 %}",
        )
        send.add_retry(max_attempts=TRIES, jitter_strategy=sfn.JitterType.FULL)
        return send


class _Choice(sfn.S3JsonItemReader):
    """A choice of keys in the answers bucket."""

    def provide_policy_statements(self) -> list[iam.PolicyStatement]:
        return _may_read(self, CHOICES)


class _Inventory(sfn.S3ManifestItemReader):
    """An inventory in the answers bucket."""

    def provide_policy_statements(self) -> list[iam.PolicyStatement]:
        return _may_read(self, INVENTORIES)


def _may_read(reader: sfn.IItemReader, prefix: str) -> list[iam.PolicyStatement]:
    """Of the answers bucket no more than this: the CDK would grant all of it, answers too."""
    assert reader.bucket is not None  # noqa: S101 both readers are given one
    objects = reader.bucket.arn_for_objects(f"{prefix}*")
    return [iam.PolicyStatement(actions=["s3:GetObject"], resources=[objects])]


def wanted_of(settings: Settings) -> str:
    """The messages for those files of a batch that are asked for, and watched by the stack."""
    watched = f"$prefixes := {_literal(settings.watch_prefixes)}; "
    watched += f"$suffixes := {_literal(settings.watch_suffixes)};"
    return f"{{% ({watched}{WANTED}) %}}"


def _literal(texts: Iterable[str]) -> str:
    """What JSON writes is JSONata, too."""
    return json.dumps(list(texts), ensure_ascii=False)


def _asked() -> Mapping[str, Any]:
    """What whoever starts it may leave out; a map's fields must all be there."""
    missing = {"prefix": "''", "since": "0", "picked": "''", "inventory": "''"}
    said = {
        name: f"{{% $exists($states.input.{name}) ? $states.input.{name} : {otherwise} %}}"
        for name, otherwise in missing.items()
    }
    return said | {"suffixes": "{% [$states.input.suffixes] %}"}


def _is_given(name: str) -> sfn.Condition:
    return sfn.Condition.jsonata(f"{{% $states.input.{name} != '' %}}")


def let_s3_write_inventories(files: s3.Bucket, uploads: s3.IBucket, key: kms.Key | None) -> None:
    """S3 may put inventories of the uploads bucket where the state machine reads them."""
    service = iam.ServicePrincipal("s3.amazonaws.com")
    account = {"StringEquals": {"aws:SourceAccount": files.stack.account}}
    of_uploads = {"ArnLike": {"aws:SourceArn": uploads.bucket_arn}}
    files.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[service],
            actions=["s3:PutObject"],
            resources=[files.arn_for_objects(f"{INVENTORIES}*")],
            conditions={**account, **of_uploads},
        )
    )
    if key:
        # The bucket is encrypted with this key, which can't name it in return.
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service],
                actions=["kms:GenerateDataKey"],
                resources=["*"],
                conditions=account,
            )
        )
