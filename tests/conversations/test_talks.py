"""Whole conversations, each in every channel, on a real Redis."""

import io
import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

import alexa_rules
import flask
import pytest
from amazon_proxy import AmazonProxy
from authority import Authority
from fake_alexa_api import FakeAlexaApi, failing, hanging

from skill.channels import terminal
from skill.channels.alexa import webhook
from skill.channels.alexa.certificates import Certificates
from skill.channels.alexa.door import Door
from skill.channels.web import text_api
from skill.conversation.engine import Talk
from skill.conversation.lantern import Lantern
from skill.conversation.understanding import understanding
from skill.household.redis_store import RedisStore
from skill.household.vault import Vault

TALKS = sorted(Path(__file__).parent.glob("*.talk"))
SKILL_ID = "amzn1.ask.skill.tests"
ZONE = "Europe/Berlin"


@dataclass
class Clock:
    """A clock that the scripts move: a quiet Tuesday evening."""

    now: datetime = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Answer:
    """What came back: the words, and whether the session listens."""

    said: str
    listens: bool | None


class Channel(Protocol):
    def say(self, words: str) -> Answer: ...


@dataclass
class Text:
    """The text API over HTTP."""

    client: Any
    conversation: str = ""

    def say(self, words: str) -> Answer:
        body = {"text": words} | ({"conversation": self.conversation} if self.conversation else {})
        told = self.client.post("/text", json=body).get_json()
        self.conversation = told["conversation"]
        assert spoken(told["ssml"]) == told["say"]
        return Answer(told["say"], not told["end"])


@dataclass
class Terminal:
    """`lantern ask`, line by line: each line is a process of its own as far as state goes."""

    lantern: Lantern
    vault: Vault
    clock: Clock
    folder: Path

    def say(self, words: str) -> Answer:
        out = io.StringIO()
        terminal.ask(
            words,
            self.lantern,
            self.vault.household("terminal", "terminal"),
            ZONE,
            out=out,
            folder=self.folder,
            now=self.clock,
        )
        return Answer(out.getvalue().split("\n\n")[0].strip(), None)


@dataclass
class Alexa:
    """Signed requests; an intent recogniser stands where Amazon's would."""

    client: Any
    authority: Authority
    api: FakeAlexaApi
    store: RedisStore
    household: str
    session: str = ""
    pending: Any = None

    def say(self, words: str) -> Answer:
        envelope = self._envelope(words)
        body = json.dumps(envelope).encode()
        answer = self.client.post("/alexa", data=body, headers=self.authority.sign(body))
        assert answer.status_code == 200
        told = answer.get_json()
        alexa_rules.check(envelope, told)
        response = told["response"]
        listens = response["shouldEndSession"] is False
        self.session = self.session if listens else ""
        self.pending = next(iter(response.get("directives", ())), None)
        return Answer(spoken(response["outputSpeech"]["ssml"]), listens)

    def _envelope(self, words: str) -> Mapping[str, Any]:
        new = not self.session
        self.session = self.session or f"session-{uuid.uuid4()}"
        envelope: dict[str, Any] = {
            "version": "1.0",
            "session": {
                "new": new,
                "sessionId": self.session,
                "application": {"applicationId": SKILL_ID},
                "user": {"userId": "user-of-the-tests"},
            },
            "context": {
                "System": {
                    "application": {"applicationId": SKILL_ID},
                    "user": {"userId": "user-of-the-tests"},
                    "device": {"deviceId": "device", "supportedInterfaces": {}},
                    "apiEndpoint": self.api.url,
                    "apiAccessToken": self.api.token,
                }
            },
            "request": self._request(words),
        }
        if self.pending:
            del envelope["session"]
        return envelope

    def _request(self, words: str) -> Mapping[str, Any]:
        common = {
            "requestId": f"request-{uuid.uuid4()}",
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "locale": "en-US",
        }
        if self.pending:
            status = "ACCEPTED" if words == "yes" else "DENIED"
            self.api.granted = words == "yes"
            return common | {
                "type": "Connections.Response",
                "name": "AskFor",
                "status": {"code": "200", "message": "OK"},
                "token": self.pending["token"],
                "payload": {
                    "isCardThrown": False,
                    "permissionScopes": [
                        {
                            "permissionScope": "alexa::alerts:reminders:skill:readwrite",
                            "consentLevel": "ACCOUNT",
                        }
                    ],
                    "status": status,
                },
            }
        if not words:
            return common | {"type": "LaunchRequest"}
        meaning = understanding("en-US").understand(words, self._expected())
        slots = {
            name: {"name": name, "value": value, "confirmationStatus": "NONE"}
            for name, value in meaning.slots.items()
        }
        intent = {"name": meaning.intent, "confirmationStatus": "NONE", "slots": slots}
        return common | {"type": "IntentRequest", "intent": intent}

    def _expected(self) -> tuple[str, ...]:
        talk = self.store.load(self.household, "none").talk
        said = Talk.from_json(talk).said if talk else None
        return said.listening_for if said else ()


def spoken(ssml: str) -> str:
    return "".join(ElementTree.fromstring(ssml).itertext())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api() -> Iterator[FakeAlexaApi]:
    with FakeAlexaApi() as api:
        api.settings["System.timeZone"] = ZONE
        api.granted = False
        yield api


@pytest.fixture
def channels(
    store: RedisStore,
    vault: Vault,
    clock: Clock,
    authority: Authority,
    amazon: AmazonProxy,
    api: FakeAlexaApi,
    tmp_path: Path,
) -> Callable[[str], Channel]:
    lantern = Lantern(store)
    app = flask.Flask("talks")
    app.register_blueprint(
        text_api.blueprint(lantern, lambda one: vault.household("text", one), ZONE, clock)
    )
    door = Door(frozenset([SKILL_ID]), Certificates())
    app.register_blueprint(
        webhook.blueprint(lantern, door, lambda one: vault.household("alexa", one), clock)
    )
    client = app.test_client()
    made: Mapping[str, Callable[[], Channel]] = {
        "text": lambda: Text(client),
        "terminal": lambda: Terminal(lantern, vault, clock, tmp_path),
        "alexa": lambda: Alexa(
            client, authority, api, store, vault.household("alexa", "user-of-the-tests")
        ),
    }
    return lambda name: made[name]()


def _allowed(api: FakeAlexaApi) -> None:
    api.granted = True


def _fine(api: FakeAlexaApi) -> None:
    api.faults.clear()
    api.most_reminders, api.holds = 250, True


TROUBLES: Mapping[str, Callable[[FakeAlexaApi], object]] = {
    "reminders allowed": _allowed,
    "reminders full": lambda api: setattr(api, "most_reminders", 0),
    "reminders busy": lambda api: api.faults.append(failing(429)),
    "reminders down": lambda api: api.faults.append(failing(500)),
    "reminders silent": lambda api: api.faults.append(hanging),
    "reminders unsupported": lambda api: setattr(api, "holds", False),
    "reminders gone": lambda api: api.reminders.clear(),
    "reminders fine": _fine,
}


def held_in(talk: Path) -> tuple[str, ...]:
    if talk.stem.startswith("alexa-"):
        return ("alexa",)
    return ("text", "terminal") if talk.stem.startswith("text-") else ("text", "terminal", "alexa")


@pytest.mark.parametrize(
    ("talk", "channel"),
    [pytest.param(talk, one, id=f"{talk.stem}-{one}") for talk in TALKS for one in held_in(talk)],
)
def test_talk(
    talk: Path,
    channel: str,
    channels: Callable[[str], Channel],
    clock: Clock,
    api: FakeAlexaApi,
) -> None:
    held = channels(channel)
    answer = Answer("", None)
    for number, line in enumerate(talk.read_text(encoding="utf-8").splitlines(), 1):
        mark, told = line[:1], line[1:].strip()
        place = f"{talk.name}, line {number}"
        if mark == ">":
            answer = held.say(told)
            clock.now += timedelta(seconds=20)
        elif mark == "<":
            pattern = ".*".join(re.escape(piece) for piece in told.split("..."))
            assert re.fullmatch(pattern, answer.said), f"{place}: heard {answer.said!r}"
        elif mark == "@":
            amount, unit = told.split()
            clock.now += timedelta(**{unit: int(amount)})
        elif mark == "~":
            TROUBLES[told](api)
        elif mark == "!":
            if answer.listens is not None:
                assert answer.listens is (told == "listens"), place
        else:
            assert not line or mark == "#", f"{place}: not understood: {line!r}"


def test_there_is_a_talk_for_each_of_the_four_conversations() -> None:
    names = {talk.stem for talk in TALKS}
    assert {"tonights-question", "check-in", "time-out", "alexa-reminders"} <= names
