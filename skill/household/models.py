"""What is remembered about two people: little, and nothing to hold against each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from skill.household.later import Later, LaterDict, LaterList

KEPT_CHECK_INS = 60
"""Check-ins kept: enough to speak of the change since last time, and of a year of weekly ones."""

KEPT_NOTES = 100
"""Thank-yous kept; beyond that the oldest that was heard makes way."""

MOST_GOALS = 3
"""Live goals at a time: more are a list, not a goal."""

RESTS = timedelta(days=540)
"""How long an item that was read is not read again, unless nothing else that fits is left."""

SKIP_RESTS = timedelta(days=180)
"""How long a question that was skipped rests."""

LOVED_RESTS = timedelta(days=365)
"""After how long a question that they loved comes back, to be remembered."""

KEPT_LOVED = 60

FAR_LASTS = timedelta(days=7)
"""How long nothing tender comes after one of them felt far away, unless a check-in says else."""

RECENT = timedelta(days=14)
"""Of so many days the themes are kept, so that the next evening brings another one."""


Bits = Mapping[str, int]
"""Stack of items ("A7", "A7P", "ST") to some of them: bit n is set for number n."""


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
class Deed:
    """A gesture or an exercise that was read: on which evening, and its id."""

    day: str
    item: str


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
    """Month ("2026-11") to the evenings on which they were here; "" to those of earlier years."""
    first_day: str = ""
    zone: str = ""
    zone_until: str = ""
    """Until when the zone need not be asked for again, ISO 8601: people travel."""
    quarters: Mapping[str, Bits] = field(default_factory=dict)
    """Quarter of a year ("2026Q4") to the items that were read in it, as long as they rest."""
    earlier: Bits = field(default_factory=dict)
    """Items that were read before that: they may come again, after those that never were."""
    asked: int = 0
    """Questions ever read."""
    told: int = 0
    """Items ever read: questions, gestures, exercises, topics."""
    rested: Bits = field(default_factory=dict)
    """Questions that are "not for us"."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Id of a question that was skipped to the day of it, as long as it rests."""
    loved: Mapping[str, str] = field(default_factory=dict)
    """Id of a question that they loved to the day on which it was read last."""
    recent: Mapping[str, str] = field(default_factory=dict)
    """Day to the themes of its questions ("A1 C2"), of the last fourteen days."""
    evening: Evening | None = None
    deed: Deed | None = None
    """The latest gesture or exercise, until something else is read."""
    stage: str = ""
    """One of `content.library.STAGES`, if they told; "" if not."""
    calm_until: str = ""
    """A day after the end of their last time-out, ISO 8601: nothing that stirs until then."""
    gentle_until: str = ""
    """The first evening on which a tender question may come again, after one felt far away."""
    check_ins: Sequence[CheckIn] = ()
    checked: int = 0
    """Check-ins ever finished."""
    reminders: tuple[Reminder, ...] = ()
    refused_day: str = ""
    """When the permission for reminders was last refused: no offer for seven days after."""
    notes: Sequence[Note] = ()
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
        """Return all that differs from a household never seen, for people and programs."""
        return {name: _stored(value) for name, value in vars(self).items() if value != _EMPTY[name]}

    def to_store(self) -> dict[str, Any]:
        """Return the same for the store: what is read later, unless changed, as it was."""
        return {
            name: value.stored if isinstance(value, Later) else _stored(value)
            for name, value in vars(self).items()
            if isinstance(value, Later) or value != _EMPTY[name]
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Household":
        """Return the household that was stored. Fields of a later release are ignored.

        A value may be a function that returns what is stored: it is called when that is looked at.
        """
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        for name, value in known.items():
            read = _READ.get(name, _as_it_is)
            if callable(value) and name in READ_LATER:
                known[name] = READ_LATER[name](value, read)
            elif value:
                known[name] = read(value() if callable(value) else value)
        return cls(**known)


_EMPTY = vars(Household())


def _stored(value: Any) -> Any:
    """Return a field as JSON; `dataclasses.asdict` copies each value in it, which takes longer."""
    if isinstance(value, tuple | LaterList):
        return [_stored(one) for one in value]
    if isinstance(value, LaterDict):
        return value.value
    return vars(value) if is_dataclass(value) else value


def _as_it_is(told: Any) -> Any:
    return told


READ_LATER: Mapping[str, type[Later[Any]]] = {
    "check_ins": LaterList,
    "notes": LaterList,
    "quarters": LaterDict,
    "earlier": LaterDict,
    "rested": LaterDict,
    "skipped": LaterDict,
    "loved": LaterDict,
}
"""What may be long, and is looked at in few turns only: field to how it is read later."""

_READ: Mapping[str, Callable[[Any], Any]] = {
    "names": tuple,
    "evening": lambda told: Evening(**told),
    "deed": lambda told: Deed(**told),
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
class Came:
    """They are here, for the first time on an evening."""

    evening: str
    """Its day, ISO 8601."""

    def apply(self, home: Household, now: datetime) -> Household:
        """Count the evening; months of more than a year ago are counted as one."""
        month = self.evening[:7]
        counts = {**home.evenings, month: home.evenings.get(month, 0) + 1}
        return replace(
            home,
            first_day=home.first_day or self.evening,
            evening_of=self.evening,
            evenings=_of_a_year(counts, month),
        )


@dataclass(frozen=True)
class QuestionHeard:
    """A question was read out: it is tonight's, and rests from now on."""

    evening: Evening

    def apply(self, home: Household, now: datetime) -> Household:
        """Mark the question, and its theme."""
        question, day = self.evening.question, self.evening.day
        if home.evening and (home.evening.question, home.evening.day) == (question, day):
            return replace(home, evening=self.evening, deed=None)
        since = (date.fromisoformat(day) - RECENT).isoformat()
        recent = {one: themes for one, themes in home.recent.items() if one > since}
        recent[day] = f"{recent.get(day, '')} {question[:2]}".strip()
        loved = home.loved if question not in home.loved else {**home.loved, question: day}
        return replace(
            _with_heard(home, question, now.date()),
            evening=self.evening,
            deed=None,
            asked=home.asked + 1,
            recent=recent,
            loved=loved,
        )


@dataclass(frozen=True)
class NewRound:
    """Every item that fits has been heard: these may come again."""

    items: tuple[str, ...]

    def apply(self, home: Household, now: datetime) -> Household:
        """Forget that they were heard."""
        quarters = {one: dict(bits) for one, bits in home.quarters.items()}
        earlier = dict(home.earlier)
        for item in self.items:
            stack, number = place(item)
            for bits in (*quarters.values(), earlier):
                if stack in bits:
                    bits[stack] &= ~(1 << number)
        return replace(home, quarters=quarters, earlier=earlier)


@dataclass(frozen=True)
class Rested:
    """A question is not for this couple: it never comes again."""

    question: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Rest the question."""
        loved = {one: day for one, day in home.loved.items() if one != self.question}
        return replace(home, rested=with_bit(home.rested, self.question), loved=loved)


@dataclass(frozen=True)
class Skipped:
    """They do not want a question tonight: it comes again sooner than one they talked about."""

    question: str
    day: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Rest the question for a while, and not as one that was heard."""
        since = (date.fromisoformat(self.day) - SKIP_RESTS).isoformat()
        skipped = {one: day for one, day in home.skipped.items() if day > since}
        home = NewRound((self.question,)).apply(home, now)
        return replace(home, skipped={**skipped, self.question: self.day})


@dataclass(frozen=True)
class Loved:
    """They loved a question: it comes back after a year, to be remembered."""

    question: str
    day: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Keep it; of too many, the one that was read longest ago makes way."""
        others = {one: day for one, day in home.loved.items() if one != self.question}
        return replace(home, loved=_loved({**others, self.question: self.day}, {}))


@dataclass(frozen=True)
class StageTold:
    """They told how long they have been together, or that they live apart, or have children."""

    stage: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Keep it; "" forgets it."""
        return replace(home, stage=self.stage)


@dataclass(frozen=True)
class TimeOutTaken:
    """A time-out was called: the day after it is for calm things."""

    until: str
    """Its agreed end, ISO 8601."""

    def apply(self, home: Household, now: datetime) -> Household:
        """Keep when that day is over."""
        calm = (datetime.fromisoformat(self.until) + timedelta(days=1)).isoformat()
        return replace(home, calm_until=calm)


@dataclass(frozen=True)
class CheckedIn:
    """A check-in was finished. `far`: one of the two, whichever, felt far away."""

    closeness: float | None
    far: bool = False

    def apply(self, home: Household, now: datetime) -> Household:
        """Add the check-in; of `far` only until when nothing tender is to come."""
        done = CheckIn(now.date().isoformat(), self.closeness)
        gentle = (now.date() + FAR_LASTS).isoformat() if self.far else ""
        return replace(
            home,
            check_ins=(*home.check_ins, done)[-KEPT_CHECK_INS:],
            checked=home.checked + 1,
            gentle_until=gentle,
        )


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
    """A story, a topic or the like was read out: the others come first from now on."""

    item: str

    def apply(self, home: Household, now: datetime) -> Household:
        """Mark the item heard."""
        return replace(_with_heard(home, self.item, now.date()), deed=None)


@dataclass(frozen=True)
class DeedHeard:
    """A gesture or an exercise was read: it has questions of its own to go on with."""

    deed: Deed

    def apply(self, home: Household, now: datetime) -> Household:
        """Mark it heard, and keep it for the evening."""
        return replace(_with_heard(home, self.deed.item, now.date()), deed=self.deed)


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
    latest = max({"", *home.evenings, *other.evenings})
    ours, theirs = _of_a_year(home.evenings, latest), _of_a_year(other.evenings, latest)
    return replace(
        home,
        names=home.names or other.names,
        first_day=min(filter(None, (home.first_day, other.first_day)), default=""),
        evenings={
            # Both may have been used on one evening: the larger count is true at least.
            one: max(ours.get(one, 0), theirs.get(one, 0))
            for one in sorted({*ours, *theirs})
        },
        quarters={
            one: _either(home.quarters.get(one, {}), other.quarters.get(one, {}))
            for one in sorted({*home.quarters, *other.quarters})
        },
        earlier=_either(home.earlier, other.earlier),
        asked=home.asked + other.asked,
        told=home.told + other.told,
        rested=_either(home.rested, other.rested),
        skipped=_newest(home.skipped, other.skipped),
        loved=_loved(_newest(home.loved, other.loved), _either(home.rested, other.rested)),
        recent={
            day: " ".join(filter(None, (home.recent.get(day), other.recent.get(day))))
            for day in sorted({*home.recent, *other.recent})
        },
        stage=home.stage or other.stage,
        calm_until=max(home.calm_until, other.calm_until, key=_instant),
        gentle_until=max(home.gentle_until, other.gentle_until),
        evening=max(
            filter(None, (home.evening, other.evening)), key=lambda one: one.day, default=None
        ),
        deed=max(filter(None, (home.deed, other.deed)), key=lambda one: one.day, default=None),
        mode=home.mode or other.mode,
        mode_until=home.mode_until if home.mode else other.mode_until,
        check_ins=tuple(
            sorted((*other.check_ins, *home.check_ins), key=lambda one: one.day)[-KEPT_CHECK_INS:]
        ),
        checked=home.checked + other.checked,
        notes=tuple(notes),
        thanks=home.thanks + other.thanks,
        goals=goals[:MOST_GOALS],
        reached=home.reached + other.reached,
        agreement=home.agreement or other.agreement,
        linked=tuple(dict.fromkeys((*home.linked, *other.linked, key))),
    )


def _of_a_year(evenings: Mapping[str, int], latest: str) -> dict[str, int]:
    """Return evenings by month, those of more than a year before the month `latest` as one."""
    since = f"{int(latest[:4]) - 1}{latest[4:]}" if latest else ""
    of_a_year = {month: count for month, count in evenings.items() if month >= since}
    before = sum(evenings.values()) - sum(of_a_year.values())
    return {"": before, **of_a_year} if before else of_a_year


def _newest(days: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Return the later day of each question."""
    return {one: max(days.get(one, ""), others.get(one, "")) for one in {**days, **others}}


def _loved(days: Mapping[str, str], rested: Bits) -> dict[str, str]:
    """Return the questions that are kept as loved: those read last, and none that was put away."""
    kept = [one for one in days.items() if not has_bit(rested, one[0])]
    return dict(sorted(kept, key=lambda one: one[1])[-KEPT_LOVED:])


def _instant(at: str) -> float:
    """Return a time of ISO 8601 as a number; "" is before all of them."""
    return datetime.fromisoformat(at).timestamp() if at else 0.0


def _either(bits: Bits, others: Bits) -> Bits:
    return dict(sorted(either(bits, others).items()))


def quarter(day: date) -> str:
    """Return the quarter of a year that a day is in: "2026Q4"."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def _rests(name: str, day: date) -> bool:
    """Say whether what was read in a quarter rests on `day`: it does so from the quarter's end."""
    year, number = int(name[:4]), int(name[5:])
    return date(year + number // 4, number % 4 * 3 + 1, 1) + RESTS > day


def _with_heard(home: Household, item: str, day: date) -> Household:
    """Return the household with an item read on `day`; what need not rest any more is earlier."""
    now = quarter(day)
    quarters = {one: bits for one, bits in home.quarters.items() if _rests(one, day)}
    if len(quarters) < len(home.quarters):
        home = replace(home, earlier=either(*earlier(home, day)))
    quarters[now] = with_bit(quarters.get(now, {}), item)
    return replace(home, quarters=quarters, told=home.told + 1)


def heard(home: Household, day: date) -> list[Bits]:
    """Return the items that rest on `day` because they were read, those of each quarter apart.

    The oldest quarter comes first: what is in it comes again first when nothing else is left.
    """
    return [home.quarters[one] for one in sorted(home.quarters) if _rests(one, day)]


def earlier(home: Household, day: date) -> list[Bits]:
    """Return the items that were read so long before `day` that they do not rest any more."""
    rested = [bits for one, bits in home.quarters.items() if not _rests(one, day)]
    return [one for one in (home.earlier, *rested) if one]


def skipped(home: Household, day: date) -> Bits:
    """Return the questions that rest on `day` because they were skipped."""
    bits: Bits = {}
    for question, since in home.skipped.items():
        if date.fromisoformat(since) + SKIP_RESTS > day:
            bits = with_bit(bits, question)
    return bits


def either(*of: Bits) -> dict[str, int]:
    """Return what is marked in one or the other."""
    found: dict[str, int] = {}
    for bits in of:
        for stack, marked in bits.items():
            found[stack] = found.get(stack, 0) | marked
    return found


def place(item: str) -> tuple[str, int]:
    """Return the stack of an item and the number of its bit: "A7-012" is number 12 of "A7"."""
    stack, _, number = item.partition("-")
    return stack, int(number)


def has_bit(bits: Bits, item: str) -> bool:
    """Say whether an item ("A7-012") is marked in `bits`."""
    stack, number = place(item)
    return bool(bits.get(stack, 0) >> number & 1)


def with_bit(bits: Bits, item: str) -> Bits:
    """Return `bits` with an item marked."""
    stack, number = place(item)
    return {**bits, stack: bits.get(stack, 0) | 1 << number}


def items_in(bits: Bits) -> list[str]:
    """Return the items that are marked in `bits`, in order."""
    return [
        f"{stack}-{number:03}"
        for stack, marked in sorted(bits.items())
        for number in range(marked.bit_length())
        if marked >> number & 1
    ]
