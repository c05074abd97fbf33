"""Recordings in S3: which version, whether it can be read, how long it is, a URL to fetch it by."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
import wiring
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import Stubber
from transcription.media import HEAD
from transcription.multipart import BrokenOff
from transcription.recordings import PIECE, Recording, Recordings, Unavailable
from transcription.s3_events import Upload

from tests.unit.examples import NOON

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

UPLOAD = Upload("uploads", "a.mp3", "v1", "e", 9, "01", NOON)
PLACE = {"Bucket": "uploads", "Key": "a.mp3"}
SEEN = {
    "VersionId": "v1",
    "ETag": '"e"',
    "ContentLength": 9,
    "ContentType": "audio/mpeg",
    "LastModified": NOON,
    "Metadata": {"stt-language": "pt"},
}


@pytest.fixture
def s3() -> "S3Client":
    return boto3.client("s3", "eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture
def script(s3: "S3Client") -> Iterator[Stubber]:
    """S3 by script: the requests in order, all of them."""
    with Stubber(s3) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def refuse(script: Stubber, status: int, code: str | None = None, method: str = "head") -> None:
    script.add_client_error(f"{method}_object", code or str(status), http_status_code=status)


def found(s3: "S3Client", version_id: str | None = "v1") -> Recording:
    upload = Upload("uploads", "a.mp3", version_id, "e", 9, "01", NOON)
    return Recordings(s3).find(upload)


def test_what_was_uploaded_is_found(s3: "S3Client", script: Stubber) -> None:
    """One HEAD tells all there is to know of the newest version."""
    script.add_response("head_object", SEEN, PLACE)
    recording = found(s3)
    assert (recording.version_id, recording.etag, recording.size) == ("v1", '"e"', 9)
    assert (recording.content_type, recording.metadata) == ("audio/mpeg", {"stt-language": "pt"})


def test_an_older_version_is_looked_at_itself(s3: "S3Client", script: Stubber) -> None:
    """Each version is a job, though a newer one already lies on top."""
    script.add_response("head_object", SEEN | {"VersionId": "v2"}, PLACE)
    script.add_response("head_object", SEEN, PLACE | {"VersionId": "v1"})
    assert found(s3).version_id == "v1"


@pytest.mark.parametrize("version_id", [None, "null"])
def test_an_unversioned_object_is_told_by_what_it_is(
    s3: "S3Client", script: Stubber, version_id: str | None
) -> None:
    """Its recording has no version, and the same job as the one in an event without a version."""
    facts = {name: value for name, value in SEEN.items() if name != "VersionId"}
    script.add_response("head_object", facts | ({"VersionId": version_id} if version_id else {}))
    recording = found(s3, None)
    assert recording.version_id is None
    assert "VersionId" not in recording.place


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        pytest.param(404, None, "was deleted", id="a delete marker on top"),
        pytest.param(405, None, "was deleted", id="the version is a delete marker"),
        pytest.param(404, "NoSuchVersion", "was deleted", id="no such version"),
        pytest.param(404, "NoSuchKey", "was deleted", id="no such key"),
        pytest.param(403, "InvalidObjectState", "is archived", id="archived"),
    ],
)
def test_what_will_never_be_read_says_why(
    s3: "S3Client", script: Stubber, status: int, code: str | None, said: str
) -> None:
    """These are the file's own end, not a failure of ours."""
    refuse(script, status, code)
    with pytest.raises(Unavailable, match=said):
        found(s3)


def test_a_version_that_is_gone_below_another_is_deleted(s3: "S3Client", script: Stubber) -> None:
    """Its owner removed this version alone."""
    script.add_response("head_object", SEEN | {"VersionId": "v2"})
    refuse(script, 404)
    with pytest.raises(Unavailable, match="was deleted"):
        found(s3)


@pytest.mark.parametrize("status", [403, 500, 503])
def test_what_may_pass_is_not_the_files_fault(s3: "S3Client", script: Stubber, status: int) -> None:
    """A missing right or an outage goes back to the queue, and is seen there."""
    refuse(script, status)
    with pytest.raises(ClientError):
        found(s3)


@pytest.mark.parametrize(
    "facts",
    [
        {"StorageClass": "GLACIER"},
        {"StorageClass": "DEEP_ARCHIVE"},
        {"StorageClass": "INTELLIGENT_TIERING", "ArchiveStatus": "ARCHIVE_ACCESS"},
        {"StorageClass": "GLACIER", "Restore": 'ongoing-request="true"'},
    ],
)
def test_an_archived_object_asks_to_be_restored(
    s3: "S3Client", script: Stubber, facts: dict[str, Any]
) -> None:
    """A GET would be refused: the owner must bring it back first."""
    script.add_response("head_object", SEEN | facts)
    with pytest.raises(Unavailable, match="restore it, then retry"):
        found(s3)


@pytest.mark.parametrize(
    "facts",
    [
        {
            "StorageClass": "GLACIER",
            "Restore": 'ongoing-request="false", expiry-date="Fri, 21 Dec 2026 00:00:00 GMT"',
        },
        {"StorageClass": "GLACIER_IR"},
        {"StorageClass": "STANDARD_IA"},
        {"StorageClass": "INTELLIGENT_TIERING"},
    ],
)
def test_what_can_be_read_at_once_is_no_archive(
    s3: "S3Client", script: Stubber, facts: dict[str, Any]
) -> None:
    """A restored copy and the instant classes are read like any other object."""
    script.add_response("head_object", SEEN | facts)
    assert found(s3).size == 9


def test_an_events_job_is_its_heads_job() -> None:
    """Entity tags come with and without quotation marks, times with and without fractions."""
    one = Recording("b", "k", None, '"e"', 9, "", NOON, {})
    other = Recording("b", "k", "null", "e", 9, "", NOON + timedelta(milliseconds=5), {})
    assert one.job_id == other.job_id


def test_the_first_bytes_are_this_versions(s3: "S3Client", script: Stubber) -> None:
    """They are read by range, no more than is looked at, and those of the version itself."""
    big = Recording("uploads", "a.mp3", "v1", '"e"', 10**9, "", NOON, {})
    asked = {**PLACE, "VersionId": "v1", "Range": f"bytes=0-{HEAD - 1}"}
    refuse_nothing = {"Body": _Body(b"ID3")}
    script.add_response("get_object", refuse_nothing, asked)
    assert Recordings(s3).head(big) == b"ID3"


def test_an_empty_object_is_not_read(s3: "S3Client", script: Stubber) -> None:
    """A range of nothing would be refused by S3."""
    assert Recordings(s3).head(Recording("b", "k", None, "e", 0, "", NOON, {})) == b""


def test_an_object_deleted_while_it_is_read_is_unavailable(s3: "S3Client", script: Stubber) -> None:
    """A GET's errors mean the same as a HEAD's."""
    refuse(script, 404, "NoSuchVersion", "get")
    with pytest.raises(Unavailable, match="was deleted"):
        Recordings(s3).head(Recording("b", "k", "v", "e", 9, "", NOON, {}))


def streamed(body: bytes, said: int) -> dict[str, Any]:
    """An object's answer that says how long it is."""
    stream = StreamingBody(io.BytesIO(body), said)
    return {"Body": stream, "ContentLength": said, "ContentType": "binary/octet-stream"}


@pytest.mark.parametrize(
    ("version_id", "exactly"), [("v1", {"VersionId": "v1"}), (None, {"IfMatch": "e"})]
)
def test_a_recording_is_opened_as_the_one_it_was(
    s3: "S3Client", script: Stubber, version_id: str | None, exactly: dict[str, str]
) -> None:
    """All of its bytes in pieces of a mebibyte, and what its first ones say it is."""
    body = b"fLaC" + bytes(PIECE)
    script.add_response("get_object", streamed(body, len(body)), PLACE | exactly)
    with Recordings(s3).opened("uploads", "a.mp3", version_id, "e") as audio:
        assert (audio.key, audio.content_type, audio.size) == ("a.mp3", "audio/flac", len(body))
        pieces = list(audio.pieces)
    assert b"".join(pieces) == body
    assert [len(piece) for piece in pieces] == [PIECE, 4]


def test_a_recording_that_stops_half_way_is_broken_off(s3: "S3Client", script: Stubber) -> None:
    """It never ends as if it had been all."""
    script.add_response("get_object", streamed(bytes(PIECE + 1), PIECE + 2))
    opened = Recordings(s3).opened("uploads", "a.mp3", "v1", "e")
    with opened as audio, pytest.raises(BrokenOff, match="S3 broke off"):
        list(audio.pieces)


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(404, "NoSuchVersion", "was deleted"), (412, "PreconditionFailed", "was overwritten")],
)
def test_what_is_gone_can_not_be_opened(
    s3: "S3Client", script: Stubber, status: int, code: str, said: str
) -> None:
    """S3 says so before anything is sent anywhere."""
    refuse(script, status, code, "get")
    with pytest.raises(Unavailable, match=said), Recordings(s3).opened("uploads", "a", None, "e"):
        pass


class _Body:
    """A response body, as far as it is used."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __enter__(self) -> "_Body":
        return self

    def __exit__(self, *_: object) -> None:
        self._content = b""

    def read(self, length: int) -> bytes:
        return self._content[:length]


REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-2")


@pytest.fixture
def in_lambda(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The environment of a Lambda with a role, and nothing of this machine's."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    wiring.s3.cache_clear()
    yield monkeypatch
    wiring.s3.cache_clear()


def presigned(in_lambda: pytest.MonkeyPatch, region: str, key: str = "a.mp3") -> Any:
    """A URL as the functions make it; Lambda sets both names of the region."""
    in_lambda.setenv("AWS_REGION", region)
    in_lambda.setenv("AWS_DEFAULT_REGION", region)
    return urlsplit(Recordings(wiring.s3()).url("uploads", key, "v/1"))


@pytest.mark.parametrize("region", REGIONS)
def test_a_url_is_signed_as_aws_takes_it_everywhere(
    in_lambda: pytest.MonkeyPatch, region: str
) -> None:
    """SigV4 on the bucket's own host in its own region, for this version, for an hour."""
    url = presigned(in_lambda, region)
    query = parse_qs(url.query)
    assert (url.scheme, url.netloc) == ("https", f"uploads.s3.{region}.amazonaws.com")
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["versionId"] == ["v/1"]
    assert query["X-Amz-Expires"] == ["3600"]
    assert f"/{region}/s3/aws4_request" in query["X-Amz-Credential"][0]


@pytest.mark.parametrize("key", ["a b+c.mp3", "São/🎤?#%2F.mp3", "a//b.mp3", "=&;.mp3"])
def test_a_url_names_any_key(in_lambda: pytest.MonkeyPatch, key: str) -> None:
    """What is special in a URL is escaped, and comes back as the very key."""
    assert unquote(presigned(in_lambda, "eu-central-1", key).path) == f"/{key}"


def test_a_url_of_an_emulated_cloud_has_one_host(in_lambda: pytest.MonkeyPatch) -> None:
    """An endpoint other than AWS has no host for each bucket."""
    in_lambda.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:4566")
    url = presigned(in_lambda, "us-east-1")
    assert (url.netloc, url.path) == ("127.0.0.1:4566", "/uploads/a.mp3")


def test_an_unversioned_url_names_no_version(in_lambda: pytest.MonkeyPatch) -> None:
    """`versionId=null` or an empty one would be another request."""
    presigned(in_lambda, "eu-central-1")
    assert "versionId" not in Recordings(wiring.s3()).url("uploads", "a.mp3", None)


@pytest.mark.parametrize(
    ("code", "said"),
    [("InvalidRequest", "customer-provided key"), ("ExpiredToken", "ExpiredToken")],
)
def test_a_bad_request_is_asked_what_is_bad(
    s3: "S3Client", script: Stubber, code: str, said: str
) -> None:
    """A HEAD's 400 has no body: only a GET tells SSE-C from an expired token of our own."""
    refuse(script, 400, None)
    script.add_client_error("get_object", code, "Bad.", 400)
    with pytest.raises((Unavailable, ClientError), match=said):
        found(s3)
