"""What can be found out and done through Alexa within one turn.

Amazon, "Alexa Settings API" and "Reminders REST API Reference".
"""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from ask_sdk_model import RequestEnvelope

from skill.channels.alexa import settings_api, timers
from skill.channels.alexa.api import Api
from skill.channels.alexa.read import DEFAULT_LOCALE
from skill.channels.alexa.reminders import Outcome, Reminders
from skill.conversation.turn import Act


class AlexaWorld:
    """The world of one request: its device, and Amazon's services with the token it brought."""

    def __init__(self, envelope: RequestEnvelope, now: datetime) -> None:
        """``now`` knows its time zone; a reminder rings for the first time after it."""
        system = envelope.context and envelope.context.system
        device = system and system.device
        self._device_id = (device and device.device_id) or ""
        # Without an address or a token each call fails on its own, as when Amazon is down.
        self._api = Api(
            endpoint=(system and system.api_endpoint) or "",
            token=(system and system.api_access_token) or "",
        )
        self._locale = envelope.request.locale or DEFAULT_LOCALE
        self._now = now

    def time_zone(self) -> str:
        """Return the IANA time zone of the device that was spoken to; "" if it is not known."""
        return settings_api.time_zone(self._api, self._device_id) or ""

    def do(self, act: Act) -> Mapping[str, str]:
        """Set, change or cancel a reminder, or start a timer.

        Returns `{"how": outcome, "token": the reminder's token or ""}`.

        ``act`` is ``reminder.create`` or ``reminder.change`` with ``at``, ``days``, ``zone``,
        ``text`` and ``token``; ``reminder.cancel`` with ``token``; or ``timer.start`` with
        ``minutes`` and ``text``.
        """
        reminders = Reminders(self._api, self._locale)
        token = str(act.details.get("token", ""))
        match act.name:
            case "reminder.create":
                outcome, token = reminders.create(**self._plan(act))
            case "reminder.change":
                outcome = reminders.change(token, **self._plan(act))
            case "reminder.cancel":
                outcome = reminders.cancel(token)
            case "timer.start":
                plan = act.details
                outcome = timers.start(self._api, self._locale, plan["minutes"], plan["text"])
            case _:
                raise ValueError(f"Alexa knows no act {act.name}.")
        return {"how": _how(outcome), "token": token}

    def _plan(self, act: Act) -> dict[str, Any]:
        plan = act.details
        return {
            "at": time.fromisoformat(plan["at"]),
            "days": tuple(plan["days"]),
            "zone": plan["zone"],
            "now": self._now,
            "text": plan["text"],
        }


def _how(outcome: Outcome) -> str:
    """Return the word by which conversations know an outcome: its name in lower case."""
    return outcome.name.lower()
