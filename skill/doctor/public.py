"""The service as Alexa sees it: at its public address, behind whatever stands in front of it.

Amazon, "Host a Custom Skill as a Web Service": port 443, a certificate of a trusted authority that
names the host, and 400 for a request without a valid signature.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from skill.channels.alexa.certificates import trust_file
from skill.channels.alexa.webhook import PATH
from skill.channels.web.notices import PRIVACY, TERMS
from skill.doctor import amazon
from skill.doctor.findings import Finding, broken, ok, warning

SECONDS = 4.0
"""For one answer. Alexa waits for eight."""

RENEWED = timedelta(days=21)
"""How long before its end a certificate of three months has been renewed, if all is well."""

Told = tuple[str, str]
"""What is wrong, and what to do."""

# Faults as OpenSSL numbers them (x509_vfy.h); the words after a host's name, and the remedy.
_UNTRUSTED: dict[int, Told] = {
    9: ("is not valid yet", "See whether the clock of this machine is right."),
    10: ("has expired", "Renew it, and see why it was not renewed by itself."),
    18: ("is signed by itself", "Get one of an authority that Amazon trusts, as Let's Encrypt is."),
    20: (
        "leads to no authority that is trusted",
        "Send the whole chain (fullchain.pem), of an authority that Amazon trusts.",
    ),
    62: ("does not name it, in its SAN", "Get one for this very name."),
}


def examined(address: str) -> Iterator[Finding]:
    """Yield what is found at `address`."""
    there = urlsplit(address)
    host, port = str(there.hostname), there.port or 443
    if port != 443:
        yield broken(
            "public.port", f"{address} is on port {port}; Alexa calls 443 alone.", "Move it there."
        )
    caller = _Caller(host, port, there.path)
    try:
        certificate = caller.certificate()
    except OSError as error:
        yield not_reached(host, error)
        return
    yield in_date(certificate, datetime.now(UTC))
    yield from _answers(caller)


def in_date(certificate: dict[str, Any], now: datetime) -> Finding:
    """Say how long a certificate lasts that has been verified; one that is renewed late, warns."""
    starts, ends = (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate[name]), UTC)
        for name in ("notBefore", "notAfter")
    )
    told = f"The certificate is good for another {(ends - now).days} days"
    if ends - now < min(RENEWED, (ends - starts) / 4):
        return warning("public.certificate", f"{told}.", "Renew it; see why that is late.")
    names = [name for kind, name in certificate.get("subjectAltName", ()) if kind == "DNS"]
    # A host beside its own wildcard: which of them counts for Amazon is nowhere said.
    whole = next((name for name in names if name.startswith("*.")), "")
    more = f", and for all of {whole}: `lantern package` needs --wildcard" if whole else ""
    return ok("public.certificate", f"{told}{more}.")


def not_reached(host: str, error: OSError) -> Finding:
    """Say why no connection came about that can be trusted."""
    check = "public.certificate"
    if isinstance(error, ssl.SSLCertVerificationError):
        what, remedy = _UNTRUSTED.get(
            error.verify_code, (f"cannot be trusted ({error.verify_message})", "Get another one.")
        )
        return broken(check, f"The certificate of {host} {what}.", remedy)
    if isinstance(error, ssl.SSLError):
        return broken(
            check,
            f"{host} does not speak HTTPS as it should ({error.reason}).",
            "Give whatever stands in front of the service a certificate, and TLS 1.2 or later.",
        )
    if isinstance(error, ConnectionRefusedError):
        return broken(
            check,
            f"Nothing listens at {host}.",
            "Start what stands in front of the service, and open its port.",
        )
    if isinstance(error, socket.gaierror) and _online():
        return broken(check, f"{host} is not in the DNS.", "Enter it there, or correct its name.")
    return warning(
        check,
        f"{host} cannot be reached from here ({type(error).__name__}); it was not checked.",
        "Run this again from another network: Alexa calls from the internet.",
    )


def _online() -> bool:
    try:
        return bool(socket.getaddrinfo(amazon.HOST, 443))
    except OSError:
        return False


def _answers(caller: "_Caller") -> Iterator[Finding]:
    health = caller.status("GET", "/healthz")
    if health != "200":
        yield broken(
            "public.health",
            f"/healthz at the public address answers {health}, not 200.",
            "See that the service runs, and that what stands in front hands requests to it.",
        )
        return
    yield ok("public.health", "The service answers at its public address.")
    unsigned = caller.status("POST", PATH)
    if unsigned == "400":
        yield ok("public.alexa", f"{PATH} is there, and refuses what Alexa has not signed.")
    else:
        yield broken(
            "public.alexa",
            f"{PATH} at the public address answers {unsigned} to what Alexa has not signed, "
            "not 400.",
            "Let POST requests and their answers pass as they are.",
        )
    for path in (PRIVACY, TERMS):
        status = caller.status("GET", path)
        if status == "200":
            yield ok("public.pages", f"{path} can be read there.")
        else:
            yield broken(
                "public.pages",
                f"{path} at the public address answers {status}, not 200.",
                "Let it pass: Amazon's reviewers read it.",
            )


class _Caller:
    """Calls a host, and trusts it as the service trusts others. No proxy of ours, no redirect."""

    def __init__(self, host: str, port: int, prefix: str) -> None:
        self._host, self._port, self._prefix = host, port, prefix
        self._context = ssl.create_default_context(cafile=trust_file())

    def certificate(self) -> dict[str, Any]:
        """Return the certificate, verified, as `ssl` tells it. Raises `OSError`."""
        with closing(self._connection()) as connection:
            connection.connect()
            return dict(connection.sock.getpeercert() or {})

    def status(self, method: str, path: str) -> str:
        """Return the status of an answer, or the name of what came instead."""
        body = b"{}" if method == "POST" else None
        with closing(self._connection()) as connection:
            try:
                connection.request(method, self._prefix + path, body)
                return str(connection.getresponse().status)
            except (OSError, HTTPException) as error:
                return type(error).__name__

    def _connection(self) -> HTTPSConnection:
        return HTTPSConnection(self._host, self._port, timeout=SECONDS, context=self._context)
