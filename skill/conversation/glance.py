"""What a page shows before anyone says a word: read, never changed by looking."""

from dataclasses import dataclass
from datetime import date

from content import content
from skill.conversation import facts, keepsakes
from skill.conversation.setting import Setting
from skill.conversation.turn import Heard
from skill.household.models import Household


@dataclass(frozen=True)
class Felt:
    """A check-in: its day, how that day is called, and how close the two felt (0 to 10)."""

    day: date
    name: str
    closeness: float


@dataclass(frozen=True)
class Glance:
    """A household at one glance. No thank-you is in it: those are read when asked for."""

    question: str
    """Tonight's question, whether or not it was asked for yet."""
    thanks: int
    """Thank-yous in the jar."""
    goals: tuple[tuple[str, str], ...]
    """Their goals, each with its next step ("" for none)."""
    closeness: tuple[Felt, ...]
    """Their check-ins that tell how close they felt, the oldest first."""


def glance(heard: Heard, home: Household) -> Glance:
    """Return `home` as it is at the time of `heard`."""
    setting = Setting(content(heard.locale), home, heard, waiting="")
    return Glance(
        question=facts.tonight(setting)["text"],
        thanks=len(home.notes),
        goals=tuple((one["wish"], one["step"]) for one in keepsakes.goals(setting)["goals"]),
        closeness=tuple(
            _felt(setting, date.fromisoformat(one["day"]), one["closeness"])
            for one in sorted(keepsakes.journey(setting)["plot"], key=lambda one: str(one["day"]))
        ),
    )


def _felt(setting: Setting, day: date, closeness: float) -> Felt:
    words = setting.content.words
    month = words["months"].split()[day.month - 1]
    return Felt(day, words["date"].format(month=month, day=day.day), closeness)
