"""The rules in force: read from the stack's parameter, or from the object that it names."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from aws_lambda_powertools.utilities.parameters.ssm import SSMProvider
from botocore.exceptions import ClientError

from transcription.layers import Layer
from transcription.rules import LARGEST_OBJECT, BrokenRules, matching, object_name, parse

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

# New rules hold within this many seconds.
MAX_AGE: Final = 60
# What the services answer for what is not there; without a right to list, S3 says 403.
GONE: Final = frozenset({"ParameterNotFound", "NoSuchKey", "404", "AccessDenied", "403"})


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Looks up what the rules ask for a key.

    `report` is told of a set that can't be used: files go on without it, and an operator must act.
    """

    parameters: SSMProvider
    parameter: str
    s3: "S3Client"
    answers_bucket: str
    report: Callable[[str], None]
    max_age: int = MAX_AGE

    def for_key(self, key: str) -> tuple[list[Layer], list[str]]:
        """The layers of the rules for a key, the weakest first, and what to warn of."""
        try:
            return matching(parse(self._text()), key), []
        except BrokenRules as error:
            self.report(str(error))
            return [], [f"The rules are broken, so none was applied: {str(error)[:400]}"]

    def _text(self) -> str:
        try:
            text = str(self.parameters.get(self.parameter, max_age=self.max_age))
        except GetParameterError as error:
            # Powertools leaves what the service said in the context alone.
            if _code(error.__context__) in GONE:
                raise BrokenRules(f"Their parameter can't be read: {error}") from error
            raise
        name = object_name(text)
        return text if name is None else self._object(name)

    def _object(self, name: str) -> str:
        try:
            answer = self.s3.get_object(Bucket=self.answers_bucket, Key=name)
        except ClientError as error:
            if _code(error) in GONE:
                raise BrokenRules(f"Their object {name} can't be read: {error}") from error
            raise
        with answer["Body"] as body:
            content = body.read(LARGEST_OBJECT + 1)
        if hashlib.sha256(content).hexdigest() not in name:
            raise BrokenRules(f"Their object {name} is not the one that was written")
        return content.decode(errors="replace")


def _code(error: BaseException | None) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
