"""More facts: who is there, how close they feel, reminders, what is known."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from content import content
from skill.conversation.facts import recall
from skill.conversation.setting import Setting
from skill.conversation.turn import Abilities, Heard
from skill.household.models import Agreement, CheckIn, Household, Reminder

TUESDAY = datetime(2026, 11, 24, 19, 0, tzinfo=ZoneInfo("Europe/Berlin"))
HEARD = Heard("a house", "a turn", TUESDAY, zone="Europe/Berlin", abilities=Abilities(True))
NOBODY = Household()


def fact(what: str, home: Household = NOBODY, heard: Heard = HEARD, **wanted: Any) -> Any:
    return recall(Setting(content(), home, heard, waiting=""), what, wanted)


# Who is there ------------------------------------------------------------------------------


def test_two_without_names_are_the_first_and_the_second() -> None:
    first, second = fact("turns")
    assert first == {"to": "first partner", "other": "second partner", "them": "your partner"}
    assert second == {"to": "second partner", "other": "first partner", "them": "your partner"}


def test_who_begins_alternates_by_the_evening() -> None:
    home = Household(names=("Sam", "Alex"))
    begins = []
    for hours in (0, 8, 24, 48):  # the second is three in the morning: the same evening
        heard = replace(HEARD, now=TUESDAY + timedelta(hours=hours))
        first, second = fact("turns", home, heard)
        assert first == {"to": second["other"], "other": second["to"], "them": second["to"]}
        begins.append(first["to"])
    assert begins[0] == begins[1] == begins[3] != begins[2]


@pytest.mark.parametrize(
    ("visits", "greeting"), [(1, "first"), (2, "second"), (3, "back"), (99, "back")]
)
def test_how_they_are_greeted(visits: int, greeting: str) -> None:
    home = Household(visits=visits)
    assert fact("visit", home) == {"greeting": greeting, "waiting": ""}
    waits = recall(Setting(content(), home, HEARD, "check_in"), "visit", {})
    assert waits == {"greeting": greeting, "waiting": "your check-in"}


def numbers(known: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in known.items() if name != "data"}


def test_what_is_known_is_told_in_numbers() -> None:
    nothing = {
        "names": "no names",
        "evenings": 0,
        "questions": 0,
        "check_ins": 0,
        "thanks": 0,
        "goals": 0,
        "reminders": 0,
        "places": 1,
        "agreed": "none",
    }
    assert numbers(fact("known")) == nothing
    home = Household(
        names=("Sam", "Alex"),
        evenings={"2026-10": 2, "2026-11": 3},
        agreement=Agreement("pineapple", 30),
        linked=("web",),
        earlier={"C2": 0b10},
        quarters={"2026Q3": {"A1": 0b10}, "2026Q4": {"A1": 0b1000, "B2P": 0b1, "A6G": 0b10}},
        asked=3,
        rested={"C2": 0b100},
        check_ins=(CheckIn("2026-11-01", 7.0), CheckIn("2026-11-08", None)),
        checked=2,
        reminders=(Reminder("t", "20:00", ("MO",)),),
    )
    data = fact("known", home)["data"]
    assert data["quarters"] == {"2026Q3": ["A1-001"], "2026Q4": ["A1-003", "A6G-001", "B2P-000"]}
    assert data["earlier"] == ["C2-001"]
    assert data["rested"] == ["C2-002"]
    assert numbers(fact("known", home)) == {
        "names": "your names, Sam and Alex",
        "evenings": 5,
        "questions": 3,
        "check_ins": 2,
        "thanks": 0,
        "goals": 0,
        "reminders": 1,
        "places": 2,
        "agreed": "kept",
    }


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ([], 7.0, "first"),
        ([None], 7.0, "unsaid"),
        ([], None, "unsaid"),
        ([7.0], None, "unsaid"),
        ([7.0], 7.0, "same"),
        ([7.0], 7.5, "same"),
        ([7.0], 6.5, "same"),
        ([7.0], 8.0, "closer"),
        ([7.0], 6.0, "further"),
        ([2.0, 7.0, None], 6.0, "further"),
    ],
)
def test_how_close_they_feel_against_last_time(
    before: list[float | None], now: float | None, change: str
) -> None:
    home = Household(check_ins=tuple(CheckIn("2026-11-01", one) for one in before))
    assert fact("change", home, closeness=now) == change


# Reminders ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "days", "at", "spoken"),
    [
        ("20:00", "", "20:00", "every evening at 8 PM"),
        ("eight", "", "20:00", "every evening at 8 PM"),
        ("09:05", "daily", "09:05", "every day at 9:05 AM"),
        ("17:00", "", "17:00", "every evening at 5 PM"),
        ("20:30", "weekdays", "20:30", "on weekdays at 8:30 PM"),
        ("12:00", "weekends", "12:00", "on weekends at 12 PM"),
        ("20:00", "mondays and thursdays", "20:00", "Mondays and Thursdays at 8 PM"),
        ("20:00", "no day at all", "20:00", "every evening at 8 PM"),
        ("08:00", "", "08:00", "every day at 8 AM"),
        ("21:30", "", "21:30", "every evening at 9:30 PM"),
        ("21:31", "", "21:30", "every evening at 9:30 PM"),
        ("07:59", "", "08:00", "every day at 8 AM"),
    ],
)
def test_a_reminder_that_is_about_to_be_set(time: str, days: str, at: str, spoken: str) -> None:
    plan = fact("reminder_plan", time=time, days=days)
    assert (plan["trouble"], plan["at"], plan["when"]) == ("", at, spoken)
    assert plan["moved"] == (time in ("21:31", "07:59"))
    assert plan["clock"] in plan["when"]


@pytest.mark.parametrize("time", ["00:00", "01:00", "02:30"])
def test_the_nearest_to_a_time_in_the_night_is_the_evening_before(time: str) -> None:
    assert fact("reminder_plan", time=time)["at"] == "21:30"


def test_what_stands_in_the_way_of_a_reminder() -> None:
    assert fact("reminder_plan", time=None) == {"trouble": "not_set"}
    assert fact("reminder_plan", time="some time") == {"trouble": "not_set"}
    assert fact("reminder_plan", heard=replace(HEARD, zone=""), time="20:00") == {
        "trouble": "no_zone"
    }


def test_days_that_are_not_named_stay_as_they_were() -> None:
    plan = fact("reminder_plan", time="20:00", old_days=["MO", "FR"])
    assert plan["days"] == ["MO", "FR"]
    plan = fact("reminder_plan", time="20:00", days="weekends", old_days=["MO", "FR"])
    assert plan["days"] == ["SA", "SU"]


@pytest.mark.parametrize(
    ("refused", "lately"),
    [("", False), ("2026-11-24", True), ("2026-11-18", True), ("2026-11-17", False)],
)
def test_a_refused_permission_rests_for_a_week(refused: str, lately: bool) -> None:
    plan = fact("reminder_plan", Household(refused_day=refused), time="20:00")
    assert plan["refused_lately"] is lately


def test_their_reminders_and_those_of_some_days() -> None:
    home = Household(
        reminders=(Reminder("a", "20:00", ("MO", "TU")), Reminder("b", "09:30", ("SA", "SU")))
    )
    both = fact("reminders", home, days="")
    assert both["spoken"] == "Mondays and Tuesdays at 8 PM and on weekends at 9:30 AM"
    assert both["rings"]
    weekend = fact("reminders", home, days="sunday")
    assert weekend["kept"] == [{"token": "b", "at": "09:30", "days": ["SA", "SU"]}]
    assert fact("reminders", home, days="fridays")["kept"] == []
    silent = fact("reminders", home, replace(HEARD, abilities=Abilities()), days="")
    assert not silent["rings"]
