"""What somebody must look at, and who is told. docs/runbook.md says what to do about each."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from infra.series import PERIOD, ours
from infra.settings import Settings

RUNBOOK: Final = "docs/runbook.md"
# Seconds after which an upload should have been taken out of the queue, even after a failed try.
WAITED: Final = 3600


class Alarm(NamedTuple):
    """More than `most` within one of the last `periods` of five minutes; `says` is for people.

    Where data are missing nothing is wrong, unless `silent_is_bad`: then there must be one or
    more in each period.
    """

    name: str
    says: str
    metric: cloudwatch.Metric
    most: float = 0
    periods: int = 1
    silent_is_bad: bool = False

    @property
    def description(self) -> str:
        return f"{self.says}. {RUNBOOK}#{self.name.lower()}"


def every_alarm(
    settings: Settings, upload_queue: sqs.IQueue, dead_letters: sqs.IQueue
) -> Iterator[Alarm]:
    """The alarms of a stack. Periods are as long as what they count may take to come again."""
    letters = dead_letters.metric_approximate_number_of_messages_visible(
        period=PERIOD, statistic="Maximum"
    )
    yield Alarm("DeadLettersAlarm", "Messages that no function could take", letters)
    waited = upload_queue.metric_approximate_age_of_oldest_message(
        period=PERIOD, statistic="Maximum"
    )
    yield Alarm("UploadQueueAlarm", "Uploads that nobody takes out of the queue", waited, WAITED)
    oldest = ours("OldestOpenJobSeconds", "Maximum")
    seconds = settings.oldest_open_job_hours * 3600
    long = "A job has been open for too long"
    yield Alarm("OldestOpenJobAlarm", long, oldest, seconds, periods=3)
    act = ours("OperatorMustAct")
    yield Alarm("OperatorMustActAlarm", "The key, its account or the rules", act, periods=4)
    doubt = ours("AmbiguousSubmits")
    yield Alarm("AmbiguousSubmitsAlarm", "A submit may be paid twice", doubt, periods=3)
    found = ours("UnaccountedObjects", "Maximum")
    yield Alarm("UnaccountedObjectsAlarm", "Uploads that no event told of", found, periods=3)
    if settings.daily_budget:
        reached = ours("BudgetReached")
        yield Alarm("BudgetAlarm", "The day's budget is spent, and files wait", reached)
    alive = ours("Reconciled")
    yield Alarm("ReconcilerAlarm", "Nobody looks for gaps", alive, periods=3, silent_is_bad=True)


def topic(stack: Stack, settings: Settings, key: kms.IKey | None) -> sns.Topic:
    """Whom alarms tell: the address of the settings, and whoever subscribes."""
    made = sns.Topic(stack, "Alarms", enforce_ssl=True, master_key=key)
    made.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[made.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
        )
    )
    if settings.alarm_email:
        made.add_subscription(subscriptions.EmailSubscription(settings.alarm_email))
    return made


def watch(stack: Stack, alarm: Alarm, told: sns.ITopic) -> cloudwatch.Alarm:
    """The alarm in CloudWatch; the topic hears of its beginning and of its end."""
    bad_silence, fine_silence = (
        cloudwatch.TreatMissingData.BREACHING,
        cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    compare = cloudwatch.ComparisonOperator
    made = cloudwatch.Alarm(
        stack,
        alarm.name,
        alarm_description=alarm.description,
        metric=alarm.metric,
        threshold=1 if alarm.silent_is_bad else alarm.most,
        comparison_operator=(
            compare.LESS_THAN_THRESHOLD if alarm.silent_is_bad else compare.GREATER_THAN_THRESHOLD
        ),
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.periods if alarm.silent_is_bad else 1,
        treat_missing_data=bad_silence if alarm.silent_is_bad else fine_silence,
    )
    made.add_alarm_action(actions.SnsAction(told))
    made.add_ok_action(actions.SnsAction(told))
    return made
