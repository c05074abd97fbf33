"""What boto3 raises, said in sentences: the only place that knows its exceptions."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own name
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSLError,
)

from dropscribe.exits import CloudRefused, Failure, JobFailed

USE_EMBEDDED: Final = 'eval "$(dropscribe local env)"'

_WRONG_CREDENTIALS: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED: Final = frozenset(
    {"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
)
_GONE: Final = frozenset(
    {
        "404",
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchBucket",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)


def explained(error: Exception) -> Failure | None:
    """The sentence for an error of boto3, of the disk or of the network; None for any other."""
    if isinstance(error, ClientError):
        sentence = _answer(error)
    elif isinstance(error, BotoCoreError):
        sentence = _no_answer(error)
    elif isinstance(error, OSError):
        return JobFailed(f"{error.strerror or error}: {error.filename or ''}")
    else:
        return None
    return CloudRefused(sentence)


def where_to_go(environ: Mapping[str, str], embedded: bool) -> str:
    """How to reach a cloud from here; `embedded`: this folder has an embedded one."""
    if environ.get("AWS_ENDPOINT_URL"):
        return f"AWS_ENDPOINT_URL points at {environ['AWS_ENDPOINT_URL']}."
    if embedded:
        return f"To use the embedded cloud of this folder: {USE_EMBEDDED}"
    return f"For the embedded cloud: dropscribe local up, then {USE_EMBEDDED}"


def hint() -> str:
    """The same, for this process."""
    return where_to_go(os.environ, Path(".dropscribe").is_dir())


def _no_answer(error: BotoCoreError) -> str:
    match error:
        case NoCredentialsError() | PartialCredentialsError():
            return f"There are no AWS credentials: name a profile with --profile. {hint()}"
        case ProfileNotFound():
            profile = error.kwargs.get("profile", "")
            return f"There is no AWS profile {profile}: `aws configure list-profiles` lists them."
        case NoRegionError():
            return f"No AWS region is set: name one with --region. {hint()}"
        case ConnectionError() | HTTPClientError():
            return f"{_broken_connection(error)} {hint()}"
        case _:
            return f"AWS could not be asked: {error}"


def _broken_connection(error: BotoCoreError) -> str:
    cause = error.kwargs.get("error") or error
    match error:
        case SSLError():
            return (
                f"The connection is not trusted ({cause}): "
                "AWS_CA_BUNDLE must name the cloud's certificate."
            )
        case EndpointConnectionError():
            address = error.kwargs.get("endpoint_url", "")
            if re.match("https?://(127\\.0\\.0\\.1|localhost)[:/]", address):
                return (
                    f"Nothing answers at {address}: is the embedded cloud up? If not, "
                    "`dropscribe local up` starts it."
                )
            return f"Nothing answers at {address}: check the region and the network."
        case _:
            return f"The connection to the cloud broke ({cause}): try again."


def _answer(error: ClientError) -> str:
    told: Mapping[str, Any] = error.response.get("Error", {})
    code, message = str(told.get("Code", "")), str(told.get("Message", "")).rstrip(".")
    if code in _WRONG_CREDENTIALS:
        return f"The AWS credentials are wrong or have expired: sign in again. {hint()}"
    if code in _DENIED:
        return f"AWS does not allow you {error.operation_name}: {message}."
    if code in _GONE:
        return (
            f"Something of this stack is gone ({error.operation_name}: {message or code}): "
            "deploy it again."
        )
    return f"AWS refused {error.operation_name}: {message or code} ({code})."
