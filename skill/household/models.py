"""What is remembered about two people: little, and nothing to hold against each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import datetime
from typing import Any, Protocol

KEPT_CHECK_INS = 60
"""Check-ins kept: enough to speak of the change since last time, and of a year of weekly ones."""

KEPT_NOTES = 100
"""Thank-yous kept; beyond that the oldest that was heard makes way."""

MOST_GOALS = 3
"""Live goals at a time: more are a list, not a goal."""

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
class Note:
    """A thank-you left for the other one to hear: what follows "thank you for"."""

    day: str
    words: str
    heard: bool = False


@dataclass(frozen=True)
class Goal:
    """A goal they share: what they wish for, and the next small step."""

    day: str
    wish: str
    step: str = ""


@dataclass(frozen=True)
class Agreement:
    """What they agreed on a calm day about time-outs: a word that calls one, and its length."""

    word: str
    minutes: int


@dataclass(frozen=True)
class Household:
    """All that is remembered about one household."""

    names: tuple[str, ...] = ()
    visits: int = 0
    evening_of: str = ""
    """The last evening on which they were here, ISO 8601."""
    evenings: Mapping[str, int] = field(default_factory=dict)
    """Month ("2026-11") to the evenings on which they were here."""
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
    notes: tuple[Note, ...] = ()
    thanks: int = 0
    """Thank-yous ever left."""
    goals: tuple[Goal, ...] = ()
    reached: int = 0
    """Goals ever reached."""
    agreement: Agreement | None = None
    mode: str = ""
    """How to behave: "company", "kids", "quiet", "alone" or "apart"; "" as ever."""
    mode_until: str = ""
    """The first evening on which the mode is over, ISO 8601; "" if it stays until changed."""
    linked: tuple[str, ...] = ()
    """Households of other channels that a code has joined to this one."""

    def to_json(self) -> dict[str, Any]:
        """Return what is stored: only what differs from a household never seen."""
        return {name: _stored(value) for name, value in vars(self).items() if value != _EMPTY[name]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Household":
        """Return the household that `to_json` stored. Fields of a later release are ignored."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        for name, read in _READ.items():
            if known.get(name):
                known[name] = read(known[name])
        return cls(**known)


_EMPTY = vars(Household())


def _stored(value: Any) -> Any:
    """Return a field as JSON; `dataclasses.asdict` copies each value in it, which takes longer."""
    if isinstance(value, tuple):
        return [_stored(one) for one in value]
    return vars(value) if is_dataclass(value) else value


_READ: Mapping[str, Any] = {
    "names": tuple,
    "themes": tuple,
    "evening": lambda told: Evening(**told),
    "check_ins": lambda told: tuple(CheckIn(**one) for one in told),
    "reminders": lambda told: tuple(
        Reminder(one["token"], one["at"], tuple(one["days"])) for one in told
    ),
    "notes": lambda told: tuple(Note(**one) for one in told),
    "goals": lambda told: tuple(Goal(**one) for one in told),
    "agreement": lambda told: Agreement(**told),
    "linked": tuple,
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
class ItemHeard:
    """A question, a gesture or a topic was read out: the others come first from now on."""

    item: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Mark the item heard."""
        return replace(home, heard=with_bit(home.heard, self.item))


@dataclass(frozen=True)
class NoteLeft:
    """A thank-you was left for the other one."""

    words: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Put it into the jar; in a full jar the oldest that was heard makes way."""
        notes = [*home.notes, Note(now.date().isoformat(), self.words)]
        while len(notes) > KEPT_NOTES:
            notes.remove(next((one for one in notes if one.heard), notes[0]))
        return replace(home, notes=tuple(notes), thanks=home.thanks + 1)


@dataclass(frozen=True)
class NotesHeard:
    """These thank-yous were read out."""

    words: tuple[str, ...]

    def apply(self, home: Household, now: datetime) -> Household:
        """Mark them heard: they stay in the jar."""
        notes = (replace(one, heard=one.heard or one.words in self.words) for one in home.notes)
        return replace(home, notes=tuple(notes))


@dataclass(frozen=True)
class NoteGone:
    """A thank-you was taken out of the jar."""

    words: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Drop the latest one that says so."""
        notes = list(home.notes)
        for note in reversed(home.notes):
            if note.words == self.words:
                notes.remove(note)
                break
        return replace(home, notes=tuple(notes))


@dataclass(frozen=True)
class GoalKept:
    """A goal was set, or got its next step."""

    wish: str
    step: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Keep it, in the place of the same wish; never more than `MOST_GOALS`."""
        kept = Goal(now.date().isoformat(), self.wish, self.step)
        same = self.wish.casefold()
        goals = [kept if one.wish.casefold() == same else one for one in home.goals]
        if kept not in goals and len(goals) < MOST_GOALS:
            goals.append(kept)
        return replace(home, goals=tuple(goals))


@dataclass(frozen=True)
class GoalGone:
    """A goal was reached, or let go."""

    wish: str
    reached: bool

    def apply(self, home: Household, now: datetime) -> Household:
        """Drop it, and count it if they got there."""
        goals = tuple(one for one in home.goals if one.wish != self.wish)
        reached = home.reached + (self.reached and len(goals) < len(home.goals))
        return replace(home, goals=goals, reached=reached)


@dataclass(frozen=True)
class Agreed:
    """They agreed how they do time-outs."""

    agreement: Agreement

    def apply(self, home: Household, now: datetime) -> Household:
        """Keep the agreement, in the place of an older one."""
        return replace(home, agreement=self.agreement)


@dataclass(frozen=True)
class ModeSet:
    """They told us how to behave."""

    mode: str
    until: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Behave so, until the given evening."""
        return replace(home, mode=self.mode, mode_until=self.until)


@dataclass(frozen=True)
class Parted:
    """The places that a code had joined are apart again."""

    def apply(self, home: Household, now: datetime) -> Household:
        """Forget which ones they were; what was kept stays here."""
        return replace(home, linked=())


@dataclass(frozen=True)
class Forgotten:
    """They asked to be forgotten: everything goes at once."""

    def apply(self, home: Household, now: datetime) -> Household:
        """Return a household never seen."""
        return Household()


def joined(home: Household, other: Household, key: str) -> Household:
    """Return `home` with what `other`, kept under `key`, had and it lacks: nothing is lost.

    What both have, such as names, stays as it is in `home`. Joined once more, it stays as it is.
    """
    if key in home.linked:
        return home
    notes = sorted((*other.notes, *home.notes), key=lambda one: (not one.heard, one.day))
    notes = sorted(notes[-KEPT_NOTES:], key=lambda one: one.day)
    wishes = {one.wish for one in home.goals}
    goals = (*home.goals, *(one for one in other.goals if one.wish not in wishes))
    months = sorted({*home.evenings, *other.evenings})
    return replace(
        home,
        names=home.names or other.names,
        first_day=min(filter(None, (home.first_day, other.first_day)), default=""),
        evenings={
            # Both may have been used on one evening: the larger count is true at least.
            one: max(home.evenings.get(one, 0), other.evenings.get(one, 0))
            for one in months
        },
        heard=_either(home.heard, other.heard),
        rested=_either(home.rested, other.rested),
        evening=max(
            filter(None, (home.evening, other.evening)), key=lambda one: one.day, default=None
        ),
        mode=home.mode or other.mode,
        mode_until=home.mode_until if home.mode else other.mode_until,
        check_ins=tuple(
            sorted((*other.check_ins, *home.check_ins), key=lambda one: one.day)[-KEPT_CHECK_INS:]
        ),
        notes=tuple(notes),
        thanks=home.thanks + other.thanks,
        goals=goals[:MOST_GOALS],
        reached=home.reached + other.reached,
        agreement=home.agreement or other.agreement,
        linked=tuple(dict.fromkeys((*home.linked, *other.linked, key))),
    )


def _either(bits: Mapping[str, int], others: Mapping[str, int]) -> Mapping[str, int]:
    return {one: bits.get(one, 0) | others.get(one, 0) for one in sorted({*bits, *others})}


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
