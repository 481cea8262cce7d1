"""The calendar file, read back and rung through; and the next time by the clocks of a zone."""

import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from dateutil.tz import tzical
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from skill.speech.calendar_file import WEEK, calendar_file, in_order, next_time

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday, 13:00 in Berlin
BERLIN = "Europe/Berlin"
ZONES = [
    BERLIN,
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Africa/Casablanca",  # none in Ramadan
    "Asia/Beirut",  # at midnight
    "America/Santiago",
]


def file(
    at: time = time(20, 0),
    days: tuple[str, ...] = ("MO", "WE"),
    zone: str = BERLIN,
    now: datetime = NOW,
    summary: str = "Evening moment",
) -> bytes:
    return calendar_file(summary, at, days, zone, now, "reminder-1@example")


def event(data: bytes) -> Any:
    (found,) = Calendar.from_ical(data).walk("VEVENT")
    return found


def occurrences(data: bytes, count: int) -> list[datetime]:
    found = event(data)
    start = found["DTSTART"].dt.replace(tzinfo=None)
    rule = rrulestr(found["RRULE"].to_ical().decode(), dtstart=start)
    return list(rule[:count])


def test_it_rings_on_its_days() -> None:
    assert occurrences(file(), 4) == [
        datetime(2026, 11, 23, 20),
        datetime(2026, 11, 25, 20),
        datetime(2026, 11, 30, 20),
        datetime(2026, 12, 2, 20),
    ]
    assert event(file())["RRULE"] == {"FREQ": ["WEEKLY"], "BYDAY": ["MO", "WE"]}


def test_all_seven_days_are_daily() -> None:
    assert event(file(days=WEEK))["RRULE"] == {"FREQ": ["DAILY"]}
    assert [each.day for each in occurrences(file(days=WEEK), 3)] == [23, 24, 25]


def test_the_event() -> None:
    found = event(file())
    assert str(found["SUMMARY"]) == "Evening moment"
    assert str(found["UID"]) == "reminder-1@example"
    assert found["DTSTART"].params["TZID"] == BERLIN
    assert found["DTSTART"].dt == datetime(2026, 11, 23, 20, tzinfo=ZoneInfo(BERLIN))
    assert found["DURATION"].dt == timedelta(minutes=5)
    assert found["DTSTAMP"].dt == NOW
    assert found["CLASS"] == "PRIVATE"


def test_the_alarm_shows_at_the_start() -> None:
    (alarm,) = event(file()).walk("VALARM")
    assert alarm["ACTION"] == "DISPLAY"
    assert alarm["TRIGGER"].dt == timedelta(0)
    assert str(alarm["DESCRIPTION"]) == "Evening moment"


def test_importing_again_updates() -> None:
    """RFC 5545, 3.8.7.4: the same uid, a higher sequence number."""
    later = event(file(at=time(21, 0), now=NOW + timedelta(minutes=1)))
    assert later["UID"] == event(file())["UID"]
    assert later["SEQUENCE"] > event(file())["SEQUENCE"] > 0
    assert later["SEQUENCE"] < 2**31


def test_the_text_is_escaped() -> None:
    summary = "Tea; talk, à deux\nBEGIN:VALARM \\ " + "long " * 30
    data = file(summary=summary)
    assert str(event(data)["SUMMARY"]) == summary
    assert len(event(data).walk("VALARM")) == 1
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert data.endswith(b"END:VCALENDAR\r\n")


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Etc/GMT"])
def test_where_the_clocks_show_utc_no_zone_is_described(zone: str) -> None:
    calendar = Calendar.from_ical(file(zone=zone))
    assert calendar.walk("VTIMEZONE") == []
    assert event(file(zone=zone))["DTSTART"].to_ical() == b"20261123T200000Z"


@pytest.mark.parametrize("zone", ZONES)
def test_the_described_zone_keeps_the_time_of_the_real_one(zone: str) -> None:
    """RFC 5545, 3.6.5, as another library reads it: every quarter hour around each change."""
    text = file(zone=zone).decode()
    described = tzical(StringIO(text)).get(zone)
    real = ZoneInfo(zone)
    day = datetime(2026, 1, 1)
    changes = 0
    while day < datetime(2036, 1, 1):
        moments = [day]
        if _offset(day, real) != _offset(day + timedelta(days=1), real):
            changes += 1
            moments = [day + timedelta(minutes=15 * quarter) for quarter in range(-8, 112)]
        for moment in moments:
            if _is_plain(moment, real):
                assert _offset(moment, described) == _offset(moment, real), moment
        day += timedelta(days=1)
    assert (changes == 0) == (zone == "Asia/Kolkata")


def _offset(moment: datetime, zone: Any) -> timedelta | None:
    return moment.replace(tzinfo=zone).utcoffset()


def _is_plain(moment: datetime, zone: ZoneInfo) -> bool:
    """Neither left out nor doubled by daylight saving."""
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first.utcoffset() == second.utcoffset()


def test_the_hour_stays_the_same_through_the_year() -> None:
    zone = tzical(StringIO(file(days=WEEK).decode())).get(BERLIN)
    moments = [
        each.replace(tzinfo=zone).astimezone(UTC) for each in occurrences(file(days=WEEK), 250)
    ]
    assert {moment.hour for moment in moments if moment < datetime(2027, 3, 28, tzinfo=UTC)} == {19}
    assert {moment.hour for moment in moments if moment > datetime(2027, 3, 28, tzinfo=UTC)} == {18}


def test_it_costs_nothing_to_import() -> None:
    program = "import sys, skill.speech.calendar_file; sys.exit('icalendar' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize(
    ("now", "at", "days", "zone", "first"),
    [
        ("2026-11-23T12:00+00:00", "20:00", "MO", BERLIN, "2026-11-23T20:00+01:00"),
        ("2026-11-23T19:00+00:00", "20:00", "MO", BERLIN, "2026-11-30T20:00+01:00"),
        ("2026-11-23T18:59:59+00:00", "20:00", "MO", BERLIN, "2026-11-23T20:00+01:00"),
        ("2026-11-23T12:00+00:00", "20:00", "SU TU", BERLIN, "2026-11-24T20:00+01:00"),
        ("2026-11-23T12:00+00:00", "09:00", "TU", "Pacific/Auckland", "2026-11-24T09:00+13:00"),
        # The clocks go forward: 02:30 is left out, 03:00 and all else is not.
        ("2026-03-28T12:00+00:00", "02:30", "SU", BERLIN, "2026-04-05T02:30+02:00"),
        ("2026-03-28T12:00+00:00", "02:30", "SA SU MO", BERLIN, "2026-03-30T02:30+02:00"),
        ("2026-03-28T12:00+00:00", "03:00", "SU", BERLIN, "2026-03-29T03:00+02:00"),
        ("2026-03-28T12:00+00:00", "01:59", "SU", BERLIN, "2026-03-29T01:59+01:00"),
        # At midnight, where they do it then.
        ("2026-03-28T12:00+00:00", "00:30", "SU", "Asia/Beirut", "2026-04-05T00:30+03:00"),
        # The clocks go back: 02:30 comes twice, and rings the first time only.
        ("2026-10-24T12:00+00:00", "02:30", "SU", BERLIN, "2026-10-25T02:30+02:00"),
        ("2026-10-25T00:45+00:00", "02:30", "SU", BERLIN, "2026-11-01T02:30+01:00"),
        ("2026-10-25T00:45+00:00", "03:00", "SU", BERLIN, "2026-10-25T03:00+01:00"),
        # A day that never was.
        ("2011-12-30T00:00+00:00", "20:00", "FR", "Pacific/Apia", "2012-01-06T20:00+14:00"),
    ],
)
def test_the_next_time(now: str, at: str, days: str, zone: str, first: str) -> None:
    """Rules 5.5, 5.6 and RFC 5545, 3.3.10."""
    found = next_time(
        time.fromisoformat(at), tuple(days.split()), zone, datetime.fromisoformat(now)
    )
    assert found.isoformat(timespec="minutes") == first


@given(
    at=st.times(),
    days=st.sets(st.sampled_from(WEEK), min_size=1),
    zone=st.sampled_from(ZONES),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
)
def test_the_next_time_is_later_soon_and_as_asked(
    at: time, days: set[str], zone: str, now: datetime
) -> None:
    found = next_time(at, tuple(days), zone, now)
    assert now < found.astimezone(UTC) < now + timedelta(days=16)
    assert WEEK[found.weekday()] in days
    assert (found.hour, found.minute, found.second) == (at.hour, at.minute, 0)
    assert found.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == found.replace(
        tzinfo=None
    )


def test_the_present_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_time(time(20), WEEK, BERLIN, NOW.replace(tzinfo=None))


def test_days_are_put_in_order() -> None:
    assert in_order(("SU", "MO", "SU")) == ("MO", "SU")
    for wrong in ((), ("mo",), ("MO", "XX")):
        with pytest.raises(ValueError, match="needs days"):
            in_order(wrong)
