"""The command line's decisions, which need no cloud."""

from datetime import UTC, date, datetime, timedelta
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from botocore.exceptions import (
    ClientError,
    PartialCredentialsError,
    ReadTimeoutError,
    SSLError,
)
from hypothesis import given
from hypothesis import strategies as st
from transcription.job import object_job_id

from dropscribe.days import days_back
from dropscribe.exits import ExitCode, code_for_statuses
from dropscribe.jobs import job_id_of
from dropscribe.ls import since, tag
from dropscribe.metadata import LIMIT, metadata_of, on_the_wire, parsed, size_of
from dropscribe.recordings import NotUploadable, content_type_of, key_of, recordings
from dropscribe.refusals import explained, where_to_go
from dropscribe.screen import clock, visible
from dropscribe.stack import takes_bucket_in_host
from dropscribe.target import Target, target_of
from dropscribe.watch import pause_after

NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)


def answer(code: str, message: str = "") -> ClientError:
    """What boto3 raises when AWS says no."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "PutObject")


def test_the_job_id_is_that_of_the_contract() -> None:
    """32 hex digits of SHA-256 over compact JSON, not escaped."""
    assert job_id_of("b", "ключ.wav", "v1") == "1ed49295e583bf978f467781f085214f"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text("0123456789abcdef", min_size=1))
def test_the_functions_reckon_the_same_job_id(key: str, version_id: str) -> None:
    """What the command line waits for is what the stack writes."""
    theirs = object_job_id("b", key, version_id, "etag", NOW)
    assert job_id_of("b", key, version_id) == theirs


@pytest.mark.parametrize(
    ("option", "read"),
    [
        ("language=pt", ("language", "pt")),
        (" Smart_Format = true ", ("smart_format", "true")),
        ("extra=a:b=c", ("extra", "a:b=c")),
    ],
)
def test_an_option_is_parameter_and_value(option: str, read: tuple[str, str]) -> None:
    """The first equals sign divides, blanks round it and capitals of the name do not count."""
    assert parsed(option) == read


@pytest.mark.parametrize("option", ["", "language", "=pt", "language=", "a b=c", "ö=1", "a=b\nc"])
def test_a_malformed_option_is_refused(option: str) -> None:
    """What is not parameter=value is a sentence."""
    with pytest.raises(ValueError, match=r"write parameter=value|control character"):
        parsed(option)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_any_value_survives_the_wire(value: str) -> None:
    """Metadata is ASCII, and RFC 2047 gives back what was put in."""
    sent = on_the_wire(value)
    assert sent.isascii()
    assert str(make_header(decode_header(sent))) == value


def test_metadata_that_is_too_large_is_refused() -> None:
    """Two kilobytes are allowed, one byte more is not."""
    room = LIMIT - len("stt-search")
    assert size_of(metadata_of([f"search={'x' * room}"])) == LIMIT
    with pytest.raises(ValueError, match="S3 takes 2048"):
        metadata_of([f"search={'x' * (room + 1)}"])


def test_a_wrong_value_is_refused_before_anything_is_sent() -> None:
    """By the very table that the stack would reject the file by."""
    with pytest.raises(
        ValueError, match=r"^The option diarize on the command line is 'maybe', but"
    ):
        metadata_of(["diarize=maybe"])


def test_what_the_table_lacks_goes_on_purpose() -> None:
    """And not by a slip of the pen."""
    assert metadata_of(["pass-keyterm=Dashwood"]) == {"stt-pass-keyterm": "Dashwood"}
    with pytest.raises(ValueError, match="is written -o pass-keyterm="):
        metadata_of(["keyterm=Dashwood"])


@pytest.mark.parametrize(
    ("prefix", "key"),
    [("", "a.wav"), ("calls", "calls/a.wav"), ("calls/", "calls/a.wav"), ("/", "a.wav")],
)
def test_a_prefix_is_a_folder(prefix: str, key: str) -> None:
    """The slash after a prefix may be left out."""
    assert key_of("a.wav", prefix) == key


def test_two_files_never_share_a_key(tmp_path: Path) -> None:
    """Files of the same name from two folders are refused rather than one lost."""
    paths = [tmp_path / folder / "a.wav" for folder in ("x", "y")]
    for path in paths:
        path.parent.mkdir()
        path.touch()
    with pytest.raises(NotUploadable, match=r"2 files would get the key a\.wav"):
        recordings(paths)


def test_content_types_do_not_depend_on_the_machine() -> None:
    """What people record has a type of its own; the unknown is octets."""
    assert content_type_of("A.M4A") == "audio/mp4"
    assert content_type_of("a.opus") == "audio/ogg"
    assert content_type_of("notes") == "application/octet-stream"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("90m", NOW - timedelta(minutes=90)),
        ("2w", NOW - timedelta(weeks=2)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T10:00+02:00", datetime(2026, 11, 1, 8, tzinfo=UTC)),
    ],
)
def test_since_names_a_moment(text: str, moment: datetime) -> None:
    """So long ago, a day, or a time with its zone."""
    assert since(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "7", "d7", "999999w", "2026-13-01"])
def test_since_refuses_what_is_no_time(text: str) -> None:
    """What cannot be read or reached is an error."""
    with pytest.raises((ValueError, OverflowError)):
        since(text, NOW)


def test_days_go_back_from_today() -> None:
    """Both ends count."""
    days = [date(2026, 11, 2), date(2026, 11, 1), date(2026, 10, 31)]
    assert list(days_back(days[-1], days[0])) == days


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("0123456789abcdef" * 2, Target(job_id="0123456789abcdef" * 2)),
        ("calls/a.wav", Target(key="calls/a.wav")),
        ("s3://b/calls/a.wav", Target(bucket="b", key="calls/a.wav")),
        ("0123456789ABCDEF" * 2, Target(key="0123456789ABCDEF" * 2)),
    ],
)
def test_a_target_is_a_job_or_an_object(text: str, target: Target) -> None:
    """32 hex digits are a job, all else is a key."""
    assert target_of(text) == target


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (["COMPLETED", "COMPLETED"], ExitCode.FINE),
        ([], ExitCode.FINE),
        (["COMPLETED", "SUBMITTED"], ExitCode.NOT_READY),
        (["COMPLETED", None], ExitCode.NOT_READY),
        (["SUBMITTED", "EXPIRED", "COMPLETED"], ExitCode.JOB_FAILED),
    ],
)
def test_the_exit_code_of_many_jobs(statuses: list[str | None], code: ExitCode) -> None:
    """All complete is fine, a failure weighs more than a job that is not ready."""
    assert code_for_statuses(statuses) == code


@pytest.mark.parametrize(
    ("environ", "embedded", "sentence"),
    [
        ({}, True, 'embedded cloud of this folder: eval "$(dropscribe local env)"'),
        ({}, False, "dropscribe local up, then"),
        ({"AWS_ENDPOINT_URL": "http://x"}, True, "points at http://x"),
    ],
)
def test_the_way_to_a_cloud(environ: dict[str, str], embedded: bool, sentence: str) -> None:
    """The advice fits what the environment and the folder say."""
    assert sentence in where_to_go(environ, embedded)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            SSLError(endpoint_url="https://x", error=OSError("self-signed")),
            "AWS_CA_BUNDLE must name",
        ),
        (PartialCredentialsError(provider="env", cred_var="x"), "no AWS credentials"),
        (ReadTimeoutError(endpoint_url="https://x", error="timed out"), "broke"),
        (answer("ExpiredToken"), "sign in again"),
        (answer("AccessDenied", "no s3:PutObject"), "not allow you PutObject: no s3:PutObject."),
        (answer("NoSuchBucket", "No such bucket"), "deploy it again"),
        (answer("SlowDown"), "AWS refused PutObject: SlowDown"),
    ],
)
def test_the_cloud_s_refusals_are_sentences(error: Exception, sentence: str) -> None:
    """Every error of boto3 says what to do, and exits 4."""
    failure = explained(error)
    assert failure
    assert (failure.exit_code, sentence in failure.message) == (ExitCode.CLOUD_REFUSED, True)


def test_our_own_mistakes_are_not_explained_away() -> None:
    """What nobody foresaw stays a traceback."""
    assert explained(KeyError("x")) is None


@given(st.text())
def test_nothing_visible_acts_on_a_terminal(text: str) -> None:
    """Escaped text has no control character, and printable ASCII is left as it is."""
    shown = visible(text)
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in shown)
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, ""), (7.1, "7.1 s"), (59.96, "1:00"), (754, "12:34"), (3723, "1:02:03")],
)
def test_lengths_read_like_a_clock(seconds: float | None, shown: str) -> None:
    """Short ones in seconds, long ones in hours."""
    assert clock(seconds) == shown


def test_polls_grow_apart() -> None:
    """Half a second at first, never more than ten."""
    assert (pause_after(0), pause_after(60), pause_after(10_000)) == (0.5, 3.0, 10.0)


def test_only_aws_resolves_a_bucket_in_the_host() -> None:
    """An embedded cloud is spoken to by path."""
    assert takes_bucket_in_host("https://s3.eu-west-1.amazonaws.com")
    assert not takes_bucket_in_host("https://localhost:4566")
    assert not takes_bucket_in_host("http://127.0.0.1:4566")


@pytest.mark.parametrize(
    ("typed", "written"),
    [("PT-br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("ES-419", "es-419"), ("multi", "multi")],
)
def test_a_language_tag_is_written_as_rows_have_it(typed: str, written: str) -> None:
    """Languages small, scripts with a capital, countries in capitals."""
    assert tag(typed) == written
