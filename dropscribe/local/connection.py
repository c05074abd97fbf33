"""How to reach the embedded cloud: endpoint, certificate, the key that everybody knows."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.session

from dropscribe.local.process import LOOPBACK

REGION = "us-east-1"
ACCOUNT = "000000000000"
KEY = "test"

# Left in the environment, each of these would send a caller elsewhere or as somebody else.
FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


@dataclass(frozen=True)
class Connection:
    """An endpoint on this machine and the certificate to trust there."""

    port: int
    certificate: Path

    @property
    def url(self) -> str:
        # By address, not by name: the SDKs then put the bucket into the path,
        # and <bucket>.localhost need not resolve.
        return f"https://{LOOPBACK}:{self.port}"

    def session(self) -> boto3.Session:
        """A session whose clients all go here, whatever the caller's AWS settings say."""
        return boto3.Session(botocore_session=_Session(self))

    def environment(self) -> Mapping[str, str]:
        """What plain boto3, the AWS CLI and the CDK CLI need to come here."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CA_BUNDLE": str(self.certificate),
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    def answers(self) -> bool:
        """Whether the emulator takes requests."""
        context = ssl.create_default_context(cafile=self.certificate)
        connection = http.client.HTTPSConnection(LOOPBACK, self.port, timeout=5, context=context)
        try:
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class _Session(botocore.session.Session):
    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self.set_config_variable("region", REGION)
        self.set_credentials(KEY, KEY)

    def get_scoped_config(self) -> dict[str, Any]:
        return {}  # no profile of the user's, not even one that AWS_PROFILE names

    def create_client(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["endpoint_url"] = kwargs.get("endpoint_url") or self._connection.url
        if kwargs.get("verify") is None:
            kwargs["verify"] = str(self._connection.certificate)
        return super().create_client(*args, **kwargs)
