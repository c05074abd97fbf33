"""The embedded cloud's own TLS certificate."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from dropscribe.local import certificate
from dropscribe.local.certificate import ensure_certificate
from dropscribe.local.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def read(home: Home) -> x509.Certificate:
    return x509.load_pem_x509_certificate(home.certificate.read_bytes())


def test_it_is_for_this_machine_only(home: Home) -> None:
    """It names localhost and 127.0.0.1 and cannot vouch for anybody else."""
    ensure_certificate(home)
    extensions = read(home).extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_only_its_owner_reads_the_key(home: Home) -> None:
    """The private key is closed to group and others."""
    ensure_certificate(home)
    assert stat.S_IMODE(home.private_key.stat().st_mode) == 0o600


def test_a_good_one_is_kept(home: Home) -> None:
    """A second call makes nothing, so that running programs keep trusting it."""
    assert ensure_certificate(home)
    before = home.certificate.read_bytes()
    assert not ensure_certificate(home)
    assert home.certificate.read_bytes() == before


def test_one_that_is_about_to_expire_is_renewed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate with little time left is replaced by one with much."""
    with monkeypatch.context() as patch:
        patch.setattr(certificate, "VALID", timedelta(days=1))
        ensure_certificate(home)
    assert ensure_certificate(home)
    assert read(home).not_valid_after_utc > datetime.now(UTC) + timedelta(days=300)


@pytest.mark.parametrize("broken", ["certificate", "private_key"])
def test_a_damaged_one_is_made_anew(home: Home, broken: str) -> None:
    """Half-written or foreign files are replaced by a pair that belongs together."""
    ensure_certificate(home)
    getattr(home, broken).write_text("damaged")
    assert ensure_certificate(home)
    assert not ensure_certificate(home)
