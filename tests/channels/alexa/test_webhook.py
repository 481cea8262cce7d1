"""The webhook as Alexa meets it: signed requests in, responses by the rules out."""

import io
import json
import logging
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import flask
import pytest
from alexa_rules import check
from amazon_proxy import AmazonProxy
from authority import Authority
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from skill.channels.alexa.certificates import Certificates
from skill.channels.alexa.door import LARGEST_BODY, Door
from skill.channels.alexa.webhook import blueprint
from skill.conversation.turn import Heard, Reply, Words, World

OURS = "amzn1.ask.skill.ours"
USER = "amzn1.ask.account.SECRET"
EMPTY = {"version": "1.0", "response": {}}
NOW = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
ASKING = Reply((Words("Here we are. Shall we go on?"),), (Words("Go on?"),), end=False)


@dataclass
class Script:
    """A listener that says what the test tells it to."""

    reply: Reply | Exception = ASKING
    trouble: Exception | None = None
    heard: list[Heard] = field(default_factory=list)
    worlds: list[World] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def hear(self, heard: Heard, world: World) -> Reply:
        self.heard.append(heard)
        self.worlds.append(world)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def forget(self, household: str) -> None:
        if self.trouble:
            raise self.trouble
        self.forgotten.append(household)


@dataclass
class Alexa:
    """Sends what a test wants, signed as Alexa signs it."""

    client: FlaskClient
    authority: Authority
    script: Script
    refusals: list[str]

    def post(self, content: Any, **headers: str) -> TestResponse:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.client.post("/alexa", data=body, headers=self.authority.sign(body) | headers)

    def say(self, content: dict[str, Any]) -> dict[str, Any]:
        """Send a request, check the answer by the rules and return it."""
        response = self.post(content)
        assert response.status_code == 200
        assert response.content_type == "application/json;charset=UTF-8"
        answer: dict[str, Any] = json.loads(response.data)
        check(content, answer)
        return answer


@pytest.fixture
def alexa(amazon: AmazonProxy, authority: Authority) -> Alexa:
    script, refusals = Script(), list[str]()
    app = flask.Flask(__name__)
    door = Door(frozenset({OURS}), Certificates())
    app.register_blueprint(
        blueprint(script, door, lambda user: f"home of {user}", lambda: NOW, refusals.append)
    )
    return Alexa(app.test_client(), authority, script, refusals)


def ago(seconds: float) -> str:
    moment = datetime.now(UTC) - timedelta(seconds=seconds)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def envelope(kind: str = "LaunchRequest", **request: Any) -> dict[str, Any]:
    application = {"applicationId": OURS}
    return {
        "version": "1.0",
        "session": {
            "new": True,
            "sessionId": "session-1",
            "application": application,
            "user": {"userId": USER},
        },
        "context": {
            "System": {
                "application": application,
                "user": {"userId": USER},
                "device": {"deviceId": "device-1", "supportedInterfaces": {}},
                "person": {"personId": "amzn1.ask.person.P"},
                "apiEndpoint": "https://api.amazonalexa.com",
                "apiAccessToken": "SECRET-TOKEN",
            }
        },
        "request": {
            "type": kind,
            "requestId": "request-1",
            "timestamp": ago(0),
            "locale": "en-US",
            **request,
        },
    }


def event(kind: str, seconds_ago: float = 0, **request: Any) -> dict[str, Any]:
    """A request outside of a session."""
    content = envelope(kind, **request)
    content["request"]["timestamp"] = ago(seconds_ago)
    del content["session"]
    return content


def intent(name: str, **slots: str) -> dict[str, Any]:
    given = {slot: {"name": slot, "value": value} for slot, value in slots.items()}
    return envelope("IntentRequest", intent={"name": name, "slots": given})


# Turns ----------------------------------------------------------------------------------


def test_a_launch(alexa: Alexa) -> None:
    """Rules 2.8, 2.11, 2.26, 2.27, 3.6."""
    assert alexa.say(envelope()) == {
        "version": "1.0",
        "response": {
            "outputSpeech": {
                "type": "SSML",
                "ssml": "<speak>Here we are. Shall we go on?</speak>",
            },
            "reprompt": {"outputSpeech": {"type": "SSML", "ssml": "<speak>Go on?</speak>"}},
            "shouldEndSession": False,
        },
    }
    (heard,) = alexa.script.heard
    assert heard.kind == "launch"
    assert heard.household == f"home of {USER}"
    assert heard.now == NOW


def test_an_intent_at_once(alexa: Alexa) -> None:
    """Rule 7.3: the wish of a new session reaches the conversation as it is."""
    alexa.say(intent("SetReminderIntent", time="20:00"))
    (heard,) = alexa.script.heard
    assert (heard.intent, heard.slots) == ("SetReminderIntent", {"time": "20:00"})
    assert heard.new_session


def test_stop(alexa: Alexa) -> None:
    """Rule 7.21."""
    alexa.script.reply = Reply((Words("Good night."),))
    answer = alexa.say(intent("AMAZON.StopIntent"))
    assert answer["response"]["shouldEndSession"] is True


def test_the_same_request_twice_is_the_same_turn(alexa: Alexa) -> None:
    """Rule 3.5: the id that tells goes on to whoever keeps the books."""
    content = envelope()
    assert alexa.say(content) == alexa.say(content)
    assert {heard.turn_id for heard in alexa.script.heard} == {"request-1"}


def test_nothing_is_kept_in_session_attributes(alexa: Alexa) -> None:
    """Rule 2.7."""
    assert "sessionAttributes" not in alexa.say(envelope())


@pytest.mark.parametrize("status", ["ACCEPTED", "DENIED", "NOT_ANSWERED"])
@pytest.mark.parametrize("session", [True, False])
@pytest.mark.parametrize("scopes", ["permissionScope", "permissionScopes"])
def test_consent(alexa: Alexa, status: str, session: bool, scopes: str) -> None:
    """Rules 3.13, 3.14, 3.15: answered and gone on with, session or not."""
    scope = "alexa::alerts:reminders:skill:readwrite"
    payload = {
        "status": status,
        scopes: scope if scopes == "permissionScope" else [{"permissionScope": scope}],
    }
    build = envelope if session else event
    answer = alexa.say(
        build(
            "Connections.Response",
            name="AskFor",
            status={"code": "200", "message": "OK"},
            payload=payload,
            token="reminders",
        )
    )
    assert answer["response"]["outputSpeech"]
    (heard,) = alexa.script.heard
    assert (heard.kind, heard.words) == ("consent", status.lower())


def test_another_connection_says_nothing(alexa: Alexa) -> None:
    """Rule 3.13: we ask for permissions and start nothing else."""
    content = event("Connections.Response", name="Buy", status={"code": "200"}, payload={})
    assert alexa.say(content) == EMPTY


def test_asking_for_consent(alexa: Alexa) -> None:
    """Rules 5.12, 5.13."""
    alexa.script.reply = Reply((Words("For that I need a permission."),), consent="reminders")
    answer = alexa.say(intent("AMAZON.YesIntent"))
    (directive,) = answer["response"]["directives"]
    assert directive["type"] == "Connections.SendRequest"


# What the package cannot parse, and what it never gets ------------------------------------


def resolved(code: str) -> dict[str, Any]:
    authority = {"authority": "a", "status": {"code": code}, "values": []}
    content = intent("FeelingIntent", feeling="glad")
    content["request"]["intent"]["slots"]["feeling"]["resolutions"] = {
        "resolutionsPerAuthority": [authority]
    }
    return content


@pytest.mark.parametrize(
    ("content", "speaks"),
    [
        (envelope("Alexa.Something.New"), False),
        (envelope("SessionEndedRequest", reason="GOT_BORED"), False),
        (intent("FeelingIntent"), True),
        (resolved("ER_SOMETHING_NEW"), True),
        (event("AlexaSkillEvent.SkillAccountUnlinked"), False),
    ],
    ids=["type", "reason", "dialogState", "resolution", "event"],
)
def test_five_bodies_that_break_the_models(
    alexa: Alexa, content: dict[str, Any], speaks: bool
) -> None:
    """Rules 3.1, 3.2."""
    content["request"]["dialogState"] = "SOMEWHERE"
    content["request"]["timestamp"] = ago(0)
    answer = alexa.say(content)
    assert (answer != EMPTY) is speaks
    assert len(alexa.script.heard) == speaks


@pytest.mark.parametrize("reason", ["USER_INITIATED", "ERROR", "EXCEEDED_MAX_REPROMPTS", "NEW"])
@pytest.mark.parametrize(
    "error",
    [
        None,
        {"type": "INVALID_RESPONSE", "message": "SECRET"},
        {"type": "DEVICE_COMMUNICATION_ERROR", "message": "SECRET"},
        {"type": "INTERNAL_SERVICE_ERROR", "message": "SECRET"},
        {"type": "ENDPOINT_TIMEOUT", "message": "SECRET"},
        {"type": "SOMETHING_SECRET"},
        {"type": ["SECRET"]},
        "SECRET",
    ],
)
def test_the_end_of_a_session(
    alexa: Alexa, caplog: pytest.LogCaptureFixture, reason: str, error: Any
) -> None:
    """Rules 2.33, 3.10: all combinations, and in the log only words of Amazon's list."""
    caplog.set_level(logging.DEBUG)
    assert alexa.say(envelope("SessionEndedRequest", reason=reason, error=error)) == EMPTY
    assert "SECRET" not in caplog.text
    assert not alexa.script.heard


def test_a_fault_that_amazon_found_is_noted(alexa: Alexa, caplog: pytest.LogCaptureFixture) -> None:
    """Rules 2.10, 3.23."""
    fault = {"type": "INVALID_RESPONSE", "message": "SECRET"}
    content = event("System.ExceptionEncountered", error=fault, cause={"requestId": "r"})
    assert alexa.say(content) == EMPTY
    assert "INVALID_RESPONSE" in caplog.text
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize(
    "content",
    [
        event("AlexaSkillEvent.SkillEnabled", 3000, eventCreationTime=ago(3000)),
        event("AlexaSkillEvent.SkillPermissionAccepted", body={"acceptedPermissions": []}),
        event("AlexaSkillEvent.SkillPermissionChanged"),
        event("AlexaSkillEvent.SkillAccountLinked"),
        event("AlexaSkillEvent.ProactiveSubscriptionChanged", body={"subscriptions": []}),
        event("AlexaSkillEvent.NotificationSubscriptionChanged"),
        event("Reminders.ReminderStarted", body={"alertToken": "a"}),
        event("Reminders.ReminderCreated", body={"alertToken": "a", "status": "ON"}),
        event("Reminders.ReminderUpdated", body={"alertToken": "a", "status": "OFF"}),
        event("Reminders.ReminderStatusChanged", body={"alertToken": "a", "status": "ODD"}),
        event("Reminders.ReminderDeleted", body={"alertTokens": ["a", "b"]}),
        event("Messaging.MessageReceived", message={"a": "b"}),
        event("AudioPlayer.PlaybackStarted"),
        event("AudioPlayer.PlaybackStopped"),
        event("AudioPlayer.PlaybackFailed", error={"type": "MEDIA_ERROR_UNKNOWN"}),
        event("PlaybackController.PlayCommandIssued"),
        event("PlaybackController.PreviousCommandIssued"),
        envelope("Alexa.Presentation.APL.UserEvent", arguments=["go"], source={}, token="t"),
        envelope("Alexa.Presentation.APL.RuntimeError", errors=[{"type": "NEW"}]),
        envelope("Display.ElementSelected", token="t"),
        envelope("CanFulfillIntentRequest", intent={"name": "FeelingIntent"}),
        envelope("SessionResumedRequest", cause={"type": "ConnectionCompleted"}),
        envelope("AlexaSkillEvent"),
    ],
    ids=lambda content: content["request"]["type"],
)
def test_what_is_answered_with_nothing(alexa: Alexa, content: dict[str, Any]) -> None:
    """Rules 2.29, 3.12, 3.16, 3.17, 3.20 to 3.24: no words and no effects."""
    if content["request"]["type"] != "AlexaSkillEvent.SkillEnabled":
        content["request"]["timestamp"] = ago(0)
    assert alexa.say(content) == EMPTY
    assert not alexa.script.heard
    assert not alexa.script.forgotten


@pytest.mark.parametrize("kind", [None, 3, [], {"a": 1}, ""])
def test_a_type_that_is_none(alexa: Alexa, kind: Any) -> None:
    """Rule 3.1."""
    content = envelope()
    content["request"]["type"] = kind
    response = alexa.post(content)
    assert (response.status_code, json.loads(response.data)) == (200, EMPTY)


CONTEXT = [
    ("session",),
    ("session", "new"),
    ("session", "sessionId"),
    ("session", "user"),
    ("session", "user", "userId"),
    ("session", "application"),
    ("context", "System", "user"),
    ("context", "System", "user", "userId"),
    ("context", "System", "device"),
    ("context", "System", "device", "deviceId"),
    ("context", "System", "device", "supportedInterfaces"),
    ("context", "System", "person"),
    ("context", "System", "apiEndpoint"),
    ("context", "System", "apiAccessToken"),
    ("request", "locale"),
    ("request", "requestId"),
    ("version",),
]


@pytest.mark.parametrize("emptied", [None, {}])
def test_a_session_of_nobodys_skill_is_refused(alexa: Alexa, emptied: Any) -> None:
    """An application that is there, and is not ours ("Verify that the request is for you")."""
    content = envelope()
    content["session"]["application"] = emptied
    assert alexa.post(content).status_code == 400
    assert not alexa.script.heard


@pytest.mark.parametrize(
    ("path", "emptied"),
    [
        pytest.param(path, emptied, id=f"{'.'.join(path)}-{emptied}")
        for path in CONTEXT
        for emptied in ("left out", None, {})
        if path != ("session", "application") or emptied == "left out"
    ],
)
def test_each_field_may_be_missing(alexa: Alexa, path: tuple[str, ...], emptied: Any) -> None:
    """Rule 3.3."""
    if path == ("session",) and emptied == {}:
        emptied = "left out"
    content = deepcopy(envelope())
    place = content
    for name in path[:-1]:
        place = place[name]
    if emptied == "left out":
        del place[path[-1]]
    else:
        place[path[-1]] = emptied
    response = alexa.post(content)
    assert response.status_code == 200
    assert json.loads(response.data)["response"]["shouldEndSession"] is False
    (heard,) = alexa.script.heard
    assert heard.household == f"home of {USER}"


def test_without_an_account_there_is_nobody_to_talk_to(alexa: Alexa) -> None:
    """Rule 3.3."""
    content = envelope()
    del content["session"]["user"], content["context"]["System"]["user"]
    assert alexa.say(content) == EMPTY
    assert not alexa.script.heard


def test_fields_that_we_do_not_know(alexa: Alexa) -> None:
    """Rule 2.9."""
    content = envelope(novelty=[1])
    content["novelty"] = content["context"]["Novelty"] = {"a": {"b": None}}
    content["context"]["Viewports"] = [{"type": "HOLOGRAM"}]
    content["context"]["AudioPlayer"] = {"playerActivity": "HUMMING"}
    assert alexa.say(content)["response"]["outputSpeech"]


@pytest.mark.parametrize(
    "value", ["cancel", "x" * 500, "\N{CANDLE}", "</speak>", "Tom & Jerry's <3", "\x00\x1b", "{0}"]
)
def test_hostile_words_are_said_back_unharmed(alexa: Alexa, value: str) -> None:
    """Rules 2.12, 7.19."""
    alexa.script.reply = Reply((Words(value), Words("Good night.")))
    alexa.say(intent("FeelingIntent", feeling=value))
    assert alexa.script.heard[0].slots == {"feeling": value}


# Leaving --------------------------------------------------------------------------------


def test_who_disables_the_skill_is_forgotten(alexa: Alexa) -> None:
    """Rules 3.17, 3.18: late and twice."""
    for _ in range(2):
        assert alexa.say(event("AlexaSkillEvent.SkillDisabled", 3000)) == EMPTY
    assert alexa.script.forgotten == [f"home of {USER}"] * 2
    assert not alexa.script.heard


def test_an_event_of_nobody_forgets_nobody(alexa: Alexa) -> None:
    """Rule 3.3."""
    content = event("AlexaSkillEvent.SkillDisabled")
    del content["context"]["System"]["user"]
    assert alexa.say(content) == EMPTY
    assert alexa.script.forgotten == []


def test_forgetting_that_failed_is_asked_for_again(
    alexa: Alexa, caplog: pytest.LogCaptureFixture
) -> None:
    """Rules 3.17, 3.18: only 200 keeps Amazon from sending it again."""
    alexa.script.trouble = ConnectionError("SECRET")
    response = alexa.post(event("AlexaSkillEvent.SkillDisabled"))
    assert (response.status_code, response.data) == (500, b"")
    assert "ConnectionError" in caplog.text
    assert "SECRET" not in caplog.text
    alexa.script.trouble = None
    assert alexa.say(event("AlexaSkillEvent.SkillDisabled")) == EMPTY


# Trouble --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        RuntimeError("SECRET"),
        Reply((Words("SECRET" * 2_000),)),
        Reply((Words("Yes."),), consent="world-domination"),
    ],
)
def test_trouble_has_a_kind_answer(
    alexa: Alexa, caplog: pytest.LogCaptureFixture, reply: Reply | Exception
) -> None:
    """Rules 2.2, 7.13: never a 5xx, never what somebody said in the log."""
    alexa.script.reply = reply
    answer = alexa.say(envelope())
    assert "try again" in answer["response"]["outputSpeech"]["ssml"]
    assert answer["response"]["shouldEndSession"] is True
    assert "SECRET" not in caplog.text


def test_the_log_knows_nobody(alexa: Alexa, caplog: pytest.LogCaptureFixture) -> None:
    """Rule 7.27."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    alexa.say(intent("FeelingIntent", feeling="SECRET words"))
    alexa.say(event("AlexaSkillEvent.SkillDisabled"))
    alexa.post(envelope(), **{"Signature-256": "AAAA"})
    assert "SECRET" not in caplog.text


# The door -------------------------------------------------------------------------------


def forged(headers: dict[str, str]) -> None:
    headers["Signature-256"] = "AAAA"


def doubled(headers: dict[str, str]) -> None:
    headers["Signature-256"] += "," + headers["Signature-256"]


def unsigned(headers: dict[str, str]) -> None:
    del headers["Signature-256"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(forged, "signature"), (doubled, "doubled-header"), (unsigned, "no-signature")],
)
def test_others_are_refused(
    alexa: Alexa,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[dict[str, str]], None],
    reason: str,
) -> None:
    """Rules 1.5, 1.24: 400, nothing else, and counted."""
    caplog.set_level(logging.INFO)
    body = json.dumps(envelope()).encode()
    headers = alexa.authority.sign(body)
    spoil(headers)
    response = alexa.client.post("/alexa", data=body, headers=headers)
    assert (response.status_code, response.data) == (400, b"")
    assert alexa.refusals == [reason]
    assert f"Refused a request: {reason}." in caplog.text
    assert not alexa.script.heard


def test_a_body_changed_on_the_way(alexa: Alexa) -> None:
    """Rule 1.17: the raw bytes are what is signed."""
    body = json.dumps(envelope()).encode()
    response = alexa.client.post("/alexa", data=body + b" ", headers=alexa.authority.sign(body))
    assert response.status_code == 400
    assert alexa.refusals == ["signature"]


@pytest.mark.parametrize("limit", [None, 1024])
def test_the_largest_body(alexa: Alexa, limit: int | None) -> None:
    """Up to the limit, and no byte more; a limit of the application changes nothing."""
    alexa.client.application.config["MAX_CONTENT_LENGTH"] = limit
    body = json.dumps(envelope()).encode()
    assert alexa.post(body.ljust(LARGEST_BODY)).status_code == 200
    response = alexa.post(body.ljust(LARGEST_BODY + 1))
    assert (response.status_code, response.data) == (400, b"")
    assert alexa.refusals == ["size"]


def test_a_huge_body_is_not_read_to_its_end(alexa: Alexa) -> None:
    """Whoever sends gigabytes has them taken no notice of."""
    stream = io.BytesIO(b" " * LARGEST_BODY * 3)
    response = alexa.client.post(
        "/alexa",
        input_stream=stream,
        content_length=LARGEST_BODY * 3,
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 400
    assert stream.tell() == LARGEST_BODY + 1


def test_a_body_that_comes_in_drops(alexa: Alexa) -> None:
    """Rule 1.25: read on until there is no more."""

    class Drops(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(7, size) if size and size > 0 else 7)

        def readinto(self, buffer: Any) -> int:
            piece = self.read(len(buffer))
            buffer[: len(piece)] = piece
            return len(piece)

    body = json.dumps(envelope()).encode()
    response = alexa.client.post(
        "/alexa",
        input_stream=Drops(body),
        content_length=len(body),
        headers=alexa.authority.sign(body),
    )
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods(alexa: Alexa, method: str) -> None:
    """Rule 1.1: there is POST, and nothing else."""
    assert alexa.client.open("/alexa", method=method).status_code == 405
