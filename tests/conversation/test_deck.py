"""Which items fit a night, and which of them comes next."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import content
from content.library import (
    BARRIERS,
    LIGHT,
    PERSONAL,
    REPAIR,
    SEASONS,
    SHORT,
    STAGES,
    TENDER,
    Exercise,
    Gesture,
    Item,
    Library,
    Question,
    Starter,
)
from skill.conversation.deck import (
    ACT,
    APART,
    DO_TOGETHER,
    QUESTIONS,
    TALK,
    WARM,
    Drawn,
    Night,
    draw,
    fitting,
    night,
)
from skill.conversation.setting import Setting
from skill.conversation.turn import Heard
from skill.household.models import (
    Bits,
    Evening,
    Household,
    QuestionHeard,
    Rested,
    Skipped,
    either,
    has_bit,
    heard,
    items_in,
    joined,
    skipped,
    with_bit,
)

ALL = content().library
EVERYTHING = [one for one in ALL.items.values() if isinstance(one, Question | Starter)]
DEPTHS = (LIGHT, PERSONAL, TENDER)
SATURDAY, WEDNESDAY = date(2026, 11, 28), date(2026, 11, 25)
NOBODY = Household()


def on(day: date, seed: str = "a house", **told: Any) -> Night:
    """Return a night of a household; each day has its own chance."""
    return Night(f"{seed}:{day}", day, **told)


def fits(night: Night, library: Library = ALL) -> list[Item]:
    return [library.item(one) for one in items_in(fitting(library, night))]


def seven_on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 19, tzinfo=UTC)


def read(home: Household, item: str, day: date) -> Household:
    return QuestionHeard(Evening(day.isoformat(), item)).apply(home, seven_on(day))


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)


def marked(items: Sequence[Item]) -> Bits:
    bits: Bits = {}
    for one in items:
        bits = with_bit(bits, one.id)
    return bits


def written(folder: Path, *records: dict[str, Any], code: str = "A1") -> Library:
    """Return a library of a few questions, where the one that we have does not go so far."""
    lines = [f'code = "{code}"', 'name = "a theme"', 'also = ["a topic"]']
    usual = {"depth": 1, "ask": "What?", "lighter": "A bit?", "deeper": "And why?"}
    for number, record in enumerate(records, 1):
        lines.append("[[question]]")
        whole = {"id": f"{code}-{number:03}", **usual, **record}
        lines += [f"{name} = {json.dumps(value)}" for name, value in whole.items()]
    (folder / "deck").mkdir(exist_ok=True)
    (folder / "deck" / f"{code}.toml").write_text("\n".join(lines), encoding="utf-8")
    return Library(folder)


# What fits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "suits"),
    [
        ({"depths": (LIGHT,)}, lambda one: one.depth == LIGHT),
        ({"depths": (TENDER,)}, lambda one: one.depth == TENDER),
        ({"theme": "A5"}, lambda one: one.theme == "A5"),
        ({"company": True}, lambda one: one.company_ok),
        ({"kids": True}, lambda one: one.kids_ok and one.theme not in BARRIERS),
        ({"alone": True}, lambda one: one.solo_ok),
        ({"late": True}, lambda one: one.evening_ok),
        (
            {"calm": True},
            lambda one: one.theme == REPAIR or (one.theme not in BARRIERS and one.depth < TENDER),
        ),
        ({"day": WEDNESDAY}, lambda one: one.minutes <= SHORT),
        ({"letters": QUESTIONS}, lambda one: isinstance(one, Question)),
        (
            {"alone": True, "late": True, "depths": (PERSONAL,)},
            lambda one: one.solo_ok and one.evening_ok and one.depth == PERSONAL,
        ),
    ],
)
def test_what_the_evening_is_like_leaves_what_its_record_says(
    told: dict[str, Any], suits: Callable[[Item], bool]
) -> None:
    usual = Night("", SATURDAY, depths=DEPTHS)
    left = [one for one in fits(replace(usual, **told)) if not one.sensitive]
    assert left == [one for one in fits(usual) if suits(one)]
    assert 0 < len(left) < len(fits(usual))


@pytest.mark.parametrize("number", range(7))
def test_a_long_one_comes_on_a_weekend_only(number: int) -> None:
    day = later(date(2026, 11, 23), number)  # a Monday
    longest = max(one.minutes for one in fits(Night("", day, DEPTHS)))
    assert (longest > SHORT) == (number >= 5)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_what_fits_it_and_an_unknown_one_what_fits_everybody(stage: str) -> None:
    plain = [one for one in EVERYTHING if not one.sensitive and not one.season]
    known = [one for one in plain if stage in one.stages]
    unknown = [one for one in plain if set(one.stages) == set(STAGES)]
    found = fits(Night("", SATURDAY, DEPTHS, stage=stage))
    assert {one.id for one in found} == {one.id for one in known}
    assert {one.id for one in fits(Night("", SATURDAY, DEPTHS))} == {one.id for one in unknown}
    assert len(found) > len(unknown)


@pytest.mark.parametrize("season", ["", *SEASONS])
def test_what_makes_sense_in_one_season_comes_in_no_other(tmp_path: Path, season: str) -> None:
    few = written(tmp_path, {}, *({"season": one} for one in SEASONS))
    found = fits(Night("", SATURDAY, season=season), few)
    assert [one.season for one in found] == ["", season] if season else [""]


def test_what_hurts_some_comes_only_to_who_asks_for_its_theme() -> None:
    hurts = {one.theme for one in EVERYTHING if one.sensitive}
    assert hurts
    assert not any(one.sensitive for one in fits(Night("", SATURDAY, DEPTHS)))
    for theme in hurts:
        assert any(one.sensitive for one in fits(Night("", SATURDAY, DEPTHS, theme)))


def test_who_is_apart_need_not_touch(tmp_path: Path) -> None:
    few = written(tmp_path, {}, {"needs_touch": True})
    assert len(fits(Night("", SATURDAY), few)) == 2
    assert [one.needs_touch for one in fits(Night("", SATURDAY, apart=True), few)] == [False]


@pytest.mark.parametrize("told", ["company", "kids", "late", "calm"])
def test_nothing_tender_comes_whatever_its_record_says(tmp_path: Path, told: str) -> None:
    anywhere = {"company_ok": True, "kids_ok": True, "evening_ok": True}
    few = written(tmp_path, *({"depth": depth, **anywhere} for depth in DEPTHS))
    assert [one.depth for one in fits(Night("", SATURDAY, DEPTHS), few)] == [1, 2, 3]
    assert [one.depth for one in fits(Night("", SATURDAY, DEPTHS, **{told: True}), few)] == [1, 2]


def test_the_day_after_a_time_out_is_tender_only_to_make_up() -> None:
    calm = Night("", SATURDAY, depths=(TENDER,), calm=True)
    assert {one.theme for one in fits(calm)} == {REPAIR}
    for unless in ("company", "kids", "late"):
        assert fits(replace(calm, **{unless: True})) == []


def test_no_barrier_comes_before_children_whatever_its_record_says(tmp_path: Path) -> None:
    few = written(tmp_path, {"kids_ok": True}, code="F4")
    assert len(fits(Night("", SATURDAY), few)) == 1
    assert fits(Night("", SATURDAY, kids=True), few) == []


@pytest.mark.parametrize(
    ("letters", "formats"),
    [
        (TALK, {Question, Starter}),
        (QUESTIONS, {Question}),
        (ACT, {Gesture}),
        (DO_TOGETHER, {Exercise}),
    ],
)
def test_talk_and_acts_are_drawn_apart(letters: Sequence[str], formats: set[type[Item]]) -> None:
    night = Night("", SATURDAY, DEPTHS, letters=letters)
    assert {type(one) for one in fits(night)} == formats
    drawn = [draw(ALL, NOBODY, replace(night, seed=str(number))).item for number in range(30)]
    assert {type(one) for one in drawn} == formats


# What the setting is -----------------------------------------------------------------------


def setting(home: Household = NOBODY, house: str = "a house", hour: int = 19) -> Setting:
    now = datetime(2026, 11, 28, hour, tzinfo=UTC)
    return Setting(content(), home, Heard(house, "a turn", now, zone="Europe/London"), "")


def test_a_night_is_as_the_setting_has_it() -> None:
    usual = night(setting(), (LIGHT,), "A5")
    assert (usual.day, usual.depths, usual.theme) == (SATURDAY, (LIGHT,), "A5")
    assert (usual.season, usual.stage, usual.letters) == ("autumn", "", TALK)
    assert night(setting(hour=22), (LIGHT,)).late
    assert night(setting(Household(calm_until="2026-11-28T20:00:00+00:00")), (LIGHT,)).calm
    modes = ("company", "kids", "alone", "apart")
    for mode in ("", "quiet", *modes):
        told = night(setting(Household(mode=mode)), (LIGHT,))
        on_now = [one for one in (*modes, "late", "calm") if getattr(told, one)]
        assert on_now == ([mode] if mode in modes else [])


def test_who_is_apart_has_that_stage_unless_they_told_another() -> None:
    for home, stage, apart in (
        (Household(mode="apart"), APART, True),
        (Household(mode="apart", stage="parents"), "parents", True),
        (Household(stage=APART), APART, True),
        (Household(stage="new"), "new", False),
    ):
        told = night(setting(home), (LIGHT,))
        assert (told.stage, told.apart) == (stage, apart)


def test_each_draw_has_its_own_chance_and_newcomers_have_one_for_all() -> None:
    known = Household(asked=1)
    seeds = [night(setting(known, house), (LIGHT,), drawn=0).seed for house in ("one", "two")]
    seeds.append(night(setting(known, "one"), (LIGHT,), drawn=1).seed)
    assert len(set(seeds)) == 3
    assert night(setting(house="one"), (LIGHT,)) == night(setting(house="two"), (LIGHT,))


# What comes next ---------------------------------------------------------------------------


def test_the_same_seed_draws_the_same() -> None:
    home = read(NOBODY, "A1-001", later(SATURDAY, -1))
    drawn = {draw(ALL, home, on(SATURDAY)).item.id for _ in range(9)}
    assert len(drawn) == 1


def test_two_houses_have_their_own_order() -> None:
    orders = set()
    for house in ("one", "two", "three"):
        orders.add(tuple(item.id for item, _ in evenings(house, 3)))
    assert len(orders) == 3


@pytest.mark.parametrize("theme", ["A5", "C2", "E2"])
def test_nothing_of_a_theme_comes_again_while_something_else_of_it_is_left(theme: str) -> None:
    home, named = NOBODY, Night("", SATURDAY, DEPTHS, theme)
    left = {one.id for one in fits(named)}
    while left:
        drawn = draw(ALL, home, replace(named, seed=str(len(left))))
        assert (drawn.widened, drawn.again) == (False, False)
        left.remove(drawn.item.id)
        home = read(home, drawn.item.id, SATURDAY)
    assert draw(ALL, home, named).widened


def test_a_theme_and_a_depth_are_kept_to_while_they_last() -> None:
    named = on(SATURDAY, theme="A5", depths=(PERSONAL,))
    drawn = draw(ALL, NOBODY, named)
    assert (drawn.item.theme, drawn.item.depth, drawn.widened) == ("A5", PERSONAL, False)

    personal = fits(named)
    home = replace(NOBODY, quarters={"2026Q4": marked(personal)})
    drawn = draw(ALL, home, named)
    assert (drawn.item.theme, drawn.item.depth, drawn.widened) == ("A5", LIGHT, True)

    lighter = fits(replace(named, depths=(LIGHT, PERSONAL)))
    home = replace(NOBODY, quarters={"2026Q4": marked(lighter)})
    drawn = draw(ALL, home, named)
    assert (drawn.item.theme != "A5", drawn.item.depth, drawn.widened) == (True, PERSONAL, True)
    assert not drawn.again


def test_what_was_never_heard_comes_before_what_has_rested() -> None:
    named = on(SATURDAY, theme="A5")
    ours = fits(named)
    known = [one for one in ours if one not in ours[::5]]
    for home in (
        replace(NOBODY, earlier=marked(known)),
        replace(NOBODY, quarters={"2019Q1": marked(known)}),
    ):
        drawn = []
        for number in range(len(ours)):
            one = draw(ALL, home, replace(named, seed=str(number)))
            assert (one.again, one.widened) == (False, False)
            drawn.append(one.item.id)
            home = read(home, one.item.id, SATURDAY)
        new = [one.id for one in ours[::5]]
        assert set(drawn[: len(new)]) == set(new)
        assert sorted(drawn) == sorted(one.id for one in ours)


def test_when_all_rests_what_was_heard_longest_ago_comes_first() -> None:
    named = on(SATURDAY, theme="A5")
    ours = fits(named)
    oldest, middle = ours[::3], ours[1::3]
    others = [one for one in EVERYTHING if one not in oldest and one not in middle]
    home = replace(
        NOBODY,
        quarters={
            "2026Q3": marked(others),
            "2026Q2": marked(middle),
            "2026Q1": marked(oldest),
        },
    )
    drawn = []
    for number in range(len(ours)):
        one = draw(ALL, home, replace(named, seed=str(number)))
        assert (one.again, one.widened) == (True, False)
        drawn.append(one.item)
        home = read(home, one.item.id, SATURDAY)
    assert set(drawn[: len(oldest)]) == set(oldest)
    assert set(drawn[len(oldest) : len(oldest) + len(middle)]) == set(middle)
    assert set(drawn) == set(ours)


def test_what_comes_again_is_not_the_one_of_just_now(tmp_path: Path) -> None:
    few = written(tmp_path, {}, {})
    home = read(read(NOBODY, "A1-001", SATURDAY), "A1-002", SATURDAY)
    for number in range(9):
        drawn = draw(few, home, Night(str(number), SATURDAY, theme="A1"))
        assert (drawn.item.id, drawn.again) == ("A1-001", True)


def test_what_has_rested_is_as_if_it_had_not_been_heard() -> None:
    named = on(SATURDAY, theme="A5")
    home = replace(NOBODY, quarters={"2026Q4": marked(fits(named))})
    last = date(2026, 12, 31) + timedelta(days=540)
    assert draw(ALL, home, replace(named, day=last)).widened
    drawn = draw(ALL, home, replace(named, day=later(last, 1)))
    assert (drawn.item.theme, drawn.widened, drawn.again) == ("A5", False, False)


def test_what_is_not_for_us_never_comes_even_when_all_else_rests() -> None:
    gone = [one for one in EVERYTHING if one.theme == "A7" or one.depth == LIGHT]
    home = replace(NOBODY, rested=marked(gone))
    for quarters in ({}, {"2026Q4": marked(EVERYTHING)}):
        for number in range(60):
            wanted = Night(str(number), SATURDAY, theme="A7" if number % 2 else "")
            drawn = draw(ALL, replace(home, quarters=quarters), wanted)
            assert not has_bit(home.rested, drawn.item.id)
            assert drawn.again == bool(quarters)


def test_a_question_that_was_skipped_comes_again_after_180_days() -> None:
    named = on(SATURDAY, theme="A5")
    one, *others = fits(named)
    home = read(replace(NOBODY, rested=marked(others)), one.id, SATURDAY)
    home = Skipped(one.id, SATURDAY.isoformat()).apply(home, seven_on(SATURDAY))
    for days in (0, 1, 30, 179):
        assert draw(ALL, home, replace(named, day=later(SATURDAY, days))).item != one
    drawn = draw(ALL, home, replace(named, day=later(SATURDAY, 180)))
    assert (drawn.item, drawn.widened, drawn.again) == (one, False, False)


def test_a_question_that_was_skipped_does_not_come_when_all_else_rests() -> None:
    named = on(SATURDAY, theme="A5")
    one, *others = fits(named)
    home = replace(
        NOBODY,
        skipped={one.id: later(SATURDAY, -179).isoformat()},
        quarters={"2026Q1": marked(EVERYTHING)},
    )
    drawn = {draw(ALL, home, replace(named, seed=str(number))).item for number in range(200)}
    assert one not in drawn
    assert drawn <= set(others)


NIGHTS = st.builds(
    Night,
    seed=st.text(max_size=3),
    day=st.sampled_from([SATURDAY, WEDNESDAY]),
    depths=st.sampled_from([(LIGHT,), (PERSONAL,), (TENDER,), (LIGHT, PERSONAL), DEPTHS]),
    theme=st.sampled_from(["", *ALL.themes]),
    stage=st.sampled_from(["", *STAGES]),
    company=st.booleans(),
    kids=st.booleans(),
    alone=st.booleans(),
    apart=st.booleans(),
    late=st.booleans(),
    calm=st.booleans(),
    season=st.sampled_from(["", *SEASONS]),
)


def some(chance: Random) -> Bits:
    """Return some items: of each stack all, none, or a few."""
    return {
        stack: every & chance.choice([0, every, chance.getrandbits(every.bit_length())])
        for stack, every in ALL.every.items()
    }


def a_household(chance: Random) -> Household:
    away = [one for one in items_in(some(chance)) if chance.random() < 0.1]
    return Household(
        quarters={"2026Q2": some(chance), "2026Q4": some(chance)},
        rested=marked([ALL.item(one) for one in away[::2]]),
        skipped=dict.fromkeys(away[1::2], "2026-11-20"),
    )


@settings(deadline=None)
@given(NIGHTS, st.integers(0, 9999).map(Random).map(a_household))
def test_whatever_the_night_it_fits_and_rests_only_when_all_that_fits_does(
    wanted: Night, home: Household
) -> None:
    def unheard(night: Night) -> Bits:
        return {stack: one & ~resting.get(stack, 0) for stack, one in fitting(ALL, night).items()}

    never = either(home.rested, skipped(home, wanted.day))
    resting = either(never, *heard(home, wanted.day))
    lighter = replace(wanted, depths=range(LIGHT, max(wanted.depths) + 1))
    wider = [lighter, replace(wanted, theme=""), replace(lighter, theme="")]

    drawn = draw(ALL, home, wanted)
    found = drawn.item.id
    assert any(has_bit(fitting(ALL, one), found) for one in (wanted, *wider))
    assert not has_bit(never, found)
    assert drawn.item.depth <= max(wanted.depths)
    assert drawn.again == has_bit(resting, found)
    if drawn.again:
        assert not any(items_in(unheard(one)) for one in (wanted, *wider))
    elif drawn.widened:
        assert not items_in(unheard(wanted))
    else:
        assert has_bit(unheard(wanted), found)


# The rotation ------------------------------------------------------------------------------


def evenings(seed: str, count: int, **told: Any) -> Iterator[tuple[Item, Drawn]]:
    """Yield what is drawn on so many evenings in a row, each read."""
    home = NOBODY
    for number in range(count):
        day = later(SATURDAY, number)
        drawn = draw(ALL, home, on(day, seed, **told))
        home = read(home, drawn.item.id, day)
        yield drawn.item, drawn


def in_any(days: int, themes: Sequence[str]) -> Iterator[Sequence[str]]:
    return (themes[first : first + days] for first in range(len(themes) - days + 1))


RUNS: Sequence[tuple[str, dict[str, Any]]] = [
    ("one", {}),
    ("two", {}),
    ("three", {}),
    ("four", {"depths": (LIGHT,)}),
    ("five", {"stage": "parents", "season": "winter"}),
    ("six", {"late": True, "stage": APART, "apart": True}),
    ("seven", {"kids": True, "depths": (LIGHT,)}),
]


@pytest.mark.parametrize(("seed", "told"), RUNS)
def test_a_hundred_and_twenty_evenings_keep_to_the_rotation(
    seed: str, told: dict[str, Any]
) -> None:
    run = list(evenings(seed, 120, **told))
    assert not any(drawn.again or drawn.widened for _, drawn in run)
    assert len({item.id for item, _ in run}) == 120
    themes = [item.theme for item, _ in run]
    for five in in_any(5, themes):
        assert len(set(five)) == 5
    for fortnight in in_any(14, themes):
        assert sum(theme in BARRIERS for theme in fortnight) <= 2
        assert sum(theme in WARM for theme in fortnight) >= 4
        assert len(set(fortnight)) >= 7
    assert any(theme in BARRIERS for theme in themes) == (not told.get("kids", told.get("late")))


@pytest.mark.parametrize("seed", range(4))
def test_evenings_of_one_to_three_questions_keep_to_the_rotation(seed: int) -> None:
    home, run, chance = NOBODY, [], Random(seed)
    for number in range(120):
        day, themes = later(SATURDAY, number), []
        for turn in range(chance.randint(1, 3)):
            drawn = draw(ALL, home, on(day, f"{seed}:{turn}"))
            assert not drawn.again
            home = read(home, drawn.item.id, day)
            themes.append(drawn.item.theme)
        run.append(themes)
    for first in range(120):
        five = [theme for themes in run[first:][:5] for theme in themes]
        fortnight = [theme for themes in run[first:][:14] for theme in themes]
        assert len(set(five)) == len(five)
        assert sum(theme in BARRIERS for theme in fortnight) <= 2
        if first + 14 <= 120:
            assert sum(theme in WARM for theme in fortnight) >= 4
            assert len(set(fortnight)) >= 7


def next_themes(*lately: str) -> set[str]:
    """Return which themes may come on SATURDAY after these in turn on the thirteen evenings before.

    The last of them was there on the evening before.
    """
    days = [later(SATURDAY, number - 13).isoformat() for number in range(13)]
    home = replace(NOBODY, recent=dict(zip(days, (*lately * 13,)[-13:], strict=True)))
    drawn = [draw(ALL, home, Night(str(number), SATURDAY)) for number in range(300)]
    assert not any(one.again or one.widened for one in drawn)
    return {one.item.theme for one in drawn}


def test_after_a_fortnight_without_a_warm_theme_one_comes() -> None:
    assert next_themes("A1", "A2", "A3", "A4", "A5", "D1", "D2") == set(WARM)


def test_after_a_fortnight_of_few_themes_another_one_comes() -> None:
    for few in (("A1", "A6", "A7", "C2", "C3"), ("A1", "A2", "A6", "A7", "C2", "C3")):
        assert not next_themes(*few) & set(few)
    enough = ("A1", "A2", "A3", "A6", "A7", "C2", "C3")
    assert next_themes(*enough) & set(enough) == set(enough[:3])  # the others were there just now


def test_after_two_barriers_in_a_fortnight_no_other_comes() -> None:
    others = ("A1", "A2", "A6", "A7", "C2", "C3", "D1", "D2", "E1", "E2", "E3")
    assert not next_themes("B1", "F1", *others) & set(BARRIERS)
    assert next_themes("B1", "E4", *others) & set(BARRIERS)


def test_who_names_a_theme_gets_it_whatever_was_there_lately() -> None:
    home = read(NOBODY, "B1-001", SATURDAY)
    for number in range(3):
        drawn = draw(ALL, home, on(later(SATURDAY, number), theme="B1"))
        assert (drawn.item.theme, drawn.widened) == ("B1", False)
        home = read(home, drawn.item.id, later(SATURDAY, number))


def test_a_theme_comes_less_often_the_more_of_it_was_heard_or_not_for_them() -> None:
    def times(home: Household) -> int:
        drawn = (draw(ALL, home, Night(str(number), SATURDAY)) for number in range(400))
        return sum(one.item.theme == "C2" for one in drawn)

    ours = [one for one in EVERYTHING if one.theme == "C2"]
    most = replace(NOBODY, quarters={"2026Q4": marked(ours[: len(ours) * 3 // 4])})
    few = replace(NOBODY, rested=marked(ours[:6]))
    for less in (most, few):
        assert 0 < times(less) < times(NOBODY) / 2


# When every theme was there in the last five days, as after four questions on each evening.
ALL_LATELY = replace(NOBODY, recent={later(SATURDAY, -1).isoformat(): " ".join(ALL.themes)})
NO_THEME_LEFT = "draw() forgets the night and the household when no theme's turn it is"


def test_when_all_themes_were_there_lately_what_is_heard_rests_while_others_fit() -> None:
    light = [one for one in EVERYTHING if one.depth == LIGHT]
    home = replace(ALL_LATELY, quarters={"2026Q4": marked(light)})
    for number in range(30):
        drawn = draw(ALL, home, Night(str(number), SATURDAY))
        assert (drawn.item.depth, drawn.again) == (PERSONAL, False)


def test_when_all_themes_were_there_lately_what_is_not_for_us_does_not_come() -> None:
    light = [one for one in EVERYTHING if one.depth == LIGHT]
    home = replace(ALL_LATELY, rested=marked(light))
    for number in range(30):
        assert draw(ALL, home, Night(str(number), SATURDAY)).item not in light


@pytest.mark.parametrize("told", ["company", "kids", "late", "calm"])
def test_when_all_themes_were_there_lately_it_fits_tonight_all_the_same(told: str) -> None:
    for number in range(60):
        wanted = Night(str(number), SATURDAY, (LIGHT,), **{told: True})
        assert draw(ALL, ALL_LATELY, wanted).item in fits(wanted)


def test_four_questions_on_each_evening_before_children_are_all_for_children() -> None:
    home = NOBODY
    for number in range(200):
        day = later(SATURDAY, number // 4)
        wanted = on(day, str(number), kids=True, depths=(LIGHT,))
        drawn = draw(ALL, home, wanted)
        assert drawn.item in fits(wanted)
        assert not drawn.again
        home = read(home, drawn.item.id, day)


# What they loved ---------------------------------------------------------------------------

LOVED_LATER, LOVED, *_ = fits(Night("", WEDNESDAY, (LIGHT,)))
FOND = Household(loved={LOVED.id: SATURDAY.isoformat()}, quarters={"2026Q4": marked([LOVED])})
YEAR = 365


def remembering(home: Household, first: int, last: int, **told: Any) -> list[Drawn]:
    """Return what is remembered on the evenings from `first` to `last` days after SATURDAY."""
    nights = (on(later(SATURDAY, number), **told) for number in range(first, last))
    return [drawn for one in nights if (drawn := draw(ALL, home, one)).remembered]


def remembers() -> str:
    """Return a seed that is for remembering."""
    year = later(SATURDAY, YEAR)
    seeds = (str(number) for number in range(99))
    return next(one for one in seeds if draw(ALL, FOND, Night(one, year)).remembered)


def test_what_they_loved_comes_back_after_a_year_and_never_before() -> None:
    drawn = [draw(ALL, FOND, on(later(SATURDAY, number))) for number in range(YEAR)]
    assert not any(one.remembered or one.item == LOVED for one in drawn)
    found = remembering(FOND, YEAR, YEAR + 90)
    assert 0 < len(found) < 30
    assert {(one.item, one.widened, one.again) for one in found} == {(LOVED, False, False)}


def test_a_year_is_365_days() -> None:
    for days, comes in ((YEAR - 1, False), (YEAR, True), (5 * YEAR, True)):
        assert draw(ALL, FOND, Night(remembers(), later(SATURDAY, days))).remembered == comes


def test_what_was_remembered_comes_back_another_year_later() -> None:
    home = read(FOND, LOVED.id, later(SATURDAY, YEAR + 9))
    assert remembering(home, YEAR + 10, 2 * YEAR + 9) == []
    assert remembering(home, 2 * YEAR + 9, 2 * YEAR + 99)


def test_what_they_loved_longest_ago_comes_back_first() -> None:
    loved = {LOVED_LATER.id: later(SATURDAY, 1).isoformat(), LOVED.id: SATURDAY.isoformat()}
    found = remembering(Household(loved=loved), YEAR + 1, YEAR + 90)
    assert {one.item for one in found} == {LOVED}


@pytest.mark.parametrize(
    "told",
    [
        {"theme": LOVED.theme},
        {"theme": "B2"},
        {"depths": (PERSONAL,)},
        {"letters": QUESTIONS},
        {"letters": ACT},
    ],
)
def test_who_wants_something_else_gets_it(told: dict[str, Any]) -> None:
    assert remembering(FOND, YEAR, YEAR + 90, **told) == []


@pytest.mark.parametrize(
    ("told", "suits"),
    [
        ("company", lambda one: one.company_ok),
        ("late", lambda one: one.evening_ok),
        ("alone", lambda one: one.solo_ok),
    ],
)
def test_what_they_loved_comes_back_only_when_it_fits(
    told: str, suits: Callable[[Item], bool]
) -> None:
    unfit = next(one for one in fits(on(WEDNESDAY)) if not suits(one))
    home = Household(loved={unfit.id: SATURDAY.isoformat()})
    assert remembering(home, YEAR, YEAR + 90)
    assert remembering(home, YEAR, YEAR + 90, **{told: True}) == []


def test_what_they_loved_waits_while_its_theme_was_there_lately() -> None:
    year = later(SATURDAY, YEAR)
    for days, comes in ((1, False), (4, False), (5, True)):
        home = replace(FOND, recent={later(year, -days).isoformat(): LOVED.theme})
        assert draw(ALL, home, Night(remembers(), year)).remembered == comes


def test_what_is_not_for_us_any_more_is_not_remembered() -> None:
    home = Rested(LOVED.id).apply(FOND, seven_on(later(SATURDAY, YEAR - 1)))
    assert remembering(home, YEAR, YEAR + 90) == []


@pytest.mark.parametrize(
    "put_away", [Rested(LOVED.id), Skipped(LOVED.id, later(SATURDAY, YEAR - 1).isoformat())]
)
def test_what_one_place_has_put_away_is_not_remembered_from_another(
    put_away: Rested | Skipped,
) -> None:
    here = put_away.apply(NOBODY, seven_on(later(SATURDAY, YEAR - 1)))
    home = joined(here, FOND, "a page")
    assert remembering(home, YEAR, YEAR + 90) == []
