"""Fetching the audio behind a URL, from a real server that behaves and misbehaves."""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dropscribe.local.speech.download import Download
from dropscribe.local.speech.errors import JobError
from tests.local.audio_host import hosted
from tests.scripted_reply import Drop, Reply

AUDIO = bytes(range(256)) * 1000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed leaf for 127.0.0.1, its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = (
        builder.not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "leaf.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """The address of a server with one recording and many ways to fail."""
    replies = {
        "/audio": Reply(200, AUDIO),
        "/moved": Reply(302, b"", {"Location": "/audio"}),
        "/loop": Reply(302, b"", {"Location": "/loop"}),
        "/forbidden": Reply(403, b"no"),
        "/broken": Reply(200, AUDIO, drop=Drop.MIDWAY),
        "/silent": Reply(200, AUDIO, delay=30),
        "/slow": Reply(200, AUDIO, slow=6),
    }
    with hosted(replies) as address:
        yield address


@pytest.mark.parametrize("path", ["/audio", "/moved", "/audio?X-Amz-Signature=0a"])
def test_a_recording_arrives_whole(host: str, path: str, tmp_path: Path) -> None:
    """Redirects are followed and query strings sent along."""
    Download()(host + path, tmp_path / "audio")
    assert (tmp_path / "audio").read_bytes() == AUDIO


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/forbidden", "answered 403"),
        ("/absent", "answered 404"),
        ("/loop", "answered 302"),
        ("/broken", "broke half way|ConnectionResetError"),
        ("/silent", "silent for too long"),
        ("/slow", "took longer than"),
    ],
)
def test_a_failure_names_its_reason_and_not_the_url(
    host: str, path: str, reason: str, tmp_path: Path
) -> None:
    """A presigned URL is a secret: no message holds it."""
    download = Download(idle_seconds=0.5 if path == "/silent" else 10, total_seconds=1)
    with pytest.raises(JobError, match=reason) as failure:
        download(f"{host}{path}?X-Amz-Signature=secret", tmp_path / "audio")
    assert "secret" not in failure.value.message


def test_a_recording_may_be_too_large(host: str, tmp_path: Path) -> None:
    """More bytes than allowed end the download."""
    with pytest.raises(JobError, match="larger than 1,000 bytes"):
        Download(most_bytes=1000)(host + "/audio", tmp_path / "audio")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hostname", "ftp://127.0.0.1/a", "nonsense", "http://[", "http://127.0.0.1/\n"],
)
def test_other_urls_are_not_fetched(url: str, tmp_path: Path) -> None:
    """Only http and https, and only what is a URL."""
    with pytest.raises(JobError, match="could not be fetched"):
        Download()(url, tmp_path / "audio")


def test_a_certificate_has_to_be_trusted(certificate: Path, tmp_path: Path) -> None:
    """A self-signed certificate works when it is in the bundle, and is refused otherwise."""
    with hosted({"/audio": Reply(200, AUDIO)}, certificate) as address:
        Download(certificate)(address + "/audio", tmp_path / "audio")
        with pytest.raises(JobError, match="certificate is not trusted"):
            Download()(address + "/audio", tmp_path / "again")
    assert (tmp_path / "audio").read_bytes() == AUDIO
