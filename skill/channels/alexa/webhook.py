"""The Alexa webhook: one address, which only Alexa can talk to, and the same without an address.

Amazon, "Host a Custom Skill as a Web Service", "Host a Custom Skill as an AWS Lambda Function" and
"Request Types Reference".
"""

import json
import logging
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import flask
from ask_sdk_core.skill import CustomSkill, SkillConfiguration
from ask_sdk_model import RequestEnvelope, ResponseEnvelope, SessionEndedErrorType
from ask_sdk_model import Response as Answer

from skill.channels.alexa import answer, read
from skill.channels.alexa.door import LARGEST_BODY, Door, Refused
from skill.channels.alexa.envelope import Serializer
from skill.channels.alexa.sdk import WebserviceSkillHandler
from skill.channels.alexa.world import AlexaWorld
from skill.conversation.lantern import Turned, trouble
from skill.conversation.turn import Listener
from skill.logs import where

PATH, NAME = "/alexa", "alexa"
VERSION = "1.0"
EMPTY: dict[str, Any] = {"version": VERSION, "response": {}}
"""The answer that says nothing. To most requests outside of sessions any other is an error."""

DISABLED = "AlexaSkillEvent.SkillDisabled"

# Header to its name in WSGI. Of all the others none counts, so they are not even read.
_LOOKED_AT = {
    "Content-Type": "CONTENT_TYPE",
    "SignatureCertChainUrl": "HTTP_SIGNATURECERTCHAINURL",
    "Signature-256": "HTTP_SIGNATURE_256",
}

Clock = Callable[[], datetime]
Household = Callable[[str], str]
"""From Amazon's id of an account to the key under which we keep its household."""

# The faults that Amazon lists; no other word of a request gets into the log.
_FAULTS = frozenset(fault.value for fault in SessionEndedErrorType)

log = logging.getLogger(__name__)


class LanternSkill(CustomSkill):  # type: ignore[misc]  # the package has no types
    """The skill as Amazon's package sees it: from a request envelope to a response envelope.

    What the package offers beyond that, handlers and their mapping, is not used: `Listener` is
    the same for all channels.
    """

    def __init__(
        self, listener: Listener, household: Household, now: Clock, sounds: str = ""
    ) -> None:
        super().__init__(SkillConfiguration(request_mappers=[], handler_adapters=[]))
        self.serializer = Serializer()
        self._sounds = sounds
        self._listener = listener
        self._household = household
        self._now = now

    def invoke(self, request_envelope: RequestEnvelope, context: object) -> ResponseEnvelope:
        """Answer one turn; what is no turn, or nobody's, gets an empty answer."""
        return ResponseEnvelope(version=VERSION, response=self._answer(request_envelope))

    def forget(self, request_envelope: RequestEnvelope) -> None:
        """Erase the household of an account, if the request names one."""
        user = read.user(request_envelope)
        if user:
            self._listener.forget(self._household(user))

    def _answer(self, envelope: RequestEnvelope) -> Answer:
        user, now = read.user(envelope), self._now()
        heard = read.heard(envelope, self._household(user), now) if user else None
        if heard is None:
            return Answer()
        reply = self._listener.hear(heard, AlexaWorld(envelope, now))
        device = answer.Device(self._sounds, heard.abilities.pictures, heard.locale)
        return answer.response(reply, device)


def blueprint(
    listener: Listener,
    door: Door,
    household: Household,
    now: Clock,
    refused: Callable[[str], object] = lambda reason: None,
    turned: Callable[[Turned], object] = lambda turned: None,
    sounds: str = "",
) -> flask.Blueprint:
    """Return the blueprint with the webhook; ``refused`` hears the reason of each refusal.

    ``turned`` hears of turns that could not be answered here; ``listener`` knows of its own.
    ``sounds`` is the address under which Alexa can fetch our sounds, "" if there is none.
    """
    webhook = _Webhook(LanternSkill(listener, household, now, sounds), door, refused, turned)
    routes = flask.Blueprint(NAME, __name__)
    routes.record_once(lambda setup: setup.app.extensions.update({NAME: webhook}))
    # Flask would answer OPTIONS by itself; here POST is all there is.
    routes.add_url_rule(
        PATH, view_func=webhook.post, methods=["POST"], provide_automatic_options=False
    )
    return routes


def direct(app: flask.Flask, event: object) -> Mapping[str, Any]:
    """Return the answer to an event that a skill calls a Lambda function with.

    It bears no signature: nobody calls the function but whom its permissions name. Raises `Refused`
    for an event of another skill, `NotForgotten` if it is to come again.
    """
    webhook: _Webhook = app.extensions[NAME]
    return webhook.direct(event)


class NotForgotten(Exception):  # noqa: N818
    """A household that left could not be erased just now."""


class _Webhook:
    """Takes signed requests and answers them."""

    def __init__(
        self,
        skill: LanternSkill,
        door: Door,
        refused: Callable[[str], object],
        turned: Callable[[Turned], object],
    ) -> None:
        self._skill = skill
        self._door = door
        self._refused = refused
        self._turned = turned
        # The door has verified signature and timestamp already, over the raw bytes and before
        # anything was parsed. The package would verify a body that it has parsed before.
        self._handler = WebserviceSkillHandler(
            skill=skill, verify_signature=False, verify_timestamp=False
        )

    def post(self) -> flask.Response:
        """Answer one request: 400 to whoever is not Alexa, 200 to Alexa."""
        try:
            return _json(self._answered(self._door.admit(_headers(), _body())))
        except Refused as refusal:
            self._note_refusal(refusal)
            return flask.Response(status=400)
        except NotForgotten:
            # Amazon sends an event again, for an hour, until it is answered with 200. Saying 200
            # here would mean that people who left were promised oblivion and not given it.
            return flask.Response(status=500)

    def direct(self, event: object) -> Mapping[str, Any]:
        """Answer one event. Raises `Refused` and `NotForgotten`."""
        try:
            return self._answered(self._door.admit_direct(event))
        except Refused as refusal:
            self._note_refusal(refusal)
            raise

    def _note_refusal(self, refusal: Refused) -> None:
        log.info("Refused a request: %s.", refusal.reason)
        self._refused(refusal.reason)

    def _answered(self, envelope: dict[str, Any]) -> Mapping[str, Any]:
        kind = str(envelope["request"].get("type"))
        if kind == DISABLED:
            return self._forget(envelope)
        if kind not in read.KNOWN:
            _note(envelope["request"])
            return EMPTY
        return self._converse(envelope)

    def _converse(self, envelope: dict[str, Any]) -> Mapping[str, Any]:
        """Answer a turn, whatever happens: an error would be silence in somebody's evening."""
        try:
            answered: dict[str, Any] = self._handler.verify_request_and_dispatch({}, envelope)
            return answered
        except Exception as error:
            turn_id = str(envelope["request"].get("requestId"))
            self._turned(Turned(turn_id, "trouble"))
            log.error("turn %s could not be answered: %s", turn_id, where(error))
            said = answer.response(trouble(str(envelope["request"].get("locale"))))
            kind = ResponseEnvelope(version=VERSION, response=said)
            told: dict[str, Any] = self._skill.serializer.serialize(kind)
            return told

    def _forget(self, envelope: dict[str, Any]) -> Mapping[str, Any]:
        """Erase a household that disabled the skill ("Add Events to Your Skill").

        Events come late, twice and out of order. That does no harm: who enables the skill again
        gets another user id, so an old event can only mean the old household.
        """
        try:
            self._skill.forget(self._skill.serializer.deserialize(envelope, RequestEnvelope))
        except Exception as error:
            log.error("A household could not be forgotten: %s", where(error))
            raise NotForgotten("A household could not be forgotten.") from None
        return EMPTY


def _headers() -> dict[str, str]:
    """Return the headers that the door looks at, of those that were sent."""
    sent = flask.request.environ
    return {name: sent[key] for name, key in _LOOKED_AT.items() if key in sent}


def _body() -> bytes:
    """Read the body, as far as is needed to see that it is too long."""
    # The door judges the length, with 400; a limit of the application would answer 413 by itself.
    flask.request.max_content_length = sys.maxsize
    body = b""
    while len(body) <= LARGEST_BODY:
        piece = flask.request.stream.read(LARGEST_BODY + 1 - len(body))
        if not piece:
            break
        body += piece
    return body


def _json(content: Any) -> flask.Response:
    return flask.Response(json.dumps(content), content_type="application/json;charset=UTF-8")


def _note(request: dict[str, Any]) -> None:
    """Note what Amazon says went wrong with an answer of ours; of other requests, that they came.

    ``SessionEndedRequest`` and ``System.ExceptionEncountered`` both carry an ``error``.
    """
    error = request.get("error")
    fault = error.get("type") if isinstance(error, dict) else None
    if isinstance(fault, str) and fault in _FAULTS:
        log.warning("Alexa could not use an answer: %s.", fault)
    else:
        log.info("A request that is no turn was answered with nothing.")
