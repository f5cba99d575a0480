"""A certificate authority for one rehearsal, and the database's certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.aws.tls_material import TlsMaterial
    from wizard.blueprints.springtail.answers import DeploymentAnswers

_VALID = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM texts: the authority's certificate, and the server's with its key."""

    authority: str
    server: str
    server_key: str


def proxy_certificate(deployment: DeploymentAnswers) -> TlsMaterial | None:
    """Make the certificate that a customer would hand over for the proxy; it lives in memory alone. None without a name."""
    from wizard.aws.tls_material import TlsMaterial

    if not deployment.proxy.host:
        return None
    issued = issue((deployment.proxy.host,))
    return TlsMaterial(issued.server + issued.authority, issued.server_key)


def issue(names: tuple[str, ...]) -> Certificates:
    """Make an authority and a server certificate for these DNS names, good for 30 days."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = datetime.now(UTC)
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Planewright rehearsal CA")])

    def builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + _VALID)
        )

    authority = (
        builder(issuer, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    # A common name holds 64 characters at most, a DNS name 253: the names stand where clients look for them.
    server = (
        builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "database")]), server_key)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    return Certificates(
        authority.public_bytes(encoding).decode(),
        server.public_bytes(encoding).decode(),
        server_key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
    )
