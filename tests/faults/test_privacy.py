"""What is kept, and that it is gone when it should be: the whole database is looked through."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from amazon_proxy import AmazonProxy
from authority import Authority
from flask.testing import FlaskClient

from skill.app import create_app
from skill.conversation.engine import Talk
from skill.household.models import Household
from skill.household.redis_store import TURN_SECONDS
from skill.settings import Settings

SKILL_ID = "amzn1.ask.skill.privacy"
USER = "amzn1.ask.account.A-USER-OF-THE-TESTS"
SAID = ["Annabelle", "Zacharias", "heartbroken", "violin", USER, "192.0.2.77"]


@pytest.fixture
def web(redis_url: str, client: Any, amazon: AmazonProxy, tmp_path: Path) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_ALEXA_SKILL_ID": SKILL_ID}
    return create_app(Settings.load(environ), redis_url).test_client()


def everything(client: redis.Redis) -> bytes:
    """Return all keys and all values of the database."""
    found = []
    for key in client.scan_iter(count=1000):
        kind = client.type(key)
        found.append(key)
        found.append(client.dump(key) or b"")
        if kind == b"hash":
            found += [part for pair in client.hgetall(key).items() for part in pair]
        elif kind == b"string":
            found.append(client.get(key) or b"")
        elif kind == b"zset":
            found += client.zrange(key, 0, -1)
    return b"\n".join(found)


class Home:
    """One couple in both channels."""

    def __init__(self, web: FlaskClient, authority: Authority) -> None:
        self.web = web
        self.authority = authority
        self.conversation = ""

    def text(self, words: str) -> str:
        answer = self.web.post(
            "/text",
            json={"text": words, "conversation": self.conversation},
            environ_overrides={"REMOTE_ADDR": "192.0.2.77"},
        ).get_json()
        self.conversation = answer["conversation"]
        return str(answer["say"])

    def alexa(self, kind: str, intent: str = "", **slots: str) -> Any:
        told: dict[str, Any] = {
            "type": kind,
            "requestId": f"request-{uuid.uuid4()}",
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "locale": "en-US",
        }
        if intent:
            values = {name: {"name": name, "value": value} for name, value in slots.items()}
            told["intent"] = {"name": intent, "slots": values}
        system = {"application": {"applicationId": SKILL_ID}, "user": {"userId": USER}}
        envelope = {"version": "1.0", "context": {"System": system}, "request": told}
        body = json.dumps(envelope).encode()
        answer = self.web.post("/alexa", data=body, headers=self.authority.sign(body))
        assert answer.status_code == 200
        return answer.get_json()["response"]


@pytest.fixture
def home(web: FlaskClient, authority: Authority) -> Home:
    return Home(web, authority)


def test_nothing_that_people_say_can_be_read(
    home: Home, client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        home.text("call us Annabelle and Zacharias")
        home.text("yes")
        home.text("start our check-in")
        home.text("7")
        home.text("8")
        home.text("heartbroken")
        home.text("I want to play the violin")
        home.alexa("IntentRequest", "SetNamesIntent", first="Annabelle", second="Zacharias")
        home.alexa("IntentRequest", "AMAZON.YesIntent")
    stored = everything(client)
    for word in SAID:
        assert word.encode() not in stored
        assert word not in caplog.text


KEPT = {
    "leave a thank you for the marzipan": ["yes"],
    "our goal is to restore the trombone": ["done", "done", "our next step is polish", "yes"],
    "agree on time-outs": ["30 minutes", "done", "done", "our word is kumquat", "yes"],
}
"""What they ask us to keep, in words that nobody else uses."""

UNUSUAL = ["marzipan", "trombone", "polish", "kumquat"]


def test_what_they_ask_us_to_keep_is_kept_sealed_and_can_be_taken_along(
    home: Home, client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        for wish, answers in KEPT.items():
            for words in (wish, *answers):
                home.text(words)
    stored = everything(client)
    for word in UNUSUAL:
        assert word.encode() not in stored
        assert word not in caplog.text
    told = home.web.post(
        "/text", json={"text": "what do you know about us", "conversation": home.conversation}
    ).get_data(as_text=True)
    assert [word for word in UNUSUAL if word not in told] == []
    home.text("forget us")
    home.text("yes")
    for wish in ("open the jar", "yes", "what are our goals", "what do you know about us"):
        said = home.text(wish)
        assert not [word for word in UNUSUAL if word in said]


def test_a_sentence_for_the_coach_is_kept_nowhere_even_when_it_is_opened(home: Home) -> None:
    kept = []
    load = Household.from_json

    def seen(stored: Mapping[str, Any]) -> Household:
        kept.append(json.dumps(stored))
        return load(stored)

    talks = []
    stored_talk = Talk.to_json

    def written(talk: Talk) -> dict[str, Any]:
        told = stored_talk(talk)
        talks.append(json.dumps(told))
        return told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Household, "from_json", seen)
        patch.setattr(Talk, "to_json", written)
        for words in ("help me say it better", "you never polish the trombone", "stop"):
            home.text(words)
    assert kept or talks
    assert not [one for one in (*kept, *talks) if "trombone" in one]


def test_feelings_and_answers_are_in_no_log_even_when_it_is_opened(home: Home) -> None:
    home.text("start our check-in")
    home.text("7")
    home.text("8")
    home.text("heartbroken")
    home.text("what do you know about us")
    told = home.web.post(
        "/text", json={"text": "what do you know about us", "conversation": home.conversation}
    ).get_data(as_text=True)
    assert "heartbroken" not in told


@pytest.mark.parametrize("how", ["words", "voice", "disabled"])
def test_forget_us_leaves_no_trace(home: Home, client: redis.Redis, how: str) -> None:
    client.flushall()
    if how == "words":
        for words in ("call us Annabelle and Zacharias", "yes", "tonight's question", "check in"):
            home.text(words)
        home.text("forget us")
        assert "erased" in home.text("yes")
    else:
        for intent in ("TonightsQuestionIntent", "CheckInIntent", "TimeOutIntent"):
            home.alexa("IntentRequest", intent)
        if how == "voice":
            home.alexa("IntentRequest", "ForgetUsIntent")
            home.alexa("IntentRequest", "AMAZON.YesIntent")
        else:
            home.alexa("AlexaSkillEvent.SkillDisabled")
    homes = list(client.scan_iter("lantern:{*}:home"))
    for key in homes:
        # A counter that refuses turns still under way; it ends by itself within minutes.
        assert client.hkeys(key) == [b"rev"]
    assert all(0 < client.ttl(key) <= TURN_SECONDS for key in client.scan_iter("lantern:{*}:*"))
    assert not list(client.scan_iter("lantern:{*}:talk"))
    home.conversation = home.conversation or "nobody-at-all"
    assert "no names" in home.text("what do you know about us")


def test_somebody_who_is_not_safe_leaves_no_trace(home: Home, client: redis.Redis) -> None:
    home.text("tonight's question")
    before = {key: client.type(key) for key in client.scan_iter()}
    turns = client.hlen(next(key for key in before if key.endswith(b":turns")))
    assert "9 1 1" in home.text("my husband has a gun")
    assert {key: client.type(key) for key in client.scan_iter()} == before
    assert client.hlen(next(key for key in before if key.endswith(b":turns"))) == turns
    assert (
        "Good" in home.text("repeat")
        or "care" in home.text("repeat")
        or "Until" in home.text("repeat")
    )
