"""What is remembered about two people: effects, bounds, joining, and the stored form."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.household.models import (
    KEPT_CHECK_INS,
    KEPT_NOTES,
    KEPT_THEMES,
    MOST_GOALS,
    Agreed,
    Agreement,
    CheckedIn,
    CheckIn,
    Effect,
    Evening,
    Forgotten,
    Goal,
    GoalGone,
    GoalKept,
    Household,
    ItemHeard,
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
    has_bit,
    joined,
    questions_in,
    with_bit,
    without_bit,
)

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
TODAY = "2026-11-24"
NOBODY = Household()
FULL = Household(
    names=("Sam", "Alex"),
    visits=50,
    evening_of=TODAY,
    evenings={"2026-10": 4, "2026-11": 3},
    first_day="2026-01-01",
    zone="Europe/Berlin",
    zone_until="2026-11-25T19:00:00+00:00",
    heard={"A1": 0b1010, "GE": 1 << 200},
    rested={"B2": 0b10},
    themes=("A1", "B2"),
    evening=Evening(TODAY, "A1-003", turned="deeper", drawn=2),
    check_ins=(CheckIn("2026-11-17", 5.5), CheckIn(TODAY, None)),
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


def changed(home: Household, effect: Effect) -> set[str]:
    """Return the names of what `effect` changes about `home`."""
    new = effect.apply(home, NOW)
    return {one.name for one in fields(home) if getattr(home, one.name) != getattr(new, one.name)}


def words_of(home: Household) -> list[str]:
    return [one.words for one in home.notes]


def wishes_of(home: Household) -> list[str]:
    return [one.wish for one in home.goals]


# Every effect ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "fields_changed"),
    [
        (QuestionHeard(Evening(TODAY, "C1-001")), {"evening", "heard", "themes"}),
        (NewRound(("A1-001",)), {"heard"}),
        (Rested("A1-001"), {"rested"}),
        (CheckedIn(7.0), {"check_ins"}),
        (Named(("Ana", "Ben")), {"names"}),
        (ReminderKept(Reminder("b", "09:00", ("SU",))), {"reminders"}),
        (ReminderGone("a token"), {"reminders"}),
        (PermissionRefused(), {"refused_day"}),
        (ItemHeard("ST-001"), {"heard"}),
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
    assert (KEPT_CHECK_INS, KEPT_NOTES, MOST_GOALS) == (60, 100, 3)  # docs/privacy.md


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
    heard = {5, 6, 99}
    jar = tuple(Note(TODAY, str(number), number in heard) for number in range(KEPT_NOTES))
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


def test_a_question_that_was_heard_is_tonights() -> None:
    evening = Evening(TODAY, "A7-012", turned="lighter", drawn=3)
    home = after(NOBODY, QuestionHeard(evening))
    assert home.evening == evening
    assert questions_in(home.heard) == ["A7-012"]
    assert home.themes == ("A7",)


def test_the_last_themes_are_kept_each_once_and_the_latest_first() -> None:
    home = NOBODY
    for theme in ("A1", "A2", "A3", "A2", "B1", "B2", "C1"):
        home = after(home, QuestionHeard(Evening(TODAY, f"{theme}-001")))
    assert home.themes == ("C1", "B2", "B1", "A2", "A3")
    assert len(home.themes) == KEPT_THEMES


def test_items_that_were_heard_are_marked_and_tonights_question_stays() -> None:
    home = after(FULL, ItemHeard("GE-004"), ItemHeard("ST-001"), ItemHeard("GE-004"))
    assert questions_in(home.heard) == ["A1-001", "A1-003", "GE-004", "GE-200", "ST-001"]
    assert (home.evening, home.themes) == (FULL.evening, FULL.themes)


def test_a_new_round_brings_back_only_what_it_names() -> None:
    home = after(FULL, NewRound(("A1-001", "GE-200", "GE-001", "ZZ-009")))
    assert questions_in(home.heard) == ["A1-003"]
    assert home.rested == FULL.rested
    assert after(FULL, NewRound(())) == FULL


def test_a_question_that_is_not_for_them_stays_so_in_a_new_round() -> None:
    home = after(NOBODY, ItemHeard("A1-001"), Rested("A1-001"), NewRound(("A1-001",)))
    assert questions_in(home.heard) == []
    assert questions_in(home.rested) == ["A1-001"]


@given(st.sets(st.tuples(st.sampled_from(["A1", "B2", "GE"]), st.integers(0, 999))))
def test_what_is_marked_is_found_again_in_order(marked: set[tuple[str, int]]) -> None:
    ids = [f"{theme}-{number:03}" for theme, number in sorted(marked)]
    bits = NOBODY.heard
    for one in reversed(ids):
        bits = with_bit(bits, one)
    assert questions_in(bits) == ids
    for one in ids:
        assert has_bit(bits, one)
        bits = without_bit(bits, one)
        assert not has_bit(bits, one)
    assert questions_in(bits) == []


def test_what_was_never_marked_is_not_and_can_be_taken_away_all_the_same() -> None:
    assert not has_bit({}, "A1-000")
    assert not has_bit({}, "A1-001")
    assert not has_bit({"A1": 0b100}, "A1-001")
    assert questions_in(without_bit({"A1": 0b100}, "A1-001")) == ["A1-002"]
    assert questions_in(without_bit({}, "A1-001")) == []


def test_marking_leaves_the_household_before_as_it_was() -> None:
    before = json.dumps(FULL.to_json())
    after(
        FULL,
        ItemHeard("A1-100"),
        Rested("B2-100"),
        NewRound(("A1-001",)),
        NotesHeard(("the soup",)),
    )
    assert json.dumps(FULL.to_json()) == before


# Two households become one -----------------------------------------------------------------

OTHER = Household(
    names=("Ana", "Ben"),
    evenings={"2026-09": 2, "2026-11": 5},
    first_day="2025-11-30",
    heard={"A1": 0b0110, "ST": 0b10},
    rested={"B2": 0b100, "C1": 0b10},
    evening=Evening(TODAY, "C1-001"),
    check_ins=(CheckIn("2026-10-01", 4.0), CheckIn("2026-11-20", 8.0)),
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
    assert BOTH.reminders == FULL.reminders


def test_whatever_either_has_heard_or_rested_is_heard_and_rested() -> None:
    assert questions_in(BOTH.heard) == ["A1-001", "A1-002", "A1-003", "GE-200", "ST-001"]
    assert questions_in(BOTH.rested) == ["B2-001", "B2-002", "C1-001"]


def test_thank_yous_of_both_are_in_one_jar_by_their_day() -> None:
    assert words_of(BOTH) == ["the tea", "the soup", "the walk", "schöne Grüße 💛"]
    assert [one.heard for one in BOTH.notes] == [False, True, True, False]
    assert BOTH.thanks == 10


def test_check_ins_of_both_are_in_one_row_by_their_day() -> None:
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
    third = Household(heard={"A1": 1}, evenings={"2026-11": 6}, first_day="2026-10-10", thanks=1)
    known = []
    for one, two, three in permutations((FULL, OTHER, third)):
        home = joined(joined(one, two, "two"), three, "three")
        known.append((home.heard, home.rested, home.evenings, home.first_day, home.thanks))
        assert sorted(words_of(home)) == sorted(words_of(BOTH))
        assert home.check_ins == BOTH.check_ins
    assert known == known[:1] * 6


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


# As it is stored ---------------------------------------------------------------------------


def stored(home: Household) -> Household:
    """Return `home` as it comes back from the store."""
    return Household.from_json(json.loads(json.dumps(home.to_json())))


@pytest.mark.parametrize("home", [NOBODY, FULL, OTHER, BOTH])
def test_what_is_stored_comes_back_alike(home: Household) -> None:
    assert stored(home) == home
    assert stored(stored(home)) == home


@pytest.mark.parametrize("name", [one.name for one in fields(Household)])
def test_each_thing_by_itself_comes_back_alike(name: str) -> None:
    home = replace(NOBODY, **{name: getattr(FULL, name)})
    assert set(home.to_json()) == {name}
    assert stored(home) == home


WORDS = st.text(max_size=9)
DAYS = st.dates().map(lambda day: day.isoformat())
BITS = st.dictionaries(st.sampled_from(["A1", "GE"]), st.integers(0, 1 << 300), max_size=2)


@given(
    st.builds(
        Household,
        names=st.lists(WORDS, max_size=2).map(tuple),
        heard=BITS,
        rested=BITS,
        evening=st.none() | st.builds(Evening, DAYS, WORDS, WORDS, st.integers(1, 4)),
        check_ins=st.lists(st.builds(CheckIn, DAYS, st.none() | st.floats(0, 10)), max_size=3).map(
            tuple
        ),
        notes=st.lists(st.builds(Note, DAYS, WORDS, st.booleans()), max_size=3).map(tuple),
        goals=st.lists(st.builds(Goal, DAYS, WORDS, WORDS), max_size=3).map(tuple),
        agreement=st.none() | st.builds(Agreement, WORDS, st.integers(1, 999)),
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
            "heard": {"A1": 2},
            "evening": {"day": TODAY, "question": "A1-001"},
            "check_ins": [{"day": "2026-11-17", "closeness": 5.5}],
        }
    )
    assert home == Household(
        names=("Sam", "Alex"),
        visits=3,
        first_day="2026-01-01",
        heard={"A1": 2},
        evening=Evening(TODAY, "A1-001", turned="", drawn=1),
        check_ins=(CheckIn("2026-11-17", 5.5),),
    )
    assert (home.notes, home.goals, home.linked, home.evenings) == ((), (), (), {})
    assert (home.agreement, home.mode, home.mode_until) == (None, "", "")


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
        old, NoteLeft("the soup"), GoalKept("walk", ""), CheckedIn(7.0), ItemHeard("GE-001")
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
