"""The facts of a time-out and of breathing, from settings made by hand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from content import content
from skill.conversation.facts import STRETCH, recall
from skill.conversation.setting import Setting
from skill.conversation.turn import Heard
from skill.household.models import Household

TUESDAY = datetime(2026, 11, 24, 19, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def fact(what: str, now: datetime, zone: str, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    heard = Heard("a house", "a turn", now, zone=zone)
    told: Mapping[str, Any] = recall(Setting(content(), Household(), heard, ""), what, wanted)
    return told


def back(now: datetime = TUESDAY, zone: str = "Europe/Berlin", **wanted: Any) -> Mapping[str, Any]:
    return fact("return_time", now, zone, wanted)


def breathing(**wanted: Any) -> Mapping[str, Any]:
    return fact("breathing", TUESDAY, "", wanted)


# A time-out ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "minutes", "said", "spoken"),
    [
        ({}, 25, "", "at 7:25 PM"),
        ({"duration": "PT30M"}, 30, "", "at 7:30 PM"),
        ({"duration": "an hour and a half"}, 90, "", "at 8:30 PM"),
        ({"duration": "PT20M"}, 20, "", "at 7:20 PM"),
        ({"duration": "ten minutes"}, 20, "_short", "at 7:20 PM"),
        ({"duration": "P1D"}, 24 * 60, "", "at 7 PM tomorrow"),
        ({"duration": "two days"}, 24 * 60, "_long", "at 7 PM tomorrow"),
        ({"duration": "P9D", "more": True}, 24 * 60, "_long", "at 7 PM tomorrow"),
        ({"duration": "nobody knows"}, 25, "", "at 7:25 PM"),
        ({"more": True}, 20, "", "at 7:20 PM"),
        ({"duration": "PT5M", "more": True}, 5, "", "at 7:05 PM"),
    ],
)
def test_when_a_time_out_ends(
    wanted: Mapping[str, Any], minutes: int, said: str, spoken: str
) -> None:
    told = back(**wanted)
    assert (told["minutes"], told["said"], told["back"]) == (minutes, said, spoken)
    assert datetime.fromisoformat(told["at"]) - TUESDAY == timedelta(minutes=minutes)


def test_after_midnight_is_tomorrow_and_seconds_are_rounded() -> None:
    assert back(TUESDAY.replace(hour=23, minute=50))["back"] == "at 12:15 AM tomorrow"
    assert back(TUESDAY.replace(second=29))["back"] == "at 7:25 PM"
    assert back(TUESDAY.replace(second=31))["back"] == "at 7:26 PM"


@pytest.mark.parametrize(
    ("duration", "spoken"),
    [("", "in 25 minutes"), ("PT90M", "in 90 minutes"), ("PT3H", "in 3 hours")],
)
def test_without_a_zone_no_clock_is_named(duration: str, spoken: str) -> None:
    told = back(zone="", duration=duration)
    assert (told["back"], told["clock"]) == (spoken, "")


@pytest.mark.parametrize(
    ("night", "minutes", "clock"),
    [
        ("2026-10-25T00:50:00+00:00", 25, "2:15 AM"),  # at three it is two again
        ("2026-03-29T00:50:00+00:00", 25, "3:15 AM"),  # there is no quarter past two
        ("2026-03-29T00:50:00+00:00", 90, "4:20 AM"),
    ],
)
def test_a_time_out_lasts_as_long_when_clocks_change(night: str, minutes: int, clock: str) -> None:
    now = datetime.fromisoformat(night)
    told = back(now, duration=f"PT{minutes}M")
    assert datetime.fromisoformat(told["at"]) - now == timedelta(minutes=minutes)
    assert told["clock"] == clock


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ({"duration": "PT2H30M"}, "in 2 and a half hours"),
        ({"duration": "PT1M", "more": True}, "in 1 minute"),
        ({"duration": "PT20S", "more": True}, "in 1 minute"),
    ],
)
def test_a_length_is_said_as_it_is(wanted: Mapping[str, Any], spoken: str) -> None:
    assert back(zone="", **wanted)["back"] == spoken


# Breathing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "pattern", "rounds"),
    [
        ({}, "slow", [15, 15]),
        ({"duration": "PT10M"}, "slow", [15] * 4),
        ({"duration": "PT20M"}, "slow", [15] * 8),
        ({"duration": "PT9H"}, "slow", [15] * 8),
        ({"short": True}, "slow", [12]),
        ({"short": True, "duration": "PT5M"}, "slow", [15, 15]),
        ({"duration": "PT1S"}, "slow", [1]),
        ({"pattern": "lion"}, "slow", [15, 15]),
        ({"pattern": "long"}, "long", [9, 9, 7]),
        ({"pattern": "box"}, "box", [7, 7, 5]),
        ({"pattern": "478"}, "478", [4]),
        ({"pattern": "478", "duration": "PT20M"}, "478", [4]),
    ],
)
def test_how_to_breathe(wanted: dict[str, Any], pattern: str, rounds: list[int]) -> None:
    plan = breathing(**wanted)
    assert plan["pattern"] == pattern
    assert [stretch["rounds"] for stretch in plan["stretches"]] == rounds


@pytest.mark.parametrize("pattern", list(content().breaths))
def test_every_stretch_is_short_and_the_minutes_left_count_down(pattern: str) -> None:
    breath = content().breaths[pattern]
    for seconds in range(10, 25 * 60, 10):
        plan = breathing(pattern=pattern, duration=f"PT{seconds}S")
        assert plan["caution"] == breath.caution
        left = sum(stretch["rounds"] for stretch in plan["stretches"])
        for stretch in plan["stretches"]:
            assert 0 < stretch["rounds"] * breath.seconds <= STRETCH.total_seconds()
            left -= stretch["rounds"]
            assert 0 <= stretch["minutes_left"] * 60 - left * breath.seconds < 60
        assert left == 0


@pytest.mark.parametrize(("pattern", "duration"), [("box", "PT20M"), ("long", "PT20M")])
def test_one_minute_left_is_said_as_one(pattern: str, duration: str) -> None:
    plan = breathing(pattern=pattern, duration=duration)
    assert "1 minute" in [stretch["left"] for stretch in plan["stretches"]]
