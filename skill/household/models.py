"""What is remembered about two people: little, and nothing to hold against each other."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

KEPT_CHECK_INS = 60
"""Check-ins kept: enough to speak of the change since last time, and of a year of weekly ones."""

KEPT_THEMES = 5
"""Themes of the last evenings, so that the next evening brings another one."""


@dataclass(frozen=True)
class Evening:
    """Tonight's question: one for a household until four in the morning."""

    day: str
    """The date on which this evening began, ISO 8601."""
    question: str
    """The item's id."""
    turned: str = ""
    """"" for the question itself, "lighter" or "deeper" for one of its follow-ups."""
    drawn: int = 1
    """How many questions this evening has had."""


@dataclass(frozen=True)
class CheckIn:
    """One check-in: when, and how close the two felt on average; None if one did not say.

    The average, so that nothing here tells what one of them said.
    """

    day: str
    closeness: float | None


@dataclass(frozen=True)
class Reminder:
    """A reminder that the couple asked for: the platform's token, the time, the days (MO..SU)."""

    token: str
    at: str
    days: tuple[str, ...]


@dataclass(frozen=True)
class Household:
    """All that is remembered about one household."""

    names: tuple[str, ...] = ()
    visits: int = 0
    first_day: str = ""
    zone: str = ""
    zone_until: str = ""
    """Until when the zone need not be asked for again, ISO 8601: people travel."""
    heard: Mapping[str, int] = field(default_factory=dict)
    """Theme code to the questions heard: bit n is set for question number n."""
    rested: Mapping[str, int] = field(default_factory=dict)
    """The same for questions that are "not for us"."""
    themes: tuple[str, ...] = ()
    evening: Evening | None = None
    check_ins: tuple[CheckIn, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    refused_day: str = ""
    """When the permission for reminders was last refused: no offer for seven days after."""

    def to_json(self) -> dict[str, Any]:
        """Return what is stored: only what differs from a household never seen."""
        empty = asdict(Household())
        return {name: value for name, value in asdict(self).items() if value != empty[name]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Household":
        """Return the household that `to_json` stored. Fields of a later release are ignored."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        for name, read in _READ.items():
            if known.get(name):
                known[name] = read(known[name])
        return cls(**known)


_READ: Mapping[str, Any] = {
    "names": tuple,
    "themes": tuple,
    "evening": lambda told: Evening(**told),
    "check_ins": lambda told: tuple(CheckIn(**one) for one in told),
    "reminders": lambda told: tuple(
        Reminder(one["token"], one["at"], tuple(one["days"])) for one in told
    ),
}


class Effect(Protocol):
    """A change of what is remembered: described by a flow, applied when the turn is saved."""

    def apply(self, home: Household, now: datetime) -> Household:
        """Return the household after the change."""


@dataclass(frozen=True)
class QuestionHeard:
    """A question was read out: it is tonight's, and will not come again."""

    evening: Evening

    def apply(self, home: Household, now: datetime) -> Household:
        """Mark the question heard."""
        theme = self.evening.question.partition("-")[0]
        themes = (theme, *(one for one in home.themes if one != theme))[:KEPT_THEMES]
        heard = with_bit(home.heard, self.evening.question)
        return replace(home, evening=self.evening, heard=heard, themes=themes)


@dataclass(frozen=True)
class NewRound:
    """Every question that fits has been heard: these may come again."""

    questions: tuple[str, ...]

    def apply(self, home: Household, now: datetime) -> Household:
        """Forget that they were heard."""
        heard = home.heard
        for question in self.questions:
            heard = without_bit(heard, question)
        return replace(home, heard=heard)


@dataclass(frozen=True)
class Rested:
    """A question is not for this couple: it never comes again."""

    question: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Rest the question."""
        return replace(home, rested=with_bit(home.rested, self.question))


@dataclass(frozen=True)
class CheckedIn:
    """A check-in was finished."""

    closeness: float | None

    def apply(self, home: Household, now: datetime) -> Household:
        """Add the check-in."""
        done = CheckIn(now.date().isoformat(), self.closeness)
        return replace(home, check_ins=(*home.check_ins, done)[-KEPT_CHECK_INS:])


@dataclass(frozen=True)
class Named:
    """The two told us what to call them."""

    names: tuple[str, ...]

    def apply(self, home: Household, now: datetime) -> Household:
        """Keep the names."""
        return replace(home, names=self.names)


@dataclass(frozen=True)
class ReminderKept:
    """A reminder was set or moved: keep what finds it again."""

    reminder: Reminder

    def apply(self, home: Household, now: datetime) -> Household:
        """Add it, in the place of one with the same token."""
        others = tuple(one for one in home.reminders if one.token != self.reminder.token)
        return replace(home, reminders=(*others, self.reminder))


@dataclass(frozen=True)
class ReminderGone:
    """A reminder was cancelled, or the platform no longer knows it."""

    token: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Drop it."""
        kept = tuple(one for one in home.reminders if one.token != self.token)
        return replace(home, reminders=kept)


@dataclass(frozen=True)
class PermissionRefused:
    """The permission for reminders was refused."""

    def apply(self, home: Household, now: datetime) -> Household:
        """Keep the day: Amazon's guidelines allow no new offer within seven days."""
        return replace(home, refused_day=now.date().isoformat())


@dataclass(frozen=True)
class Forgotten:
    """They asked to be forgotten: everything goes at once."""

    def apply(self, home: Household, now: datetime) -> Household:
        """Return a household never seen."""
        return Household()


def has_bit(bits: Mapping[str, int], question: str) -> bool:
    """Say whether `question` ("A7-012") is marked in `bits`."""
    theme, number = _place(question)
    return bool(bits.get(theme, 0) >> number & 1)


def with_bit(bits: Mapping[str, int], question: str) -> Mapping[str, int]:
    """Return `bits` with `question` marked."""
    theme, number = _place(question)
    return {**bits, theme: bits.get(theme, 0) | 1 << number}


def without_bit(bits: Mapping[str, int], question: str) -> Mapping[str, int]:
    """Return `bits` with `question` not marked."""
    theme, number = _place(question)
    return {**bits, theme: bits.get(theme, 0) & ~(1 << number)}


def questions_in(bits: Mapping[str, int]) -> list[str]:
    """Return the questions that are marked in `bits`, in order."""
    return [
        f"{theme}-{number:03}"
        for theme, marked in sorted(bits.items())
        for number in range(marked.bit_length())
        if marked >> number & 1
    ]


def _place(question: str) -> tuple[str, int]:
    theme, _, number = question.partition("-")
    return theme, int(number)
