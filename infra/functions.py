"""The Lambda functions: one for each file in functions/ that has a handler."""

import json
from collections.abc import Mapping
from typing import Final

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from transcription import sending

from infra import lambda_asset
from infra.logs import log_group
from infra.series import NAMESPACE
from infra.settings import Settings


class Functions:
    """Every function, with the settings that it alone needs."""

    TIMEOUT: Final = 60  # seconds
    MEMORY: Final = 512  # MiB; what ten hours of speech need is in benchmarks/results.md

    def __init__(self, stack: Stack, settings: Settings, environment: Mapping[str, str]) -> None:
        self._stack = stack
        self._settings = settings
        self._environment = dict(environment)
        self._code = lambda_asset.code()
        deadline = {"DEADLINE_SECONDS": str(settings.deadline_minutes * 60)}
        sends = {
            "MODEL": settings.model,
            "DEFAULT_OPTIONS": json.dumps(dict(settings.default_options), sort_keys=True),
            "AMBIGUOUS": settings.ambiguous,
            "SEND_BY": settings.send_by,
            **deadline,
        }
        self.submit = self._function("Submit", timeout=sending.SUBMIT_TIMEOUT, own=sends)
        self.dispatch = self._function(
            "Dispatch", timeout=sending.DISPATCH_TIMEOUT, own=sends, in_ring=True
        )
        watches = {
            "WATCH_PREFIXES": json.dumps(settings.watch_prefixes),
            "WATCH_SUFFIXES": json.dumps(settings.watch_suffixes),
        }
        self.reconcile = self._function(
            "Reconcile", timeout=sending.RECONCILE_TIMEOUT, own=sends | watches
        )
        self.poll = self._function("Poll", own=deadline, in_ring=True)
        self.publish = self._function("Publish")
        self.record_failure = self._function("RecordFailure", in_ring=True)
        self.senders = (self.submit, self.dispatch, self.reconcile)
        # What a person may call.
        self.on_demand = (self.dispatch, self.reconcile, self.publish, self.record_failure)
        self.all = (*self.senders, self.poll, self.publish, self.record_failure)

    def _function(
        self,
        name: str,
        timeout: int = TIMEOUT,
        own: Mapping[str, str] | None = None,
        *,
        in_ring: bool = False,
    ) -> lambda_.Function:
        """A function with what all have; one is `in_ring` if what it calls may call it again.

        A job that ends wakes Dispatch, which starts the execution of the next one, whose end wakes
        Dispatch again. AWS must not take a long line of jobs for a loop, and cut it after sixteen.
        """
        logs = log_group(self._stack, f"{name}Logs", self._settings)
        # The role that the CDK would make may write every log group of the account.
        lambda_service = iam.ServicePrincipal("lambda.amazonaws.com")
        role = iam.Role(self._stack, f"{name}Role", assumed_by=lambda_service)
        logs.grant_write(role)
        return lambda_.Function(
            self._stack,
            name,
            runtime=lambda_asset.RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=self._code,
            handler=f"{_file_name(name)}.handler",
            timeout=Duration.seconds(timeout),
            memory_size=self.MEMORY,
            tracing=lambda_.Tracing.ACTIVE,
            role=role,
            log_group=logs,
            recursive_loop=lambda_.RecursiveLoop.ALLOW if in_ring else None,
            environment={
                **self._environment,
                **(own or {}),
                "POWERTOOLS_SERVICE_NAME": _file_name(name),
                "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
                "STACK_NAME": Aws.STACK_NAME,
            },
        )


def _file_name(name: str) -> str:
    """RecordFailure lives in record_failure.py."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
