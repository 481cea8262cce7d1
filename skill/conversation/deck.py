"""Which item comes next: what fits tonight, does not rest, and is of a theme not there lately.

The rules of the rotation hold for questions that nobody chose: whoever names a theme gets it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from zlib import crc32

from content.library import (
    BARRIERS,
    LIGHT,
    PERSONAL,
    REPAIR,
    SEASONS,
    STAGES,
    TENDER,
    Item,
    Library,
)
from skill.conversation.setting import Setting
from skill.household.models import (
    LOVED_RESTS,
    RECENT,
    Bits,
    Household,
    earlier,
    has_bit,
    heard,
    skipped,
    with_bit,
)

WARM = frozenset(("A6", "A7", "C2", "C3"))
"""Affection, appreciation, everyday life and play, small gestures."""

APART_DAYS = 5
"""A theme comes once in so many days."""

WINDOW_DAYS = RECENT.days
"""And in any so many days there are ..."""
LEAST_THEMES = 7
LEAST_WARM = 4
MOST_BARRIERS = 2

SATURDAY = 5

APART = "long-distance"
"""The stage of those who are not in one place."""

REMEMBERS_ONE_IN = 7
"""Of the evenings on which a loved question could come back, one in so many brings one."""

TALK, QUESTIONS, ACT, DO_TOGETHER = ("", "P"), ("",), ("G",), ("X",)
"""The letters of what is drawn: questions and prompts, questions alone, gestures, exercises."""


@dataclass(frozen=True)
class Night:
    """What decides which items fit, besides what the household has heard."""

    seed: str
    """The same seed draws the same."""
    day: date
    depths: tuple[int, ...] = (LIGHT, PERSONAL)
    theme: str = ""
    """The code of a theme that they named, "" for none."""
    stage: str = ""
    """"" if we do not know: see `_stages`."""
    company: bool = False
    kids: bool = False
    alone: bool = False
    apart: bool = False
    """They are not in one place."""
    late: bool = False
    """After ten at night."""
    calm: bool = False
    """A time-out ended less than a day ago."""
    season: str = ""
    """Where they are; "" if nobody knows."""
    letters: tuple[str, ...] = TALK


@dataclass(frozen=True)
class Drawn:
    """An item, and what drawing it took."""

    item: Item
    widened: bool = False
    """True if nothing unheard was left of what they named, so it is something else."""
    again: bool = False
    """True if all that fit had been heard, so it is one that they heard longest ago."""
    remembered: bool = False
    """True if it is one that they loved, a year ago or more."""


def night(
    setting: Setting,
    depths: tuple[int, ...],
    theme: str = "",
    drawn: int = 0,
    letters: tuple[str, ...] = TALK,
) -> Night:
    """Return what decides which items fit just now; `drawn` questions there were this evening.

    The seed is the evening, and whose evening it is. So a page that is only looked at has another
    question tomorrow. Whoever has heard none yet gets that of all newcomers: a page that knows
    nobody shows one question all evening, and theirs stays what it was when they begin to talk.
    """
    whose = setting.heard.household if setting.home.asked else ""
    return Night(
        seed=f"{whose}:{setting.evening.isoformat()}:{drawn}",
        day=setting.evening,
        depths=depths,
        theme=theme,
        stage=setting.home.stage or (APART if setting.apart else ""),
        apart=setting.apart,
        company=setting.mode == "company",
        kids=setting.mode == "kids",
        alone=setting.mode == "alone",
        late=setting.late,
        calm=setting.calm,
        season=setting.season,
        letters=letters,
    )


def draw(library: Library, home: Household, night: Night) -> Drawn:
    """Draw an item for this household.

    What they named comes first: the theme in the depths, then in lighter ones, then another theme.
    When all of that rests, what was heard longest ago comes again. Then the rotation gives way; and
    last, it is a light question that whoever listens may hear.
    """
    loved = _loved(library, home, night)
    if loved:
        return Drawn(library.item(loved), remembered=True)
    lighter = tuple(range(LIGHT, max(night.depths) + 1))
    wider = [night, replace(night, depths=lighter)]
    if night.theme:
        wider += [replace(one, theme="") for one in wider]
    for rotated, again in product((True, False), (False, True)):
        for step, wanted in enumerate(wider):
            found = _pick(library, home, wanted, again, rotated)
            if found:
                return Drawn(library.item(found), widened=step > 0, again=again)
    plain = replace(night, depths=(LIGHT,), theme="", stage="")
    for kept in (Household(rested=home.rested), Household()):
        found = _pick(library, kept, plain, again=False, rotated=False)
        if found:
            break
    return Drawn(library.item(found), again=True)


def may_come(library: Library, home: Household, night: Night, item: str) -> bool:
    """Say whether an item fits a night and does not rest."""
    resting = [home.rested, skipped(home, night.day), *heard(home, night.day)]
    return has_bit(_without(fitting(library, night), resting), item)


def fitting(library: Library, night: Night) -> Mapping[str, int]:
    """Return what fits a night, heard or not: stack of items to bits."""
    weekend = date.min + timedelta(days=night.day.weekday() // SATURDAY * SATURDAY)
    return _fitting(library, replace(night, seed="", day=weekend))


@lru_cache(maxsize=512)
def _fitting(library: Library, night: Night) -> Mapping[str, int]:
    """Return the same for any such night: there are not many kinds."""
    return {
        stack: fits
        for stack, kinds in library.bits.items()
        if stack[2:] in night.letters and (fits := _fits(stack[:2], kinds, night))
    }


def _fits(theme: str, kinds: Bits, night: Night) -> int:
    if night.theme not in ("", theme):
        return 0
    barrier = theme in BARRIERS
    if barrier and (night.kids or (night.calm and theme != REPAIR)):
        return 0
    gentle = night.company or night.kids or night.late or (night.calm and theme != REPAIR)
    fits = 0
    for depth in night.depths:
        if depth < TENDER or not gentle:
            fits |= kinds.get(f"depth {depth}", 0)
    for stage in _stages(night):
        fits &= kinds.get(stage, 0)
    for unless, needed in (
        (night.company, "company_ok"),
        (night.kids, "kids_ok"),
        (night.alone, "solo_ok"),
        (night.late, "evening_ok"),
    ):
        if unless:
            fits &= kinds.get(needed, 0)
    if night.day.weekday() < SATURDAY and not (night.theme and night.letters == DO_TOGETHER):
        fits &= ~kinds.get("long", 0)  # an exercise that was asked for says first how long it takes
    if night.apart:
        fits &= ~kinds.get("needs_touch", 0)
    if not night.theme:
        # What hurts some comes only to those who ask for its theme.
        fits &= ~kinds.get("sensitive", 0)
    for season in SEASONS:
        if season != night.season:
            fits &= ~kinds.get(season, 0)
    return fits


def _stages(night: Night) -> Collection[str]:
    """Return the kinds of couples whom an item has to fit.

    Before an exercise we ask whether both are here: so as long as we know nothing else, they are.
    """
    if night.stage:
        return (night.stage,)
    if night.letters == DO_TOGETHER:
        return [stage for stage in STAGES if stage != APART]
    return ("everybody",)


def _pick(library: Library, home: Household, night: Night, again: bool, rotated: bool) -> str:
    """Return the id that is drawn, "" if nothing fits.

    What they never heard comes before what has rested for long enough. With `again`, what rests
    since longest ago counts as unheard, as far back as needed.
    """
    fits = fitting(library, night)
    quarters = heard(home, night.day)
    never = [one for one in (home.rested, skipped(home, night.day)) if one]
    if again and home.evening:
        never.append(with_bit({}, home.evening.question))
    for since in range(1, len(quarters) + 1) if again else (0,):
        unheard = _without(fits, [*never, *quarters[since:]])
        found = _first(home, night, unheard, rotated)
        if found:
            return found
    return ""


def _without(fits: Bits, resting: Sequence[Bits]) -> dict[str, int]:
    """Return what fits and does not rest."""
    unheard = dict(fits)
    for one in resting:
        for stack, bits in one.items():
            if stack in unheard:
                unheard[stack] &= ~bits
    return {stack: bits for stack, bits in unheard.items() if bits}


def _first(home: Household, night: Night, unheard: Bits, rotated: bool) -> str:
    """Return one of `unheard`, from a theme whose turn it may be; "" if there is none.

    The rotation is one of talk: small acts may repeat a theme.
    """
    stock = _stock(unheard)
    themes: Collection[str] = stock
    if rotated and night.letters == TALK and not night.theme:
        themes = _in_turn(_Lately.of(home, night.day), stock)
    rested = earlier(home, night.day)
    if rested:
        new = _without({one: unheard[one] for one in unheard if one[:2] in themes}, rested)
        if new:
            unheard = new
            stock = _stock(new)
    theme = _theme(home, night, {one: stock[one] for one in themes if one in stock})
    return _one_of(unheard, theme, night, _hash(night.seed, theme) % stock[theme]) if theme else ""


def _stock(left: Bits) -> dict[str, int]:
    """Return theme to the number of items that are left of it."""
    stock: dict[str, int] = {}
    for stack, bits in left.items():
        stock[stack[:2]] = stock.get(stack[:2], 0) + bits.bit_count()
    return stock


def _one_of(left: Bits, theme: str, night: Night, number: int) -> str:
    """Return the id of the item of a theme that has `number` others before it."""
    for letter in night.letters:
        bits = left.get(theme + letter, 0)
        if number < bits.bit_count():
            return f"{theme}{letter}-{_nth(bits, number):03}"
        number -= bits.bit_count()
    raise AssertionError("The stock counts what is left.")


def _nth(bits: int, number: int) -> int:
    """Return the place of the bit that has `number` set ones before it."""
    for _ in range(number):
        bits &= bits - 1
    return (bits & -bits).bit_length() - 1


def _theme(home: Household, night: Night, stock: Mapping[str, int]) -> str:
    """Return a theme of those in `stock`, "" if there is none.

    The chance of a theme grows with what is left of it, so that none is used up before the others,
    and falls with each of its questions that was not for them.
    """
    weights = [stock[one] / (1 + home.rested.get(one, 0).bit_count()) for one in stock]
    left = _hash("theme", night.seed) / 2**32 * sum(weights)
    for theme, weight in zip(stock, weights, strict=True):
        left -= weight
        if left < 0:
            return theme
    return ""


def _hash(*parts: str) -> int:
    """Return a number that looks like chance: the same for the same parts, in every process."""
    return crc32(":".join(parts).encode()) * 2654435761 % 2**32


@dataclass(frozen=True)
class _Lately:
    """The themes of the last days."""

    close: frozenset[str]
    """Those that are too close to come again."""
    evenings: Sequence[Sequence[str]]
    """Those of each evening in the window of fourteen days that ends tonight."""
    left: int
    """The evenings of that window that are still to come, tonight among them."""

    @classmethod
    def of(cls, home: Household, day: date) -> "_Lately":
        """Return what is known of the days before `day`, and of that day itself."""
        first, close = _before(day, WINDOW_DAYS - 1), _before(day, APART_DAYS - 1)
        days = {one: themes.split() for one, themes in home.recent.items() if one >= first}
        return cls(
            frozenset(theme for one, themes in days.items() if one >= close for theme in themes),
            list(days.values()),
            WINDOW_DAYS - sum(one < day.isoformat() for one in days),
        )


def _before(day: date, days: int) -> str:
    return (day - timedelta(days=days)).isoformat()


def _in_turn(lately: _Lately, themes: Collection[str]) -> Collection[str]:
    """Return those themes whose turn it may be, as the rules above have it."""
    seen = [theme for evening in lately.evenings for theme in evening]
    full = sum(theme in BARRIERS for theme in seen) >= MOST_BARRIERS
    themes = [
        theme for theme in themes if theme not in lately.close and not (full and theme in BARRIERS)
    ]
    # By evening, not by question: a window that moves on by a day then loses one at most, which
    # tonight can make good.
    warm = sum(not WARM.isdisjoint(evening) for evening in lately.evenings)
    if LEAST_WARM - warm >= lately.left:
        themes = [theme for theme in themes if theme in WARM] or themes
    different = len({evening[0] for evening in lately.evenings})
    if LEAST_THEMES - different >= lately.left:
        themes = [theme for theme in themes if theme not in seen] or themes
    return themes


def _loved(library: Library, home: Household, night: Night) -> str:
    """Return a question that they loved a year ago or more, if tonight is for remembering."""
    if night.theme or night.letters != TALK or _hash("remember", night.seed) % REMEMBERS_ONE_IN:
        return ""
    fits = fitting(library, night)
    lately = _Lately.of(home, night.day)
    turn = set(_in_turn(lately, {stack[:2] for stack in fits}))
    fits = _without(fits, [home.rested, skipped(home, night.day)])
    return min(
        (one for one in _due(home, night.day) if one[:2] in turn and has_bit(fits, one)),
        key=lambda one: home.loved[one],
        default="",
    )


def _due(home: Household, day: date) -> Iterator[str]:
    before = (day - LOVED_RESTS).isoformat()
    return (one for one, since in home.loved.items() if since <= before)
