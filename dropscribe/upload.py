"""Files into the uploads bucket: many at once, in parts where they are large."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from boto3.s3.transfer import TransferConfig, create_transfer_manager
from s3transfer.subscribers import BaseSubscriber

from dropscribe.recordings import Recording, content_type_of
from dropscribe.stack import CONNECTIONS

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# The operations whose answers tell which version of the object came to be.
_FINISHING: Final = ("PutObject", "CompleteMultipartUpload")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of one file: its version where the bucket keeps versions, or its error."""

    recording: Recording
    version_id: str | None = None
    etag: str = ""
    error: Exception | None = None


class _Answers:
    """Remembers S3's answers by key: the transfer manager itself drops them."""

    def __init__(self, s3: "S3Client") -> None:
        self.by_key: dict[str, Mapping[str, Any]] = {}
        for operation in _FINISHING:
            s3.meta.events.register(f"provide-client-params.s3.{operation}", self._asked)
            s3.meta.events.register(f"after-call.s3.{operation}", self._answered)

    def _asked(self, params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["uploaded_key"] = params["Key"]

    def _answered(self, parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any) -> None:
        self.by_key[context["uploaded_key"]] = parsed


class _Counter(BaseSubscriber):
    """Passes on the bytes sent; a part sent again counts backwards first."""

    def __init__(self, on_bytes: Callable[[int], object]) -> None:
        self._on_bytes = on_bytes

    def on_progress(
        self,
        future: object,  # noqa: ARG002 - s3transfer's signature
        bytes_transferred: int,
        **_: Any,
    ) -> None:
        self._on_bytes(bytes_transferred)


def upload(
    s3: "S3Client",
    bucket: str,
    recordings: Iterable[Recording],
    metadata: Mapping[str, str],
    on_bytes: Callable[[int], object],
) -> list[Uploaded]:
    """Upload all of them, one's failure not stopping the others; one answer each, in order."""
    answers = _Answers(s3)
    config = TransferConfig(max_concurrency=CONNECTIONS, preferred_transfer_client="classic")
    # Leaving this block with Ctrl-C cancels what is under way.
    with create_transfer_manager(s3, config) as manager:
        under_way = [
            (
                recording,
                manager.upload(
                    str(recording.path),
                    bucket,
                    recording.key,
                    {"ContentType": content_type_of(recording.key), "Metadata": dict(metadata)},
                    [_Counter(on_bytes)],
                ),
            )
            for recording in recordings
        ]
        return [_outcome(recording, future, answers) for recording, future in under_way]


def _outcome(recording: Recording, future: Any, answers: _Answers) -> Uploaded:
    try:
        future.result()
    except Exception as error:  # noqa: BLE001 - reported beside the others that went through
        return Uploaded(recording, error=error)
    answer = answers.by_key[recording.key]
    version = answer.get("VersionId")
    # A bucket whose versioning is off or suspended has no version to tell uploads apart.
    known = version if version != "null" else None
    return Uploaded(recording, known, str(answer.get("ETag", "")).strip('"'))
