"""What they keep and do together: modes, small items, the jar, goals and their journey."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from content import content
from content.library import LIGHT, PERSONAL, SHORT, STAGES, TENDER, Exercise, Gesture, Question
from skill.conversation.deck import ACT, Night, fitting
from skill.conversation.facts import recall
from skill.conversation.keepsakes import BRAVE, JAR_AT_ONCE, next_item, others_hear
from skill.conversation.setting import Setting
from skill.conversation.turn import Abilities, Heard
from skill.household.models import (
    CheckedIn,
    CheckIn,
    Evening,
    Goal,
    Household,
    ItemHeard,
    ModeSet,
    NewRound,
    Note,
    NotesHeard,
    QuestionHeard,
    Rested,
    TimeOutTaken,
    items_in,
)

ALL = content()
LIBRARY = ALL.library
EVERY = (1 << 1000) - 1
"""All items of a stack, as bits."""
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 19, 0, tzinfo=BERLIN)
SUNDAY = datetime(2026, 11, 29, 19, 0, tzinfo=BERLIN)
NOBODY = Household()
OLD = Household(first_day="2026-01-01", visits=9)
"""A household that has been with us for long."""

PLAIN = Abilities()
MODES = ("", "company", "kids", "quiet", "alone", "apart")


def setting(
    home: Household = OLD,
    now: datetime = TUESDAY,
    zone: str = "Europe/Berlin",
    house: str = "a house",
    abilities: Abilities = PLAIN,
) -> Setting:
    return Setting(ALL, home, Heard(house, "a turn", now, zone=zone, abilities=abilities), "")


def fact(what: str, home: Household = OLD, now: datetime = TUESDAY, **wanted: Any) -> Any:
    return recall(setting(home, now), what, wanted)


def in_mode(mode: str, home: Household = OLD) -> Household:
    return replace(home, mode=mode)


def after_hearing(home: Household, found: Mapping[str, Any], now: datetime = TUESDAY) -> Household:
    """Return the household as it is once the flow has read what was found."""
    home = NewRound(tuple(found.get("new_round", ()))).apply(home, now)
    return ItemHeard(found["id"]).apply(home, now)


# Modes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_others_may_hear_where_there_is_company_and_where_kids_are_up(mode: str) -> None:
    assert others_hear(setting(in_mode(mode))) == (mode in ("company", "kids"))


@pytest.mark.parametrize("mode", MODES)
def test_only_one_who_said_so_is_alone(mode: str) -> None:
    assert fact("alone", in_mode(mode)) == (mode == "alone")


@pytest.mark.parametrize("mode", ["company", "kids", "quiet", "alone"])
@pytest.mark.parametrize("begun", ["2026-11-24 08:00", "2026-11-24 19:00", "2026-11-25 01:30"])
def test_a_mode_is_over_at_four_in_the_morning(mode: str, begun: str) -> None:
    now = datetime.fromisoformat(begun).replace(tzinfo=BERLIN)
    home = ModeSet(**fact("mode_plan", now=now, mode=mode)).apply(OLD, now)
    assert setting(home, now).mode == mode
    assert setting(home, TUESDAY.replace(day=25, hour=3, minute=59)).mode == mode
    assert setting(home, TUESDAY.replace(day=25, hour=4)).mode == ""
    assert not others_hear(setting(home, TUESDAY.replace(day=25, hour=4)))


def test_far_apart_stays_until_they_say_otherwise() -> None:
    home = ModeSet(**fact("mode_plan", mode="apart")).apply(OLD, TUESDAY)
    assert setting(home, TUESDAY + timedelta(days=300)).mode == "apart"
    home = ModeSet(**fact("mode_plan", home, mode="off")).apply(home, TUESDAY)
    assert (home.mode, home.mode_until) == ("", "")


def test_off_ends_a_mode_before_the_evening_does() -> None:
    home = ModeSet(**fact("mode_plan", mode="company")).apply(OLD, TUESDAY)
    home = ModeSet(**fact("mode_plan", home, mode="off")).apply(home, TUESDAY)
    assert home == OLD


# Other places, and a word of their own -----------------------------------------------------


def test_they_have_other_places_once_a_code_has_joined_one() -> None:
    assert fact("linked") is False
    assert fact("linked", replace(OLD, linked=("a page",))) is True


@pytest.mark.parametrize("shows", [True, False])
def test_codes_are_shown_where_the_channel_can(shows: bool) -> None:
    there = setting(abilities=Abilities(codes=shows))
    assert recall(there, "shows_codes", {}) is shows


@pytest.mark.parametrize("word", ["pineapple", "lighthouse", "banana"])
def test_a_word_that_means_nothing_to_us_may_call_a_time_out(word: str) -> None:
    assert fact("free_word", word=word)


@pytest.mark.parametrize("word", ["stop", "help", "time out", "check in", "our goals"])
def test_a_word_that_means_something_to_us_may_not(word: str) -> None:
    assert not fact("free_word", word=word)


# Small items -------------------------------------------------------------------------------

IDS = tuple(f"GE-{number:03}" for number in range(1, 13))


def order(house: str, home: Household, times: int, ids: Collection[str] = IDS) -> list[str]:
    """Return the items that a household hears, one after the other."""
    heard = []
    for _ in range(times):
        found = next_item(setting(home, house=house), ids)
        heard.append(found["id"])
        home = after_hearing(home, found)
    return heard


def test_no_item_comes_again_before_all_were_heard() -> None:
    heard = order("a house", OLD, 3 * len(IDS))
    for begin in range(0, len(heard), len(IDS)):
        assert set(heard[begin : begin + len(IDS)]) == set(IDS)


def test_a_new_round_does_not_begin_with_the_last_one_again() -> None:
    heard = order("a house", OLD, 2 * len(IDS))
    assert heard[len(IDS) - 1] != heard[len(IDS)]


def test_an_item_comes_until_it_was_heard() -> None:
    found = next_item(setting(), IDS)
    assert found["new_round"] == []
    assert next_item(setting(now=SUNDAY), IDS) == found
    assert next_item(setting(after_hearing(OLD, found)), IDS)["id"] != found["id"]


def test_each_household_has_its_own_order() -> None:
    orders = {tuple(order(house, OLD, len(IDS))) for house in ("one", "two", "three")}
    assert len(orders) == 3


def test_items_of_another_kind_are_left_as_they_were() -> None:
    before = {"2026Q3": {"GE": EVERY}, "2026Q4": {"GE": 0b10, "ST": 0b110, "A1": 0b10}}
    home = replace(OLD, quarters=before)
    found = next_item(setting(home), IDS)
    assert set(found["new_round"]) == set(IDS)
    after = after_hearing(home, found).quarters
    assert after["2026Q4"] == {"GE": 1 << int(found["id"][3:]), "ST": 0b110, "A1": 0b10}
    assert not any(1 << int(one[3:]) & after["2026Q3"]["GE"] for one in IDS)


@pytest.mark.parametrize(
    ("what", "said", "all_of_it"),
    [
        ("topic", "talk", {one.talk for one in ALL.topics.values()}),
        ("story", "text", set(ALL.stories.values())),
        ("unplugged", "novelty", set(ALL.novelties.values())),
    ],
)
def test_all_there_is_comes_once_in_a_round(what: str, said: str, all_of_it: set[str]) -> None:
    home, heard = OLD, []
    for _ in all_of_it:
        found = fact(what, home)
        assert found["new_round"] == []
        heard.append(found[said])
        home = after_hearing(home, found)
    assert set(heard) == all_of_it
    assert fact(what, home)["new_round"]
    assert fact(what, home)[said] in all_of_it


# Gestures ----------------------------------------------------------------------------------


def form(found: Mapping[str, Any]) -> str:
    """Return the form of a gesture that was drawn: it is the one that is read."""
    told = str(found["form"])
    assert found["text"] == getattr(LIBRARY.item(found["id"]), told)
    return told


def test_all_gestures_that_fit_come_once_before_one_comes_again() -> None:
    fits = fitting(LIBRARY, Night("", TUESDAY.date(), season="autumn", letters=ACT))
    home, seen = OLD, []
    for _ in items_in(fits):
        found = fact("gesture", home)
        assert isinstance(LIBRARY.item(found["id"]), Gesture)
        seen.append(found["id"])
        home = after_hearing(home, found)
    assert sorted(seen) == items_in(fits)
    again = fact("gesture", home)["id"]
    assert again in seen


def test_a_gesture_stays_for_the_evening_until_it_was_heard() -> None:
    found = fact("gesture")
    assert fact("gesture", now=TUESDAY.replace(hour=21)) == found
    assert fact("gesture", after_hearing(OLD, found))["id"] != found["id"]
    houses = {recall(setting(house=one), "gesture", {})["id"] for one in ("one", "two", "three")}
    assert len(houses) > 1


@pytest.mark.parametrize(("home", "deepest"), [(NOBODY, LIGHT), (OLD, PERSONAL)])
def test_a_gesture_is_light_in_the_first_week_and_never_tender(
    home: Household, deepest: int
) -> None:
    drawn = [fact("gesture", home, TUESDAY + timedelta(hours=24 * day)) for day in range(40)]
    assert max(LIBRARY.item(one["id"]).depth for one in drawn) == deepest


@pytest.mark.parametrize(
    ("mode", "forms"),
    [
        ("", {"touch", "no_touch"}),
        ("quiet", {"touch", "no_touch"}),
        ("company", {"no_touch"}),
        ("kids", {"no_touch"}),
        ("alone", {"apart"}),
        ("apart", {"apart"}),
    ],
)
def test_a_gesture_suits_who_is_there(mode: str, forms: set[str]) -> None:
    evenings = [TUESDAY + timedelta(days=number) for number in range(4)]
    assert {form(fact("gesture", in_mode(mode), now)) for now in evenings} == forms


def test_touch_and_no_touch_take_turns_by_the_evening() -> None:
    evenings = [TUESDAY + timedelta(days=number) for number in range(4)]
    forms = [form(fact("gesture", now=now)) for now in evenings]
    assert forms[:2] == forms[2:]
    assert forms[0] != forms[1]


@pytest.mark.parametrize("way", ["touch", "no_touch", "apart"])
@pytest.mark.parametrize("days", [0, 1])
def test_they_may_ask_for_a_form(way: str, days: int) -> None:
    assert form(fact("gesture", now=TUESDAY + timedelta(days=days), way=way)) == way


@pytest.mark.parametrize("mode", MODES)
def test_a_form_that_we_do_not_know_is_none(mode: str) -> None:
    assert fact("gesture", in_mode(mode), way="dance") == fact("gesture", in_mode(mode))


# Topics and stories ------------------------------------------------------------------------


@pytest.mark.parametrize("topic", list(ALL.topics))
def test_a_topic_comes_by_its_name_also_when_it_was_heard(topic: str) -> None:
    one = ALL.topics[topic]
    for home in (OLD, ItemHeard(one.id).apply(OLD, TUESDAY)):
        found = fact("topic", home, topic=topic)
        assert (found["name"], found["talk"], found["attempt"]) == (one.name, one.talk, one.attempt)
        assert found["new_round"] == []
        assert found["id"] == one.id


@pytest.mark.parametrize("topic", ["", "quantum physics"])
def test_without_a_topic_that_we_know_the_next_one_comes(topic: str) -> None:
    found = fact("topic", topic=topic)
    assert found == fact("topic")
    assert fact("topic", after_hearing(OLD, found), topic=topic)["name"] != found["name"]


def test_what_they_asked_for_by_name_does_not_come_by_itself_again() -> None:
    home = after_hearing(OLD, fact("topic", topic="listening"))
    names = set()
    for _ in range(len(ALL.topics) - 1):
        found = fact("topic", home)
        names.add(found["name"])
        home = after_hearing(home, found)
    assert names == {one.name for one in ALL.topics.values()} - {"listening"}


# Brave steps -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "fits"),
    [(3, False), (4, True), (12, True), (19, True), (21, True), (22, False), (0, False)],
)
def test_a_brave_step_fits_from_four_in_the_morning_until_ten_at_night(
    hour: int, fits: bool
) -> None:
    assert fact("brave", now=TUESDAY.replace(hour=hour, minute=59))["fits"] is fits


@pytest.mark.parametrize(("hours", "fits"), [(-1, False), (23, False), (24, True)])
def test_a_brave_step_waits_until_a_day_after_a_time_out(hours: int, fits: bool) -> None:
    home = TimeOutTaken(TUESDAY.isoformat()).apply(OLD, TUESDAY)
    assert fact("brave", home, TUESDAY + timedelta(hours=hours))["fits"] is fits


@pytest.mark.parametrize(("days", "depth"), [(0, PERSONAL), (6, PERSONAL), (7, TENDER)])
def test_a_brave_step_is_gentle_for_a_week_after_one_felt_far(days: int, depth: int) -> None:
    home = CheckedIn(5.0, far=True).apply(OLD, TUESDAY)
    found = fact("brave", home, TUESDAY + timedelta(days=days))
    assert LIBRARY.item(found["id"]).depth == depth


@pytest.mark.parametrize("mode", MODES)
def test_a_brave_step_does_not_fit_where_others_hear(mode: str) -> None:
    assert fact("brave", in_mode(mode))["fits"] is (mode not in ("company", "kids"))


def test_where_it_does_not_fit_nothing_is_drawn() -> None:
    assert fact("brave", in_mode("company")) == {"fits": False}


@pytest.mark.parametrize(
    ("days", "depth"), [(0, PERSONAL), (6, PERSONAL), (7, TENDER), (300, TENDER)]
)
def test_a_brave_step_is_gentle_in_the_first_week_and_tender_then(days: int, depth: int) -> None:
    for later in range(6):
        now = TUESDAY + timedelta(days=later)
        home = Household(first_day=(now - timedelta(days=days)).date().isoformat())
        assert LIBRARY.item(fact("brave", home, now)["id"]).depth == depth


def test_whoever_has_never_been_here_gets_a_gentle_one() -> None:
    assert LIBRARY.item(fact("brave", NOBODY)["id"]).depth == PERSONAL


def test_a_brave_step_is_a_question_with_its_lighter_twin() -> None:
    found = fact("brave")
    one = LIBRARY.item(found["id"])
    assert isinstance(one, Question)
    assert (found["question"], found["lighter"]) == (one.ask, one.lighter)


def test_three_evenings_have_three_themes_of_brave_steps() -> None:
    evenings = [TUESDAY + timedelta(days=number) for number in range(3)]
    themes = {fact("brave", now=now)["id"].partition("-")[0] for now in evenings}
    assert themes == set(BRAVE)


def test_a_brave_step_does_not_come_twice_nor_if_it_is_not_for_them() -> None:
    home, seen = OLD, set()
    for number in range(12):
        found = fact("brave", home)
        assert found["id"] not in seen
        seen.add(found["id"])
        keep: Callable[[str], ItemHeard | Rested] = Rested if number % 2 else ItemHeard
        home = keep(found["id"]).apply(home, TUESDAY)


def test_where_all_was_heard_a_brave_step_comes_again() -> None:
    home = replace(OLD, quarters={"2026Q4": dict.fromkeys(LIBRARY.every, EVERY)})
    found = fact("brave", home)
    assert found["fits"]
    assert LIBRARY.item(found["id"]).depth == TENDER


# Exercises ---------------------------------------------------------------------------------


def exercises(home: Household = OLD, now: datetime = TUESDAY, days: int = 40) -> list[Exercise]:
    """Return the exercises of so many evenings, one on each."""
    found = []
    for number in range(days):
        drawn = fact("exercise", home, now + timedelta(days=number))
        one = LIBRARY.item(drawn["id"])
        assert isinstance(one, Exercise)
        found.append(one)
        home = after_hearing(home, drawn, now + timedelta(days=number))
    return found


def test_an_exercise_is_read_as_it_stands() -> None:
    found = fact("exercise")
    one = LIBRARY.item(found["id"])
    assert isinstance(one, Exercise)
    assert (found["name"], found["start"], found["close"]) == (one.name, one.start, one.close)
    assert found["steps"] == list(one.steps)


@pytest.mark.parametrize("theme", list(LIBRARY.themes))
def test_an_exercise_may_be_of_a_theme_that_they_name(theme: str) -> None:
    found = fact("exercise", replace(OLD, stage="established"), SUNDAY, theme=theme)
    assert LIBRARY.item(found["id"]).theme == theme


@pytest.mark.parametrize("theme", ["Z9", "quantum physics"])
def test_a_theme_that_we_do_not_know_is_none(theme: str) -> None:
    assert fact("exercise", theme=theme) == fact("exercise")


def test_an_exercise_does_not_come_twice() -> None:
    ids = [one.id for one in exercises()]
    assert len(set(ids)) == len(ids)


def test_the_first_weeks_exercises_are_light() -> None:
    new = Household(first_day="2026-11-24")
    assert {one.depth for one in exercises(new, days=7)} == {LIGHT}
    assert max(one.depth for one in exercises(OLD)) == TENDER


@pytest.mark.parametrize(
    ("home", "now"),
    [
        (OLD, TUESDAY.replace(hour=23)),
        (replace(OLD, calm_until="2027-03-01T00:00:00+00:00"), TUESDAY),
        (replace(OLD, gentle_until="2027-03-01"), TUESDAY),
    ],
)
def test_no_exercise_is_tender_late_or_in_calm_days_or_when_one_felt_far(
    home: Household, now: datetime
) -> None:
    assert max(one.depth for one in exercises(home, now)) == PERSONAL


def test_long_exercises_are_for_weekends() -> None:
    weekend = [(TUESDAY + timedelta(days=number)).weekday() >= 5 for number in range(40)]
    minutes = [one.minutes for one in exercises()]
    told = list(zip(minutes, weekend, strict=True))
    assert max(length for length, free in told if not free) <= SHORT
    assert max(length for length, free in told if free) > SHORT


def test_an_exercise_suits_how_they_live() -> None:
    # Whoever told nothing is asked whether both are here: so they are not far apart.
    assert all({*STAGES, "long-distance"} == {*one.stages, "long-distance"} for one in exercises())
    assert any(one.stages != STAGES for one in exercises())
    for stage in STAGES:
        assert all(stage in one.stages for one in exercises(replace(OLD, stage=stage)))
    apart = exercises(replace(OLD, mode="apart"), days=100)
    assert not any(one.needs_touch for one in apart)


# Words that are easier to hear -------------------------------------------------------------


def test_a_sentence_is_looked_at_and_nothing_of_it_is_kept() -> None:
    hard = fact("improvement", words="you never wash the aubergines")
    assert hard["fails"]
    assert "aubergine" not in str(hard)
    assert fact("improvement", words="i feel sad and would you please sit with me")["fails"] == ""


# Without phones ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("duration", "minutes", "over"),
    [
        ("", 20, "at 7:20 PM"),
        ("nobody knows", 20, "at 7:20 PM"),
        ("PT1M", 10, "at 7:10 PM"),
        ("PT10M", 10, "at 7:10 PM"),
        ("ten minutes", 10, "at 7:10 PM"),
        ("PT20M", 20, "at 7:20 PM"),
        ("half an hour", 20, "at 7:20 PM"),
        ("PT40M", 45, "at 7:45 PM"),
        ("PT45M", 45, "at 7:45 PM"),
        ("an hour", 45, "at 7:45 PM"),
        ("PT12H", 45, "at 7:45 PM"),
    ],
)
def test_time_without_phones_is_the_nearest_of_three_lengths(
    duration: str, minutes: int, over: str
) -> None:
    found = fact("unplugged", duration=duration)
    assert (found["minutes"], found["over"]) == (minutes, over)


@pytest.mark.parametrize(
    ("begun", "over"),
    [
        ("18:40", "at 7 PM"),
        ("11:40", "at 12 PM"),
        ("11:45", "at 12:05 PM"),
        ("12:45", "at 1:05 PM"),
        ("23:40", "at 12 AM"),
        ("23:45", "at 12:05 AM"),
        ("08:00", "at 8:20 AM"),
    ],
)
def test_when_time_without_phones_is_over_by_the_clock(begun: str, over: str) -> None:
    now = datetime.fromisoformat(f"2026-11-24 {begun}").replace(tzinfo=BERLIN)
    assert fact("unplugged", now=now)["over"] == over


def test_the_clock_is_that_of_where_they_are() -> None:
    there = setting(zone="America/New_York")
    assert recall(there, "unplugged", {})["over"] == "at 1:20 PM"


def test_without_a_zone_only_the_length_is_said() -> None:
    found = recall(setting(zone=""), "unplugged", {"duration": "PT45M"})
    assert (found["minutes"], found["over"]) == (45, "in 45 minutes")


@pytest.mark.parametrize("rings", [True, False])
def test_it_rings_where_the_channel_can(rings: bool) -> None:
    there = setting(abilities=Abilities(timers=rings))
    assert recall(there, "unplugged", {})["rings"] is rings


# The jar -----------------------------------------------------------------------------------


def jar_of(*days: str, heard: bool = False) -> Household:
    """Return a household with a thank-you of each day: "the 20th" is that of the twentieth."""
    notes = (Note(f"2026-11-{day}", f"the {day}th", heard) for day in days)
    return replace(OLD, notes=tuple(notes))


def read(found: Mapping[str, Any]) -> list[str]:
    """Return the days of the thank-yous that were read."""
    sentences = found["text"].split(". ")
    return [one.removeprefix("Thank you for the ").rstrip(".")[:2] for one in sentences if one]


def test_an_empty_jar_has_nothing_to_read() -> None:
    for now in (TUESDAY, SUNDAY):
        found = fact("jar", now=now)
        assert (found["count"], found["text"]) == (0, "")


def test_what_waits_comes_before_what_was_heard() -> None:
    waits = Note("2026-11-10", "the tea")
    home = replace(OLD, notes=(waits, *jar_of("20", "23", heard=True).notes))
    found = fact("jar", home)
    assert (found["kind"], found["text"]) == ("waiting", "Thank you for the tea.")
    again = fact("jar", NotesHeard(("the tea",)).apply(home, TUESDAY))
    assert again["kind"] == "again"
    assert again["text"].startswith("Thank you for the tea. Thank you for the 20th.")


def test_no_thank_you_is_lost_unheard() -> None:
    """More than are read at once, and one of a week ago on a Sunday."""
    home = jar_of("10", "11", "12", "13", "14", "24", "25")
    heard: list[str] = []
    for _ in range(2):
        found = fact("jar", home, SUNDAY)
        heard += [one for one in read(found) if one not in heard]
        home = NotesHeard(tuple(found["words"])).apply(home, SUNDAY)
    assert heard == ["10", "11", "12", "13", "14", "24", "25"]


def test_what_waits_is_read_in_the_order_in_which_it_was_left() -> None:
    assert read(fact("jar", jar_of("20", "22", "23"))) == ["20", "22", "23"]


def test_where_nothing_waits_the_latest_are_read_again() -> None:
    found = fact("jar", jar_of("10", "11", "12", "13", "14", "15", "16", heard=True))
    assert found["kind"] == "again"
    assert read(found) == ["12", "13", "14", "15", "16"]


def test_on_a_sunday_the_week_is_read_whether_it_was_heard_or_not() -> None:
    heard = jar_of("20", "22", "23", "25", heard=True)
    home = replace(heard, notes=(*heard.notes, *jar_of("29").notes))
    found = fact("jar", home, SUNDAY)
    assert found["kind"] == "sunday"
    assert sorted(read(found)) == ["23", "25", "29"]
    assert read(fact("jar", NotesHeard(("the 29th",)).apply(home, SUNDAY), SUNDAY)) == [
        "23",
        "25",
        "29",
    ]


@pytest.mark.parametrize(("heard", "kind"), [(True, "again"), (False, "waiting")])
def test_a_sunday_after_a_week_without_is_like_any_day(heard: bool, kind: str) -> None:
    found = fact("jar", jar_of("10", "22", heard=heard), SUNDAY)
    assert found["kind"] == kind
    assert read(found) == ["10", "22"]


@pytest.mark.parametrize(
    ("clock", "kind"),
    [
        ("2026-11-28 23:59", "again"),
        ("2026-11-29 03:59", "again"),
        ("2026-11-29 04:00", "sunday"),
        ("2026-11-30 03:59", "sunday"),
        ("2026-11-30 04:00", "again"),
    ],
)
def test_sunday_lasts_until_four_on_monday(clock: str, kind: str) -> None:
    now = datetime.fromisoformat(clock).replace(tzinfo=BERLIN)
    assert fact("jar", jar_of("26", heard=True), now)["kind"] == kind


@pytest.mark.parametrize("now", [TUESDAY, SUNDAY])
@pytest.mark.parametrize("heard", [True, False])
def test_never_more_than_five_are_read_in_a_row(now: datetime, heard: bool) -> None:
    home = jar_of("23", "23", "24", "24", "24", "24", "24", "24", heard=heard)
    assert len(read(fact("jar", home, now))) == JAR_AT_ONCE == 5


def test_the_latest_thank_yous_may_be_taken_out_the_last_one_first() -> None:
    found = fact("latest_notes", jar_of("10", "11", "12", "13", heard=True))
    assert [one["words"] for one in found] == ["the 13th", "the 12th", "the 11th"]
    assert found[0]["line"] == "Thank you for the 13th"
    assert [one["words"] for one in fact("latest_notes", jar_of("10"))] == ["the 10th"]
    assert fact("latest_notes") == []


# A thank-you in their words ----------------------------------------------------------------

NAMED = replace(OLD, names=("Ana", "Ben"))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("the soup", "the soup"),
        ("thank you for the soup", "the soup"),
        ("Thank you for the soup.", "the soup"),
        ("thanks for the soup!", "the soup"),
        ("many thanks for the soup", "the soup"),
        ("a thank you for the soup", "the soup"),
        ("I'm grateful for the soup", "the soup"),
        ("for the soup", "the soup"),
        ("  for   the  soup ", "the soup"),
        ("making soup when i was tired", "making soup when I was tired"),
        ("it is fine in Illinois", "it is fine in Illinois"),
        ("forever being kind", "forever being kind"),
        ("thanksgiving dinner", "thanksgiving dinner"),
        ("I am grateful that you cooked", "that you cooked"),
        ("", ""),
        ("thanks", ""),
        ("thank you", ""),
        ("thank you for", ""),
    ],
)
def test_of_a_thank_you_what_it_is_for_is_kept(told: str, kept: str) -> None:
    assert fact("thanks", words=told) == kept
    assert fact("thanks", words=kept) == kept


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Ben for the soup", "the soup"),
        ("ben, for the soup", "the soup"),
        ("to Ana for the soup", "the soup"),
        ("thank you Ben for the soup", "the soup"),
        ("Ben", ""),
        ("thank you Ana", ""),
        ("Ben's smile", "Ben's smile"),
        ("Benedict for the soup", "Benedict for the soup"),
        ("calling Ben", "calling Ben"),
    ],
)
def test_the_name_of_the_other_one_is_not_what_a_thank_you_is_for(told: str, kept: str) -> None:
    assert fact("thanks", NAMED, words=told) == kept


def test_without_names_nobody_is_left_out() -> None:
    assert fact("thanks", words="Ben for the soup") == "Ben for the soup"


def test_a_name_is_taken_as_it_is_written() -> None:
    odd = replace(OLD, names=("A.J.", "Zoë (Z)"))
    assert fact("thanks", odd, words="A.J. for the soup") == "the soup"
    assert fact("thanks", odd, words="ABJX for the soup") == "ABJX for the soup"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("the soup", "Thank you for the soup"),
        ("making soup", "Thank you for making soup"),
        ("your patience", "Thank you for your patience"),
        ("you cooked", "Thank you: you cooked"),
        ("that you cooked", "Thank you: that you cooked"),
        ("When I was ill, you stayed", "Thank you: When I was ill, you stayed"),
        ("I could sleep", "Thank you: I could sleep"),
    ],
)
def test_a_thank_you_is_read_as_one_sentence(words: str, line: str) -> None:
    assert fact("thanks_line", words=words) == line


# Goals -------------------------------------------------------------------------------------

WALK = Goal("2026-11-01", "walk every sunday", "shoes by the door")
READ = Goal("2026-11-02", "read more on a sunday evening")
SING = Goal("2026-11-03", "learn to sing")
THREE = replace(OLD, goals=(WALK, READ, SING))


def wishes(found: Mapping[str, Any]) -> list[str]:
    return [one["wish"] for one in found["goals"]]


def test_no_goals_are_none() -> None:
    assert fact("goals") == {"goals": [], "spoken": "", "full": False}
    assert fact("goals", named="walk") == {"goals": [], "spoken": "", "full": False}


def test_goals_are_told_by_number_each_with_its_step_if_it_has_one() -> None:
    found = fact("goals", replace(OLD, goals=(WALK, READ)))
    assert found["goals"] == [
        {"wish": "walk every sunday", "step": "shoes by the door"},
        {"wish": "read more on a sunday evening", "step": ""},
    ]
    assert found["spoken"] == (
        "Number one: walk every sunday. Next step: shoes by the door. "
        "Number two: read more on a sunday evening."
    )


def test_three_goals_are_all_there_is_room_for() -> None:
    assert not fact("goals", replace(OLD, goals=(WALK, READ)))["full"]
    assert fact("goals", THREE)["full"]
    assert fact("goals", THREE, named="sing")["full"]


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("sing", [SING]),
        ("our goal to Sing", [SING]),
        ("the walk", [WALK]),
        ("walk on sunday", [WALK]),
        ("sunday evening", [READ]),
        ("sunday", [WALK, READ]),
        ("", [WALK, READ, SING]),
        ("our goal", [WALK, READ, SING]),
        ("on the more to", [WALK, READ, SING]),
        ("fly to the moon", [WALK, READ, SING]),
    ],
)
def test_a_goal_is_named_by_some_of_its_words(named: str, meant: list[Goal]) -> None:
    assert wishes(fact("goals", THREE, named=named)) == [one.wish for one in meant]


def test_what_was_named_is_counted_from_one() -> None:
    assert fact("goals", THREE, named="sing")["spoken"] == "Number one: learn to sing."


# Their journey -----------------------------------------------------------------------------


def rated(*closeness: float | None) -> Household:
    days = (f"2026-10-{day:02}" for day in range(1, 32))
    told = zip(days, closeness, strict=False)
    check_ins = tuple(CheckIn(day, one) for day, one in told)
    return replace(OLD, check_ins=check_ins, checked=len(check_ins))


@pytest.mark.parametrize(
    ("evenings", "new"),
    [({}, True), ({"2026-11": 2}, True), ({"2026-10": 1, "2026-11": 2}, False)],
)
def test_three_evenings_are_a_journey(evenings: dict[str, int], new: bool) -> None:
    assert fact("journey", replace(OLD, evenings=evenings))["new"] is new


def test_what_there_was_is_counted() -> None:
    home = replace(
        rated(5.0, None, 6.0),
        evenings={"2026-10": 4, "2026-11": 3},
        asked=4,
        thanks=9,
        reached=2,
    )
    assert fact("journey", home)["counts"] == (
        "7 evenings, 4 questions, 3 check-ins, 9 thank-yous and 2 goals reached"
    )


def test_one_of_each_is_said_as_one() -> None:
    home = replace(rated(5.0), evenings={"2026-11": 1}, asked=1, thanks=1, reached=1)
    assert fact("journey", home)["counts"] == (
        "1 evening, 1 question, 1 check-in, 1 thank-you and 1 goal reached"
    )


@pytest.mark.parametrize(
    ("home", "counts"),
    [
        (OLD, ""),
        (replace(OLD, evenings={"2026-11": 4}), "4 evenings"),
        (replace(OLD, evenings={"2026-11": 4}, thanks=1), "4 evenings and 1 thank-you"),
        (replace(OLD, asked=2, reached=2), "2 questions and 2 goals reached"),
    ],
)
def test_what_there_was_not_is_not_mentioned(home: Household, counts: str) -> None:
    assert fact("journey", home)["counts"] == counts


def test_only_questions_count_as_questions() -> None:
    home = OLD
    for item in ("A6G-001", "A2X-001", "LT-001", "ST-001", "NO-001"):
        home = ItemHeard(item).apply(home, TUESDAY)
    assert fact("journey", home)["counts"] == ""
    assert fact("journey", Rested("A1-001").apply(home, TUESDAY))["counts"] == ""
    question = Evening("2026-11-24", "A1P-001")
    for evening in (question, question, replace(question, turned="deeper")):
        home = QuestionHeard(evening).apply(home, TUESDAY)
    assert fact("journey", home)["counts"] == "1 question"


@pytest.mark.parametrize(
    ("first_day", "a_year"),
    [("", False), ("2026-11-24", False), ("2025-11-25", False), ("2025-11-24", True)],
)
def test_after_a_year_there_is_a_year_to_tell(first_day: str, a_year: bool) -> None:
    assert fact("journey", Household(first_day=first_day))["a_year"] is a_year


def test_the_year_is_the_last_twelve_months_and_no_more() -> None:
    home = replace(
        OLD,
        first_day="2024-01-01",
        evenings={"": 20, "2025-11": 10, "2025-12": 1, "2026-11": 3},
        check_ins=tuple(
            CheckIn(day, 5.0) for day in ("2025-06-01", "2025-11-24", "2025-11-25", "2026-11-01")
        ),
        checked=70,
        thanks=5,
    )
    found = fact("journey", home)
    assert found["counts_of_year"] == "4 evenings and 2 check-ins"
    assert found["counts"] == "34 evenings, 70 check-ins and 5 thank-yous"
    assert found["best_month"] == "November"


@pytest.mark.parametrize(
    ("evenings", "month"),
    [
        ({}, ""),
        ({"2026-11": 1}, "November"),
        ({"2026-03": 5, "2026-11": 4}, "March"),
        ({"2026-11": 4, "2026-03": 5}, "March"),
        ({"2025-12": 3, "2026-01": 3, "2026-02": 3}, "February"),
        ({"2025-10": 30, "2026-11": 1}, "November"),
    ],
)
def test_the_best_month_of_the_year_is_the_fullest_and_of_several_the_latest(
    evenings: dict[str, int], month: str
) -> None:
    assert fact("journey", replace(OLD, evenings=evenings))["best_month"] == month


@pytest.mark.parametrize(
    ("closeness", "word"),
    [
        ([], "few"),
        ([2.0, 5.0, 9.0], "few"),
        ([2.0, None, 5.0, None, 9.0], "few"),
        ([5.0, 5.0, 5.0, 5.0], "steady"),
        ([6.0, 5.5, 6.0, 5.5, 6.0], "steady"),
        ([5.0, 5.0, 5.5, 5.5], "steady"),
        ([5.0, 5.0, 6.0, 6.0], "closer"),
        ([3.0, 4.0, 5.0, 6.0, 7.0], "closer"),
        ([3.0, None, 4.0, None, 8.0, 9.0], "closer"),
        ([2.0, 8.0, 2.0, 8.0], "waves"),
        ([8.0, 2.0, 3.0, 8.0, 4.0], "waves"),
    ],
)
def test_how_closeness_went_is_one_kind_word(closeness: list[float | None], word: str) -> None:
    assert fact("journey", rated(*closeness))["closeness"] == word


def test_having_come_apart_has_no_word_of_its_own() -> None:
    for fall in ([7.0, 7.0, 6.0, 6.0], [9.0, 9.0, 2.0, 1.0], [9.0, 7.0, 5.0, 3.0, 1.0]):
        assert fact("journey", rated(*fall))["closeness"] in ("steady", "waves")


def test_only_what_they_told_is_drawn() -> None:
    assert fact("journey", rated(5.0, None, 0.0))["plot"] == [
        {"day": "2026-10-01", "closeness": 5.0},
        {"day": "2026-10-03", "closeness": 0.0},
    ]
    assert fact("journey")["plot"] == []


# What a flow may recall --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ("mode_plan", {"mode": "kids"}),
        ("gesture", {}),
        ("exercise", {}),
        ("topic", {}),
        ("story", {}),
        ("brave", {}),
        ("improvement", {"words": "you never call"}),
        ("unplugged", {}),
        ("jar", {}),
        ("latest_notes", {}),
        ("goals", {}),
        ("journey", {}),
    ],
)
def test_a_fact_is_plain_json_and_the_same_when_it_is_taken_again(
    what: str, wanted: Mapping[str, Any]
) -> None:
    home = replace(THREE, notes=jar_of("20").notes, check_ins=rated(5.0, None).check_ins)
    found = fact(what, home, **wanted)
    assert json.loads(json.dumps(found)) == found == fact(what, home, **wanted)
