"""The signed requests of many households' evenings, as a speaker without a screen sends them.

Each household has an evening of its own, so no two requests wait for each other: it opens the
skill, hears tonight's question, and talks itself into the middle of a check-in. What has a
``measured`` name is measured; the other turns make its history.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from authority import SIGNER, Authority, rsa_key
from fake_alexa_api import FakeAlexaApi

from stacks.wire import Sent

SKILL_ID = "amzn1.ask.skill.bench"


@dataclass(frozen=True)
class Turn:
    """Something that a household says: an intent with its slots, or nothing to open the skill."""

    intent: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    measured: str = ""

    @property
    def kind(self) -> str:
        """What a skill is asked for."""
        return self.intent or "LaunchRequest"


EVENING = (
    Turn(),  # the first one of a household, in which we ask Amazon for its time zone
    Turn(measured="launch"),
    Turn("TonightsQuestionIntent", measured="tonight's question"),
    Turn("AMAZON.StopIntent"),
    Turn("CheckInIntent"),
    Turn("RatingIntent", {"rating": "7"}),
    Turn("RatingIntent", {"rating": "8"}),
    Turn("FeelingIntent", {"feeling": "tired"}),
    Turn("FeelingIntent", {"feeling": "hopeful"}),
    Turn("DoneIntent"),
    Turn("DoneIntent"),
    Turn("DoneIntent", measured="a step deep in a check-in"),
)
MEASURED = [turn for turn in EVENING if turn.measured]


class AmazonsKeys(Authority):
    """An authority with RSA keys alone, as Amazon has: Node's verifier reads no others."""

    def __init__(self) -> None:
        self.root = self.issue("Bench Root", issuer=None, ca=True, key=rsa_key(1))
        self.intermediate = self.issue("Bench", issuer=self.root, ca=True, key=rsa_key(2))
        self.signer = self.issue(SIGNER)


class Alexa:
    """Writes and signs requests, each with an id of its own and the time of now."""

    def __init__(self, authority: Authority, api: FakeAlexaApi) -> None:
        self._authority = authority
        self._api = api

    def evening(
        self, households: int, turns: Sequence[Turn] = EVENING
    ) -> Iterator[tuple[Turn, list[Sent]]]:
        """Yield turn after turn of an evening, each signed for that many new households.

        Signed when asked for: a signature is too old after 150 seconds.
        """
        users = [f"amzn1.ask.account.{uuid.uuid4().hex.upper() * 6}" for _ in range(households)]
        for turn in turns:
            yield turn, [self.signed(turn, user) for user in users]

    def signed(self, turn: Turn, user: str) -> Sent:
        """Return one request."""
        body = json.dumps(self._envelope(turn, user)).encode()
        return Sent(self._authority.sign(body), body)

    def _envelope(self, turn: Turn, user: str) -> dict[str, Any]:
        """Write a request ("Request and Response JSON Reference", Request Format)."""
        application = {"applicationId": SKILL_ID}
        return {
            "version": "1.0",
            "session": {
                "new": not turn.intent,
                "sessionId": f"amzn1.echo-api.session.{uuid.uuid4()}",
                "application": application,
                "attributes": {},
                "user": {"userId": user},
            },
            "context": {
                "Extensions": {"available": {"aplext:backstack:10": {}}},
                "System": {
                    "application": application,
                    "user": {"userId": user},
                    "device": {
                        "deviceId": f"amzn1.ask.device.{'D' * 180}",
                        "supportedInterfaces": {},
                    },
                    "apiEndpoint": self._api.url,
                    "apiAccessToken": self._api.token,
                },
            },
            "request": {
                "type": "IntentRequest" if turn.intent else "LaunchRequest",
                "requestId": f"amzn1.echo-api.request.{uuid.uuid4()}",
                "locale": "en-US",
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                **({"intent": _intent(turn)} if turn.intent else {}),
            },
        }


def _intent(turn: Turn) -> dict[str, Any]:
    slots = {
        name: {"name": name, "value": value, "confirmationStatus": "NONE", "source": "USER"}
        for name, value in turn.slots.items()
    }
    return {"name": turn.intent, "confirmationStatus": "NONE", "slots": slots}
