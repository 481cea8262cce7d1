"""What they keep and do together: modes, small items, the jar, goals and their journey."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from content import content
from skill.conversation.facts import recall
from skill.conversation.keepsakes import BRAVE, JAR_AT_ONCE, next_item, others_hear
from skill.conversation.setting import Setting
from skill.conversation.turn import Abilities, Heard
from skill.household.models import (
    CheckIn,
    Goal,
    Household,
    ItemHeard,
    ModeSet,
    NewRound,
    Note,
    NotesHeard,
    Rested,
)

ALL = content()
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 19, 0, tzinfo=BERLIN)
SUNDAY = datetime(2026, 11, 29, 19, 0, tzinfo=BERLIN)
NOBODY = Household()
OLD = Household(first_day="2026-01-01", visits=9)
"""A household that has been with us for long."""

MODES = ("", "company", "kids", "quiet", "alone", "apart")


def setting(
    home: Household = OLD,
    now: datetime = TUESDAY,
    zone: str = "Europe/Berlin",
    house: str = "a house",
    abilities: Abilities = Abilities(),  # noqa: B008
) -> Setting:
    return Setting(ALL, home, Heard(house, "a turn", now, zone=zone, abilities=abilities), "")


def fact(what: str, home: Household = OLD, now: datetime = TUESDAY, **wanted: Any) -> Any:
    return recall(setting(home, now), what, wanted)


def in_mode(mode: str, home: Household = OLD) -> Household:
    return replace(home, mode=mode)


def after_hearing(home: Household, found: Mapping[str, Any], now: datetime = TUESDAY) -> Household:
    """Return the household as it is once the flow has read what was found."""
    home = NewRound(tuple(found["new_round"])).apply(home, now)
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
    home = replace(OLD, heard={"GE": (1 << 1000) - 1, "ST": 0b110, "A1": 0b10})
    found = next_item(setting(home), IDS)
    assert set(found["new_round"]) == set(IDS)
    assert after_hearing(home, found).heard["ST"] == 0b110
    assert after_hearing(home, found).heard["A1"] == 0b10


@pytest.mark.parametrize(
    ("what", "said", "all_of_it"),
    [
        ("gesture", "text", {one.touch for one in ALL.gestures.values()}),
        ("topic", "talk", {one.talk for one in ALL.topics.values()}),
        ("story", "text", set(ALL.stories.values())),
        ("unplugged", "novelty", set(ALL.novelties.values())),
    ],
)
def test_all_there_is_comes_once_in_a_round(what: str, said: str, all_of_it: set[str]) -> None:
    home, heard = OLD, []
    wanted = {"way": "touch"} if what == "gesture" else {}
    for _ in all_of_it:
        found = fact(what, home, **wanted)
        assert found["new_round"] == []
        heard.append(found[said])
        home = after_hearing(home, found)
    assert set(heard) == all_of_it
    assert fact(what, home, **wanted)["new_round"]
    assert fact(what, home, **wanted)[said] in all_of_it


# Gestures ----------------------------------------------------------------------------------


def form(found: Mapping[str, Any]) -> str:
    one = ALL.gestures[found["id"]]
    return next(
        form for form in ("touch", "no_touch", "apart") if getattr(one, form) == found["text"]
    )


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


@pytest.mark.parametrize("mode", MODES)
def test_a_brave_step_does_not_fit_where_others_hear(mode: str) -> None:
    assert fact("brave", in_mode(mode))["fits"] is (mode not in ("company", "kids"))


def test_where_it_does_not_fit_nothing_is_drawn() -> None:
    assert fact("brave", in_mode("company")) == {"fits": False}


@pytest.mark.parametrize(("days", "depth"), [(0, 2), (6, 2), (7, 3), (300, 3)])
def test_a_brave_step_is_gentle_in_the_first_week_and_tender_then(days: int, depth: int) -> None:
    for later in range(6):
        now = TUESDAY + timedelta(days=later)
        home = Household(first_day=(now - timedelta(days=days)).date().isoformat())
        assert ALL.questions[fact("brave", home, now)["id"]].depth == depth


def test_whoever_has_never_been_here_gets_a_gentle_one() -> None:
    assert ALL.questions[fact("brave", NOBODY)["id"]].depth == 2


def test_a_brave_step_is_a_question_with_its_lighter_twin() -> None:
    found = fact("brave")
    one = ALL.questions[found["id"]]
    assert (found["question"], found["lighter"]) == (one.ask, one.lighter)
    assert found["new_round"] == []


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
    home = replace(OLD, heard=dict.fromkeys(ALL.themes, (1 << 1000) - 1))
    found = fact("brave", home)
    assert found["fits"]
    assert found["id"] in found["new_round"]
    assert ALL.questions[found["id"]].depth == 3
