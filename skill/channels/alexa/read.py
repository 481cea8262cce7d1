"""From Alexa's requests to neutral turns.

Amazon, "Request and Response JSON Reference", "Request Types Reference (LaunchRequest,
CanFulfillIntentRequest, IntentRequest, SessionEndedRequest)" and "Entity Resolution".
"""

import re
from collections.abc import Mapping
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
