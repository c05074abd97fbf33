"""The numbers that alarms and the dashboard look at; functions/telemetry.py makes ours."""

from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch

NAMESPACE: Final = "Dropscribe"
PERIOD: Final = Duration.minutes(5)


def ours(name: str, statistic: str = "Sum") -> cloudwatch.Metric:
    """One of our functions' own numbers, of this stack alone."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"service": Aws.STACK_NAME},
        statistic=statistic,
        period=PERIOD,
    )
