"""The text API: the same conversations for whoever would rather read than listen.

`POST /text` with `{"text": ..., "conversation": ..., "locale": ...}`. The conversation id is the
key to a household: whoever knows it continues it, so it is random and long when we make it.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import flask

from skill.conversation.turn import Abilities, Act, Heard, Listener, Reply
from skill.speech.calendar_file import FILE_NAME, reminder_file
from skill.speech.plain import plain
from skill.speech.ssml import ssml

LONGEST_TEXT = 1_000
"""Characters of one turn."""

_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{8,64}")
_KEY = re.compile(r"[!-~](?:[ -~]{0,126}[!-~])?")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?")


class BadInput(ValueError):  # noqa: N818
    """What was sent cannot be a turn; the message says why and what to send."""


class TextWorld:
    """A channel without services of its own: nothing rings by itself here."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def time_zone(self) -> str:
        """Return the configured zone."""
        return self._zone

    def do(self, act: Act) -> Mapping[str, str]:
        """Do nothing: flows know that this channel cannot."""
        return {"how": "unsupported"}


def blueprint(
    listener: Listener,
    household: Callable[[str], str],
    zone: str,
    now: Callable[[], datetime],
) -> flask.Blueprint:
    """Return the blueprint with `POST /text`."""
    routes = flask.Blueprint("text", __name__)

    @routes.post("/text")
    def text() -> tuple[Mapping[str, Any], int] | Mapping[str, Any]:
        if flask.request.mimetype != "application/json":
            return {"error": "Send JSON, with Content-Type: application/json."}, 415
        try:
            asked = read(flask.request.get_data())
            turn_id = key(flask.request.headers.get("Idempotency-Key"))
        except BadInput as error:
            return {"error": str(error)}, 400
        conversation = asked["conversation"] or secrets.token_urlsafe(16)
        heard = Heard(
            household=household(conversation),
            turn_id=turn_id,
            now=now(),
            kind="words" if asked["text"].strip() else "launch",
            words=asked["text"],
            zone=zone,
            locale=asked["locale"],
            abilities=Abilities(screen=True, codes=True),
        )
        return answer(conversation, listener.hear(heard, TextWorld(zone)), heard.now)

    return routes


def read(body: bytes) -> Mapping[str, str]:
    """Return text, conversation ("" for a new one) and locale; raises `BadInput`."""
    try:
        told = flask.json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadInput('The body is not JSON; send {"text": "tonight\'s question"}.') from error
    if not isinstance(told, dict) or not isinstance(told.get("text"), str):
        raise BadInput('"text" is missing; send {"text": "tonight\'s question"}.')
    text, conversation, locale = told["text"], told.get("conversation"), told.get("locale")
    if len(text) > LONGEST_TEXT:
        raise BadInput(f'"text" has {len(text)} characters; send at most {LONGEST_TEXT}.')
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadInput('"text" holds half a character; send it as UTF-8.')
    if conversation is None or conversation == "":
        conversation = ""
    elif not (isinstance(conversation, str) and conversation_id(conversation)):
        raise BadInput('"conversation" is no id of ours; send back the one that you were given.')
    if locale is None or locale == "":
        locale = "en-US"
    elif not (isinstance(locale, str) and _LOCALE.fullmatch(locale)):
        raise BadInput('"locale" is not a locale; send one such as "en-US".')
    return {"text": text, "conversation": conversation, "locale": locale}


def conversation_id(sent: str) -> str:
    """Return `sent` if it can be an id of ours, else ""."""
    return sent if _CONVERSATION.fullmatch(sent) else ""


def key(sent: str | None) -> str:
    """Return the id of a turn: made of the sender's, or a new one; raises `BadInput`.

    The sender's own may hold anything, and the id gets into the log.
    """
    if sent is None:
        return secrets.token_urlsafe(16)
    if not _KEY.fullmatch(sent):
        raise BadInput("Idempotency-Key: send 1 to 128 letters, digits and signs.")
    return sha256(sent.encode()).hexdigest()[:32]


def answer(conversation: str, reply: Reply, now: datetime) -> Mapping[str, Any]:
    """Return the reply as JSON."""
    return {
        "conversation": conversation,
        "say": plain(reply.parts),
        "ssml": ssml(reply.parts, reply.soft),
        "intent": reply.intent,
        "slots": dict(reply.slots),
        "flow": reply.flow,
        "listening_for": list(reply.listening_for),
        "screen": _screen(reply.show, now),
        "end": reply.end,
    }


def _screen(show: Mapping[str, Any], now: datetime) -> Mapping[str, Any] | None:
    if "calendar" not in show:
        return dict(show) or None
    made = reminder_file(show["calendar"], now).decode("utf-8")
    return {"calendar": {"name": FILE_NAME, "type": "text/calendar", "content": made}}
