"""What people and other programs may do here: four policies, ready to be attached to them.

docs/security.md says who is meant by each. The last is for operators, besides their own.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_iam as iam

from infra import encryption
from infra.encryption import READ, TABLE, WRITE
from infra.storage import CHOICES, INDEXES

if TYPE_CHECKING:
    from infra.stack import DropscribeStack

Statements = Iterator[iam.PolicyStatement]
PUT: Final = ("s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload")
ERASE: Final = ("s3:DeleteObject", "s3:DeleteObjectVersion")
LOOK: Final = ("s3:GetObject", "s3:GetObjectVersion")
LIST: Final = ("s3:ListBucket",)
QUEUE: Final = (
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
)
ROWS: Final = ("dynamodb:GetItem", "dynamodb:BatchGetItem")
CHANGE_ROWS: Final = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
EXECUTIONS: Final = ("states:DescribeExecution", "states:StopExecution")
WATCH: Final = ("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics")
SECRET: Final = ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")


def uploader(stack: "DropscribeStack") -> Statements:
    """Put recordings, with metadata and tags; neither list nor read what is there."""
    yield allow(PUT, stack.uploads.arn_for_objects("*"))
    if stack.upload_key_arn:
        yield allow(WRITE, stack.upload_key_arn, through=["s3"])


def reader(stack: "DropscribeStack") -> Statements:
    """Read transcripts and rows; neither recordings nor raw answers, and nothing is changed."""
    yield from _find(stack)
    yield allow(LOOK, stack.transcripts.arn_for_objects("*"))
    yield allow(LIST, stack.transcripts.bucket_arn)
    yield from _rows(stack)
    if key := stack.keys.data:
        yield allow((*READ, "kms:DescribeKey"), key.key_arn, through=["s3", "dynamodb"])


def operator(stack: "DropscribeStack") -> Statements:
    """Do everything that the command line can; who has this can erase recordings."""
    yield from _find(stack)
    yield from _objects(stack)
    yield from _rows(stack)
    yield allow(CHANGE_ROWS, stack.jobs.table_arn)
    queues = (stack.upload_queue, stack.backfill_queue, stack.dead_letters)
    yield allow(QUEUE, *(queue.queue_arn for queue in queues))
    yield from _run(stack)
    yield from _watch(stack)
    yield from _set(stack)
    yield from _use_keys(stack)


def backfiller(stack: "DropscribeStack") -> Statements:
    """Besides, pay for a bucket full of recordings: start, follow and stop backfills."""
    machine, queue = stack.backfill.machine, stack.backfill_queue
    yield allow(("states:StartExecution", "states:ListExecutions"), machine.state_machine_arn)
    executions, map_runs = stack.backfill.runs
    yield allow((*EXECUTIONS, "states:ListMapRuns"), executions)
    yield allow(("states:DescribeMapRun",), map_runs)
    yield allow(("sqs:GetQueueAttributes", "sqs:PurgeQueue"), queue.queue_arn)
    yield allow(("s3:PutObject",), stack.answers.arn_for_objects(f"{CHOICES}*"))


def allow(
    actions: Iterable[str], *resources: str, through: Iterable[str] = ()
) -> iam.PolicyStatement:
    """Allow actions on resources; of a key, only its use `through` services that encrypt."""
    services = list(through)
    return iam.PolicyStatement(
        actions=list(actions),
        resources=list(resources),
        conditions=encryption.through(*services) if services else None,
    )


def _find(stack: "DropscribeStack") -> Statements:
    """The command line finds everything through the stack's outputs and its resources."""
    look = ("cloudformation:DescribeStacks", "cloudformation:ListStackResources")
    yield allow(look, this_stack(stack))


def this_stack(stack: Stack) -> str:
    """The ARN of the stack, whatever its id."""
    named = f"{Aws.STACK_NAME}/*"
    return stack.format_arn(service="cloudformation", resource="stack", resource_name=named)


def _objects(stack: "DropscribeStack") -> Statements:
    """Read and erase all that there is, every version of it."""
    buckets = (stack.uploads, stack.transcripts, stack.answers)
    yield allow((*LOOK, *ERASE), *(bucket.arn_for_objects("*") for bucket in buckets))
    yield allow((*LIST, "s3:ListBucketVersions"), *(bucket.bucket_arn for bucket in buckets))
    yield allow(PUT, stack.uploads.arn_for_objects("*"))
    yield allow(("s3:PutObject",), stack.answers.arn_for_objects("rules/*"))


def _rows(stack: "DropscribeStack") -> Statements:
    table = stack.jobs.table_arn
    yield allow(ROWS, table)
    yield allow(("dynamodb:Query",), *(f"{table}/index/{name}" for name, _, _ in INDEXES))


def _run(stack: "DropscribeStack") -> Statements:
    callable_ = (function.function_arn for function in stack.functions.on_demand)
    yield allow(("lambda:InvokeFunction",), *callable_)
    yield allow(EXECUTIONS, stack.workflow.executions)


def _watch(stack: "DropscribeStack") -> Statements:
    groups = [function.log_group for function in stack.functions.all]
    groups += [stack.workflow.logs, stack.backfill.logs]
    arns = [group.log_group_arn for group in groups]
    yield allow(("logs:FilterLogEvents",), *arns)
    yield allow(("lambda:GetEventSourceMapping",), every_event_source(stack))
    yield allow(WATCH, "*")


def every_event_source(stack: Stack) -> str:
    """The ARN of any event source: its id, which ends it, is made with it."""
    colon = ArnFormat.COLON_RESOURCE_NAME
    return stack.format_arn(
        service="lambda", resource="event-source-mapping", resource_name="*", arn_format=colon
    )


def _set(stack: "DropscribeStack") -> Statements:
    """The API key, and the rules."""
    yield allow(SECRET, stack.api_key.secret_arn)
    yield allow(("ssm:GetParameter", "ssm:PutParameter"), stack.rules.parameter_arn)


def _use_keys(stack: "DropscribeStack") -> Statements:
    if their_key := stack.settings.existing_bucket_key_arn:
        yield allow(WRITE, their_key, through=["s3"])
    if key := stack.keys.data:
        yield allow(TABLE, key.key_arn, through=["s3", "dynamodb", "secretsmanager"])
    if key := stack.keys.messages:
        yield allow(WRITE, key.key_arn, through=["sqs"])


POLICIES: Final = {
    "UploaderPolicy": uploader,
    "ReaderPolicy": reader,
    "OperatorPolicy": operator,
    "BackfillPolicy": backfiller,
}


def managed_policies(stack: "DropscribeStack") -> dict[str, iam.ManagedPolicy]:
    """The policies by their names, attached to nobody."""
    return {
        name: iam.ManagedPolicy(
            stack,
            name,
            description=(statements.__doc__ or "").splitlines()[0],
            statements=list(statements(stack)),
        )
        for name, statements in POLICIES.items()
    }
