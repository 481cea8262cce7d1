"""From neutral replies to Alexa's responses.

Amazon, "Request and Response JSON Reference" (Response Format), "Manage the Skill Session and
Session Attributes" and "Request Permission with Voice".
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ask_sdk_model import Response
from ask_sdk_model.interfaces.connections import SendRequestDirective
from ask_sdk_model.ui import (
    AskForPermissionsConsentCard,
    Reprompt,
    SimpleCard,
    SsmlOutputSpeech,
)

from content import DEFAULT_LOCALE, Content, content
from skill.channels.alexa.reminders import PERMISSION as REMINDERS
from skill.channels.alexa.screens import has_buttons, picture
from skill.channels.alexa.timers import PERMISSION as TIMERS
from skill.conversation.turn import Part, Reply
from skill.speech.ssml import ssml

PERMISSIONS = {"reminders": REMINDERS, "timers": TIMERS}
"""Our words for permissions, and Amazon's."""

LARGEST_CARD = 8_000
"""Characters in all texts of a card together (Response Format)."""

LARGEST_RESPONSE = 23_000
"""Bytes of speech, card and picture; the rest is small. Amazon gave 24 KB for years, and now gives
more."""


@dataclass(frozen=True)
class Device:
    """What this answer can use on the device that gets it."""

    sounds: str = ""
    """The address under which it can fetch our sounds, "" if there is none."""
    pictures: bool = False
    """Whether it has a screen for us: to any other, a picture is an error."""
    locale: str = DEFAULT_LOCALE


ANY = Device()


def response(reply: Reply, device: Device = ANY) -> Response:
    """Return the response that says and shows ``reply``.

    ``shouldEndSession`` is always there: what its absence means depends on the device ("Manage
    the Skill Session"). It is left out only beside a picture with buttons: the device then waits
    half a minute for a touch, with a closed microphone.

    Raises `ValueError` if the reply is too long to be said.
    """
    if reply.consent:
        return _asking_for_consent(reply)
    speech = _speech(reply.parts, reply.soft, device.sounds)
    answer = Response(output_speech=speech, should_end_session=reply.end)
    if not reply.end:
        # The microphone opens, so there must be something to say into the silence.
        said = _speech(reply.reprompt or reply.parts, reply.soft)
        answer.reprompt = Reprompt(output_speech=said)
    card = _card(reply, content(device.locale))
    shown = picture(reply, content(device.locale)) if device.pictures else None
    left = LARGEST_RESPONSE - _size(answer) if card or shown else 0
    if card and _size(card) <= left:
        answer.card = card
        left -= _size(card)
    if shown and _size(shown) <= left:
        answer.directives = [shown]
        if reply.end and has_buttons(shown):
            answer.should_end_session = None
    return answer


def _asking_for_consent(reply: Reply) -> Response:
    """Have Alexa ask for a permission, in her own words ("Request Permission with Voice").

    The session ends with it; the answer comes as a ``Connections.Response`` of its own. What is to
    be done then is kept with the household: session attributes do not come back.
    """
    scope = {"permissionScope": PERMISSIONS[reply.consent], "consentLevel": "ACCOUNT"}
    payload = {
        "@type": "AskForPermissionsConsentRequest",
        "@version": "2",
        "permissionScopes": [scope],
    }
    return Response(
        output_speech=_speech(reply.parts, reply.soft),
        directives=[SendRequestDirective(name="AskFor", payload=payload, token=reply.consent)],
        should_end_session=True,
    )


def _speech(parts: Sequence[Part], soft: bool, sounds: str = "") -> SsmlOutputSpeech | None:
    return SsmlOutputSpeech(ssml=ssml(parts, soft, sounds)) if parts else None


def _card(reply: Reply, told: Content) -> Any:
    """Return the one card there may be. A calendar file has no place on one."""
    show = reply.show
    if "permission" in show:
        return AskForPermissionsConsentCard(permissions=[PERMISSIONS[show["permission"]]])
    if "text" in show:
        name = str(show.get("title", ""))
        title = told.screen.titles.get(name, name)
        title = (title[:1].upper() + title[1:])[:LARGEST_CARD]
        return SimpleCard(title=title, content=_shortened(show["text"], LARGEST_CARD - len(title)))
    return None


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(most - 1, 0)] + "…"[:most]


def _size(part: Any) -> int:
    """Return about how many bytes a part of the response takes on the way."""
    return len(json.dumps(part if isinstance(part, dict) else part.to_dict(), default=str))
