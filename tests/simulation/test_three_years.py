"""Ten thousand couples, each with three years of evenings: the rules by which questions come hold.

Each couple has habits of its own: how often they ask, how late, who is with them; whether they want
another one, skip, love or put away; and time-outs, and check-ins on which one of the two is far
away. What they hear is drawn by the real code from the real library, and every rule is looked at
anew here, from nothing but what was heard when. Run with `-s` to see how many nights pass before a
question is heard a second time.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from typing import Any

import pytest

from content import content
from content.library import LIGHT, STAGES, TENDER, Item, Question, Starter
from skill.conversation import facts
from skill.conversation.setting import Setting
from skill.conversation.turn import Heard
from skill.household.models import (
    CheckedIn,
    Effect,
    Evening,
    Household,
    Loved,
    QuestionHeard,
    Rested,
    Skipped,
    StageTold,
    TimeOutTaken,
)

COUPLES = 10_000 // len(STAGES)
YEARS = 3
BEGIN = date(2027, 1, 1)
NIGHTS = [(0.01, 1.0), (0.02, 3 / 7), (0.07, 1 / 7), (0.9, 1 / 45)]
"""Shares of the couples, and the share of evenings on which they ask: daily to every six weeks."""

BARRIERS = {"B1", "B2", "B3", "F1", "F2", "F3", "F4"}
WARM = {"A6", "A7", "C2", "C3"}
LIBRARY = content().library
ITEMS = LIBRARY.items
THEMES = sorted(LIBRARY.themes)


@dataclass
class Couple:
    """Two people, what we keep of them, and what we saw."""

    name: str
    share: float
    chance: Random
    home: Household
    heard: dict[str, date] = field(default_factory=dict)
    """Id to the evening on which it was read last."""
    away: set[str] = field(default_factory=set)
    skipped: dict[str, date] = field(default_factory=dict)
    loved: dict[str, date] = field(default_factory=dict)
    drawn: list[tuple[date, str, bool]] = field(default_factory=list)
    """Evening, theme, and whether they had named it."""
    calm_until: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    gentle_until: date = BEGIN
    first_repeat: int = 0
    """The night on which a question came a second time; 0 if none did."""
    nights: int = 0

    def keeps(self, effect: Effect, setting: Setting) -> None:
        self.home = effect.apply(self.home, setting.local)


def couples(stage: str) -> Iterator[Couple]:
    for number in range(COUPLES):
        name = f"{stage} {number}"
        chance = Random(name)
        shares = [share for share, _ in NIGHTS]
        (share,) = chance.choices([nights for _, nights in NIGHTS], shares)
        yield Couple(name, share, chance, Household(stage=StageTold(stage).stage))


def lives(couple: Couple) -> None:
    """Let three years go by."""
    for number in range(YEARS * 365):
        if couple.chance.random() < couple.share or not number:
            evening(couple, BEGIN + timedelta(days=number))


def evening(couple: Couple, day: date) -> None:
    """Let them ask for tonight's question, and do with it what they do."""
    chance = couple.chance
    late = chance.random() < 0.08
    # At half past ten at night, or in the evening; Berlin is an hour or two ahead of UTC.
    now = datetime(day.year, day.month, day.day, 21 if late else 18, 30, tzinfo=UTC)
    mode = chance.choices(["", "company", "kids", "alone"], [94, 2, 2, 2])[0]
    if mode or couple.home.mode or not couple.home.first_day:
        until = (day + timedelta(days=1)).isoformat() if mode else ""
        first = couple.home.first_day or day.isoformat()
        couple.home = replace(couple.home, mode=mode, mode_until=until, first_day=first)
    couple.nights += 1
    before(couple, setting(couple, now))
    theme = chance.choice(THEMES) if chance.random() < 0.03 else ""
    depth = chance.choices(["", "light", "personal", "tender"], [91, 3, 3, 3])[0]
    asked: dict[str, str] = {"theme": theme, "depth": depth}
    read = 0
    while True:
        here = setting(couple, now)
        found = facts.tonight(here, **asked)
        if found["said"] not in ("read", "another", "remembered"):
            assert read == 4 or found["said"] in ("lighter", "deeper"), found["said"]
            return
        holds(couple, here, found, asked, read)
        take(couple, here, found, bool(asked["theme"]))
        read += 1
        again(couple, here, found)
        asked = after(couple, here)
        if not asked:
            return


def setting(couple: Couple, now: datetime) -> Setting:
    heard = Heard(couple.name, "turn", now, zone="Europe/Berlin", locale="en-US")
    return Setting(content(), couple.home, heard, waiting="")


def before(couple: Couple, here: Setting) -> None:
    """A time-out earlier this evening, now and then; a check-in on which one is far away."""
    if couple.chance.random() < 0.02:
        end = here.heard.now - timedelta(hours=couple.chance.randrange(6))
        couple.keeps(TimeOutTaken(end.isoformat()), here)
        couple.calm_until = end + timedelta(hours=24)
    if couple.chance.random() < 0.02:
        far = couple.chance.random() < 0.5
        couple.keeps(CheckedIn(5.0, far), here)
        couple.gentle_until = here.evening + timedelta(days=7) if far else here.evening


def take(couple: Couple, here: Setting, found: Mapping[str, Any], named: bool) -> None:
    item = ITEMS[found["evening"]["question"]]
    if item.id in couple.heard and found["said"] != "remembered" and not couple.first_repeat:
        couple.first_repeat = couple.nights
    couple.keeps(QuestionHeard(Evening(**found["evening"])), here)
    couple.heard[item.id] = here.evening
    couple.drawn.append((here.evening, item.theme, named))
    if item.id in couple.loved:
        couple.loved[item.id] = here.evening


def again(couple: Couple, here: Setting, found: Mapping[str, Any]) -> None:
    """The same evening has the same question, however often it is asked for."""
    if couple.chance.random() < 0.05:
        once_more = facts.tonight(setting(couple, here.heard.now))
        assert once_more["said"] == "same"
        assert once_more["evening"]["question"] == found["evening"]["question"]


def after(couple: Couple, here: Setting) -> dict[str, str]:
    """Say what they do with a question; return what they ask for next, nothing for nothing."""
    day, chance = here.evening, couple.chance.random()
    (*_, (_, _, _)), current = couple.drawn, couple.home.evening
    assert current
    if chance < 0.02:
        couple.keeps(Rested(current.question), here)
        couple.away.add(current.question)
        couple.loved.pop(current.question, None)
    elif chance < 0.05:
        couple.keeps(Skipped(current.question, day.isoformat()), here)
        couple.skipped[current.question] = day
        del couple.heard[current.question]
    elif chance < 0.09:
        couple.keeps(Loved(current.question, day.isoformat()), here)
        couple.loved[current.question] = day
        return {}
    elif chance > 0.14:
        return {}
    if couple.home.evening and couple.home.evening.drawn >= 4:
        return {}
    return {"theme": "", "depth": couple.chance.choice(["", "", "tender"]), "turn": "another"}


def holds(
    couple: Couple,
    here: Setting,
    found: Mapping[str, Any],
    asked: Mapping[str, str],
    read: int,
) -> None:
    """Look at each rule for one question that is about to be read."""
    item = ITEMS[found["evening"]["question"]]
    day, mode = here.evening, here.mode
    told = f"{couple.name}, {day}, {item.id}, {found['said']}, {found['note']}"
    rests(couple, here, item, found, asked["theme"], told)
    assert found["evening"]["drawn"] == (
        couple.home.evening.drawn + 1
        if couple.home.evening and couple.home.evening.day == day.isoformat()
        else 1
    ), told

    # Whom it fits, and who is there.
    assert suits(couple, here, item, asked["theme"]), told
    assert mode != "kids" or item.theme not in BARRIERS, told

    # How deep.
    calm = here.heard.now < couple.calm_until
    late = here.local.hour >= 22
    new = day - date.fromisoformat(couple.home.first_day) < timedelta(days=7)
    if new or mode in ("company", "kids"):
        assert item.depth == LIGHT, told
    if item.depth == TENDER:
        assert asked["depth"] == "tender" or found["said"] == "remembered", told
        assert found["tender"], told
        assert read > 0, told
        assert not late, told
        assert day >= couple.gentle_until, told
        assert not calm or item.theme == "F4", told
    if late:
        assert item.theme not in BARRIERS, told
    if calm and item.theme in BARRIERS:
        assert item.theme == "F4", told

    # Which theme.
    if not asked["theme"]:
        turns(couple, item, day, told)


def suits(couple: Couple, here: Setting, item: Item, theme: str) -> bool:
    """Say whether an item is for these two, and for whoever is there tonight."""
    return (
        couple.home.stage in item.stages
        and item.season in ("", here.season)
        and (here.mode != "company" or item.company_ok)
        and (here.mode != "kids" or item.kids_ok)
        and (here.mode != "alone" or item.solo_ok)
        and (not item.sensitive or theme == item.theme)
        and not (here.apart and item.needs_touch)
        and item.minutes <= (10 if here.evening.weekday() < 5 else 20)
        and (here.local.hour < 22 or item.evening_ok)
    )


def rests(
    couple: Couple,
    here: Setting,
    item: Item,
    found: Mapping[str, Any],
    theme: str,
    told: str,
) -> None:
    day = here.evening
    assert item.id not in couple.away, told
    if item.id in couple.skipped:
        assert day - couple.skipped[item.id] >= timedelta(days=180), told
    if found["said"] == "remembered":
        assert day - couple.loved[item.id] >= timedelta(days=365), told
    elif item.id in couple.heard and found["note"] != "new_round":
        assert day - couple.heard[item.id] >= timedelta(days=540), told
        # And nothing of its theme and depth was left that they had never heard.
        known = {*couple.heard, *couple.away, *couple.skipped}
        assert not [
            one.id
            for one in LIBRARY.of_theme(item.theme).values()
            if isinstance(one, Question | Starter)
            and one.depth == item.depth
            and one.id not in known
            and suits(couple, here, one, theme)
        ], told


def turns(couple: Couple, item: Item, day: date, told: str) -> None:
    """No theme twice in five days; in any fourteen, two of barriers at most."""
    close = {theme for one, theme, _ in couple.drawn[-24:] if day - one < timedelta(days=5)}
    assert item.theme not in close, told
    if item.theme in BARRIERS:
        window = [one for one in couple.drawn[-64:] if day - one[0] < timedelta(days=14)]
        assert sum(theme in BARRIERS for _, theme, _ in window) < 2, told


def windows(couple: Couple) -> int:
    """Look at each fourteen days on all of which they asked, and named nothing; count them."""
    days: dict[date, list[tuple[str, bool]]] = {}
    for day, theme, named in couple.drawn:
        days.setdefault(day, []).append((theme, named))
    looked_at = 0
    for first in days:
        window = [days.get(first + timedelta(days=number)) for number in range(14)]
        if all(window):
            drawn = [one for day in window for one in day or ()]
            if not any(named for _, named in drawn):
                themes = [theme for theme, _ in drawn]
                told = f"{couple.name}, from {first}: {' '.join(themes)}"
                assert len(set(themes)) >= 7, told
                assert sum(theme in WARM for theme in themes) >= 4, told
                looked_at += 1
    return looked_at


@pytest.mark.parametrize("stage", STAGES)
def test_ten_thousand_couples_for_three_years(stage: str) -> None:
    evenings = questions = looked_at = 0
    repeats: dict[float, list[int]] = {share: [] for _, share in NIGHTS}
    whole: Counter[float] = Counter()
    for couple in couples(stage):
        lives(couple)
        looked_at += windows(couple)
        evenings += couple.nights
        questions += len(couple.drawn)
        whole[couple.share] += 1
        if couple.first_repeat:
            repeats[couple.share].append(couple.first_repeat)
    assert looked_at > 0
    print(f"\n{stage}: {sum(whole.values())} couples, {evenings} evenings, {questions} questions")
    for share, nights in repeats.items():
        habit = f"  {whole[share]} who ask on {share * 7:.1f} evenings a week:"
        told = f"{habit} {len(nights)} heard one twice"
        if nights:
            told += (
                f", the first after {min(nights)} evenings, half of them after {median(nights):.0f}"
            )
        print(f"{told}.")
