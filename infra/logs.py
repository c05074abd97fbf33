"""Log groups of our own: those that AWS makes by itself keep everything, for ever."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.settings import LOG_RETENTIONS, Settings


def log_group(scope: Construct, name: str, settings: Settings) -> logs.LogGroup:
    return logs.LogGroup(
        scope,
        name,
        retention=logs.RetentionDays[LOG_RETENTIONS[settings.log_retention_days]],
        removal_policy=RemovalPolicy.DESTROY,
    )
