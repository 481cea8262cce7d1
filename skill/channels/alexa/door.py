"""The door of the Alexa webhook: what gets in was signed by Alexa, is fresh, and is meant for us.

The rules are those of Amazon's page "Host a Custom Skill as a Web Service". The signature is
checked over the raw bytes before anything is parsed. There is no way around the door: no header,
path, query or setting switches a check off.
"""

import base64
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from skill.channels.alexa.certificates import Certificates, Untrusted
from skill.channels.alexa.sdk import TimestampVerifier, VerificationException

LARGEST_BODY = 128 * 1024
DEEPEST_NESTING = 32
TOLERANCE = timedelta(seconds=150)

# A string, closed or not, is skipped as one piece, so that a bracket inside it does not count.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class Refused(Exception):  # noqa: N818  (it says what became of the request)
    """A request that must be answered 400.

    ``reason`` is a short word for metrics and logs: ``size``, ``content-type``,
    ``doubled-header``, ``no-cert-url``, ``no-signature``, ``cert-url``, ``cert-fetch``,
    ``cert-busy``, ``chain``, ``signature``, ``json``, ``timestamp``, ``stale``, ``skill-id``.
    Nothing of the request's body is in it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The request was refused: {reason}.")
        self.reason = reason


class Door:
    """Lets in what Alexa signed for one of our skills, and nothing else."""

    def __init__(self, skill_ids: frozenset[str], certificates: Certificates) -> None:
        """``skill_ids`` are the skills this service answers for; with none, it answers nothing."""
        self._skill_ids = skill_ids
        self._certificates = certificates
        self._clock = TimestampVerifier()

    def admit(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Return the verified envelope, or raise :class:`Refused` and nothing else."""
        if not 0 < len(body) <= LARGEST_BODY:
            raise Refused("size")
        sent = _by_name(headers)
        _check_content_type(sent)
        url = _header(sent, "signaturecertchainurl", "no-cert-url")
        signature = _signature(sent)
        self._check_signature(url, signature, body)
        return self._meant_for_us(_parse(body))

    def admit_direct(self, event: object) -> dict[str, Any]:
        """Return an event of Lambda's Alexa trigger, or raise :class:`Refused`.

        Amazon, "Host a Custom Skill as an AWS Lambda Function": such an event has no signature. The
        function's permission to be called, which names the skill, stands in its place; the skill's
        id is verified here as well. It comes parsed, and is read again as any body is.
        """
        body = json.dumps(event).encode()
        if len(body) > LARGEST_BODY:
            raise Refused("size")
        return self._meant_for_us(_parse(body))

    def _meant_for_us(self, envelope: dict[str, Any]) -> dict[str, Any]:
        self._check_timestamp(envelope)
        self._check_skill(envelope)
        return envelope

    def _check_signature(self, url: str, signature: bytes, body: bytes) -> None:
        """Check the signature over the raw body with the key of the certificate URL."""
        try:
            key = self._certificates.key(url)
            key.verify(signature, body, PKCS1v15(), SHA256())
        except Untrusted as error:
            raise Refused(error.reason) from error
        except InvalidSignature as error:
            raise Refused("signature") from error

    def _check_timestamp(self, envelope: dict[str, Any]) -> None:
        """Refuse what was sent too long ago, or is yet to come.

        Amazon, checking the timestamp of the request: 150 seconds; skill events, whose delivery is
        tried again for an hour, may be that old ("Add Events to Your Skill"), but not that young.
        """
        request = envelope.get("request")
        if not isinstance(request, dict):
            raise Refused("timestamp")
        sent, kind = _moment(request.get("timestamp")), str(request.get("type"))
        if sent - datetime.now(UTC) > TOLERANCE:
            raise Refused("stale")
        seen = SimpleNamespace(request=SimpleNamespace(timestamp=sent, object_type=kind))
        try:
            self._clock.verify({}, "", seen)
        except VerificationException as error:
            raise Refused("stale") from error

    def _check_skill(self, envelope: dict[str, Any]) -> None:
        """Refuse a request for another skill ("Security Requirements for Alexa Skills")."""
        addressed = _within(envelope, "context", "System", "application", "applicationId")
        if not isinstance(addressed, str) or addressed not in self._skill_ids:
            raise Refused("skill-id")
        session = envelope.get("session")
        if session is None or (isinstance(session, dict) and "application" not in session):
            return
        if _within(session, "application", "applicationId") != addressed:
            raise Refused("skill-id")


def _by_name(headers: Mapping[str, str]) -> Mapping[str, list[str]]:
    """Return the values of each header by its name in lower case: it may come in any case."""
    found: dict[str, list[str]] = {}
    for name, value in headers.items():
        found.setdefault(name.lower(), []).append(value)
    return found


def _header(sent: Mapping[str, list[str]], name: str, missing: str) -> str:
    """Return a header; sent twice, it would be anyone's guess which one counts.

    A WSGI server joins the two with a comma, which no value of these headers holds.
    """
    values = sent.get(name, [])
    if len(values) > 1 or "," in "".join(values):
        raise Refused("doubled-header")
    if not values or not values[0].strip():
        raise Refused(missing)
    return values[0]


def _check_content_type(sent: Mapping[str, list[str]]) -> None:
    value = _header(sent, "content-type", "content-type")
    if value.partition(";")[0].strip().lower() != "application/json":
        raise Refused("content-type")


def _signature(sent: Mapping[str, list[str]]) -> bytes:
    """Return the SHA-256 signature; the older ``Signature`` header, SHA-1, counts for nothing."""
    value = _header(sent, "signature-256", "no-signature")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as error:
        raise Refused("signature") from error


def _parse(body: bytes) -> dict[str, Any]:
    """Read a JSON object strictly: each key once, finite numbers, whole characters, not too deep.

    The causes are not chained: their messages quote the body.
    """
    try:
        text = body.decode("utf-8")
        _check_nesting(text)
        envelope = json.loads(
            text, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite
        )
        if "\\ud" in text.lower():  # half a surrogate pair would break whoever stores or says it
            json.dumps(envelope, ensure_ascii=False).encode("utf-8")
    except ValueError:
        raise Refused("json") from None
    if not isinstance(envelope, dict):
        raise Refused("json")
    return envelope


def _check_nesting(text: str) -> None:
    """Count brackets before the parser does: it works by recursion."""
    if text.count("{") + text.count("[") <= DEEPEST_NESTING:
        return
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
        if depth > DEEPEST_NESTING:
            raise ValueError("The body is nested too deeply.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object with one key twice: two readers could take different ones."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("A key is given twice.")
    return found


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("A number is not finite.")
    return value


def _moment(stamp: object) -> datetime:
    """Read an ISO 8601 time that says its zone."""
    try:
        moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused("timestamp")
    return moment


def _within(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
