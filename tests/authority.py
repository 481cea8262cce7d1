"""A certificate authority for tests: signs requests as Alexa does, and in many wrong ways.

``Authority()`` has a ``root``, an ``intermediate`` under it and a ``signer`` under that, whose name
is echo-api.amazon.com. ``sign(body)`` gives the headers of a well signed request. ``issue(...)``
makes any other certificate, right or broken; ``server_context(host)`` makes what a TLS server for
``host`` needs.
"""

import base64
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

SIGNER = "echo-api.amazon.com"
CERTIFICATE_PATH = "/echo.api/echo-api-cert-99.pem"
CERTIFICATE_URL = f"https://s3.amazonaws.com{CERTIFICATE_PATH}"
DAY = timedelta(days=1)


@cache
def rsa_key(number: int = 0) -> rsa.RSAPrivateKey:
    """One of a few RSA keys: making one takes long, so tests share them by number."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Issued:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: Key

    @property
    def name(self) -> str:
        """The common name."""
        found = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value)

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    def pem_with_key(self) -> bytes:
        """The private key and the certificate as PEM."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.pem


def chain(*issued: Issued) -> bytes:
    """The PEM file that holds these certificates in this order."""
    return b"".join(one.pem for one in issued)


class Authority:
    """A root, an intermediate, and a signer that is Alexa as far as a test is concerned."""

    def __init__(self, name: str = "Test") -> None:
        self.root = self.issue(f"{name} Root", issuer=None, ca=True, lasts=3650 * DAY)
        self.intermediate = self.issue(f"{name} Intermediate", issuer=self.root, ca=True)
        self.signer = self.issue(SIGNER)

    @property
    def chain(self) -> bytes:
        """The PEM file as Alexa publishes it: the signer first, the root left out."""
        return chain(self.signer, self.intermediate)

    def issue(
        self,
        name: str,
        *,
        issuer: Issued | str | None = "intermediate",
        key: Key | None = None,
        ca: bool = False,
        names: Sequence[str] | None = (),
        starts: datetime | None = None,
        lasts: timedelta = 30 * DAY,
        signs: bool = True,
        uses: Sequence[ObjectIdentifier] = (ExtendedKeyUsageOID.SERVER_AUTH,),
    ) -> Issued:
        """Make a certificate.

        ``issuer`` is this authority's intermediate unless given; None makes it self-signed.
        ``names`` are the DNS names, by default just ``name``; None leaves the extension out.
        ``signs`` is the key usage digitalSignature, ``uses`` the extended key usage of a leaf.
        """
        key = key or (ec.generate_private_key(ec.SECP256R1()) if ca else rsa_key())
        above = self.intermediate if isinstance(issuer, str) else issuer
        above_name, above_key = (above.name, above.key) if above else (name, key)
        first_day = starts or datetime.now(UTC) - DAY
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(above_name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(first_day)
            .not_valid_after(first_day + lasts)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(_usage(signs=signs, issues=ca), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(above_key.public_key()), False
            )
        )
        if not ca and uses:
            builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        if not ca and names is not None:
            alternatives = [x509.DNSName(each) for each in names or (name,)]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), False)
        return Issued(builder.sign(above_key, hashes.SHA256()), key)

    def sign(
        self, body: bytes, *, key: rsa.RSAPrivateKey | None = None, url: str = CERTIFICATE_URL
    ) -> dict[str, str]:
        """The headers that Alexa sends with ``body``: both signatures, old and new."""
        return {
            "Content-Type": "application/json;charset=UTF-8",
            "SignatureCertChainUrl": url,
            "Signature": signature(body, key or self._signing_key, hashes.SHA1()),
            "Signature-256": signature(body, key or self._signing_key, hashes.SHA256()),
        }

    @property
    def _signing_key(self) -> rsa.RSAPrivateKey:
        assert isinstance(self.signer.key, rsa.RSAPrivateKey)
        return self.signer.key

    def server_context(self, host: str) -> ssl.SSLContext:
        """TLS for a server that calls itself ``host``; clients must trust ``root``."""
        leaf = self.issue(host, key=ec.generate_private_key(ec.SECP256R1()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "leaf.pem"
            file.write_bytes(leaf.pem_with_key() + self.intermediate.pem)
            context.load_cert_chain(file)
        return context


def signature(body: bytes, key: rsa.RSAPrivateKey, digest: hashes.HashAlgorithm) -> str:
    """An RSA PKCS#1 v1.5 signature in Base64."""
    return base64.b64encode(key.sign(body, padding.PKCS1v15(), digest)).decode("ascii")


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, signs: bool, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=not issues,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )
