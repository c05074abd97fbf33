"""The embedded cloud's TLS certificate: self-signed, for this machine only."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dropscribe.local.home import Home, write_private

VALID = timedelta(days=365)
RENEW = timedelta(days=7)


def ensure_certificate(home: Home) -> bool:
    """Make the certificate and its key unless good ones lie there; says whether it made them."""
    if _is_good(home):
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_private(home.private_key, pem)
    certificate = _self_signed(key)
    write_private(home.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    return True


def _is_good(home: Home) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(home.certificate.read_bytes())
        key = serialization.load_pem_private_key(home.private_key.read_bytes(), password=None)
    except (OSError, ValueError):
        return False
    return (
        certificate.not_valid_after_utc > datetime.now(UTC) + RENEW
        and certificate.public_key() == key.public_key()
    )


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dropscribe on this machine")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    # A leaf, not a CA: whoever trusts it trusts this server and nothing it might sign.
    leaf = x509.BasicConstraints(ca=False, path_length=None)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(leaf, critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(usage, critical=False)
        .sign(key, hashes.SHA256())
    )
