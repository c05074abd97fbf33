"""What somebody must look at."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs


def dead_letters_alarm(stack: Stack, dead_letters: sqs.Queue) -> None:
    dead_letters.metric_approximate_number_of_messages_visible(
        period=Duration.minutes(1), statistic="Maximum"
    ).create_alarm(
        stack,
        "DeadLettersAlarm",
        alarm_description="Uploads that could not be taken: dropscribe's runbook in README.md",
        threshold=0,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
