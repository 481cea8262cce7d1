"""Speakers with a screen, through the whole service: what is shown on it, and its touches."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alexa_rules import check
from amazon_proxy import AmazonProxy
from authority import Authority
from flask.testing import FlaskClient
from talking import SKILL_ID

from content import content
from skill.app import create_app
from skill.conversation.understanding import understanding
from skill.settings import Settings

APL = "Alexa.Presentation.APL"
SHOW = {APL: {"runtime": {"maxVersion": "2024.3"}}}


@dataclass
class Show:
    """A couple's speaker, with a screen or without."""

    web: FlaskClient
    authority: Authority
    interfaces: Mapping[str, Any]
    user: str = "a-couple"

    def send(self, kind: str, **request: Any) -> dict[str, Any]:
        application, user = {"applicationId": SKILL_ID}, {"userId": self.user}
        envelope = {
            "version": "1.0",
            "session": {"new": False, "sessionId": "s", "application": application, "user": user},
            "context": {
                "System": {
                    "application": application,
                    "user": user,
                    "device": {"deviceId": "d", "supportedInterfaces": self.interfaces},
                }
            },
            "request": {
                "type": kind,
                "requestId": str(uuid4()),
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "locale": "en-US",
                **request,
            },
        }
        body = json.dumps(envelope).encode()
        answer = self.web.post("/alexa", data=body, headers=self.authority.sign(body))
        assert answer.status_code == 200
        told: dict[str, Any] = answer.get_json()
        check(envelope, told)
        response: dict[str, Any] = told["response"]
        return response

    def say(self, intent: str, **slots: str) -> dict[str, Any]:
        told = {name: {"name": name, "value": value} for name, value in slots.items()}
        return self.send("IntentRequest", intent={"name": intent, "slots": told})

    def touch(self, token: str | None, arguments: Any) -> dict[str, Any]:
        return self.send(f"{APL}.UserEvent", token=token, arguments=arguments, source={"id": "x"})


@pytest.fixture
def web(redis_url: str, client: Any, amazon: AmazonProxy, tmp_path: Path) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_ALEXA_SKILL_ID": SKILL_ID}
    return create_app(Settings.load(environ), redis_url).test_client()


@pytest.fixture
def show(web: FlaskClient, authority: Authority) -> Show:
    return Show(web, authority, SHOW)


def shown(response: Mapping[str, Any]) -> Any:
    """Return what the one picture of an answer shows."""
    [directive] = response["directives"]
    return directive["datasources"]["lantern"]


def test_tonights_question_is_shown_and_can_be_touched_for_another(show: Show) -> None:
    first = show.say("TonightsQuestionIntent")
    data = shown(first)
    assert data["title"] == "Tonight's question"
    assert data["text"] in first["outputSpeech"]["ssml"].replace("&apos;", "'")
    assert "shouldEndSession" not in first, "it waits for a touch"
    another = next(one for one in data["buttons"] if one["label"] == "Another")
    second = show.touch(first["directives"][0]["token"], ["say", another["words"]])
    assert shown(second)["title"] == "Tonight's question"
    assert shown(second)["text"] != data["text"]


@pytest.mark.parametrize(
    "interfaces",
    [{}, {"AudioPlayer": {}}, {APL: {}}, {APL: {"runtime": {"maxVersion": "1.3"}}}, {APL: None}],
)
def test_a_device_that_shows_nothing_gets_no_picture(
    web: FlaskClient, authority: Authority, interfaces: Mapping[str, Any]
) -> None:
    answer = Show(web, authority, interfaces).say("TonightsQuestionIntent")
    assert "directives" not in answer
    assert answer["shouldEndSession"] is True
    assert answer["card"]["title"] == "Tonight's question"


def test_the_circle_moves_in_the_time_of_the_breath(show: Show) -> None:
    data = shown(show.say("BreatheIntent", pattern="box", duration="PT1M"))
    told = [[one["word"], one["milliseconds"]] for one in data["phases"]]
    assert told == [[word, 1000 * seconds] for word, seconds in content().breaths["box"].phases]
    assert data["repeats"] == 60 // 16
    assert 3_000 < data["wait"] < 30_000, "its words are said first"


def test_whose_turn_it_is_and_for_how_long(show: Show) -> None:
    show.say("SetNamesIntent", first="Sam", second="Alex")
    show.say("AMAZON.YesIntent")
    show.say("CheckInIntent")
    show.say("RatingIntent", rating="7")
    show.say("RatingIntent", rating="8")
    show.say("AMAZON.NextIntent")
    data = shown(show.say("AMAZON.NextIntent"))
    assert data["who"] in ("Sam", "Alex")
    assert data["milliseconds"] >= 15_000


def test_goals_are_a_list(show: Show) -> None:
    show.say("AddGoalIntent", goal="dance on Fridays")
    for _ in range(3):
        show.say("AMAZON.NextIntent")
    show.say("AMAZON.YesIntent")
    data = shown(show.say("ListGoalsIntent"))
    assert data["title"] == "Your goals"
    assert data["rows"] == ["dance on Fridays"]


@pytest.mark.parametrize("words", ["my husband has a gun", "my wife hits me", "i want to die"])
def test_whoever_is_not_safe_leaves_nothing_on_the_screen(show: Show, words: str) -> None:
    answer = show.say("SayIntent", words=words)
    assert "directives" not in answer
    assert "card" not in answer
    assert answer["shouldEndSession"] in (True, False)


def test_a_touch_is_heard_for_safety_like_all_words(show: Show) -> None:
    token = show.say("TonightsQuestionIntent")["directives"][0]["token"]
    answer = show.touch(token, ["say", "my husband has a gun"])
    assert "directives" not in answer
    assert answer["outputSpeech"]


@pytest.mark.parametrize(
    ("token", "arguments"),
    [
        ("somebody else's", ["say", "stop"]),
        (None, ["say", "stop"]),
        ("lantern:x", []),
        ("lantern:x", ["sing", "stop"]),
        ("lantern:x", [{"say": 1}, "stop"]),
        ("lantern:x", "say"),
        ("lantern:x", None),
        ("lantern:x", ["say", ""]),
    ],
)
def test_what_is_no_touch_of_ours_is_answered_with_nothing(
    show: Show, token: str | None, arguments: Any
) -> None:
    assert show.touch(token, arguments) == {}


def test_the_touch_of_one_couple_is_nothing_to_another(show: Show, web: FlaskClient) -> None:
    first = show.say("TonightsQuestionIntent")
    other = Show(web, show.authority, SHOW, user="another-couple")
    other.touch(first["directives"][0]["token"], ["say", "another one"])
    again = show.say("TonightsQuestionIntent")
    assert shown(again)["text"] == shown(first)["text"]


@pytest.mark.parametrize(
    "label", [label for labels in content().screen.buttons.values() for label in labels]
)
def test_each_button_is_understood(label: str) -> None:
    meant = {
        "Another": "AnotherQuestionIntent",
        "Lighter": "AnotherQuestionIntent",
        "Another gesture": "GestureIntent",
    }
    assert understanding("en-US").understand(label.lower()).intent == meant[label]
