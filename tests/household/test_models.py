"""What is remembered about two people: effects, bounds, joining, and the stored form."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.library import STAGES
from skill.household.models import (
    KEPT_CHECK_INS,
    KEPT_LOVED,
    KEPT_NOTES,
    MOST_GOALS,
    Agreed,
    Agreement,
    Came,
    CheckedIn,
    CheckIn,
    Deed,
    DeedHeard,
    Effect,
    Evening,
    Forgotten,
    Goal,
    GoalGone,
    GoalKept,
    Household,
    ItemHeard,
    Loved,
    ModeSet,
    Named,
    NewRound,
    Note,
    NoteGone,
    NoteLeft,
    NotesHeard,
    Parted,
    PermissionRefused,
    QuestionHeard,
    Reminder,
    ReminderGone,
    ReminderKept,
    Rested,
    Skipped,
    StageTold,
    TimeOutTaken,
    earlier,
    either,
    has_bit,
    heard,
    items_in,
    joined,
    quarter,
    skipped,
    with_bit,
)

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
DAY = NOW.date()
TODAY = DAY.isoformat()
NOBODY = Household()
FULL = Household(
    names=("Sam", "Alex"),
    visits=50,
    evening_of=TODAY,
    evenings={"2026-10": 4, "2026-11": 3},
    first_day="2026-01-01",
    zone="Europe/Berlin",
    zone_until="2026-11-25T19:00:00+00:00",
    quarters={"2026Q1": {"A1": 0b0010}, "2026Q4": {"A1": 0b1000, "A6G": 1 << 200}},
    earlier={"C1": 0b110},
    asked=2,
    told=3,
    rested={"B2": 0b10},
    skipped={"C2-001": "2026-11-10"},
    loved={"A1-001": "2026-02-03", "D1P-002": "2026-05-06"},
    recent={"2026-11-23": "C2 A7", TODAY: "A1"},
    evening=Evening(TODAY, "A1-003", turned="deeper", drawn=2),
    deed=Deed(TODAY, "A6G-001"),
    stage="parents",
    calm_until="2026-11-24T12:00:00+01:00",
    gentle_until="2026-11-30",
    check_ins=(CheckIn("2026-11-17", 5.5), CheckIn(TODAY, None)),
    checked=2,
    reminders=(Reminder("a token", "20:00", ("MO", "TH")),),
    refused_day="2026-11-01",
    notes=(Note("2026-11-20", "the soup", heard=True), Note(TODAY, "schöne Grüße 💛")),
    thanks=7,
    goals=(Goal("2026-11-01", "walk", "shoes by the door"), Goal("2026-11-02", "read")),
    reached=2,
    agreement=Agreement("pineapple", 30),
    mode="apart",
    mode_until="2026-12-01",
    linked=("a page",),
)
"""A household of which everything is known."""


def after(home: Household, *effects: Effect, now: datetime = NOW) -> Household:
    for effect in effects:
        home = effect.apply(home, now)
    return home


def seven_on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 19, tzinfo=UTC)


def read(home: Household, item: str, day: date = DAY) -> Household:
    """Return the household once a question or a prompt was read on `day`."""
    return after(home, QuestionHeard(Evening(day.isoformat(), item)), now=seven_on(day))


def resting(home: Household, day: date = DAY) -> list[str]:
    """Return what rests on `day` because it was read."""
    return items_in(either(*heard(home, day)))


def changed(home: Household, effect: Effect) -> set[str]:
    """Return the names of what `effect` changes about `home`."""
    new = effect.apply(home, NOW)
    return {one.name for one in fields(home) if getattr(home, one.name) != getattr(new, one.name)}


def words_of(home: Household) -> list[str]:
    return [one.words for one in home.notes]


def wishes_of(home: Household) -> list[str]:
    return [one.wish for one in home.goals]


# Every effect ------------------------------------------------------------------------------


def test_evenings_of_earlier_years_are_counted_as_one() -> None:
    home = NOBODY
    for day in ("2024-03-01", "2024-03-02", "2025-10-31", "2025-11-30", "2026-11-24"):
        home = Came(day).apply(home, NOW)
    assert home.evenings == {"": 3, "2025-11": 1, "2026-11": 1}
    assert (home.first_day, home.evening_of) == ("2024-03-01", "2026-11-24")


@pytest.mark.parametrize(
    ("effect", "fields_changed"),
    [
        (Came("2026-11-25"), {"evening_of", "evenings"}),
        (
            QuestionHeard(Evening(TODAY, "C1-001")),
            {"evening", "deed", "quarters", "asked", "told", "recent"},
        ),
        (QuestionHeard(Evening(TODAY, "A1-003", turned="lighter")), {"evening", "deed"}),
        (NewRound(("A1-001",)), {"quarters"}),
        (NewRound(("C1-001",)), {"earlier"}),
        (Rested("C1-001"), {"rested"}),
        (Rested("A1-001"), {"rested", "loved"}),
        (Skipped("A1-003", TODAY), {"skipped", "quarters"}),
        (Loved("A1-003", TODAY), {"loved"}),
        (StageTold("new"), {"stage"}),
        (TimeOutTaken("2026-11-24T20:00:00+01:00"), {"calm_until"}),
        (CheckedIn(7.0), {"check_ins", "checked", "gentle_until"}),
        (Named(("Ana", "Ben")), {"names"}),
        (ReminderKept(Reminder("b", "09:00", ("SU",))), {"reminders"}),
        (ReminderGone("a token"), {"reminders"}),
        (PermissionRefused(), {"refused_day"}),
        (ItemHeard("ST-001"), {"quarters", "told", "deed"}),
        (DeedHeard(Deed(TODAY, "A6G-002")), {"deed", "quarters", "told"}),
        (NoteLeft("the tea"), {"notes", "thanks"}),
        (NotesHeard(("schöne Grüße 💛",)), {"notes"}),
        (NoteGone("the soup"), {"notes"}),
        (GoalKept("sing", "a song"), {"goals"}),
        (GoalGone("walk", reached=True), {"goals", "reached"}),
        (GoalGone("walk", reached=False), {"goals"}),
        (Agreed(Agreement("lighthouse", 20)), {"agreement"}),
        (ModeSet("kids", TODAY), {"mode", "mode_until"}),
        (Parted(), {"linked"}),
    ],
)
def test_an_effect_changes_what_it_is_about_and_nothing_else(
    effect: Effect, fields_changed: set[str]
) -> None:
    assert changed(FULL, effect) == fields_changed


def test_forgotten_leaves_a_household_never_seen() -> None:
    assert after(FULL, Forgotten()) == NOBODY
    assert after(FULL, Forgotten()).to_json() == {}


def test_names_make_way_for_new_ones() -> None:
    assert after(NOBODY, Named(("Sam", "Alex"))).names == ("Sam", "Alex")
    assert after(FULL, Named(("Ana", "Ben"))).names == ("Ana", "Ben")


def test_a_refused_permission_keeps_the_day() -> None:
    assert after(NOBODY, PermissionRefused()).refused_day == TODAY
    assert after(FULL, PermissionRefused()).refused_day == TODAY


def test_an_agreement_takes_the_place_of_an_older_one() -> None:
    home = after(NOBODY, Agreed(Agreement("pineapple", 30)), Agreed(Agreement("lighthouse", 20)))
    assert home.agreement == Agreement("lighthouse", 20)


def test_a_mode_takes_the_place_of_an_older_one() -> None:
    home = after(NOBODY, ModeSet("kids", "2026-11-25"))
    assert (home.mode, home.mode_until) == ("kids", "2026-11-25")
    home = after(home, ModeSet("apart", ""))
    assert (home.mode, home.mode_until) == ("apart", "")
    assert after(home, ModeSet("", "")) == NOBODY


def test_parted_forgets_the_other_places_and_keeps_all_else() -> None:
    assert after(FULL, Parted()) == replace(FULL, linked=())


def test_as_much_is_kept_as_the_couple_is_told() -> None:
    assert (KEPT_CHECK_INS, KEPT_NOTES, MOST_GOALS) == (60, 100, 3)  # content/en/privacy.md


def test_how_long_they_have_been_together_is_kept_until_they_take_it_back() -> None:
    home = after(NOBODY, StageTold("new"), StageTold("parents"))
    assert home.stage == "parents"
    assert after(home, StageTold("")) == NOBODY


@pytest.mark.parametrize(
    ("agreed", "calm"),
    [
        ("2026-11-24T19:25:00+00:00", "2026-11-25T19:25:00+00:00"),
        ("2026-12-31T23:50:00-05:00", "2027-01-01T23:50:00-05:00"),
        ("2026-10-24T20:00:00+02:00", "2026-10-25T20:00:00+02:00"),  # clocks go back that night
    ],
)
def test_the_day_after_a_time_out_is_calm(agreed: str, calm: str) -> None:
    assert after(NOBODY, TimeOutTaken(agreed)) == replace(NOBODY, calm_until=calm)
    assert after(FULL, TimeOutTaken(agreed)).calm_until == calm


# Check-ins ---------------------------------------------------------------------------------


def test_a_check_in_keeps_the_day_and_how_close_they_felt() -> None:
    home = after(NOBODY, CheckedIn(6.5), CheckedIn(None), CheckedIn(0.0))
    assert home.check_ins == (CheckIn(TODAY, 6.5), CheckIn(TODAY, None), CheckIn(TODAY, 0.0))


def test_the_day_is_that_of_the_clock_that_is_handed_in() -> None:
    tokyo = datetime.fromisoformat("2026-11-25T01:00:00+09:00")  # the 24th in London
    home = after(NOBODY, CheckedIn(7.0), NoteLeft("the tea"), GoalKept("walk", ""), now=tokyo)
    days = (home.check_ins[0].day, home.notes[0].day, home.goals[0].day)
    assert days == ("2026-11-25",) * 3


def test_the_oldest_check_in_makes_way() -> None:
    home = NOBODY
    for number in range(KEPT_CHECK_INS + 3):
        home = after(home, CheckedIn(float(number)))
    told = [one.closeness for one in home.check_ins]
    assert told == [float(number) for number in range(3, KEPT_CHECK_INS + 3)]


def test_who_felt_far_away_has_seven_gentle_days_unless_the_next_check_in_says_else() -> None:
    home = after(NOBODY, CheckedIn(2.0, far=True))
    assert home.gentle_until == "2026-12-01"
    assert home.check_ins == (CheckIn(TODAY, 2.0),)  # nothing tells that one was far
    later = NOW + timedelta(days=3)
    assert after(home, CheckedIn(3.0, far=True), now=later).gentle_until == "2026-12-04"
    assert after(home, CheckedIn(7.0), now=later).gentle_until == ""
    assert after(home, CheckedIn(None), now=later).gentle_until == ""


# Thank-yous --------------------------------------------------------------------------------


def test_a_thank_you_waits_until_it_was_heard_and_stays() -> None:
    home = after(NOBODY, NoteLeft("the soup"))
    assert home.notes == (Note(TODAY, "the soup", heard=False),)
    home = after(home, NotesHeard(("the soup",)), NoteLeft("the tea"))
    assert [(one.words, one.heard) for one in home.notes] == [
        ("the soup", True),
        ("the tea", False),
    ]
    assert all(one.heard for one in after(home, NotesHeard(("the soup", "the tea"))).notes)
    assert after(NOBODY, NotesHeard(("the soup",))) == NOBODY


def test_every_thank_you_counts_also_one_that_is_taken_out_again() -> None:
    home = after(NOBODY, NoteLeft("the soup"), NoteLeft("the tea"), NoteGone("the soup"))
    assert (words_of(home), home.thanks) == (["the tea"], 2)


def test_the_latest_of_two_alike_is_taken_out() -> None:
    home = replace(NOBODY, notes=(Note("2026-11-01", "the soup", True), Note(TODAY, "the soup")))
    home = after(home, NoteGone("the soup"))
    assert home.notes == (Note("2026-11-01", "the soup", True),)
    assert after(home, NoteGone("the soup")).notes == ()


def test_a_thank_you_that_is_not_there_cannot_be_taken_out() -> None:
    assert after(FULL, NoteGone("the moon")) == FULL
    assert after(NOBODY, NoteGone("the moon")) == NOBODY


def test_in_a_full_jar_the_oldest_that_was_heard_makes_way() -> None:
    read_out = {5, 6, 99}
    jar = tuple(Note(TODAY, str(number), number in read_out) for number in range(KEPT_NOTES))
    home = replace(NOBODY, notes=jar, thanks=KEPT_NOTES)
    for number, gone in enumerate(("5", "6", "99", "0"), KEPT_NOTES):
        before = words_of(home)
        home = after(home, NoteLeft(str(number)))
        assert words_of(home) == [one for one in before if one != gone] + [str(number)]
        assert (len(home.notes), home.thanks) == (KEPT_NOTES, number + 1)


# Goals -------------------------------------------------------------------------------------


def test_a_goal_is_kept_with_its_day_and_its_step() -> None:
    home = after(NOBODY, GoalKept("walk", "shoes by the door"), GoalKept("read", ""))
    assert home.goals == (Goal(TODAY, "walk", "shoes by the door"), Goal(TODAY, "read", ""))


def test_the_next_step_takes_the_place_of_the_last_one() -> None:
    home = after(FULL, GoalKept("walk", "a map"))
    assert home.goals == (Goal(TODAY, "walk", "a map"), FULL.goals[1])
    assert after(home, GoalKept("walk", "a map")) == home


def test_there_are_never_more_than_three_goals() -> None:
    home = NOBODY
    for number in range(MOST_GOALS + 2):
        home = after(home, GoalKept(f"wish {number}", ""))
    assert wishes_of(home) == [f"wish {number}" for number in range(MOST_GOALS)]
    home = after(home, GoalKept("wish 1", "a step"))
    assert [one.step for one in home.goals] == ["", "a step", ""]


def test_a_goal_that_is_gone_makes_room() -> None:
    home = NOBODY
    for wish in ("walk", "read", "sing"):
        home = after(home, GoalKept(wish, ""))
    home = after(home, GoalGone("read", reached=False), GoalKept("cook", ""))
    assert wishes_of(home) == ["walk", "sing", "cook"]


def test_only_a_goal_that_was_there_and_was_reached_is_counted() -> None:
    assert after(FULL, GoalGone("walk", reached=True)).reached == FULL.reached + 1
    assert after(FULL, GoalGone("walk", reached=False)).reached == FULL.reached
    assert after(FULL, GoalGone("fly", reached=True)) == FULL
    twice = after(FULL, GoalGone("walk", reached=True), GoalGone("walk", reached=True))
    assert twice.reached == FULL.reached + 1


# Reminders ---------------------------------------------------------------------------------


def test_a_reminder_takes_the_place_of_the_one_with_its_token() -> None:
    first, second = Reminder("a", "20:00", ("MO",)), Reminder("b", "09:00", ("SU",))
    moved = replace(first, at="20:30", days=("MO", "TU"))
    home = after(NOBODY, ReminderKept(first), ReminderKept(second), ReminderKept(moved))
    assert set(home.reminders) == {moved, second}
    assert len(home.reminders) == 2
    assert after(home, ReminderGone("a")).reminders == (second,)
    assert after(home, ReminderGone("c")) == home


# What was heard ----------------------------------------------------------------------------


def test_a_question_that_was_heard_is_tonights_and_rests() -> None:
    evening = Evening(TODAY, "A7-012", turned="lighter", drawn=3)
    home = after(NOBODY, QuestionHeard(evening))
    assert home.evening == evening
    assert home.quarters == {"2026Q4": {"A7": 1 << 12}}
    assert (home.asked, home.recent) == (1, {TODAY: "A7"})


def test_a_question_counts_once_an_evening_however_often_it_is_read() -> None:
    home = read(NOBODY, "A1-001")
    deeper = Evening(TODAY, "A1-001", turned="deeper")
    home = after(home, QuestionHeard(deeper), QuestionHeard(deeper))
    assert (home.asked, home.recent, home.evening) == (1, {TODAY: "A1"}, deeper)
    home = read(home, "A1P-001")
    assert (home.asked, home.recent) == (2, {TODAY: "A1 A1"})
    home = read(home, "A1P-001", DAY + timedelta(days=1))
    assert (home.asked, home.recent) == (3, {TODAY: "A1 A1", "2026-11-25": "A1"})


def test_themes_are_kept_for_fourteen_days_in_the_order_in_which_they_came() -> None:
    home = read(read(NOBODY, "B1-001"), "A1P-001")
    assert home.recent == {TODAY: "B1 A1"}
    last = DAY + timedelta(days=13)
    assert read(home, "C1-001", last).recent == {TODAY: "B1 A1", last.isoformat(): "C1"}
    after_that = DAY + timedelta(days=14)
    assert read(home, "C1-001", after_that).recent == {after_that.isoformat(): "C1"}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "2026Q1"),
        ("2026-03-31", "2026Q1"),
        ("2026-04-01", "2026Q2"),
        ("2026-09-30", "2026Q3"),
        ("2026-12-31", "2026Q4"),
    ],
)
def test_a_quarter_is_three_months(day: str, name: str) -> None:
    assert quarter(date.fromisoformat(day)) == name
    assert list(read(NOBODY, "A1-001", date.fromisoformat(day)).quarters) == [name]


@pytest.mark.parametrize(
    ("day", "end"),
    [("2026-01-01", "2026-03-31"), ("2026-11-24", "2026-12-31"), ("2027-09-30", "2027-09-30")],
)
def test_an_item_rests_540_days_after_the_end_of_its_quarter(day: str, end: str) -> None:
    home = read(NOBODY, "A1-001", date.fromisoformat(day))
    last = date.fromisoformat(end) + timedelta(days=540)
    assert resting(home, last) == ["A1-001"]
    assert resting(home, last + timedelta(days=1)) == []


def test_quarters_that_need_not_rest_any_more_are_let_go() -> None:
    home = read(NOBODY, "A1-001", date(2026, 12, 31))
    last = date(2026, 12, 31) + timedelta(days=540)
    assert list(read(home, "A2-001", last).quarters) == ["2026Q4", "2028Q2"]
    next_day = last + timedelta(days=1)
    later = read(home, "A2-001", next_day)
    assert later.quarters == {"2028Q2": {"A2": 0b10}}
    assert later.earlier == {"A1": 0b10}
    assert earlier(home, last) == []
    assert earlier(home, next_day) == earlier(later, next_day) == [{"A1": 0b10}]
    assert after(home, ItemHeard("ST-001"), now=seven_on(next_day)).quarters == {
        "2028Q2": {"ST": 0b10}
    }


def test_the_oldest_quarter_comes_first() -> None:
    home = replace(NOBODY, quarters={"2026Q4": {"A1": 0b10}, "2025Q4": {"B1": 0b10}})
    assert heard(home, DAY) == [{"B1": 0b10}, {"A1": 0b10}]


def test_an_item_that_is_read_again_rests_from_then() -> None:
    home = read(read(NOBODY, "A1-001", date(2026, 1, 2)), "A1-001")
    assert resting(home, date(2026, 12, 31) + timedelta(days=540)) == ["A1-001"]


def test_items_that_were_heard_are_marked_and_tonights_question_stays() -> None:
    home = after(FULL, ItemHeard("A6G-004"), ItemHeard("ST-001"), ItemHeard("A6G-004"))
    assert resting(home) == ["A1-001", "A1-003", "A6G-004", "A6G-200", "ST-001"]
    assert (home.evening, home.asked, home.recent) == (FULL.evening, FULL.asked, FULL.recent)


def test_a_new_round_brings_back_only_what_it_names() -> None:
    home = after(FULL, ItemHeard("ST-001"), ItemHeard("ST-002"), ItemHeard("NO-001"))
    assert resting(after(home, NewRound(("ST-001", "ST-002", "ZZ-009")))) == [
        *resting(FULL),
        "NO-001",
    ]
    assert after(FULL, NewRound(())) == FULL


def test_a_new_round_brings_back_what_was_heard_in_any_quarter() -> None:
    home = after(NOBODY, ItemHeard("ST-001"), now=NOW - timedelta(days=200))
    home = after(home, ItemHeard("ST-001"), ItemHeard("ST-002"))
    assert resting(after(home, NewRound(("ST-001",)))) == ["ST-002"]


# What they think of it ---------------------------------------------------------------------


def test_a_question_that_is_not_for_them_stays_so_in_a_new_round() -> None:
    home = after(NOBODY, ItemHeard("A1-001"), Rested("A1-001"), NewRound(("A1-001",)))
    assert resting(home) == []
    assert items_in(home.rested) == ["A1-001"]


def test_what_is_not_for_them_is_not_loved_any_more() -> None:
    home = after(NOBODY, Loved("A1-001", TODAY), Loved("A1-002", TODAY), Rested("A1-001"))
    assert home.loved == {"A1-002": TODAY}
    assert items_in(home.rested) == ["A1-001"]


def test_a_question_that_was_skipped_rests_180_days_and_not_as_one_that_was_heard() -> None:
    home = after(read(NOBODY, "A1-001"), Skipped("A1-001", TODAY))
    assert resting(home) == []
    last = DAY + timedelta(days=179)
    assert items_in(skipped(home, DAY)) == items_in(skipped(home, last)) == ["A1-001"]
    assert items_in(skipped(home, DAY + timedelta(days=180))) == []


def test_only_the_question_that_was_skipped_is_unheard_again() -> None:
    home = read(read(NOBODY, "A1-001", date(2026, 1, 2)), "A1-002")
    home = after(read(home, "A1-001"), Skipped("A1-001", TODAY))
    assert resting(home) == ["A1-002"]
    assert home.asked == 3  # it was read all the same


def test_a_question_that_was_skipped_is_let_go_of_when_it_need_not_rest() -> None:
    home = after(NOBODY, Skipped("A1-001", TODAY))
    last = (DAY + timedelta(days=179)).isoformat()
    assert after(home, Skipped("B1-001", last)).skipped == {"A1-001": TODAY, "B1-001": last}
    next_day = (DAY + timedelta(days=180)).isoformat()
    assert after(home, Skipped("B1-001", next_day)).skipped == {"B1-001": next_day}


def test_a_question_that_is_skipped_again_rests_from_then() -> None:
    later = (DAY + timedelta(days=100)).isoformat()
    home = after(NOBODY, Skipped("A1-001", TODAY), Skipped("A1-001", later))
    assert home.skipped == {"A1-001": later}


def test_a_question_that_they_loved_keeps_the_day_on_which_it_was_read_last() -> None:
    home = after(read(NOBODY, "A1-001"), Loved("A1-001", TODAY))
    assert home.loved == {"A1-001": TODAY}
    later = DAY + timedelta(days=400)
    assert read(home, "A1-001", later).loved == {"A1-001": later.isoformat()}
    assert read(home, "A1-002", later).loved == {"A1-001": TODAY}


def test_of_too_many_that_they_loved_the_newest_are_kept() -> None:
    days = [(DAY + timedelta(days=number)).isoformat() for number in range(KEPT_LOVED + 2)]
    home = NOBODY
    for number, day in enumerate(days):
        home = after(home, Loved(f"A1-{number:03}", day))
    assert list(home.loved.values()) == days[-KEPT_LOVED:]
    assert KEPT_LOVED == 60


def test_one_that_was_loved_first_and_read_again_is_among_the_newest() -> None:
    home = after(NOBODY, *(Loved(f"A1-{number:03}", TODAY) for number in range(KEPT_LOVED)))
    home = read(home, "A1-000", DAY + timedelta(days=400))
    home = after(home, Loved("B1-001", "2027-12-30"))
    assert "A1-000" in home.loved
    assert "A1-001" not in home.loved
    again = after(home, Loved("A1-002", "2027-12-31"))
    assert len(again.loved) == len(home.loved) == KEPT_LOVED


@given(st.sets(st.tuples(st.sampled_from(["A1", "A1P", "B2X", "ST"]), st.integers(0, 999))))
def test_what_is_marked_is_found_again_in_order(marked: set[tuple[str, int]]) -> None:
    ids = [f"{stack}-{number:03}" for stack, number in sorted(marked)]
    bits = NOBODY.rested
    for one in reversed(ids):
        assert not has_bit(bits, one)
        bits = with_bit(bits, one)
    assert items_in(bits) == ids
    assert all(has_bit(bits, one) for one in ids)
    assert either(bits, bits) == either(*(with_bit({}, one) for one in ids)) == bits


def test_what_was_never_marked_is_not() -> None:
    assert not has_bit({}, "A1-000")
    assert not has_bit({}, "A1-001")
    assert not has_bit({"A1": 0b100}, "A1-001")
    assert not has_bit({"A1": 0b100}, "A1P-002")
    assert items_in({"A1": 0}) == []


def test_marking_leaves_the_household_before_as_it_was() -> None:
    before = json.dumps(FULL.to_json())
    after(
        FULL,
        QuestionHeard(Evening(TODAY, "A1-001")),
        ItemHeard("A1-100"),
        Rested("B2-100"),
        Skipped("A1-003", TODAY),
        Loved("A1-003", TODAY),
        NewRound(("A1-001",)),
        NotesHeard(("the soup",)),
    )
    assert json.dumps(FULL.to_json()) == before


# Two households become one -----------------------------------------------------------------

OTHER = Household(
    names=("Ana", "Ben"),
    evenings={"2026-09": 2, "2026-11": 5},
    first_day="2025-11-30",
    quarters={"2026Q3": {"A7P": 0b10}, "2026Q4": {"A1": 0b1100, "ST": 0b10}},
    earlier={"C1": 0b1000, "ST": 0b10},
    asked=5,
    told=6,
    rested={"B2": 0b100, "C1": 0b10},
    skipped={"C3-001": "2026-11-12"},
    loved={"D2-001": "2026-07-08"},
    recent={"2026-11-22": "B1"},
    evening=Evening(TODAY, "C1-001"),
    stage="new",
    calm_until="2026-11-25T12:00:00+01:00",
    gentle_until="2026-11-28",
    check_ins=(CheckIn("2026-10-01", 4.0), CheckIn("2026-11-20", 8.0)),
    checked=61,
    notes=(Note("2026-11-19", "the tea"), Note("2026-11-22", "the walk", heard=True)),
    thanks=3,
    goals=(Goal("2026-11-05", "read", "one page"), Goal("2026-11-06", "sing")),
    reached=1,
    agreement=Agreement("lighthouse", 20),
    linked=("a tablet",),
)
BOTH = joined(FULL, OTHER, "another page")


def test_a_new_household_gets_all_that_the_other_one_told_us() -> None:
    assert joined(NOBODY, OTHER, "a page") == replace(OTHER, linked=("a tablet", "a page"))


def test_a_new_household_adds_nothing_but_its_key() -> None:
    assert joined(FULL, NOBODY, "a phone") == replace(FULL, linked=("a page", "a phone"))
    assert joined(NOBODY, NOBODY, "a phone") == replace(NOBODY, linked=("a phone",))


def test_what_both_have_stays_as_it_is_here() -> None:
    assert BOTH.names == ("Sam", "Alex")
    assert BOTH.agreement == Agreement("pineapple", 30)
    assert BOTH.evening == FULL.evening
    assert (BOTH.mode, BOTH.zone, BOTH.visits) == (FULL.mode, FULL.zone, FULL.visits)
    assert BOTH.stage == "parents"
    assert BOTH.reminders == FULL.reminders


def test_whatever_either_has_heard_or_rested_is_heard_and_rested() -> None:
    assert resting(BOTH) == ["A1-001", "A1-002", "A1-003", "A6G-200", "A7P-001", "ST-001"]
    assert BOTH.quarters == {
        "2026Q1": {"A1": 0b0010},
        "2026Q3": {"A7P": 0b10},
        "2026Q4": {"A1": 0b1100, "A6G": 1 << 200, "ST": 0b10},
    }
    assert items_in(BOTH.earlier) == ["C1-001", "C1-002", "C1-003", "ST-001"]
    assert items_in(BOTH.rested) == ["B2-001", "B2-002", "C1-001"]
    assert (BOTH.asked, BOTH.told) == (7, 9)


def test_what_either_has_skipped_or_loved_or_talked_of_is_known_in_both() -> None:
    assert BOTH.skipped == {"C2-001": "2026-11-10", "C3-001": "2026-11-12"}
    assert BOTH.loved == FULL.loved | OTHER.loved
    assert BOTH.recent == {"2026-11-22": "B1", "2026-11-23": "C2 A7", TODAY: "A1"}


def test_the_two_are_spared_for_as_long_as_either_place_says() -> None:
    assert BOTH.calm_until == OTHER.calm_until
    assert BOTH.gentle_until == FULL.gentle_until
    back = joined(OTHER, FULL, "a page")
    assert (back.calm_until, back.gentle_until) == (BOTH.calm_until, BOTH.gentle_until)


def test_two_places_on_one_evening_have_had_the_themes_of_both() -> None:
    home = joined(read(NOBODY, "A1-001"), read(NOBODY, "B1-001"), "a page")
    assert sorted(home.recent[TODAY].split()) == ["A1", "B1"]


@pytest.mark.parametrize("kept", ["loved", "skipped"])
def test_a_question_that_both_have_read_keeps_the_later_day(kept: str) -> None:
    here, there = (replace(NOBODY, **{kept: {"A1-001": day}}) for day in ("2026-10-01", TODAY))
    assert getattr(joined(here, there, "a page"), kept) == {"A1-001": TODAY}


def test_it_is_calm_until_the_later_of_two_times_whatever_their_zones() -> None:
    west, east = "2026-11-24T19:00:00-05:00", "2026-11-24T23:00:00+01:00"  # midnight, 22 in London
    here, there = (replace(NOBODY, calm_until=one) for one in (west, east))
    assert joined(here, there, "a page").calm_until == west


def test_thank_yous_of_both_are_in_one_jar_by_their_day() -> None:
    assert words_of(BOTH) == ["the tea", "the soup", "the walk", "schöne Grüße 💛"]
    assert [one.heard for one in BOTH.notes] == [False, True, True, False]
    assert BOTH.thanks == 10


def test_evenings_of_both_are_no_more_than_there_were() -> None:
    here = replace(NOBODY, evenings={"": 5, "2026-11": 1})
    there = replace(NOBODY, evenings={"2025-01": 5, "2026-10": 2})
    for one, other in ((here, there), (there, here)):
        assert joined(one, other, "a page").evenings == {"": 5, "2026-10": 2, "2026-11": 1}


@pytest.mark.parametrize("first", [True, False])
def test_the_latest_gesture_of_either_is_the_latest(first: bool) -> None:
    old, new = (replace(NOBODY, deed=Deed(f"2026-11-2{day}", "A6G-001")) for day in (3, 4))
    both = joined(old, new, "a page") if first else joined(new, old, "a page")
    assert both.deed == new.deed


def test_check_ins_of_both_are_in_one_row_by_their_day() -> None:
    assert BOTH.checked == 63
    assert [(one.day, one.closeness) for one in BOTH.check_ins] == [
        ("2026-10-01", 4.0),
        ("2026-11-17", 5.5),
        ("2026-11-20", 8.0),
        (TODAY, None),
    ]


def test_the_same_wish_is_one_goal_with_the_step_it_has_here() -> None:
    assert wishes_of(BOTH) == ["walk", "read", "sing"]
    assert [one.step for one in BOTH.goals] == ["shoes by the door", "", ""]
    assert BOTH.reached == 3


def test_one_evening_in_two_places_is_not_counted_twice() -> None:
    assert BOTH.evenings == {"2026-09": 2, "2026-10": 4, "2026-11": 5}


def test_they_have_been_here_since_the_earlier_day() -> None:
    assert BOTH.first_day == joined(OTHER, FULL, "a page").first_day == "2025-11-30"
    assert joined(NOBODY, FULL, "a page").first_day == "2026-01-01"


def test_each_place_that_has_joined_is_known_once() -> None:
    assert BOTH.linked == ("a page", "a tablet", "another page")
    known = replace(OTHER, linked=("a page", "another page"))
    assert joined(FULL, known, "another page").linked == ("a page", "another page")


def test_three_places_know_the_same_whichever_joins_first() -> None:
    third = Household(
        quarters={"2026Q4": {"A1": 1}},
        asked=1,
        loved={"E1-001": "2026-08-09"},
        recent={"2026-11-20": "E1"},
        evenings={"2026-11": 6},
        first_day="2026-10-10",
        thanks=1,
    )
    known, known_of_questions = [], []
    for one, two, three in permutations((FULL, OTHER, third)):
        home = joined(joined(one, two, "two"), three, "three")
        known.append((home.quarters, home.rested, home.evenings, home.first_day, home.thanks))
        known_of_questions.append((home.asked, home.skipped, home.loved, home.recent))
        assert sorted(words_of(home)) == sorted(words_of(BOTH))
        assert home.check_ins == BOTH.check_ins
    assert known == known[:1] * 6
    assert known_of_questions == known_of_questions[:1] * 6


def test_a_joined_household_keeps_no_more_than_any_other() -> None:
    days = [
        (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(number)).date().isoformat()
        for number in range(KEPT_NOTES)
    ]
    home = replace(
        NOBODY,
        notes=tuple(Note(day, "here") for day in days),
        check_ins=tuple(CheckIn(day, 5.0) for day in days[-KEPT_CHECK_INS:]),
        goals=tuple(Goal(TODAY, wish) for wish in ("walk", "read")),
    )
    other = replace(
        home,
        notes=tuple(Note(day, "there") for day in days),
        goals=tuple(Goal(TODAY, wish) for wish in ("sing", "cook")),
    )
    both = joined(home, other, "a page")
    assert wishes_of(both) == ["walk", "read", "sing"]
    assert len(both.check_ins) == KEPT_CHECK_INS
    assert (len(both.notes), both.notes[-1].day) == (KEPT_NOTES, days[-1])
    assert words_of(both).count("here") == words_of(both).count("there") == KEPT_NOTES // 2


def test_a_joined_household_keeps_no_more_that_it_loved_than_any_other() -> None:
    here, there = (
        after(NOBODY, *(Loved(f"{theme}-{number:03}", day) for number in range(KEPT_LOVED)))
        for theme, day in (("A1", "2026-10-01"), ("B1", TODAY))
    )
    assert joined(here, there, "a page").loved == there.loved


# As it is stored ---------------------------------------------------------------------------


def stored(home: Household) -> Household:
    """Return `home` as it comes back from the store."""
    return Household.from_json(json.loads(json.dumps(home.to_json())))


@pytest.mark.parametrize("home", [NOBODY, FULL, OTHER, BOTH])
def test_what_is_stored_comes_back_alike(home: Household) -> None:
    assert stored(home) == home
    assert stored(stored(home)) == home


def later(home: Household, opened: list[str] | None = None) -> Household:
    """Return `home` as it comes from a store that keeps everything apart."""

    def closed(name: str, value: Any) -> Callable[[], Any]:
        def opens() -> Any:
            if opened is not None:
                opened.append(name)
            return value

        return opens

    told = json.loads(json.dumps(home.to_json()))
    return Household.from_json({name: closed(name, value) for name, value in told.items()})


@pytest.mark.parametrize("home", [NOBODY, FULL, OTHER, BOTH])
def test_what_is_read_later_is_the_same(home: Household) -> None:
    assert later(home) == home
    assert later(home).to_json() == home.to_json()
    assert joined(later(home), later(OTHER), "a page") == joined(home, OTHER, "a page")


def test_of_what_is_read_later_nothing_is_opened_that_nobody_looks_at() -> None:
    opened: list[str] = []
    home = later(FULL, opened)
    of_the_past = {"check_ins", "notes", "quarters", "earlier", "rested", "skipped", "loved"}
    assert of_the_past.isdisjoint(opened)
    opened.clear()
    home = Named(("Ana", "Ben")).apply(home, NOW)
    kept = home.to_store()
    assert opened == []
    assert all(callable(kept[name]) for name in of_the_past)
    assert kept["names"] == ["Ana", "Ben"]

    home = NoteLeft("the tea").apply(home, NOW)
    assert set(opened) == {"notes"}
    kept = home.to_store()
    assert kept["notes"] == [vars(one) for one in home.notes]
    assert all(callable(kept[name]) for name in of_the_past - {"notes"})


@pytest.mark.parametrize("name", [one.name for one in fields(Household)])
def test_each_thing_by_itself_comes_back_alike(name: str) -> None:
    home = replace(NOBODY, **{name: getattr(FULL, name)})
    assert set(home.to_json()) == {name}
    assert stored(home) == home


WORDS = st.text(max_size=9)
DAYS = st.dates().map(lambda day: day.isoformat())
IDS = st.sampled_from(["A1-001", "A1P-002", "B2-003"])
BITS = st.dictionaries(st.sampled_from(["A1", "A6G"]), st.integers(0, 1 << 300), max_size=2)


@given(
    st.builds(
        Household,
        names=st.lists(WORDS, max_size=2).map(tuple),
        quarters=st.dictionaries(st.dates().map(quarter), BITS, max_size=3),
        earlier=BITS,
        asked=st.integers(0, 9999),
        rested=BITS,
        skipped=st.dictionaries(IDS, DAYS),
        loved=st.dictionaries(IDS, DAYS),
        recent=st.dictionaries(DAYS, st.sampled_from(["A1", "A1 C2"]), max_size=3),
        evening=st.none() | st.builds(Evening, DAYS, WORDS, WORDS, st.integers(1, 4)),
        check_ins=st.lists(st.builds(CheckIn, DAYS, st.none() | st.floats(0, 10)), max_size=3).map(
            tuple
        ),
        notes=st.lists(st.builds(Note, DAYS, WORDS, st.booleans()), max_size=3).map(tuple),
        goals=st.lists(st.builds(Goal, DAYS, WORDS, WORDS), max_size=3).map(tuple),
        agreement=st.none() | st.builds(Agreement, WORDS, st.integers(1, 999)),
        stage=st.sampled_from(["", *STAGES]),
        calm_until=st.just("") | st.datetimes().map(datetime.isoformat),
        gentle_until=st.just("") | DAYS,
        mode=WORDS,
    )
)
def test_whatever_they_say_comes_back_alike(home: Household) -> None:
    assert stored(home) == home


def test_only_what_is_known_is_stored() -> None:
    assert NOBODY.to_json() == {}
    assert replace(NOBODY, visits=1).to_json() == {"visits": 1}


def test_a_household_of_the_first_release_lacks_nothing() -> None:
    home = Household.from_json(
        {
            "names": ["Sam", "Alex"],
            "visits": 3,
            "first_day": "2026-01-01",
            "heard": {"A1": 2, "GE": 4},
            "themes": ["A1", "B2"],
            "rested": {"B2": 2},
            "evening": {"day": TODAY, "question": "A1-001"},
            "check_ins": [{"day": "2026-11-17", "closeness": 5.5}],
        }
    )
    assert home == Household(
        names=("Sam", "Alex"),
        visits=3,
        first_day="2026-01-01",
        rested={"B2": 2},
        evening=Evening(TODAY, "A1-001", turned="", drawn=1),
        check_ins=(CheckIn("2026-11-17", 5.5),),
    )
    assert (home.notes, home.goals, home.linked, home.evenings) == ((), (), (), {})
    assert (home.agreement, home.mode, home.mode_until) == (None, "", "")
    assert (home.quarters, home.asked, home.skipped, home.loved, home.recent) == ({}, 0, {}, {}, {})
    assert (home.stage, home.calm_until, home.gentle_until) == ("", "", "")


def test_what_the_first_release_alone_has_stored_is_not_stored_again() -> None:
    home = Household.from_json({"heard": {"A1": 2}, "themes": ["A1"], "visits": 3})
    assert home.to_json() == {"visits": 3}


def test_a_thank_you_without_its_newer_fields_waits_and_a_goal_has_no_step_yet() -> None:
    home = Household.from_json(
        {
            "notes": [{"day": TODAY, "words": "the soup"}],
            "goals": [{"day": TODAY, "wish": "walk"}],
        }
    )
    assert home.notes == (Note(TODAY, "the soup", heard=False),)
    assert home.goals == (Goal(TODAY, "walk", step=""),)


def test_an_old_household_takes_every_effect_and_joins() -> None:
    old = Household.from_json({"visits": 1, "first_day": "2026-01-01"})
    home = after(
        old,
        NoteLeft("the soup"),
        GoalKept("walk", ""),
        CheckedIn(7.0),
        ItemHeard("A6G-001"),
        QuestionHeard(Evening(TODAY, "A1-001")),
        Loved("A1-001", TODAY),
        Skipped("A1-001", TODAY),
        StageTold("new"),
        TimeOutTaken("2026-11-24T20:00:00+01:00"),
    )
    assert stored(home) == home
    assert joined(old, FULL, "a page").thanks == joined(FULL, old, "a page").thanks == FULL.thanks


def test_what_a_later_release_has_stored_beside_is_passed_over() -> None:
    later = {**FULL.to_json(), "anniversary": "2020-02-02", "pets": [{"name": "Rex"}]}
    assert Household.from_json(later) == FULL


@pytest.mark.parametrize("nothing", [{}, {"evening": None, "agreement": None}])
def test_nothing_stored_is_a_household_never_seen(nothing: dict[str, object]) -> None:
    assert Household.from_json(nothing) == NOBODY


def test_a_forgotten_thing_is_not_stored_any_more() -> None:
    home = after(FULL, Agreed(Agreement("lighthouse", 20)), GoalGone("walk", reached=True))
    text = json.dumps(home.to_json())
    assert "pineapple" not in text
    assert "shoes by the door" not in text
    assert "soup" not in json.dumps(after(FULL, NoteGone("the soup")).to_json())


def test_one_goal_in_two_spellings_is_one_goal() -> None:
    home = after(NOBODY, GoalKept("Walk on Sundays", ""), GoalKept("walk on sundays", "shoes"))
    assert [(one.wish, one.step) for one in home.goals] == [("walk on sundays", "shoes")]
