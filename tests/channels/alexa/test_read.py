"""From Alexa's requests to turns: whatever Amazon sends, and whatever it leaves out."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import RequestEnvelope
from fake_alexa_api import FakeAlexaApi, failing
from hypothesis import given
from hypothesis import strategies as st

from skill.channels.alexa import api as transport
from skill.channels.alexa import read
from skill.channels.alexa.envelope import envelope as envelope_of
from skill.channels.alexa.world import AlexaWorld
from skill.conversation.turn import Abilities, Act, Heard

NOW = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
APPLICATION = {"applicationId": "amzn1.ask.skill.ours"}
OURS = "amzn1.er-authority.echo-sdk.amzn1.ask.skill.ours.Feeling"


def envelope(**request: Any) -> dict[str, Any]:
    user = {"userId": "amzn1.ask.account.A", "permissions": {"consentToken": "t"}}
    return {
        "version": "1.0",
        "session": {
            "new": True,
            "sessionId": "amzn1.echo-api.session.1",
            "application": APPLICATION,
            "attributes": {},
            "user": user,
        },
        "context": {
            "Viewports": [{"type": "HOLOGRAM"}],
            "System": {
                "application": APPLICATION,
                "user": user,
                "device": {"deviceId": "device-1", "supportedInterfaces": {"Telepathy": {}}},
                "person": {"personId": "p"},
                "apiEndpoint": "https://api.eu.amazonalexa.com",
                "apiAccessToken": "in-session-token",
            },
        },
        "request": {
            "type": "LaunchRequest",
            "requestId": "amzn1.echo-api.request.1",
            "timestamp": "2026-11-23T19:00:00Z",
            "locale": "en-GB",
            **request,
        },
    }


def intent(**slots: Any) -> dict[str, Any]:
    return envelope(type="IntentRequest", intent={"name": "FeelingIntent", "slots": slots})


def consent(payload: Any = None, code: Any = "200", name: str = "AskFor") -> dict[str, Any]:
    body = envelope(type="Connections.Response", name=name, payload=payload, token="reminders")
    body["request"]["status"] = {"code": code, "message": "OK"}
    del body["session"]
    return body


def match(code: str, *ids: str | None, authority: str = OURS) -> dict[str, Any]:
    values = [{"value": {"name": f"name of {one}", "id": one}} for one in ids]
    return {"authority": authority, "status": {"code": code}, "values": values}


def slot(value: Any, *matches: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "feeling",
        "value": value,
        "confirmationStatus": "NONE",
        "resolutions": {"resolutionsPerAuthority": list(matches)},
        "slotValue": {"type": "Simple", "value": value},
    }


def shown_on(version: str) -> dict[str, Any]:
    content = envelope()
    content["context"]["System"]["device"]["supportedInterfaces"] = {
        "Alexa.Presentation.APL": {"runtime": {"maxVersion": version}}
    }
    return content


def parsed(content: Any) -> RequestEnvelope:
    return envelope_of(content)


def turn(content: Any) -> Heard | None:
    return read.heard(parsed(content), "household-1", NOW)


def slots(content: Any) -> dict[str, str]:
    heard = turn(content)
    assert heard is not None
    return dict(heard.slots)


def test_a_launch() -> None:
    """Rule 3.6: what there is to know of one."""
    assert turn(envelope()) == Heard(
        household="household-1",
        turn_id="amzn1.echo-api.request.1",
        now=NOW,
        kind="launch",
        locale="en-GB",
        new_session=True,
        abilities=Abilities(reminders=True, timers=True, screen=True),
    )


def test_an_intent() -> None:
    """Rule 3.7."""
    heard = turn(intent(feeling=slot("happy")))
    assert heard is not None
    assert (heard.kind, heard.intent, heard.words) == ("intent", "FeelingIntent", "")
    assert heard.slots == {"feeling": "happy"}


def test_a_later_turn() -> None:
    """Rule 7.3: only the first turn of a session is new."""
    content = intent()
    content["session"]["new"] = False
    heard = turn(content)
    assert heard is not None
    assert not heard.new_session


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("ER_SUCCESS_MATCH", "HAPPY"),
        ("ER_SUCCESS_NO_MATCH", "glad"),
        ("ER_ERROR_TIMEOUT", "glad"),
        ("ER_ERROR_EXCEPTION", "glad"),
        ("ER_SOMETHING_NEW", "glad"),
    ],
)
def test_resolution_codes(code: str, value: str) -> None:
    """Rule 3.8: the id of a match; else what was said."""
    assert slots(intent(feeling=slot("glad", match(code, "HAPPY")))) == {"feeling": value}


def test_the_first_of_several_matches_counts() -> None:
    """Rule 3.8."""
    several = slot(
        "glad",
        match("ER_SUCCESS_NO_MATCH"),
        match("ER_SUCCESS_MATCH", "HAPPY", "GRATEFUL"),
        match("ER_SUCCESS_MATCH", "CALM"),
    )
    assert slots(intent(feeling=several)) == {"feeling": "HAPPY"}


@pytest.mark.parametrize("ids", [(), (None,), ("",)])
def test_a_match_without_an_id(ids: tuple[Any, ...]) -> None:
    """Rule 3.8: the words are left."""
    assert slots(intent(feeling=slot("glad", match("ER_SUCCESS_MATCH", *ids)))) == {
        "feeling": "glad"
    }


def test_amazons_own_catalogues_are_not_ours() -> None:
    """Rule 3.8: an address in Amazon's catalogue is not an id."""
    known = match("ER_SUCCESS_MATCH", "https://ld.example/1", authority="AlexaEntities")
    assert slots(intent(name=slot("Ada", known))) == {"name": "Ada"}


@pytest.mark.parametrize("value", [None, "", "   ", "?", " ? ", 7, True, ["x"], {"a": 1}])
def test_empty_slots_are_left_out(value: Any) -> None:
    """Rule 3.3."""
    assert slots(intent(feeling=slot(value), other=None, third={}, fourth=3)) == {}


@pytest.mark.parametrize(
    "value", ["cancel", "x" * 500, "\N{CANDLE}\N{CANDLE}", "</speak>", "{0} %s", "'; --", "null"]
)
def test_hostile_slots_are_just_words(value: str) -> None:
    """Rule 7.19."""
    assert slots(intent(feeling=slot(value))) == {"feeling": value}


@pytest.mark.parametrize("status", ["ACCEPTED", "DENIED", "NOT_ANSWERED"])
@pytest.mark.parametrize(
    "shape",
    [
        {"permissionScope": "alexa::x", "isCardThrown": False},
        {"permissionScopes": [{"permissionScope": "alexa::x", "consentLevel": "ACCOUNT"}]},
    ],
)
def test_consent(shape: dict[str, Any], status: str) -> None:
    """Rules 3.13, 3.14: two shapes, three answers, no session."""
    heard = turn(consent({**shape, "status": status}))
    assert heard is not None
    assert (heard.kind, heard.words) == ("consent", status.lower())
    assert not heard.new_session


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"status": "ACCEPTED"}, "500"),
        ({"status": "ACCEPTED"}, "204"),
        ({"status": "ACCEPTED"}, None),
        ({"status": "MAYBE"}, "200"),
        ({"status": None}, "200"),
        ({}, "200"),
        (None, "200"),
        ("ACCEPTED", "200"),
    ],
)
def test_consent_that_failed(payload: Any, code: Any) -> None:
    """Rule 3.13: whatever is not a clear answer is none."""
    heard = turn(consent(payload, code))
    assert heard is not None
    assert heard.words == "not_answered"


def test_a_status_code_may_be_a_number() -> None:
    """Rule 3.13."""
    heard = turn(consent({"status": "ACCEPTED"}, 200))
    assert heard is not None
    assert heard.words == "accepted"


@pytest.mark.parametrize(
    "content",
    [
        consent({"status": "ACCEPTED"}, name="Buy"),
        envelope(type="SessionEndedRequest", reason="USER_INITIATED"),
        envelope(type="SessionEndedRequest", reason="GOT_BORED"),
        envelope(type="CanFulfillIntentRequest", dialogState="SOMEWHERE"),
        envelope(type="IntentRequest"),
        envelope(type="IntentRequest", intent={"name": ""}),
    ],
)
def test_what_is_no_turn(content: dict[str, Any]) -> None:
    """Rules 3.10, 3.12."""
    assert turn(content) is None


def test_what_amazons_deserializer_cannot_read() -> None:
    """Rules 2.9, 3.2: new words and new fields."""
    content = intent(feeling=slot("glad", match("ER_NEW", "HAPPY")))
    content["request"]["dialogState"] = "PAUSED"
    content["request"]["intent"]["confirmationStatus"] = "PERHAPS"
    content["request"]["intent"]["slots"]["feeling"]["slotValue"] = {"type": "Tree"}
    content["request"]["novelty"] = content["novelty"] = {"a": [1]}
    content["context"]["System"]["person"] = {"authenticationConfidenceLevel": {"level": "HIGH"}}
    assert slots(content) == {"feeling": "glad"}


def paths(content: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name in content if isinstance(content, dict) else ():
        yield (*path, name)
        yield from paths(content[name], (*path, name))


FULL = intent(feeling=slot("glad", match("ER_SUCCESS_MATCH", "HAPPY")))
NEEDED = {("request",), ("request", "type"), ("request", "intent"), ("request", "intent", "name")}


@pytest.mark.parametrize("path", [one for one in paths(FULL) if one not in NEEDED], ids=".".join)
@pytest.mark.parametrize("instead", ["nothing", None, 3, "x", [], [{}], {}])
def test_each_field_may_be_missing_or_strange(path: tuple[str, ...], instead: Any) -> None:
    """Rule 3.3: every field in turn, left out or of another kind."""
    content = deepcopy(FULL)
    place = content
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = instead
    if instead == "nothing":
        del place[path[-1]]
    heard = turn(content)
    assert heard is not None
    assert heard.intent == "FeelingIntent"
    assert heard.turn_id
    assert heard.locale
    AlexaWorld(parsed(content), NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON, st.sampled_from(sorted(paths(FULL))))
def test_whatever_is_sent_can_be_read(value: Any, path: tuple[str, ...]) -> None:
    """Rules 2.9, 3.2."""
    content = deepcopy(FULL)
    place = content
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    turn(content)
    AlexaWorld(parsed(content), NOW)


@pytest.mark.parametrize(
    "content",
    [
        envelope(),
        FULL,
        intent(),
        intent(feeling=slot("glad", match("ER_SUCCESS_NO_MATCH"), match("ER_SUCCESS_MATCH", "A"))),
        consent({"status": "ACCEPTED"}),
        shown_on("2024.3"),
    ],
)
def test_the_models_are_filled_as_amazon_fills_them(content: dict[str, Any]) -> None:
    """Rule 3.1: read by Amazon's own deserializer, a request means the same."""
    del content["context"]["Viewports"]  # of a type that it does not know
    theirs = DefaultSerializer().deserialize(json.dumps(content), RequestEnvelope)
    assert read.heard(theirs, "household-1", NOW) == turn(content)
    assert read.user(theirs) == read.user(parsed(content))
    own, other = AlexaWorld(parsed(content), NOW), AlexaWorld(theirs, NOW)
    assert (own._device_id, own._api, own._locale) == (
        other._device_id,
        other._api,
        other._locale,
    )


@pytest.mark.parametrize("timestamp", ["2026-W48-1T19:00:00Z", "20261123T190000+0100", "soon"])
def test_unusual_timestamps(timestamp: str) -> None:
    """Rule 3.2: what one parser reads and the other does not."""
    assert turn(envelope(timestamp=timestamp)) is not None


def test_without_an_id_of_its_own_a_turn_is_told_by_its_time() -> None:
    """Rule 3.5: two turns without an id are not one turn sent twice."""
    first = turn(envelope(requestId=None))
    second = turn(envelope(requestId="", timestamp="2026-11-23T19:00:09Z"))
    assert first is not None
    assert second is not None
    assert first.turn_id != second.turn_id


def test_the_account() -> None:
    """Rules 3.3, 3.4: in the session, in the context, or nowhere."""
    content = envelope()
    content["session"]["user"]["userId"] = "in-the-session"
    content["context"]["System"]["user"] = {"userId": "in-the-context"}
    assert read.user(parsed(content)) == "in-the-session"
    del content["session"]
    assert read.user(parsed(content)) == "in-the-context"
    del content["context"]
    assert read.user(parsed(content)) == ""


# The world ------------------------------------------------------------------------------

PLAN = {"at": "20:30", "days": ["MO", "TH"], "zone": "Europe/Berlin", "text": "Say thank you"}


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAlexaApi]:
    monkeypatch.setattr(transport, "PAUSE_SECONDS", 0.01)
    with FakeAlexaApi() as fake:
        yield fake


@pytest.fixture
def world(services: FakeAlexaApi) -> AlexaWorld:
    content = envelope()
    content["context"]["System"]["apiEndpoint"] = services.url
    return AlexaWorld(parsed(content), NOW)


def test_the_time_zone(world: AlexaWorld, services: FakeAlexaApi) -> None:
    """Rule 5.26: of the device that was spoken to."""
    assert world.time_zone() == "Europe/Berlin"
    assert services.calls[-1].path == "/v2/devices/device-1/settings/System.timeZone"


def test_a_reminder_from_first_to_last(world: AlexaWorld, services: FakeAlexaApi) -> None:
    """Rules 5.4, 5.5: set, moved, cancelled, gone."""
    create = Act("reminder.create", PLAN | {"token": ""})
    assert world.do(create) == {"how": "created", "token": "alert-1"}
    body = services.made("POST")[-1].body
    assert body["alertInfo"]["spokenInfo"]["content"][0]["locale"] == "en-GB"
    assert body["trigger"]["scheduledTime"] == "2026-11-23T20:30:00.000"
    change = Act("reminder.change", PLAN | {"at": "21:00", "token": "alert-1"})
    assert world.do(change) == {"how": "changed", "token": "alert-1"}
    cancel = Act("reminder.cancel", {"token": "alert-1"})
    assert world.do(cancel)["how"] == "cancelled"
    assert world.do(cancel)["how"] == "gone"
    assert world.do(change)["how"] == "gone"


@pytest.mark.parametrize(
    ("status", "code", "how"),
    [
        (401, "UNAUTHORIZED", "permission_needed"),
        (403, "DEVICE_NOT_SUPPORTED", "unsupported"),
        (403, "MAX_REMINDERS_EXCEEDED", "quota"),
        (429, "TOO_MANY_REQUESTS", "busy"),
        (500, "INTERNAL", "down"),
    ],
)
def test_troubles_have_the_words_of_the_conversation(
    world: AlexaWorld, services: FakeAlexaApi, status: int, code: str, how: str
) -> None:
    """Rule 5.15: the refusal of the service is what says that a permission is missing."""
    services.faults.append(failing(status, code, method="POST"))
    assert world.do(Act("reminder.create", PLAN | {"token": ""})) == {"how": how, "token": ""}


@pytest.mark.parametrize("field", ["device", "apiEndpoint", "apiAccessToken", "System"])
def test_a_request_that_brought_nothing(services: FakeAlexaApi, field: str) -> None:
    """Rule 3.3."""
    content = envelope()
    system = content["context"]["System"]
    system["apiEndpoint"] = services.url
    del (content["context"] if field == "System" else system)[field]
    world = AlexaWorld(parsed(content), NOW)
    assert world.time_zone() == ""
    how = world.do(Act("reminder.create", PLAN | {"token": ""}))["how"]
    assert how == ("created" if field == "device" else "down")


def test_an_unknown_act(world: AlexaWorld) -> None:
    """A mistake of ours is not passed over."""
    with pytest.raises(ValueError, match="no act"):
        world.do(Act("reminder.sing", {"token": ""}))
