"""From the certificate URL of a request to the public key that must have signed it.

The rules are those of Amazon's page "Host a Custom Skill as a Web Service", sections on checking
the signature: where the URL may point, that the certificates build a chain to a trusted root, that
the signing certificate is in date and made for ``echo-api.amazon.com``.

The trust anchors, for the chain and for the download alike, are those of the file that
``SSL_CERT_FILE`` names, else certifi's. The download honours ``https_proxy``. So a test signs with
an authority of its own behind a local proxy, and nothing here needs a switch.
"""

import os
import re
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import certifi
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import (
    Certificate,
    DNSName,
    ExtensionNotFound,
    KeyUsage,
    SubjectAlternativeName,
    load_pem_x509_certificate,
)
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

SIGNER = "echo-api.amazon.com"

LONGEST_URL = 512
GIVE_UP_AFTER = 2.0  # seconds for the whole download; Alexa itself waits eight for our answer
LARGEST_FILE = 64 * 1024
MOST_CERTIFICATES = 10
KEEP_FOR = timedelta(hours=6)
MOST_KEPT = 32
REFUSE_FOR = timedelta(seconds=5)
MOST_REFUSED = 256
MOST_DOWNLOADS = 4
MOST_WAITING = 16

# No per cent signs, no query, no comma, no backslash: what is checked here is, letter for letter,
# what is fetched, and one certificate has one address (a query could fill the cache with it).
_URL = re.compile(
    r"(?i:https://s3\.amazonaws\.com)(?::443)?(?P<path>/[A-Za-z0-9._~!$&'()*+;=:@/-]*)",
    re.ASCII,  # else the long s, U+017F, would count as an s
)
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


class Untrusted(Exception):  # noqa: N818  (it says what the certificate is)
    """No public key for this certificate URL.

    ``reason`` is one of ``cert-url``, ``cert-fetch``, ``cert-busy``, ``chain``.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True)
class _Signer:
    """A public key whose chain has passed, and the time in which that may be relied on."""

    key: RSAPublicKey
    starts: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        return self.starts <= now <= self.until


class Certificates:
    """The public keys behind certificate URLs: fetched, proven, and kept for some hours.

    One object serves all threads of a process. Only a key whose chain has passed is kept. Many
    requests for one new URL make one download. Requests that name bad URLs can take only a few
    downloads and waiting threads between them, and never displace a key that is already kept.
    """

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        fetched: Callable[[str], object] = lambda outcome: None,
    ) -> None:
        """Read the trust anchors; raise ValueError if their file is of no use.

        ``fetched`` hears what came of each download: ``proven``, or the reason why it was not.
        """
        self._trust_file = trust_file()
        self._roots = _roots(self._trust_file)
        self._now = now
        self._fetched = fetched
        self._lock = threading.Lock()
        self._kept: dict[str, _Signer] = {}
        self._refused: dict[str, tuple[datetime, Untrusted]] = {}
        self._flights: dict[str, _Flight] = {}
        self._waiting = 0

    def key(self, url: str) -> RSAPublicKey:
        """Return the key of the certificate at ``url``, or raise :class:`Untrusted`."""
        address = certificate_address(url)
        with self._lock:
            signer = self._kept.get(address)
            if signer is not None and signer.holds(self._now()):
                return signer.key
            self._refuse_again(address)
            flight = self._join(address)
        with self._counted():
            return self._landed(address, flight).key

    def _refuse_again(self, address: str) -> None:
        """Spare a download that failed a moment ago."""
        when, error = self._refused.get(address, (None, None))
        if when and error and abs(self._now() - when) < REFUSE_FOR:
            raise Untrusted(error.reason, str(error))

    def _join(self, address: str) -> "_Flight":
        """Find or start the one download of an address; refuse when too much is under way."""
        flight = self._flights.get(address)
        # A key that passed before is due for its refresh: no flood may stand in the way of that.
        if address not in self._kept and (
            self._waiting >= MOST_WAITING or (not flight and len(self._flights) >= MOST_DOWNLOADS)
        ):
            raise Untrusted("cert-busy", "Too many certificates are being fetched at once.")
        if flight is None:
            flight = self._take_off(address)
        self._waiting += 1
        return flight

    def _take_off(self, address: str) -> "_Flight":
        flight = _Flight(address, self._trust_file)
        try:
            threading.Thread(target=self._fly, args=(address, flight), daemon=True).start()
        except RuntimeError as error:
            raise Untrusted("cert-busy", "No thread is left to fetch a certificate.") from error
        self._flights[address] = flight
        return flight

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def _landed(self, address: str, flight: "_Flight") -> _Signer:
        """Wait for a download, but not for longer than a whole one may take."""
        try:
            return flight.outcome.result(timeout=GIVE_UP_AFTER)
        except Untrusted as error:
            raise Untrusted(error.reason, str(error)) from error  # one flight, many raisers
        except TimeoutError as error:
            late = Untrusted("cert-fetch", "The certificate took too long to arrive.")
            with self._lock:
                if not flight.outcome.done():
                    self._remember_refusal(address, late)
            flight.cut()
            raise late from error

    def _fly(self, address: str, flight: "_Flight") -> None:
        """Download and prove one certificate; runs in a thread of its own."""
        outcome = self._proven(flight)
        self._fetched("proven" if isinstance(outcome, _Signer) else outcome.reason)
        with self._lock:
            del self._flights[address]
            if isinstance(outcome, _Signer):
                self._keep(address, outcome)
                flight.outcome.set_result(outcome)
            else:
                self._remember_refusal(address, outcome)
                flight.outcome.set_exception(outcome)

    def _proven(self, flight: "_Flight") -> _Signer | Untrusted:
        try:
            return _signer(flight.fetch(), self._roots, self._now())
        except Untrusted as error:
            return error
        except BaseException as error:  # a strange certificate may even make the parser panic
            fault = type(error).__name__
            return Untrusted("chain", f"The certificate could not be checked: {fault}.")

    def _keep(self, address: str, signer: _Signer) -> None:
        self._refused.pop(address, None)
        self._kept.pop(address, None)
        while len(self._kept) >= MOST_KEPT:
            del self._kept[min(self._kept, key=lambda known: self._kept[known].until)]
        self._kept[address] = signer

    def _remember_refusal(self, address: str, error: Untrusted) -> None:
        self._refused.pop(address, None)
        while len(self._refused) >= MOST_REFUSED:
            del self._refused[next(iter(self._refused))]
        bare = Untrusted(error.reason, str(error))  # its traceback would keep the whole download
        self._refused[address] = (self._now(), bare)


def trust_file() -> str:
    """Return the file that holds the trust anchors."""
    return os.environ.get("SSL_CERT_FILE") or certifi.where()


def certificate_address(url: str) -> str:
    """Return the one address that ``url`` stands for, or raise :class:`Untrusted`.

    Amazon, "Host a Custom Skill as a Web Service", verifying the signature certificate URL: the
    scheme is https and the host s3.amazonaws.com, in any case; a port, if given, is 443; the path,
    with ``.`` and ``..`` resolved, starts with ``/echo.api/``, in exactly this case.
    """
    match = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    path = _without_dots(match["path"]) if match else ""
    if not path.startswith("/echo.api/"):
        raise Untrusted("cert-url", "The certificate URL does not point to Alexa's certificates.")
    return f"https://s3.amazonaws.com{path}"


def _without_dots(path: str) -> str:
    """Resolve ``.`` and ``..`` by the rules of URLs, whatever the operating system's are."""
    kept: list[str] = []
    for part in path.split("/")[1:]:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    return "/" + "/".join(kept)


def _roots(path: str) -> Store:
    """Load trust anchors one at a time, leaving out what does not parse or warns."""
    try:
        blocks = _CERTIFICATE.findall(Path(path).read_bytes())
    except OSError as error:
        raise ValueError(f"The file of trusted certificates, {path}, cannot be read.") from error
    with warnings.catch_warnings():  # not safe among threads, but this runs at the start
        warnings.simplefilter("error")
        roots = _parsed(blocks)
    if not roots:
        raise ValueError(f"The file of trusted certificates, {path}, holds no usable one.")
    return Store(roots)


def _parsed(blocks: list[bytes]) -> list[Certificate]:
    certificates = []
    for block in blocks:
        with suppress(Exception):  # a parser's faults are many, warnings turned errors among them
            certificates.append(load_pem_x509_certificate(block))
    return certificates


def _signer(pem: bytes, roots: Store, now: datetime) -> _Signer:
    """Prove the first certificate of a file, using the others in any order or not at all.

    The path is built, not read off the file: Alexa's files end in certificates issued by roots that
    trust stores have dropped, while a shorter path to a living root exists.
    """
    blocks = _CERTIFICATE.findall(pem)
    if not 0 < len(blocks) <= MOST_CERTIFICATES:
        raise Untrusted("chain", "The certificate file holds no certificate, or far too many.")
    leaf = load_pem_x509_certificate(blocks[0])
    verifier = PolicyBuilder().store(roots).time(now).build_server_verifier(DNSName(SIGNER))
    try:
        path = verifier.verify(leaf, _parsed(blocks[1:]))
    except VerificationError as error:
        raise Untrusted(
            "chain", "The certificates build no valid path to a trusted one."
        ) from error
    return _Signer(
        _signing_key(leaf),
        starts=max(certificate.not_valid_before_utc for certificate in path),
        until=min(now + KEEP_FOR, *(certificate.not_valid_after_utc for certificate in path)),
    )


def _signing_key(leaf: Certificate) -> RSAPublicKey:
    """Check what the path does not: the very name (no wildcard), the key's use and kind."""
    names = leaf.extensions.get_extension_for_class(SubjectAlternativeName).value
    key = leaf.public_key()
    if SIGNER not in (name.lower() for name in names.get_values_for_type(DNSName)):
        raise Untrusted("chain", f"The certificate does not name {SIGNER}.")
    if not _may_sign(leaf) or not isinstance(key, RSAPublicKey):
        raise Untrusted("chain", "The certificate is not made for signing with RSA.")
    return key


def _may_sign(leaf: Certificate) -> bool:
    try:
        return leaf.extensions.get_extension_for_class(KeyUsage).value.digital_signature
    except ExtensionNotFound:
        return True


class _Flight:
    """One download that can be cut off from another thread, and what came of it."""

    def __init__(self, address: str, trust_file: str) -> None:
        self.outcome: Future[_Signer] = Future()
        self._request = requests.Request(
            "GET", address, headers={"Accept-Encoding": "identity", "Connection": "close"}
        ).prepare()
        self._trust_file = trust_file
        self._wire = _Wire()

    def fetch(self) -> bytes:
        """Return the file, or raise :class:`Untrusted`: no redirects, no large or slow files."""
        try:
            return self._fetch(time.monotonic() + GIVE_UP_AFTER)
        except (OSError, ValueError, requests.RequestException) as error:
            raise Untrusted("cert-fetch", f"The fetch failed: {type(error).__name__}.") from error

    def cut(self) -> None:
        """End the download now, wherever it hangs."""
        self._wire.cut()

    def _fetch(self, deadline: float) -> bytes:
        # The adapter alone, without a session: it follows no redirect and reads no .netrc.
        with closing(self._wire), self._send() as response:
            if response.status_code != 200:
                raise Untrusted("cert-fetch", f"The fetch was answered {response.status_code}.")
            data = b""
            # read1 returns what has arrived; read would wait for a peer that drips.
            while piece := response.raw.read1(LARGEST_FILE, decode_content=False):
                data += piece
                if len(data) > LARGEST_FILE or time.monotonic() > deadline:
                    raise Untrusted("cert-fetch", "The certificate file is too large or too slow.")
            return data

    def _send(self) -> requests.Response:
        return self._wire.send(
            self._request,
            stream=True,
            timeout=GIVE_UP_AFTER,
            verify=self._trust_file,
            proxies=get_environ_proxies(str(self._request.url)),
        )


class _Wire(HTTPAdapter):
    """An adapter that remembers its connection, so that it can be cut.

    A time limit on a socket starts anew with every byte, so a peer that drips its header would
    hold a thread for as long as it likes.
    """

    _connection: Any = None

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: Any = None,
    ) -> Any:
        """Return the pool as always, made to tell which connection it opens."""
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies, cert)
        make = pool.ConnectionCls

        def remember(*args: Any, **options: Any) -> Any:
            self._connection = make(*args, **options)
            return self._connection

        pool.ConnectionCls = remember
        return pool

    def cut(self) -> None:
        """Shut the connection down; whoever reads from it sees its end."""
        wire = getattr(self._connection, "sock", None)
        if wire is not None:
            with suppress(OSError):
                # Not the TLS socket's own shutdown: that takes its state from under the reader.
                socket.socket.shutdown(wire, socket.SHUT_RDWR)
