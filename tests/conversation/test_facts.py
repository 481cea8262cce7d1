"""Tonight's question, as a flow recalls it, from settings made by hand."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from content import content
from content.library import (
    BARRIERS,
    LIGHT,
    PERSONAL,
    REPAIR,
    SENSITIVE,
    STAGES,
    TENDER,
    Item,
    Question,
    Starter,
)
from skill.conversation import facts, keepsakes
from skill.conversation.deck import TALK
from skill.conversation.facts import FACTS, MOST_A_NIGHT, recall
from skill.conversation.setting import Setting
from skill.conversation.turn import Heard
from skill.household.models import (
    CheckedIn,
    Evening,
    Household,
    QuestionHeard,
    Rested,
    Skipped,
    TimeOutTaken,
)

ALL = content()
LIBRARY = ALL.library
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 19, 0, tzinfo=BERLIN)
OLD = Household(first_day="2026-01-01", visits=9)
"""A household that has been with us for long."""

EVERY = (1 << 1000) - 1
"""All items of a stack, as bits."""


def setting(
    home: Household = OLD, now: datetime = TUESDAY, zone: str = "Europe/Berlin", waiting: str = ""
) -> Setting:
    return Setting(ALL, home, Heard("a house", "a turn", now, zone=zone), waiting)


def after_reading(home: Household, found: Mapping[str, Any], now: datetime) -> Household:
    """Return the household as it is once the flow has read what was found."""
    return QuestionHeard(Evening(**found["evening"])).apply(home, now)


def an_item(depth: int) -> str:
    """Return the id of a question of this depth that suits everybody at any time."""
    return next(
        id
        for id, one in LIBRARY.of_theme("A5").items()
        if isinstance(one, Question)
        and (one.depth, one.stages, one.sensitive, one.season) == (depth, STAGES, (), "")
    )


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
    known = replace(OLD, asked=1)
    assert len({found(one, known) for one in houses}) > 1
    days = [TUESDAY + timedelta(days=number) for number in range(4)]
    for home in (Household(), known):
        assert len({found("one", home, day) for day in days}) > 1


def test_a_follow_up_is_read_once_and_the_next_wish_for_it_draws() -> None:
    home = after_reading(OLD, recall(setting(), "tonight", {}), TUESDAY)
    assert home.evening
    question = LIBRARY.item(home.evening.question)
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


@pytest.mark.parametrize("put_away", [Rested("A5-001"), Skipped("A5-001", "2026-11-24")])
def test_the_last_question_of_an_evening_makes_way_too(put_away: Rested | Skipped) -> None:
    home = replace(OLD, evening=Evening("2026-11-24", "A5-001", drawn=MOST_A_NIGHT))
    home = put_away.apply(home, TUESDAY)
    for wish in ({"turn": "another"}, {}):
        found = recall(setting(home), "tonight", wish)
        assert (found["said"], found["evening"]["drawn"]) == ("another", MOST_A_NIGHT + 1)
        assert found["evening"]["question"] != "A5-001"


def test_a_question_that_was_skipped_makes_way_until_it_is_drawn_again() -> None:
    home = replace(OLD, evening=Evening("2026-11-24", "A5-001"))
    skipped = Skipped("A5-001", "2026-11-24").apply(home, TUESDAY)
    assert recall(setting(skipped), "tonight", {})["said"] == "another"
    back = replace(home, skipped={"A5-001": "2026-05-01"})
    assert recall(setting(back), "tonight", {})["said"] == "same"


def test_today_is_the_evening() -> None:
    assert recall(setting(now=TUESDAY.replace(day=25, hour=3)), "today", {}) == "2026-11-24"


@pytest.mark.parametrize("wish", [{}, {"theme": "B3"}, {"turn": "another"}, {"depth": "tender"}])
def test_what_is_found_is_plain_json_and_the_same_when_it_is_taken_again(
    wish: Mapping[str, str],
) -> None:
    home = replace(OLD, evening=Evening("2026-11-24", "A5-001"), names=("Sam", "Alex"))
    found = recall(setting(home), "tonight", wish)
    assert json.loads(json.dumps(found)) == found == recall(setting(home), "tonight", wish)


# Questions and prompts ---------------------------------------------------------------------


def talked_about(home: Household = OLD, days: int = 40, **wish: str) -> list[Item]:
    """Return what is drawn on so many evenings, if they ask for a question on each."""
    found = []
    for number in range(days):
        now = TUESDAY + timedelta(days=number)
        drawn = recall(setting(home, now), "tonight", wish)
        found.append(LIBRARY.item(drawn["evening"]["question"]))
        home = after_reading(home, drawn, now)
    return found


def test_questions_and_prompts_take_turns_and_nothing_else_is_asked() -> None:
    assert {type(one) for one in talked_about()} == {Question, Starter}


@pytest.mark.parametrize("kind", ["finish", "notice"])
def test_a_prompt_is_read_in_a_sentence_that_tells_what_to_do(kind: str) -> None:
    one = next(
        one for one in LIBRARY.items.values() if isinstance(one, Starter) and getattr(one, kind)
    )
    home = replace(OLD, evening=Evening("2026-11-24", one.id))
    found = recall(setting(home), "tonight", {})
    assert found["text"] == ALL.words[kind].format(sentence=getattr(one, kind))
    assert recall(setting(home), "tonight", {"depth": "lighter"})["text"] == one.lighter
    assert recall(setting(home), "tonight", {"depth": "deeper"})["text"] == one.deeper


@pytest.mark.parametrize(
    ("mode", "fits"),
    [("company", "company_ok"), ("kids", "kids_ok"), ("alone", "solo_ok")],
)
def test_a_question_suits_who_is_there(mode: str, fits: str) -> None:
    found = talked_about(replace(OLD, mode=mode))
    assert all(getattr(one, fits) for one in found)
    assert (max(one.depth for one in found) == LIGHT) == (mode != "alone")


@pytest.mark.parametrize("stage", STAGES)
def test_a_question_suits_how_they_live(stage: str) -> None:
    found = talked_about(replace(OLD, stage=stage), days=60)
    assert all(stage in one.stages for one in found)


def test_whoever_told_no_stage_gets_what_suits_everybody() -> None:
    assert all(one.stages == STAGES for one in talked_about())


def test_whoever_is_apart_gets_what_suits_those_who_live_apart() -> None:
    far = [one.id for one in talked_about(replace(OLD, mode="apart"))]
    assert far == [one.id for one in talked_about(replace(OLD, stage="long-distance"))]
    parents = talked_about(replace(OLD, mode="apart", stage="parents"))
    assert all("parents" in one.stages for one in parents)


def test_what_hurts_some_comes_only_to_those_who_ask_for_its_theme() -> None:
    assert not any(one.sensitive for one in talked_about(days=100))
    assert recall(setting(), "tonight", {})["touches"] == ""
    left = {
        stack: LIBRARY.every[stack] & ~LIBRARY.bits[stack].get("sensitive", 0)
        for stack in ("B3", "B3P")
    }
    home = replace(OLD, quarters={"2026Q4": left})
    found = recall(setting(home), "tonight", {"theme": "B3"})
    one = LIBRARY.item(found["evening"]["question"])
    assert found["touches"] == ALL.words[f"touches_{one.sensitive[0]}"]
    assert recall(setting(home), "tonight", {})["touches"] == ""
    again = recall(setting(after_reading(home, found, TUESDAY)), "tonight", {"theme": "B3"})
    assert (again["said"], again["touches"]) == ("same", "")


def test_there_are_words_for_all_that_hurts_some() -> None:
    assert {f"touches_{one}" for one in SENSITIVE} <= set(ALL.words)


def all_of(*themes: str) -> dict[str, dict[str, int]]:
    return {"2026Q4": {f"{one}{letter}": EVERY for one in themes for letter in TALK}}


def test_what_is_used_up_is_told() -> None:
    assert recall(setting(), "tonight", {"theme": "A5"})["note"] == ""
    used = replace(OLD, quarters=all_of("A5"))
    found = recall(setting(used), "tonight", {"theme": "A5"})
    assert found["note"] == "widened"
    assert LIBRARY.item(found["evening"]["question"]).theme != "A5"
    used = replace(OLD, quarters=all_of(*LIBRARY.themes))
    assert recall(setting(used), "tonight", {"theme": "A5"})["note"] == "new_round"
    assert recall(setting(used), "tonight", {})["note"] == "new_round"


# Who begins --------------------------------------------------------------------------------

NAMED = replace(OLD, names=("Sam", "Alex"))


def test_with_names_we_say_who_begins_and_it_is_another_one_tomorrow() -> None:
    begins = [
        recall(setting(NAMED, TUESDAY + timedelta(days=number)), "tonight", {})["first"]
        for number in range(4)
    ]
    assert begins[:2] == begins[2:]
    assert sorted(begins[:2]) == ["Alex", "Sam"]
    assert begins[0] == recall(setting(NAMED), "turns", {})[0]["to"]


@pytest.mark.parametrize("home", [OLD, replace(NAMED, mode="alone")])
def test_without_names_or_without_the_other_one_nobody_is_told_to_begin(home: Household) -> None:
    assert recall(setting(home), "tonight", {})["first"] == ""


@pytest.mark.parametrize(
    "wish", [{}, {"turn": "another"}, {"turn": "follow"}, {"depth": "lighter"}, {"theme": "A7"}]
)
def test_who_begins_is_said_once_an_evening(wish: Mapping[str, str]) -> None:
    home = after_reading(NAMED, recall(setting(NAMED), "tonight", {}), TUESDAY)
    assert recall(setting(home), "tonight", wish)["first"] == ""


# What they loved ---------------------------------------------------------------------------

LOVED = an_item(LIGHT)


def remembered(loved: Mapping[str, str], days: int = 60) -> list[datetime]:
    """Return the evenings that would bring back what they loved."""
    home = replace(NAMED, asked=9, loved=loved)
    evenings = [TUESDAY + timedelta(days=number) for number in range(days)]
    found = {now: recall(setting(home, now), "tonight", {}) for now in evenings}
    return [now for now in evenings if found[now]["said"] == "remembered"]


def test_a_question_that_they_loved_comes_back_after_a_year_and_not_before() -> None:
    assert remembered({LOVED: "2025-11-01"})
    for loved in ({LOVED: "2026-06-01"}, {}):
        assert not remembered(loved)
    first = TUESDAY + timedelta(days=30)
    since = (first - timedelta(days=365)).date().isoformat()
    assert min(remembered({LOVED: since}, days=200)) >= first


def test_what_comes_back_is_tonights_question_and_comes_back_a_year_later() -> None:
    now = remembered({LOVED: "2025-11-01"})[0]
    home = replace(NAMED, asked=9, loved={LOVED: "2025-11-01"})
    found = recall(setting(home, now), "tonight", {})
    assert found["evening"]["question"] == LOVED
    assert found["first"]
    home = after_reading(home, found, now)
    assert recall(setting(home, now), "tonight", {})["said"] == "same"
    assert home.loved == {LOVED: now.date().isoformat()}


def test_whoever_names_a_theme_gets_that() -> None:
    now = remembered({LOVED: "2025-11-01"})[0]
    home = replace(NAMED, asked=9, loved={LOVED: "2025-11-01"})
    found = recall(setting(home, now), "tonight", {"theme": "A7"})
    assert found["said"] == "read"
    assert LIBRARY.item(found["evening"]["question"]).theme == "A7"


# How deep ----------------------------------------------------------------------------------


def depth(found: Mapping[str, Any]) -> int:
    return LIBRARY.item(found["evening"]["question"]).depth


def later(home: Household = OLD, day: str = "2026-11-24", of: int = LIGHT) -> Household:
    """Return the household with a question behind it this evening."""
    return replace(home, evening=Evening(day, an_item(of)))


@pytest.mark.parametrize(("days", "deepest"), [(0, LIGHT), (6, LIGHT), (7, PERSONAL)])
def test_the_first_week_is_light(days: int, deepest: int) -> None:
    home = Household(first_day=(TUESDAY - timedelta(days=days)).date().isoformat())
    drawn = []
    for number in range(40):
        now = TUESDAY + timedelta(minutes=number)
        found = recall(setting(replace(home, evening=None, recent={}), now), "tonight", {})
        drawn.append(depth(found))
        home = after_reading(home, found, now)
    assert max(drawn) == deepest


EASY = [
    Household(first_day="2026-11-24"),
    replace(OLD, mode="company"),
    replace(OLD, mode="kids"),
]


@pytest.mark.parametrize("home", EASY)
@pytest.mark.parametrize("wish", ["personal", "tender", "deeper"])
def test_in_the_first_week_and_where_others_hear_all_is_light_whatever_they_ask_for(
    home: Household, wish: str
) -> None:
    for evening in (None, Evening("2026-11-24", "A5-001", "deeper")):
        there = setting(replace(home, evening=evening))
        found = recall(there, "tonight", {"depth": wish, "turn": "another"})
        assert (depth(found), found["note"], found["tender"]) == (LIGHT, "lighter_now", False)


@pytest.mark.parametrize("home", EASY)
@pytest.mark.parametrize("wish", ["", "light", "lighter"])
def test_who_gets_what_they_asked_for_is_told_nothing(home: Household, wish: str) -> None:
    found = recall(setting(home), "tonight", {"depth": wish})
    assert (depth(found), found["note"]) == (LIGHT, "")


def test_unasked_nothing_is_tender() -> None:
    assert max(one.depth for one in talked_about(days=100)) == PERSONAL


@pytest.mark.parametrize("wish", [{"depth": "tender"}, {"depth": "tender", "theme": "A5"}])
def test_a_tender_one_is_never_the_first_of_an_evening(wish: Mapping[str, str]) -> None:
    found = recall(setting(), "tonight", wish)
    assert (depth(found), found["note"], found["tender"]) == (PERSONAL, "warm_up", False)
    home = after_reading(OLD, found, TUESDAY)
    second = recall(setting(home), "tonight", wish)
    assert (depth(second), second["note"], second["tender"]) == (TENDER, "", True)
    tomorrow = TUESDAY + timedelta(days=1)
    assert recall(setting(home, tomorrow), "tonight", wish)["note"] == "warm_up"


def test_deeper_than_a_personal_one_and_its_follow_up_is_a_tender_one() -> None:
    home = later(of=PERSONAL)
    found = recall(setting(home), "tonight", {"depth": "deeper"})
    assert (found["said"], found["tender"]) == ("deeper", False)
    home = after_reading(home, found, TUESDAY)
    found = recall(setting(home), "tonight", {"depth": "deeper"})
    assert (found["said"], depth(found), found["tender"]) == ("another", TENDER, True)


def test_they_are_asked_once_whether_they_want_a_tender_one() -> None:
    home = later(of=TENDER)
    for wish in ({}, {"depth": "tender"}, {"depth": "deeper"}, {"depth": "lighter"}):
        assert recall(setting(home), "tonight", wish)["tender"] is False


@pytest.mark.parametrize(
    ("hour", "deepest", "note"),
    [
        (4, TENDER, ""),
        (12, TENDER, ""),
        (21, TENDER, ""),
        (22, PERSONAL, "gentler"),
        (0, PERSONAL, "gentler"),
        (3, PERSONAL, "gentler"),
    ],
)
def test_nothing_tender_is_drawn_late_at_night(hour: int, deepest: int, note: str) -> None:
    now = TUESDAY.replace(hour=hour)
    home = later(day=setting(now=now).evening.isoformat())
    found = recall(setting(home, now), "tonight", {"depth": "tender"})
    assert (depth(found), found["note"]) == (deepest, note)
    assert found["tender"] is (deepest == TENDER)
    assert LIBRARY.item(found["evening"]["question"]).evening_ok or not note


@pytest.mark.parametrize("theme", list(ALL.library.themes))
def test_a_new_round_late_at_night_is_not_tender_either(theme: str) -> None:
    home = replace(OLD, quarters=all_of(*LIBRARY.themes))
    found = recall(setting(home, TUESDAY.replace(hour=23)), "tonight", {"theme": theme})
    assert found["note"] == "new_round"
    assert depth(found) <= PERSONAL


@pytest.mark.parametrize(
    ("hours", "calm"), [(-1, True), (0, True), (23, True), (24, False), (48, False)]
)
def test_nothing_tender_comes_until_a_day_after_a_time_out(hours: int, calm: bool) -> None:
    end = TUESDAY.replace(hour=20)
    home = TimeOutTaken(end.isoformat()).apply(OLD, TUESDAY)
    now = end + timedelta(hours=hours)
    there = setting(later(home, day=now.date().isoformat()), now)
    assert there.calm is calm
    found = recall(there, "tonight", {"depth": "tender"})
    assert (depth(found), found["note"]) == ((PERSONAL, "gentler") if calm else (TENDER, ""))


def test_within_that_day_they_may_go_deep_to_make_up_and_in_no_other_barrier() -> None:
    home = later(TimeOutTaken(TUESDAY.isoformat()).apply(OLD, TUESDAY))
    found = recall(setting(home), "tonight", {"depth": "tender", "theme": REPAIR})
    assert (depth(found), found["note"], found["tender"]) == (TENDER, "", True)
    for theme in set(BARRIERS) - {REPAIR}:
        found = recall(setting(home), "tonight", {"theme": theme})
        assert LIBRARY.item(found["evening"]["question"]).theme not in set(BARRIERS) - {REPAIR}


def test_a_time_out_that_is_made_longer_makes_the_calm_longer() -> None:
    home = TimeOutTaken(TUESDAY.isoformat()).apply(OLD, TUESDAY)
    home = TimeOutTaken((TUESDAY + timedelta(hours=3)).isoformat()).apply(home, TUESDAY)
    assert setting(home, TUESDAY + timedelta(hours=26)).calm


@pytest.mark.parametrize(("days", "far"), [(0, True), (6, True), (7, False)])
def test_nothing_tender_comes_for_a_week_after_one_felt_far(days: int, far: bool) -> None:
    home = CheckedIn(5.0, far=True).apply(OLD, TUESDAY)
    now = TUESDAY + timedelta(days=days)
    there = setting(later(home, day=now.date().isoformat()), now)
    assert there.far is far
    found = recall(there, "tonight", {"depth": "tender"})
    assert (depth(found), found["note"]) == ((PERSONAL, "gentler") if far else (TENDER, ""))


def test_a_check_in_in_which_both_feel_near_ends_that_week() -> None:
    home = CheckedIn(5.0, far=True).apply(OLD, TUESDAY)
    assert not setting(CheckedIn(8.0).apply(home, TUESDAY)).far


# Where they are ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "season"),
    [
        ("Europe/Berlin", "2026-11-30", "autumn"),
        ("Europe/Berlin", "2026-12-01", "winter"),
        ("Europe/Berlin", "2027-02-28", "winter"),
        ("America/New_York", "2026-03-01", "spring"),
        ("America/New_York", "2026-08-31", "summer"),
        ("Australia/Sydney", "2026-12-01", "summer"),
        ("America/Argentina/Buenos_Aires", "2026-06-01", "winter"),
        ("Africa/Johannesburg", "2026-10-01", "spring"),
        ("Asia/Singapore", "2026-12-01", ""),
        ("America/Bogota", "2026-12-01", ""),
        ("UTC", "2026-12-01", ""),
        ("", "2026-12-01", ""),
    ],
)
def test_a_season_is_that_of_where_they_are(zone: str, day: str, season: str) -> None:
    now = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    assert setting(now=now, zone=zone).season == season
