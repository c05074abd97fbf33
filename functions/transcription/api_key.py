"""The API's key, from Secrets Manager: kept for a minute, so a new one needs no deployment."""

from dataclasses import dataclass
from typing import Final

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from transcription.api_errors import NotNow
from transcription.job import WaitReason

AGE: Final = 60  # seconds


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Calling it gives the key; raises NotNow while it can't be read."""

    secrets: SecretsProvider
    arn: str

    def __call__(self) -> str:
        try:
            return str(self.secrets.get(self.arn, max_age=AGE))
        except GetParameterError as error:
            raise NotNow("The API key can't be read from its secret", WaitReason.KEY) from error

    def forget(self) -> None:
        """Read it anew at the next call."""
        self.secrets.store.clear()
