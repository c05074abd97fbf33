"""One page that shows how the stack is doing, and what it costs."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from infra.functions import Functions
from infra.series import PERIOD, ours

WIDTH = 8  # of 24
OUTCOMES = ("JobsCompleted", "JobsRejected", "JobsFailed", "JobsExpired")
# Jobs that found the house full or the day's budget spent, and all that must not be sent now.
HELD_BACK = ("SlotWaits", "BudgetReached", "JobsWaiting")


def dashboard(
    stack: Stack,
    upload_queue: sqs.IQueue,
    dead_letters: sqs.IQueue,
    backfill_queue: sqs.IQueue,
    machine: sfn.IStateMachine,
    functions: Functions,
) -> cloudwatch.Dashboard:
    """Four rows: what comes and goes, what is wrong, what is held back, what is paid for."""
    made = cloudwatch.Dashboard(stack, "Dashboard")
    made.add_widgets(
        _graph("Messages about uploads", [upload_queue.metric_number_of_messages_sent()]),
        _graph("Outcomes", [ours(name) for name in OUTCOMES]),
        _graph("Upload to transcript, seconds", _spread("TimeToTranscriptSeconds")),
    )
    made.add_widgets(
        _graph("Waiting, seconds", _waiting(upload_queue)),
        _graph("Dead letters", [dead_letters.metric_approximate_number_of_messages_visible()]),
        _graph("Wrong", [ours(name) for name in ("ApiErrors", "OperatorMustAct")]),
    )
    made.add_widgets(
        _graph("Held back", [ours(name) for name in HELD_BACK]),
        _graph("Messages about what a backfill brings", _messages(backfill_queue)),
        _graph("Creates and polls", _requests()),
    )
    made.add_widgets(
        _graph("Dollars", [ours("SpeechDollars"), ours("AwsDollars")]),
        _graph("Paid to the speech API: seconds of audio", [ours("AudioSeconds")]),
        _graph("Paid to AWS", _paid_to_aws(machine, functions)),
    )
    return made


def _graph(title: str, series: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(series), width=WIDTH, period=PERIOD)


def _spread(name: str) -> list[cloudwatch.Metric]:
    return [ours(name, statistic) for statistic in ("p50", "p95", "Maximum")]


def _waiting(upload_queue: sqs.IQueue) -> list[cloudwatch.Metric]:
    oldest_message = upload_queue.metric_approximate_age_of_oldest_message(statistic="Maximum")
    return [oldest_message, ours("OldestOpenJobSeconds", "Maximum")]


def _messages(queue: sqs.IQueue) -> list[cloudwatch.Metric]:
    """What arrives in a queue, and what still lies there."""
    left = queue.metric_approximate_number_of_messages_visible(statistic="Maximum")
    return [queue.metric_number_of_messages_sent(), left]


def _requests() -> list[cloudwatch.Metric]:
    return [ours(name) for name in ("JobsSubmitted", "AmbiguousSubmits", "Polls")]


def _paid_to_aws(machine: sfn.IStateMachine, functions: Functions) -> list[cloudwatch.IMetric]:
    """Transitions of the state machine, of which each poll adds three, and Lambda time."""
    transitions = cloudwatch.MathExpression(
        expression="executions + 3 * polls",
        label="transitions",
        using_metrics={
            "executions": machine.metric_started(statistic="Sum"),
            "polls": ours("Polls"),
        },
    )
    lasted = [
        made.metric_duration(statistic="Sum", label=f"{made.node.id} ms") for made in functions.all
    ]
    return [transitions, *lasted]
