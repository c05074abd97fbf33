"""What cdk-nag's AwsSolutions rules find and what we answer: each finding, and why it may stand.

The answers are metadata of the constructs, never in the template. To hear the questions:
`Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))`, as tests/infra/test_nag.py does.
"""

from collections.abc import Iterator
from typing import Final, cast

from aws_cdk import Acknowledgment, CfnElement, Stack, Validations
from constructs import Construct, IConstruct

from infra.policies import every_event_source, this_stack
from infra.stack import DropscribeStack
from infra.storage import NAMED_DAYS

ACCEPTED: Final = {
    "S1": "Who reads what is for the account's CloudTrail to say: server access logs cost a "
    "fourth bucket with the same keys in it, and come late and incomplete.",
    "SMG4": "The key belongs to an outside provider, who has no way to change it from here; "
    "`dropscribe key set` does, and functions take the new one within a minute.",
    "L1": "Python 3.13 has security fixes until 2029 and is the newest that the tests run on.",
    "SF1": "Each execution's history has every event for 90 days; logging them too would pay "
    "twice. Errors are logged.",
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]": (
        "The CDK's own function that configures the bucket's notification, once a deployment; "
        "ours have roles that write their own log group and no other."
    ),
}
ANY_RESOURCE: Final = "X-Ray, and the delivery of Step Functions' logs, know no resources in IAM."
ANY_OBJECT: Final = "Every key of this one bucket: recordings and transcripts have any name."
ANY_RULES: Final = "Rule sets too large for their parameter are named by their hash."
ANY_LIST: Final = "Which recordings a backfill takes stands in files named by their run or date."
ANY_CHILD: Final = "A Distributed Map starts, sees and ends its own children, named as they begin."
ANY_EXECUTION: Final = "A person may cancel any job; its execution bears the job's id."
ANY_BACKFILL: Final = "A person may follow and stop any backfill; its name is made with it."
STATES: Final = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>"
ANY_ID: Final = "A stack is asked for by its name; its id, which ends its ARN, is made with it."
ANY_NUMBER: Final = "Metrics know no resource in IAM, and alarms are listed to who may see all."
ANY_SOURCE: Final = "An event source is asked for by its id, which ends its ARN; it shows no event."
ANY_VERSION: Final = "The CDK lets the state machine call any version of this one function."


def accept(stack: DropscribeStack) -> None:
    """Acknowledge the findings of a stack, the widest of them only where it stands."""
    answers = (*_of_buckets(stack), *_of_machine(stack), *_of_backfill(stack))
    for rule, reason in (*ACCEPTED.items(), *answers):
        _acknowledge(stack, rule, reason)
    roles = [function.role for function in stack.functions.all]
    for holder in (*roles, stack.workflow.machine, stack.backfill.machine):
        _acknowledge(cast("Construct", holder), "IAM5[Resource::*]", ANY_RESOURCE)
    for name in ("ReaderPolicy", "OperatorPolicy"):
        _acknowledge(stack.policies[name], _of(stack, this_stack(stack)), ANY_ID)
    _acknowledge(stack.policies["OperatorPolicy"], "IAM5[Resource::*]", ANY_NUMBER)
    sources = _of(stack, every_event_source(stack))
    _acknowledge(stack.policies["OperatorPolicy"], sources, ANY_SOURCE)


def _of_buckets(stack: DropscribeStack) -> Iterator[tuple[str, str]]:
    for bucket in (stack.uploads, stack.answers, stack.transcripts):
        arn = f"arn:<AWS::Partition>:s3:::{stack.settings.existing_bucket}"
        if resource := bucket.node.default_child:
            arn = f"<{_logical_id(stack, resource)}.Arn>"
        yield f"IAM5[Resource::{arn}/*]", ANY_OBJECT
    answers = _logical_id(stack, cast("IConstruct", stack.answers.node.default_child))
    yield f"IAM5[Resource::<{answers}.Arn>/rules/*]", ANY_RULES
    for prefix in NAMED_DAYS:
        yield f"IAM5[Resource::<{answers}.Arn>/{prefix}*]", ANY_LIST


def _of_machine(stack: DropscribeStack) -> Iterator[tuple[str, str]]:
    made = stack.functions
    for function in (made.poll, made.publish, made.record_failure):
        resource = cast("IConstruct", function.node.default_child)
        yield f"IAM5[Resource::<{_logical_id(stack, resource)}.Arn>:*]", ANY_VERSION
    machine = _logical_id(stack, cast("IConstruct", stack.workflow.machine.node.default_child))
    yield f"IAM5[Resource::{STATES}:execution:<{machine}.Name>:*]", ANY_EXECUTION


def _of_backfill(stack: DropscribeStack) -> Iterator[tuple[str, str]]:
    """Of the Distributed Maps, whose rights the CDK writes, and of whoever looks after them."""
    machine = _logical_id(stack, cast("IConstruct", stack.backfill.machine.node.default_child))
    name = f'{{"Fn::Select":[6,{{"Fn::Split":[":",{{"Ref":"{machine}"}}]}}]}}'
    yield f"IAM5[Resource::{STATES}:execution:{name}:*]", ANY_CHILD
    yield f"IAM5[Resource::{STATES}:execution:{name}/*:*]", ANY_CHILD
    yield f"IAM5[Resource::{STATES}:execution:<{machine}.Name>:*]", ANY_BACKFILL
    yield f"IAM5[Resource::{STATES}:mapRun:<{machine}.Name>/*:*]", ANY_BACKFILL


def _of(stack: Stack, arn: str) -> str:
    """How cdk-nag calls the finding about an ARN with a star in it: pseudo parameters by name."""
    parts = stack.resolve(arn)["Fn::Join"][1]
    named = "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts)
    return f"IAM5[Resource::{named}]"


def _logical_id(stack: Stack, resource: IConstruct) -> str:
    return str(stack.resolve(cast("CfnElement", resource).logical_id))


def _acknowledge(where: Construct, rule: str, reason: str) -> None:
    Validations.of(where).acknowledge(
        Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason)
    )
