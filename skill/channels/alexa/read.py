"""From Alexa's requests to neutral turns.

Amazon, "Request and Response JSON Reference", "Request Types Reference (LaunchRequest,
CanFulfillIntentRequest, IntentRequest, SessionEndedRequest)" and "Entity Resolution".
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ask_sdk_model import (
    IntentRequest,
    LaunchRequest,
    RequestEnvelope,
    Slot,
)
from ask_sdk_model.interfaces.alexa.presentation.apl import UserEvent
from ask_sdk_model.interfaces.connections import ConnectionsResponse
from ask_sdk_model.slu.entityresolution import StatusCode

from skill.channels.alexa.screens import TOUCH, VERSION, touched
from skill.conversation.turn import Abilities, Heard

KNOWN = frozenset({"LaunchRequest", "IntentRequest", "Connections.Response", TOUCH})
"""The types of request that are a turn in a conversation. Nothing is said in answer to others."""

DEFAULT_LOCALE = "en-US"

# What Alexa sends for a slot that nobody filled, or in which it understood nothing.
_NOTHING = ("", "?")

# Amazon's own catalogues resolve to addresses of entities there, not to ids that we know.
_AMAZONS_CATALOGUE = "AlexaEntities"

_HANDLED = "200"
_CONSENT = {"ACCEPTED": "accepted", "DENIED": "denied", "NOT_ANSWERED": "not_answered"}


def heard(envelope: RequestEnvelope, household: str, now: datetime) -> Heard | None:
    """Return the turn that a request is; None for a request that is no turn."""
    meaning = _meaning(envelope.request)
    if meaning is None:
        return None
    request, session = envelope.request, envelope.session
    return Heard(
        household=household,
        # An empty id would make every turn look like the one before, sent again.
        turn_id=request.request_id or str(request.timestamp),
        now=now,
        locale=request.locale or DEFAULT_LOCALE,
        new_session=bool(session and session.new),
        # Cards appear in the Alexa app, so there is a place to show something with every device.
        abilities=Abilities(
            reminders=True, timers=True, screen=True, pictures=_shows_pictures(envelope)
        ),
        **meaning,
    )


def user(envelope: RequestEnvelope) -> str:
    """Return Amazon's id for the account, as this skill sees it; "" if there is none.

    "Request and Response JSON Reference": it is in the session, and in the System object, which
    requests outside of sessions have as well.
    """
    system = envelope.context and envelope.context.system
    for place in (envelope.session, system):
        if place and place.user and place.user.user_id:
            return str(place.user.user_id)
    return ""


def _shows_pictures(envelope: RequestEnvelope) -> bool:
    """Say whether the device has a screen that knows our documents ("APL Interface Reference")."""
    system = envelope.context and envelope.context.system
    device = system and system.device
    found = device and device.supported_interfaces
    apl = found and found.alexa_presentation_apl
    known = str(apl.runtime.max_version) if apl and apl.runtime else ""
    return [int(one) for one in re.findall(r"\d+", known)] >= VERSION


def _meaning(request: Any) -> dict[str, Any] | None:
    if isinstance(request, LaunchRequest):
        return {"kind": "launch"}
    if isinstance(request, IntentRequest) and request.intent and request.intent.name:
        intent = request.intent
        slots = intent.slots or {}
        said = tuple(slot.value for slot in slots.values() if slot and slot.value)
        return {"kind": "intent", "intent": intent.name, "slots": _slots(slots), "said": said}
    if isinstance(request, UserEvent):
        words = touched(request.token, request.arguments)
        return {"kind": "words", "words": words} if words else None
    if isinstance(request, ConnectionsResponse) and request.name == "AskFor":
        return {"kind": "consent", "words": _consent(request)}
    return None


def _slots(slots: Mapping[str, Slot | None]) -> dict[str, str]:
    values = {name: _value(slot) for name, slot in slots.items() if slot}
    return {name: value for name, value in values.items() if value}


def _value(slot: Slot) -> str:
    """Return the id of what was recognised, or else the words; "" if there is nothing.

    "Entity Resolution": the first match is the best one. The two error codes say that nobody
    looked, not that the words are wrong, so the words count.
    """
    said = (slot.value or "").strip()
    return _resolved(slot) or ("" if said in _NOTHING else said)


def _resolved(slot: Slot) -> str:
    resolutions = slot.resolutions and slot.resolutions.resolutions_per_authority
    for each in resolutions or []:
        matched = each.status and each.status.code is StatusCode.ER_SUCCESS_MATCH
        if not matched or each.authority == _AMAZONS_CATALOGUE:
            continue
        for one in each.values or []:
            if one.value and one.value.id:
                return str(one.value.id)
    return ""


def _consent(response: ConnectionsResponse) -> str:
    """Return what became of a question for a permission ("Request Permission with Voice").

    The older payload names one ``permissionScope``, the newer one a list; the answer is in the
    same place. What failed on the way nobody answered.
    """
    if not response.status or response.status.code != _HANDLED:
        return "not_answered"
    return _CONSENT.get(str((response.payload or {}).get("status")), "not_answered")


# Sifting --------------------------------------------------------------------------------

Sieve = Callable[[Any], Any]
"""Takes any JSON value and returns what is of use in it; None if that is nothing."""


def sift(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return only the fields that we use, each of the type that Amazon's models expect.

    "Request and Response JSON Reference" announces that requests may gain fields at any time. The
    models cannot parse a value that was not yet known when they were written (another
    ``dialogState``, another resolution code), and would fail for the whole request.
    """
    kept = _ENVELOPE(envelope) or {}
    request = kept.get("request", {})
    if request.get("requestId"):
        # Only what has no id is told apart by its time, and the package takes long to read that.
        request.pop("timestamp", None)
    return kept


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _code(value: Any) -> str | None:
    """Keep a status code; it is a string in the reference and a number in some examples."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _moment(value: Any) -> str | None:
    """Write a time down in the one way that every parser reads alike."""
    try:
        return datetime.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _resolution_code(value: Any) -> str | None:
    return value if value in [code.value for code in StatusCode] else None


def _object(**fields: Sieve) -> Sieve:
    """Keep these fields of an object."""

    def sieve(value: Any) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            return None
        kept = {name: field(value.get(name)) for name, field in fields.items()}
        return {name: part for name, part in kept.items() if part is not None}

    return sieve


def _list_of(part: Sieve) -> Sieve:
    """Keep what is of use in the items of a list."""

    def sieve(value: Any) -> list[Any] | None:
        if not isinstance(value, list):
            return None
        return [kept for one in value if (kept := part(one)) is not None]

    return sieve


def _map_of(part: Sieve) -> Sieve:
    """Keep what is of use in the values of an object whose names are free."""

    def sieve(value: Any) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            return None
        return {name: kept for name, one in value.items() if (kept := part(one)) is not None}

    return sieve


_APPLICATION = _object(applicationId=_text)
_USER = _object(userId=_text)
_RESOLUTION = _object(
    authority=_text,
    status=_object(code=_resolution_code),
    values=_list_of(_object(value=_object(name=_text, id=_text))),
)
_SLOT = _object(
    name=_text,
    value=_text,
    resolutions=_object(resolutionsPerAuthority=_list_of(_RESOLUTION)),
)
_ENVELOPE = _object(
    version=_text,
    session=_object(new=_flag, sessionId=_text, application=_APPLICATION, user=_USER),
    context=_object(
        System=_object(
            application=_APPLICATION,
            user=_USER,
            device=_object(
                deviceId=_text,
                supportedInterfaces=_object(
                    **{"Alexa.Presentation.APL": _object(runtime=_object(maxVersion=_text))}
                ),
            ),
            apiEndpoint=_text,
            apiAccessToken=_text,
        )
    ),
    request=_object(
        type=_text,
        requestId=_text,
        timestamp=_moment,
        locale=_text,
        intent=_object(name=_text, slots=_map_of(_SLOT)),
        name=_text,
        status=_object(code=_code),
        payload=_object(status=_text),
        token=_text,
        arguments=_list_of(_text),
    ),
)
