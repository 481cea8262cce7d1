"""One Alexa timer, which says once that the time without phones is over.

Amazon, "Timers REST API Reference" and "Best Practices for Timers": labels are unique, at most ten
timers, at most two hours, and a yes to just this one. A plain timer rings until somebody stops it,
for up to an hour; an announcing one says its words and is quiet.
"""

from typing import Any
from urllib.parse import quote

from skill.channels.alexa.api import Answer, Api, ApiUnreachable
from skill.channels.alexa.reminders import Outcome, trouble

PERMISSION = "alexa::alerts:timers:skill:readwrite"
PATH = "/v1/alerts/timers"


def start(api: Api, locale: str, minutes: int, text: str) -> Outcome:
    """Start our timer; one of ours that still runs makes way for it.

    So the same act again, after an answer that got lost, leaves one timer, not two.
    """
    listed = _call(api, "GET", PATH)
    if listed is None or listed.status >= 300:
        return _what(listed)
    for running in _ours(listed.body, text):
        _call(api, "DELETE", f"{PATH}/{quote(running, safe='')}")
    made = _call(api, "POST", PATH, _body(locale, minutes, text))
    return Outcome.CREATED if made and 200 <= made.status < 300 else _what(made)


def _body(locale: str, minutes: int, text: str) -> dict[str, Any]:
    return {
        "duration": f"PT{minutes}M",
        "timerLabel": text,
        "creationBehavior": {"displayExperience": {"visibility": "VISIBLE"}},
        "triggeringBehavior": {
            "operation": {
                "type": "ANNOUNCE",
                "textToAnnounce": [{"locale": locale, "text": text}],
            },
            "notificationConfig": {"playAudible": True},
        },
    }


def _call(api: Api, method: str, path: str, body: dict[str, Any] | None = None) -> Answer | None:
    try:
        return api.call(method, path, body)
    except ApiUnreachable:
        return None


def _what(answer: Answer | None) -> Outcome:
    """Say what an answer without success means; nothing of ours can be gone here."""
    outcome = trouble(answer)
    return Outcome.DOWN if outcome is Outcome.GONE else outcome


def _ours(listed: Any, text: str) -> list[str]:
    """Return the ids of timers with our label; the list holds no others of other skills."""
    timers = listed.get("timers") if isinstance(listed, dict) else None
    return [
        str(one["id"])
        for one in (timers if isinstance(timers, list) else [])
        if isinstance(one, dict) and one.get("id") and one.get("timerLabel") == text
    ]
