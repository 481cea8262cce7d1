"""Alexa reminders: set, move, cancel, list.

Amazon, "Reminders REST API Reference" and "Alexa Reminders Overview". A skill sees only its own
reminders. It may create one only within a session, after a yes to just this one; callers see to
that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from skill.channels.alexa.api import Answer, Api, ApiUnreachable
from skill.speech.calendar_file import WEEK, in_order, next_time

PERMISSION = "alexa::alerts:reminders:skill:readwrite"
PATH = "/v1/alerts/reminders"

# A moment that is past when Amazon reads of it would be refused.
_LEAD = timedelta(minutes=1)
# Amazon names the cap on reminders, and the code for it, nowhere that could be checked.
_LIMIT_WORDS = ("MAX", "LIMIT", "EXCEED", "QUOTA", "TOO MANY", "TOO_MANY")
_RULE_PARTS = {"FREQ", "INTERVAL", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND"}

Moments = frozenset[tuple[str, time]]


class Outcome(StrEnum):
    """What came of a call. Only the first three mean that it was done."""

    CREATED = "created"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    PERMISSION_NEEDED = "permission-needed"
    """The account holder has not allowed reminders, or took it back: ask for consent."""
    UNSUPPORTED = "unsupported"
    """This device holds no reminders."""
    QUOTA = "quota"
    """There are as many as there may be."""
    BUSY = "busy"
    """Too many calls; a little later it may work."""
    DOWN = "down"
    """No answer, or none that makes sense. It may have been done nevertheless."""
    GONE = "gone"
    """There is no such reminder any more."""


@dataclass(frozen=True)
class Reminder:
    """One of our reminders: weekly on ``days`` (MO to SU) at the local time ``at``."""

    token: str
    at: time
    days: tuple[str, ...]


@dataclass(frozen=True)
class _Alert:
    """What is of use to us of a reminder as Amazon lists it."""

    token: str
    moments: Moments
    zone: str
    texts: frozenset[str]


class Reminders:
    """The reminders of the customer whose request brought ``api``.

    ``zone`` is always an IANA name that zoneinfo knows, and ``now`` has a time zone of its own.
    """

    def __init__(self, api: Api, locale: str) -> None:
        self._api = api
        self._locale = locale

    def create(
        self, at: time, days: tuple[str, ...], zone: str, now: datetime, text: str
    ) -> tuple[Outcome, str]:
        """Set a reminder; return CREATED with its token, or what went wrong with "".

        An equal one that is there already counts as created, so that a repetition after a crash
        or a lost answer rings once only.
        """
        moments = _wanted(at, days)
        why, alerts = self._alerts()
        if why is Outcome.PERMISSION_NEEDED:
            return why, ""
        for alert in _equal(alerts, moments, text):
            if _same_clock(alert.zone, zone, now):
                return Outcome.CREATED, alert.token
        answer = self._call("POST", PATH, self._body(at, days, zone, now, text))
        token = _token_in(answer)
        if token:
            return Outcome.CREATED, token
        why = trouble(answer)
        return (Outcome.DOWN if why is Outcome.GONE else why), ""

    def change(
        self, token: str, at: time, days: tuple[str, ...], zone: str, now: datetime, text: str
    ) -> Outcome:
        """Give a reminder another time, other days or another text."""
        body = self._body(at, days, zone, now, text)
        if not _is_usable(token):
            return Outcome.GONE
        answer = self._call("PUT", _address(token), body)
        return Outcome.CHANGED if _token_in(answer) else trouble(answer)

    def cancel(self, token: str) -> Outcome:
        """Delete a reminder."""
        if not _is_usable(token):
            return Outcome.GONE
        answer = self._call("DELETE", _address(token))
        return Outcome.CANCELLED if _is_success(answer) else trouble(answer)

    def find(self, at: time, days: tuple[str, ...], text: str) -> str | None:
        """Return the token of the reminder with this time, these days and this text, if any."""
        _, alerts = self._alerts()
        return next((alert.token for alert in _equal(alerts, _wanted(at, days), text)), None)

    def all(self) -> tuple[Outcome | None, list[Reminder]]:
        """Return our reminders that are still to ring; if they cannot be had, why not."""
        why, alerts = self._alerts()
        return why, [one for alert in alerts for one in _reminders_of(alert)]

    def _alerts(self) -> tuple[Outcome | None, list[_Alert]]:
        answer = self._call("GET", PATH)
        listed = _dig(answer.body, "alerts") if answer and _is_success(answer) else None
        if isinstance(listed, list):
            return None, list(_read(listed))
        why = trouble(answer)
        return (Outcome.DOWN if why is Outcome.GONE else why), []

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer | None:
        try:
            return self._api.call(method, path, body)
        except ApiUnreachable:
            return None

    def _body(
        self, at: time, days: tuple[str, ...], zone: str, now: datetime, text: str
    ) -> dict[str, Any]:
        """Write a reminder down. Times are local, without an offset: Amazon refuses others."""
        first = _plain(next_time(at, days, zone, now + _LEAD))
        return {
            "requestTime": _plain(now.astimezone(ZoneInfo(zone))),
            "trigger": {
                "type": "SCHEDULED_ABSOLUTE",
                # The overview calls it mandatory; the reference ignores it beside a recurrence.
                "scheduledTime": first,
                "timeZoneId": zone,
                "recurrence": {"startDateTime": first, "recurrenceRules": [_rule(at, days)]},
            },
            "alertInfo": {"spokenInfo": {"content": [{"locale": self._locale, "text": text}]}},
            # The yes was to a voice in the room, for both. A push would go to the account holder's
            # phone alone, wherever it lies and whoever reads it there.
            "pushNotification": {"status": "DISABLED"},
        }


def _plain(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _rule(at: time, days: tuple[str, ...]) -> str:
    week = in_order(days)
    often = "FREQ=DAILY" if week == WEEK else f"FREQ=WEEKLY;BYDAY={','.join(week)}"
    return f"{often};BYHOUR={at.hour};BYMINUTE={at.minute};BYSECOND=0;INTERVAL=1;"


def _wanted(at: time, days: tuple[str, ...]) -> Moments:
    return frozenset((day, time(at.hour, at.minute)) for day in in_order(days))


def _is_usable(token: str) -> bool:
    """No token, "." and ".." would be other addresses, the first that of all reminders."""
    return bool(token.strip("."))


def _address(token: str) -> str:
    return f"{PATH}/{quote(token, safe='')}"


def _is_success(answer: Answer | None) -> bool:
    return answer is not None and 200 <= answer.status < 300


def _token_in(answer: Answer | None) -> str:
    """Return the token with which Amazon confirms a reminder; without one nothing is sure."""
    token = _dig(answer.body, "alertToken") if answer and _is_success(answer) else None
    return token if isinstance(token, str) else ""


def trouble(answer: Answer | None) -> Outcome:
    """Say what an answer of Amazon's alerts (reminders, timers) without success means."""
    match answer.status if answer else 0:
        case 401:
            return Outcome.PERMISSION_NEEDED
        case 404:
            return Outcome.GONE
        case 429:
            return Outcome.BUSY
        case 400 | 403 if _speaks_of_a_limit(answer):
            return Outcome.QUOTA
        case 403:
            return Outcome.UNSUPPORTED
    return Outcome.DOWN


def _speaks_of_a_limit(answer: Answer | None) -> bool:
    code = _dig(answer.body, "code") if answer else None
    return any(word in str(code).upper() for word in _LIMIT_WORDS)


def _dig(value: Any, *names: str) -> Any:
    """Follow names through nested objects; None where one is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _read(listed: list[Any]) -> Iterator[_Alert]:
    """Read a list of reminders, passing over the rung out and the unreadable."""
    for alert in listed:
        token = _dig(alert, "alertToken")
        if isinstance(token, str) and token and _dig(alert, "status") != "COMPLETED":
            trigger = _dig(alert, "trigger")
            yield _Alert(
                token, _moments(trigger), str(_dig(trigger, "timeZoneId") or ""), _texts(alert)
            )


def _texts(alert: Any) -> frozenset[str]:
    content = _dig(alert, "alertInfo", "spokenInfo", "content")
    texts = [_dig(one, "text") for one in content] if isinstance(content, list) else []
    return frozenset(text.strip().casefold() for text in texts if isinstance(text, str))


def _moments(trigger: Any) -> Moments:
    """Return the weekdays and times at which a trigger rings; nothing if it is not of our kind.

    Several days may come back as one rule or as a rule for each day.
    """
    rules = _dig(trigger, "recurrence", "recurrenceRules")
    if not isinstance(rules, list) or not rules:
        return frozenset()
    each = [_moments_of_rule(str(rule)) for rule in rules]
    return frozenset().union(*each) if all(each) else frozenset()


def _moments_of_rule(rule: str) -> Moments:
    pieces = rule.upper().replace(" ", "").removeprefix("RRULE:").split(";")
    parts = dict(piece.partition("=")[::2] for piece in pieces if piece)
    if not parts.keys() <= _RULE_PARTS or parts.get("INTERVAL", "1") != "1":
        return frozenset()
    everyday = ",".join(WEEK) if parts.get("FREQ") == "DAILY" else ""
    days = parts.get("BYDAY", everyday).split(",")
    if parts.get("FREQ") not in ("DAILY", "WEEKLY") or not set(days) <= set(WEEK):
        return frozenset()
    try:
        at = time(int(parts["BYHOUR"]), int(parts.get("BYMINUTE", "0")))
    except (KeyError, ValueError):
        return frozenset()
    return frozenset((day, at) for day in days)


def _equal(alerts: list[_Alert], moments: Moments, text: str) -> Iterator[_Alert]:
    words = text.strip().casefold()
    return (alert for alert in alerts if alert.moments == moments and words in alert.texts)


def _same_clock(one: str, other: str, now: datetime) -> bool:
    """Two names of zones mean the same clock, this half-year and the next.

    Amazon may answer with another name than ours; and who has moved far away needs a new reminder.
    """
    if one in ("", other):
        return True
    try:
        zones = ZoneInfo(one), ZoneInfo(other)
    except (KeyError, ValueError, OSError):
        return False
    moments = [now + timedelta(days=days) for days in (0, 91, 182, 273)]
    first, second = ([moment.astimezone(zone).utcoffset() for moment in moments] for zone in zones)
    return first == second


def _reminders_of(alert: _Alert) -> Iterator[Reminder]:
    """Yield one reminder for each time at which an alert rings; with us that is one."""
    for at in sorted({at for _, at in alert.moments}):
        days = tuple(day for day in WEEK if (day, at) in alert.moments)
        yield Reminder(alert.token, at, days)
