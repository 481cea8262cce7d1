"""Which question comes next: never one heard before while unheard ones are left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

from content import Content, Question
from skill.household.models import Household, has_bit

LIGHT, PERSONAL, TENDER = 1, 2, 3


@dataclass(frozen=True)
class Drawn:
    """A question, and what drawing it took."""

    question: Question
    widened: bool = False
    """True if nothing unheard was left of what they asked for, so it is something else."""
    new_round: tuple[str, ...] = ()
    """Questions that become unheard again, because all that fit had been heard."""


def draw(content: Content, home: Household, seed: str, theme: str, depths: Sequence[int]) -> Drawn:
    """Draw a question for this household.

    The same `seed` draws the same. `theme` may be "". Unheard questions of the theme
    and the depths come first; then of the theme; then of the depths; then any that is no deeper;
    when all of those are heard, a new round begins.
    """
    allowed = [one for one in content.questions.values() if not has_bit(home.rested, one.id)]
    allowed = allowed or list(content.questions.values())
    fits: list[Callable[[Question], bool]] = [
        lambda one: one.theme == theme and one.depth in depths,
        lambda one: one.theme == theme and one.depth <= max(depths),
        lambda one: one.depth in depths,
        lambda one: one.depth <= max(depths),
    ]
    if not theme:
        fits = fits[2:]
    for place, fit in enumerate(fits):
        unheard = [one for one in allowed if fit(one) and not has_bit(home.heard, one.id)]
        if unheard:
            return Drawn(_first(unheard, home, seed, theme), widened=place > 0)
    whole = [one for one in allowed if fits[0](one)] or allowed
    last = home.evening.question if home.evening else ""
    again = [one for one in whole if one.id != last] or whole
    return Drawn(_first(again, home, seed, theme), new_round=tuple(one.id for one in whole))


def _first(among: Sequence[Question], home: Household, seed: str, theme: str) -> Question:
    """Return the question that `seed` picks, from a theme that the last evenings did not have."""
    fresh = [one for one in among if theme or one.theme not in home.themes] or among
    return min(fresh, key=lambda one: crc32(f"{seed}:{one.id}".encode()))
