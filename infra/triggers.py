"""What calls the functions from outside the state machine."""

from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from transcription.sending import BATCH

# How an execution ends that did not finish its job itself.
ENDED: Final = ("FAILED", "TIMED_OUT", "ABORTED")


def on_upload(submit: lambda_.Function, queue: sqs.Queue, concurrency: int) -> None:
    submit.add_event_source(
        sources.SqsEventSource(
            queue,
            batch_size=BATCH,
            max_concurrency=concurrency,
            report_batch_item_failures=True,
        )
    )


def every_minute(stack: Stack, dispatch: lambda_.Function) -> None:
    _every(stack, "EveryMinute", Duration.minutes(1), dispatch)


def on_slot_freed(stack: Stack, dispatch: lambda_.Function, bus: events.IEventBus) -> None:
    """Let whoever frees a slot that others wait for call Dispatch; functions/wiring.py says so."""
    events.Rule(
        stack,
        "SlotFreed",
        description="Sends at once what waits for a slot at the speech API",
        event_bus=bus,
        event_pattern=events.EventPattern(source=["dropscribe.slots"], detail_type=["Slot Freed"]),
        targets=[
            targets.LambdaFunction(
                dispatch,
                event=events.RuleTargetInput.from_object({"freed": True}),
                retry_attempts=0,
            )
        ],
    )


def every_five_minutes(stack: Stack, reconcile: lambda_.Function) -> None:
    _every(stack, "EveryFiveMinutes", Duration.minutes(5), reconcile)


def _every(stack: Stack, name: str, time: Duration, function: lambda_.Function) -> None:
    """Let the clock call a function. What was missed, or failed, is done by the next run."""
    events.Rule(
        stack,
        name,
        schedule=events.Schedule.rate(time),
        targets=[targets.LambdaFunction(function, retry_attempts=0)],
    )
    # The rule's retries are deliveries. Lambda by itself runs what failed twice more, and keeps
    # what it has to throttle for six hours, to run it all at once.
    function.configure_async_invoke(retry_attempts=0, max_event_age=time)


def on_demand(publish: lambda_.Function) -> None:
    """`dropscribe render` calls it asynchronously, outside the state machine.

    A render that fails is tried once more, then only logged and counted: nothing is lost, the
    old renditions stay, so it is no dead letter.
    """
    publish.configure_async_invoke(retry_attempts=1, max_event_age=Duration.hours(1))


def on_execution_ended(
    stack: Stack,
    record_failure: lambda_.Function,
    machine: sfn.StateMachine,
    dead_letters: sqs.Queue,
) -> None:
    events.Rule(
        stack,
        "ExecutionEnded",
        description="Closes the rows of executions that could not do it themselves",
        event_pattern=events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={"stateMachineArn": [machine.state_machine_arn], "status": list(ENDED)},
        ),
        targets=[targets.LambdaFunction(record_failure, dead_letter_queue=dead_letters)],
    )
