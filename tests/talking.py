"""Couples who talk in every channel: the text API, the terminal, and Alexa with signed requests."""

import io
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

import alexa_rules
from authority import Authority
from fake_alexa_api import FakeAlexaApi

from skill.channels import terminal
from skill.conversation.engine import Talk
from skill.conversation.lantern import Lantern
from skill.conversation.turn import FALLBACK
from skill.conversation.understanding import understanding
from skill.household.redis_store import RedisStore
from skill.household.vault import Vault

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
    """Signed requests; an intent recogniser stands where Amazon's would.

    Its patience is the platform's: after what we say it listens for eight seconds, says the
    reprompt, listens for eight more, and ends the session. Who speaks later wakes it anew.
    """

    client: Any
    clock: Clock
    authority: Authority
    api: FakeAlexaApi
    store: RedisStore
    household: str
    session: str = ""
    pending: Any = None
    patience: datetime | None = None
    """Until when it listens."""
    screen: bool = False
    """Whether it has a screen for pictures."""
    pictures: list[Any] = field(default_factory=list)
    """What was sent to be shown."""
    outlived: int = 0
    """How often people took longer than that."""

    def say(self, words: str) -> Answer:
        if self.session and self.patience and self.clock() > self.patience:
            self._give_up()
        envelope = self._envelope(words)
        body = json.dumps(envelope).encode()
        answer = self.client.post("/alexa", data=body, headers=self.authority.sign(body))
        assert answer.status_code == 200
        told = answer.get_json()
        alexa_rules.check(envelope, told)
        response = told["response"]
        ends = response.get("shouldEndSession")
        listens = ends is False
        # Without a word on it, beside something to touch, the session stays for a while.
        self.session = "" if ends else self.session
        said = response["outputSpeech"]["ssml"]
        again = response.get("reprompt", {}).get("outputSpeech", {}).get("ssml", "<speak/>")
        self.patience = self.clock() + lasts(said) + LISTENS + lasts(again) + LISTENS
        if not listens:
            self.patience = self.clock() + lasts(said) + SHOWS
        directives = response.get("directives", ())
        self.pending = next((one for one in directives if one["type"] == CONSENT), None)
        self.pictures += [one for one in directives if one["type"] == RENDER]
        return Answer(spoken(response["outputSpeech"]["ssml"]), listens)

    def _give_up(self) -> None:
        """End the session as the platform does; nothing may be said in answer."""
        self.outlived += 1
        envelope = dict(self._envelope("a silence"))
        ended = {"type": "SessionEndedRequest", "reason": "EXCEEDED_MAX_REPROMPTS"}
        common = {name: envelope["request"][name] for name in ("requestId", "timestamp", "locale")}
        body = json.dumps(envelope | {"request": common | ended}).encode()
        answer = self.client.post("/alexa", data=body, headers=self.authority.sign(body))
        assert answer.status_code == 200
        assert answer.get_json() == {"version": "1.0", "response": {}}
        self.session = ""

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
                    "device": {"deviceId": "device", "supportedInterfaces": self._interfaces()},
                    "apiEndpoint": self.api.url,
                    "apiAccessToken": self.api.token,
                }
            },
            "request": self._request(words),
        }
        if self.pending:
            del envelope["session"]
        return envelope

    def _interfaces(self) -> Mapping[str, Any]:
        shows = {"Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.3"}}}
        return shows if self.screen else {}

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
        understand = understanding("en-US").understand
        meaning = understand(words, self._expected())
        if meaning.intent == FALLBACK:  # a platform knows its carrier phrases at any time
            carried = understand(words, ("SayIntent",))
            meaning = carried if carried.slots else meaning
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


CONSENT, RENDER = "Connections.SendRequest", "Alexa.Presentation.APL.RenderDocument"

SHOWS = timedelta(seconds=30)
"""How long a picture to touch stays (Amazon, "Manage the Skill Session")."""

LISTENS = timedelta(seconds=8)
"""How long a speaker listens (Amazon, "Manage the Skill Session"; see the reprompt there)."""


def lasts(ssml: str) -> timedelta:
    """Return how long a speaker takes for `ssml`, at 150 words a minute."""
    breaks = re.findall(r'<break time="(\d+)ms"', ssml)
    words = len(spoken(ssml).split())
    return timedelta(seconds=words / 2.5, milliseconds=sum(map(int, breaks)))


def spoken(ssml: str) -> str:
    return "".join(ElementTree.fromstring(ssml).itertext())
