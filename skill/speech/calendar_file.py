"""A reminder as a calendar file, for channels that have no reminders of their own.

RFC 5545 ("iCalendar"). Also the sums with weekdays and time zones that a reminder needs anywhere.
"""

from bisect import bisect
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FILE_NAME = "evening-moment.ics"
"""What a calendar file is called: harmless on a shared screen."""

LASTS = timedelta(minutes=5)
YEARS_OF_ZONE_CHANGES = 10

_FIRST_REVISION = datetime(2026, 1, 1, tzinfo=UTC)


def in_order(days: tuple[str, ...]) -> tuple[str, ...]:
    """Return weekdays from Monday on, each once; raise ValueError for none or an unknown one."""
    if not days or not set(days) <= set(WEEK):
        raise ValueError("A reminder needs days out of MO, TU, WE, TH, FR, SA, SU.")
    return tuple(day for day in WEEK if day in days)


def next_time(at: time, days: tuple[str, ...], zone: str, now: datetime) -> datetime:
    """Return the first moment after ``now`` at which the clocks of ``zone`` show day and time.

    A day on which daylight saving leaves that time out is passed over, as RFC 5545 (3.3.10) does
    with recurrences; of a time that comes twice, the first counts. ``now`` must know its zone.
    """
    if now.tzinfo is None:
        raise ValueError("The present moment must come with its time zone.")
    wanted = {WEEK.index(day) for day in in_order(days)}
    clock = ZoneInfo(zone)
    today = now.astimezone(clock).date()
    plain = at.replace(second=0, microsecond=0, tzinfo=None, fold=0)
    for ahead in range(60):  # weekly, and passed over once or twice: this is ample
        moment = datetime.combine(today + timedelta(days=ahead), plain, tzinfo=clock)
        if moment.weekday() in wanted and _exists(moment) and moment.astimezone(UTC) > now:
            return moment
    raise ValueError("This time never comes.")


def _exists(moment: datetime) -> bool:
    there_and_back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return there_and_back.replace(tzinfo=None) == moment.replace(tzinfo=None)


def calendar_file(
    summary: str, at: time, days: tuple[str, ...], zone: str, now: datetime, uid: str
) -> bytes:
    """Return an .ics file: an event on ``days`` at ``at`` by the clocks of ``zone``, with an alarm.

    The same ``uid`` again, from a later ``now``, replaces the event in the calendars that took the
    first file. ``summary`` is shown on screens and read aloud by phones, so it must be harmless.
    """
    from icalendar import Calendar  # takes a fifth of a second, and few ask for the file

    first = next_time(at, days, zone, now)
    event = _event(summary, first, in_order(days), now, uid)
    calendar = Calendar()
    calendar.add("prodid", "-//Evening Lantern//EN")
    calendar.add("version", "2.0")
    if "TZID" in event["DTSTART"].params:  # not where the clocks show UTC
        calendar.add_component(_zone(zone, first))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(summary: str, first: datetime, days: tuple[str, ...], now: datetime, uid: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(UTC))
    # A higher number than that of the file before makes it an update.
    event.add("sequence", max(0, int((now - _FIRST_REVISION).total_seconds())))
    event.add("summary", summary)
    event.add("dtstart", first)
    event.add("duration", LASTS)
    daily = days == WEEK
    event.add("rrule", {"FREQ": "DAILY"} if daily else {"FREQ": "WEEKLY", "BYDAY": list(days)})
    # Those with whom a calendar is shared see neither the words nor a busy evening.
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(summary))
    return event


def _alarm(summary: str) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(0))
    return alarm


def _zone(name: str, first: datetime) -> Any:
    """Describe a time zone for the calendars that do not know it by name.

    Not by icalendar's own generator: in spring that names the hour after the change, where RFC
    5545 (3.6.5) wants the one before it.
    """
    from icalendar import Timezone

    clock = ZoneInfo(name)
    start = datetime(first.year - 1, 1, 1, tzinfo=UTC)
    end = datetime(first.year + YEARS_OF_ZONE_CHANGES, 1, 1, tzinfo=UTC)
    offset = _offset(clock, start)
    # (offset before, offset after, letters) -> onsets, by the clocks as they were before
    onsets = {(offset, offset, start.astimezone(clock).tzname()): [start + offset]}
    for change in _changes(clock, start, end):
        offset, old = _offset(clock, change), offset
        kind = (old, offset, change.astimezone(clock).tzname())
        onsets.setdefault(kind, []).append(change + old)
    zone = Timezone()
    zone.add("tzid", name)
    for (old, new, letters), moments in onsets.items():
        plain = [moment.replace(tzinfo=None) for moment in moments]
        zone.add_component(_observance(old, new, letters, plain))
    return zone


def _changes(clock: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the moments, in UTC, at which the clocks are changed."""
    while start < end:
        following = start + timedelta(days=1)
        if _offset(clock, start) != _offset(clock, following):
            yield _change(clock, start)
        start = following


def _change(clock: ZoneInfo, day: datetime) -> datetime:
    """Find the second of a day from which on the offset is another."""
    before = _offset(clock, day)

    def has_changed(second: int) -> bool:
        return _offset(clock, day + timedelta(seconds=second)) != before

    return day + timedelta(seconds=bisect(range(24 * 60 * 60), False, key=has_changed))


def _offset(clock: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(clock).utcoffset() or timedelta()


def _observance(old: timedelta, new: timedelta, letters: str | None, onsets: list[datetime]) -> Any:
    from icalendar import TimezoneDaylight, TimezoneStandard

    observance = TimezoneDaylight() if new > old else TimezoneStandard()
    observance.add("dtstart", onsets[0])
    if onsets[1:]:
        observance.add("rdate", onsets[1:])
    observance.add("tzname", letters)
    observance.add("tzoffsetfrom", old)
    observance.add("tzoffsetto", new)
    return observance


def reminder_file(plan: Mapping[str, Any], now: datetime) -> bytes:
    """Return the calendar file for a reminder; the same reminder again updates the first."""
    at, days = time.fromisoformat(plan["at"]), tuple(plan["days"])
    uid = f"{plan['at'].replace(':', '')}-{'-'.join(days)}@evening-lantern"
    return calendar_file(plan["text"], at, days, plan["zone"], now, uid)
