"""Tonight's question, as a flow recalls it, from settings made by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from content import content
from skill.conversation import facts, keepsakes
from skill.conversation.facts import FACTS, MOST_A_NIGHT, recall
from skill.conversation.setting import Setting
from skill.conversation.turn import Heard
from skill.household.models import Evening, Household, NewRound, QuestionHeard, Rested

ALL = content()
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 19, 0, tzinfo=BERLIN)
OLD = Household(first_day="2026-01-01", visits=9)
"""A household that has been with us for long."""


def setting(
    home: Household = OLD, now: datetime = TUESDAY, zone: str = "Europe/Berlin", waiting: str = ""
) -> Setting:
    return Setting(ALL, home, Heard("a house", "a turn", now, zone=zone), waiting)


def after_reading(home: Household, found: Mapping[str, Any], now: datetime) -> Household:
    """Return the household as it is once the flow has read what was found."""
    home = NewRound(tuple(found["new_round"])).apply(home, now)
    return QuestionHeard(Evening(**found["evening"])).apply(home, now)


def test_every_fact_is_recalled_by_its_name() -> None:
    places = (facts, keepsakes)
    found = {name for name in FACTS for one in places if getattr(one, name, None) is FACTS[name]}
    assert set(FACTS) == found
    assert recall(setting(), "tonights_id", {}) == ""


# The evening -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "evening"),
    [
        ("2026-11-24 19:00", "2026-11-24"),
        ("2026-11-25 00:10", "2026-11-24"),
        ("2026-11-25 03:59", "2026-11-24"),
        ("2026-11-25 04:00", "2026-11-25"),
        ("2026-10-25 03:30", "2026-10-24"),  # clocks went back an hour at three
        ("2026-03-29 04:00", "2026-03-29"),  # and forward
    ],
)
def test_an_evening_ends_at_four(clock: str, evening: str) -> None:
    now = datetime.fromisoformat(clock).replace(tzinfo=BERLIN).astimezone(UTC)
    assert setting(now=now).evening.isoformat() == evening


def test_without_a_zone_the_evening_is_that_of_the_locale() -> None:
    night = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # ten in the evening in New York
    assert setting(now=night, zone="").evening.isoformat() == "2026-11-24"


def test_tonights_question_is_the_same_until_four_and_then_another() -> None:
    found = recall(setting(), "tonight", {})
    assert found["said"] == "read"
    home = after_reading(OLD, found, TUESDAY)
    before_four = setting(home, TUESDAY.replace(day=25, hour=3, minute=59))
    again = recall(before_four, "tonight", {})
    assert (again["said"], again["text"]) == ("same", found["text"])
    assert recall(before_four, "tonights_id", {}) == found["evening"]["question"]
    at_four = setting(home, TUESDAY.replace(day=25, hour=4))
    assert recall(at_four, "tonights_id", {}) == ""
    fresh = recall(at_four, "tonight", {})
    assert fresh["said"] == "read"
    assert fresh["evening"]["question"] != found["evening"]["question"]


def test_whoever_has_heard_no_question_gets_that_of_all_newcomers() -> None:
    def found(house: str, home: Household, now: datetime = TUESDAY) -> str:
        heard = Heard(house, "a turn", now, zone="Europe/Berlin")
        return str(recall(Setting(ALL, home, heard, ""), "tonight", {})["text"])

    houses = ["one", "two", "three", "four"]
    talked = Household(visits=1, first_day="2026-11-24", names=("Sam", "Alex"))
    assert {found(one, home) for one in houses for home in (Household(), talked)} == {
        found("a stranger", Household())
    }
    known = replace(OLD, themes=("A5",))
    assert len({found(one, known) for one in houses}) > 1
    days = [TUESDAY + timedelta(days=number) for number in range(4)]
    for home in (Household(), known):
        assert len({found("one", home, day) for day in days}) > 1


def test_a_follow_up_is_read_once_and_the_next_wish_for_it_draws() -> None:
    home = after_reading(OLD, recall(setting(), "tonight", {}), TUESDAY)
    assert home.evening
    question = ALL.questions[home.evening.question]
    for wish, text in (("lighter", question.lighter), ("deeper", question.deeper)):
        found = recall(setting(home), "tonight", {"depth": wish})
        assert (found["said"], found["text"]) == (wish, text)
        turned = after_reading(home, found, TUESDAY)
        assert turned.evening == replace(home.evening, turned=wish)
        assert recall(setting(turned), "tonight", {})["text"] == text
        assert recall(setting(turned), "tonight", {"depth": wish})["said"] == "another"
    assert recall(setting(home), "tonight", {"turn": "follow"})["said"] == "deeper"


def test_another_comes_three_times_and_then_it_is_enough() -> None:
    home, seen = OLD, set()
    for number in range(MOST_A_NIGHT):
        found = recall(setting(home), "tonight", {"turn": "another" if number else ""})
        assert found["said"] == ("another" if number else "read")
        assert found["evening"]["drawn"] == number + 1
        seen.add(found["text"])
        home = after_reading(home, found, TUESDAY)
    assert len(seen) == MOST_A_NIGHT
    for wish in ({"turn": "another"}, {"theme": "A5"}, {"depth": "tender"}):
        found = recall(setting(home), "tonight", wish)
        assert home.evening
        assert found["evening"]["question"] == home.evening.question
        assert found["said"] in ("enough", "same")


def test_an_unknown_theme_is_none_and_a_lost_question_is_drawn_anew() -> None:
    assert recall(setting(), "tonight", {"theme": "Z9"})["note"] == ""
    gone = replace(OLD, evening=Evening("2026-11-24", "Z9-001"))
    assert recall(setting(gone), "tonight", {})["said"] == "read"
    assert recall(setting(gone), "tonights_id", {}) == ""


def test_a_question_that_is_not_for_them_makes_way() -> None:
    found = recall(setting(), "tonight", {})
    question = found["evening"]["question"]
    home = Rested(question).apply(after_reading(OLD, found, TUESDAY), TUESDAY)
    assert recall(setting(home), "tonight", {"turn": "another"})["evening"]["question"] != question


def test_the_last_question_of_an_evening_makes_way_too() -> None:
    home = replace(OLD, evening=Evening("2026-11-24", "A5-001", drawn=MOST_A_NIGHT))
    home = Rested("A5-001").apply(home, TUESDAY)
    for wish in ({"turn": "another"}, {}):
        assert recall(setting(home), "tonight", wish)["evening"]["question"] != "A5-001"


# How deep ----------------------------------------------------------------------------------


def depth(found: Mapping[str, Any]) -> int:
    return ALL.questions[found["evening"]["question"]].depth


@pytest.mark.parametrize(("days", "deepest"), [(0, 1), (6, 1), (7, 2)])
def test_the_first_week_is_light(days: int, deepest: int) -> None:
    home = Household(first_day=(TUESDAY - timedelta(days=days)).date().isoformat())
    drawn = []
    for number in range(40):
        now = TUESDAY + timedelta(minutes=number)
        found = recall(setting(replace(home, evening=None), now), "tonight", {})
        drawn.append(depth(found))
        home = after_reading(home, found, now)
    assert max(drawn) == deepest


def test_they_may_ask_for_more_than_light_in_the_first_week_but_nothing_tender() -> None:
    new = Household(first_day="2026-11-24")
    personal = recall(setting(new), "tonight", {"depth": "personal"})
    assert (depth(personal), personal["note"]) == (2, "")
    tender = recall(setting(new), "tonight", {"depth": "tender"})
    assert (depth(tender), tender["note"]) == (2, "gentler")


@pytest.mark.parametrize(
    ("hour", "deepest", "note"),
    [
        (4, 3, ""),
        (12, 3, ""),
        (21, 3, ""),
        (22, 2, "gentler"),
        (0, 2, "gentler"),
        (3, 2, "gentler"),
    ],
)
def test_nothing_tender_is_drawn_late_at_night(hour: int, deepest: int, note: str) -> None:
    found = recall(setting(now=TUESDAY.replace(hour=hour)), "tonight", {"depth": "tender"})
    assert (depth(found), found["note"]) == (deepest, note)


@pytest.mark.parametrize("theme", list(ALL.themes))
def test_a_new_round_late_at_night_is_not_tender_either(theme: str) -> None:
    home = replace(OLD, heard=dict.fromkeys(ALL.themes, (1 << 1000) - 1))
    found = recall(setting(home, TUESDAY.replace(hour=23)), "tonight", {"theme": theme})
    assert found["note"] == "new_round"
    assert depth(found) <= 2
