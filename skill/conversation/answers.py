"""What a question accepts: each answer type knows the intents it listens for and reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from skill.conversation import slots
from skill.conversation.turn import FALLBACK, Heard

# Words that came with no meaning of their own, or a meaning too thin to act on: an answer may
# look at what was typed.
LOOSE = frozenset({FALLBACK, "SayIntent", "RatingIntent", "FeelingIntent", "DoneIntent"})


NO = "AMAZON.NoIntent"
"""To a question that is neither yes nor no: they do not want to say."""


class NotAnAnswer(ValueError):  # noqa: N818
    """What was heard does not answer the question. It is not logged; the question comes again."""


class NotYet(NotAnAnswer):
    """They are not through yet: they get more time, and the question stays."""


class Answer(Protocol):
    """What a question accepts."""

    @property
    def listens(self) -> tuple[str, ...]:
        """The intents that answer."""

    @property
    def free(self) -> bool:
        """True: any words may be the answer; typed words mean a wish only if they are one."""

    def claims(self, heard: Heard) -> bool:
        """Say whether this turn is for this question before it is for anyone else."""

    def read(self, heard: Heard) -> Any:
        """Return the value; raise `NotAnAnswer` if there is none in what was heard."""

    def kept(self, value: Any) -> Any:
        """Return what of the value may stand in the log."""


class _Base:
    """What most answers share: they claim their intents, and their values may be kept."""

    intents: ClassVar[tuple[str, ...]] = ()
    free: ClassVar[bool] = False

    @property
    def listens(self) -> tuple[str, ...]:
        return self.intents

    def claims(self, heard: Heard) -> bool:
        return heard.kind == "intent" and heard.intent in self.listens

    def kept(self, value: Any) -> Any:
        return value


@dataclass(frozen=True)
class Number(_Base):
    """A whole number from `low` to `high`."""

    low: int
    high: int
    intents: ClassVar = ("RatingIntent", NO)

    def read(self, heard: Heard) -> int | None:
        """Return the number said, in the slot or in the typed words; None for "no"."""
        if heard.intent == NO:
            return None
        told = heard.slots.get("rating", "") if heard.intent == "RatingIntent" else ""
        value = slots.number(told or (heard.words if heard.intent in LOOSE else ""))
        if value is None or not self.low <= value <= self.high:
            raise NotAnAnswer
        return value


@dataclass(frozen=True)
class Feeling(_Base):
    """A word for how someone is: said back, never kept.

    Amazon's policy forbids collecting anything about anyone's health, so the log says only that
    the question was answered.
    """

    intents: ClassVar = ("FeelingIntent", NO)

    def read(self, heard: Heard) -> str | None:
        """Return the feeling word; "" for words that we did not catch, None for "no"."""
        if heard.intent == NO:
            return None
        if heard.intent == "FeelingIntent":
            return heard.slots.get("feeling", "")
        if heard.intent in LOOSE:
            return ""
        raise NotAnAnswer

    def kept(self, value: Any) -> Any:
        """Keep that it was answered, never what."""
        return None if value is None else ""


@dataclass(frozen=True)
class YesNo(_Base):
    """Yes or no."""

    intents: ClassVar[tuple[str, ...]] = ("AMAZON.YesIntent", "AMAZON.NoIntent")

    def read(self, heard: Heard) -> bool:
        """Return True for yes."""
        if heard.intent not in self.intents:
            raise NotAnAnswer
        return heard.intent == "AMAZON.YesIntent"


@dataclass(frozen=True)
class Ready(YesNo):
    """Yes or no to "are you there?": "done" is a yes, too."""

    intents: ClassVar[tuple[str, ...]] = (*YesNo.intents, "DoneIntent")

    def read(self, heard: Heard) -> bool:
        """Return True for yes, and for "done"."""
        return heard.intent == "DoneIntent" or super().read(heard)


@dataclass(frozen=True)
class Offered(_Base):
    """Something delicate was offered: a clear yes takes it, anything else lets it go."""

    intents: ClassVar = ("AMAZON.YesIntent", "AMAZON.NoIntent")
    free: ClassVar = True

    def read(self, heard: Heard) -> bool:
        """Return True for yes."""
        return heard.intent == "AMAZON.YesIntent"


LONG_FLOOR = 120
"""Seconds: in a talk of minutes, words that we happen to hear do not mean that it is over."""


@dataclass(frozen=True)
class Floor(_Base):
    """The floor is theirs for about `seconds`: they talk to each other, and nothing is kept.

    Anything they say to us that is not another wish means that they are through; in a long talk
    only clear words do, and all others mean what "no" means: not yet.
    """

    seconds: int
    free: ClassVar = True
    intents: ClassVar[tuple[str, ...]] = (
        "DoneIntent",
        "SayIntent",
        "AMAZON.YesIntent",
        "AMAZON.NextIntent",
        "AMAZON.ResumeIntent",
        NO,
    )

    @property
    def listens(self) -> tuple[str, ...]:
        """Return what means that they are through: "we are back", too, where they went to talk."""
        if self.seconds < LONG_FLOOR:
            return self.intents
        return (*(one for one in self.intents if one != "SayIntent"), "ReturnIntent")

    def claims(self, heard: Heard) -> bool:
        """Take "thank you for the soup", too: here it is said to the other one, not to us."""
        return super().claims(heard) or _thanks(heard) or self._more_time(heard)

    def _more_time(self, heard: Heard) -> bool:
        """Say whether they ask for more of a long talk; in a short one they mean a time-out."""
        return self.seconds >= LONG_FLOOR and heard.intent == "MoreTimeIntent"

    def read(self, heard: Heard) -> bool:
        """Return True: they are through."""
        if heard.intent == NO or self._more_time(heard):
            raise NotYet
        if heard.intent in self.listens:
            return True
        if heard.intent in LOOSE or _thanks(heard):
            if self.seconds < LONG_FLOOR:
                return True
            raise NotYet
        raise NotAnAnswer


def _thanks(heard: Heard) -> bool:
    return heard.intent == "AppreciateIntent" and bool(heard.slots.get("note"))


@dataclass(frozen=True)
class FloorOrLighter(Floor):
    """The floor is theirs, for a tender question; or they want its lighter twin, or pass.

    Reads "told" or "lighter"; None when they pass, as any question that is skipped.
    """

    intents: ClassVar[tuple[str, ...]] = tuple(
        one for one in Floor.intents if one != "AMAZON.NextIntent"
    )

    def claims(self, heard: Heard) -> bool:
        """Take "a lighter one" before it draws another question."""
        return _lighter(heard) or (super().claims(heard) and not _thanks(heard))

    def read(self, heard: Heard) -> str:  # type: ignore[override]
        """Return "lighter" if they want the twin, "told" when they are through."""
        if _lighter(heard):
            return "lighter"
        super().read(heard)
        return "told"


def _lighter(heard: Heard) -> bool:
    asks = heard.intent in ("TonightsQuestionIntent", "AnotherQuestionIntent", "FollowUpIntent")
    return asks and heard.slots.get("depth") in ("lighter", "light")


MOST_SAID = 200
"""Characters of something to keep: a sentence or two."""


@dataclass(frozen=True)
class Saying(_Base):
    """A few words of their own that are kept: a goal, a step, a word.

    `intent` and `slot` are where a platform puts them; typed words count as they are.
    """

    intent: str
    slot: str
    most: int = MOST_SAID
    free: ClassVar = True

    @property
    def listens(self) -> tuple[str, ...]:
        """Return the intent of its own, and free speech."""
        return (self.intent, "SayIntent", NO)

    def read(self, heard: Heard) -> str | None:
        """Return the words, in one line; None for "no"."""
        if heard.intent == NO:
            return None
        own = heard.slots.get(self.slot, "") if heard.intent == self.intent else ""
        loose = heard.intent in LOOSE and heard.intent != "DoneIntent"
        if heard.intent != self.intent and not loose:
            raise NotAnAnswer
        said = " ".join((own or heard.slots.get("words") or heard.words).split()).strip(" .!,;")
        if not said or len(said) > self.most:
            raise NotAnAnswer
        return said


OPENINGS = {"felt": "i feel", "when": "when", "you": "you"}
"""Slot of `SayIntent` to how the sentence began: platforms hand over only what follows."""


@dataclass(frozen=True)
class Sentence(_Base):
    """A sentence to be made softer: looked at once, never kept."""

    intents: ClassVar = ("SayIntent", "FeelingIntent")
    free: ClassVar = True

    def read(self, heard: Heard) -> str:
        """Return the sentence as they said or typed it."""
        if heard.intent not in LOOSE:
            raise NotAnAnswer
        told = heard.slots
        openings = {slot: told.get(slot) for slot in OPENINGS}
        parts = [f"{OPENINGS[slot]} {rest}" for slot, rest in openings.items() if rest]
        said = heard.words or " ".join(parts) or " ".join(told.values())
        if not said.strip():
            raise NotAnAnswer
        return said

    def kept(self, value: Any) -> Any:
        """Keep that it was said, never what."""
        return None if value is None else ""


@dataclass(frozen=True)
class Kind(_Base):
    """One of a few kinds that a slot of the flow's own intent names."""

    intent: str
    slot: str

    @property
    def listens(self) -> tuple[str, ...]:
        """Return the intent whose slot names the kind."""
        return (self.intent,)

    def read(self, heard: Heard) -> str:
        """Return the value of the slot."""
        value = heard.slots.get(self.slot, "") if heard.intent == self.intent else ""
        if not value:
            raise NotAnAnswer
        return value


@dataclass(frozen=True)
class Minutes(_Base):
    """A length of time, in whole minutes."""

    intents: ClassVar = ("TimeOutIntent", "MoreTimeIntent", "UnpluggedIntent", "RatingIntent")

    def read(self, heard: Heard) -> int:
        """Return the minutes; a bare number means minutes."""
        if heard.intent not in self.intents and heard.intent not in LOOSE:
            raise NotAnAnswer
        told = heard.slots.get("duration") or (heard.words if heard.intent in LOOSE else "")
        length = slots.duration(told) if told else None
        if length:
            return max(1, round(length / timedelta(minutes=1)))
        bare = slots.number(heard.slots.get("rating") or told)
        if not bare:
            raise NotAnAnswer
        return bare


@dataclass(frozen=True)
class Code(_Base):
    """Six digits that join a speaker to a page."""

    intents: ClassVar = ("LinkIntent",)

    def read(self, heard: Heard) -> str:
        """Return the digits."""
        told = heard.slots.get("code") if heard.intent == "LinkIntent" else heard.words
        if heard.intent != "LinkIntent" and heard.intent not in LOOSE:
            raise NotAnAnswer
        return code(told or "")


def code(told: str) -> str:
    """Return the six digits in what was said or typed; raise `NotAnAnswer` if there are none."""
    digits = slots.digits(told)
    if len(digits) != 6:
        raise NotAnAnswer
    return digits


@dataclass(frozen=True)
class TimeOfDay(_Base):
    """A time of day, and days if they name any; an hour alone means the evening.

    Reads `{"time": "HH:MM" or "", "days": their words or ""}`: one of the two is there.
    """

    intents: ClassVar = ("SetReminderIntent", "ChangeReminderIntent")

    def read(self, heard: Heard) -> Mapping[str, str]:
        """Return what they said, in the slots or in the typed words."""
        if heard.intent not in self.intents and heard.intent not in LOOSE:
            raise NotAnAnswer
        loose = heard.words if heard.intent in LOOSE else ""
        # A bare "eight" may reach us as a rating.
        told = heard.slots.get("time") or heard.slots.get("rating") or loose
        at, days = slots.clock(told, evening=True), heard.slots.get("days") or loose
        time = at.strftime("%H:%M") if at else ""
        days = days if slots.days(days) else ""
        if not time and not days:
            raise NotAnAnswer
        return {"time": time, "days": days}


@dataclass(frozen=True)
class Days(_Base):
    """Days of the week, in their words."""

    intents: ClassVar = ("ChangeReminderIntent", "SetReminderIntent", "CancelReminderIntent")

    def read(self, heard: Heard) -> str:
        """Return the words that name the days."""
        told = heard.slots.get("days") or (heard.words if heard.intent in LOOSE else "")
        if not slots.days(told):
            raise NotAnAnswer
        return told


@dataclass(frozen=True)
class Name(_Base):
    """One first name."""

    intents: ClassVar = ("SetNamesIntent",)

    def read(self, heard: Heard) -> str:
        """Return the name."""
        told = heard.slots.get("second") or heard.slots.get("first") or ""
        if heard.intent in LOOSE:
            told = slots.one_name(heard.words or heard.slots.get("words", "")) or ""
        if not told:
            raise NotAnAnswer
        return told


@dataclass(frozen=True)
class Names(_Base):
    """Two first names."""

    intents: ClassVar = ("SetNamesIntent",)

    def read(self, heard: Heard) -> list[str]:
        """Return the two names."""
        told = [heard.slots.get(slot, "").strip() for slot in ("first", "second")]
        if heard.intent in LOOSE:
            told = slots.names(heard.words) or []
        if len(told) != 2 or not all(told):
            raise NotAnAnswer
        return told


@dataclass(frozen=True)
class Consent(_Base):
    """What the platform heard when it asked for a permission in its own words."""

    intents: ClassVar = ()

    def claims(self, heard: Heard) -> bool:
        """Take the platform's report; nothing else."""
        return heard.kind == "consent"

    def read(self, heard: Heard) -> str:
        """Return "accepted", "denied" or "not_answered"."""
        if heard.kind != "consent":
            raise NotAnAnswer
        return heard.words


EARLY = timedelta(minutes=1)
LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class Returned(_Base):
    """Someone is back from a time-out, or wants something while it lasts.

    Reads `{"wants": "talk", "when": "early" | "on_time" | "late", "minutes": n}` for a return
    (minutes left or minutes over), `{"wants": "breathe", "pattern": p, "duration": d}`,
    `{"wants": "more", "duration": d}`, `{"wants": "time"}` (how long still) or
    `{"wants": "quiet"}`.
    """

    due: str
    """When they agreed to be back: ISO 8601 with its offset."""
    intents: ClassVar = (
        "ReturnIntent",
        "AMAZON.ResumeIntent",
        "BreatheIntent",
        "TimeOutIntent",
        "MoreTimeIntent",
        "TimeLeftIntent",
        "AMAZON.YesIntent",
        "AMAZON.NoIntent",
        "DoneIntent",
    )

    def claims(self, heard: Heard) -> bool:
        """Opening the skill again is a return, too."""
        return heard.kind == "launch" or super().claims(heard)

    def read(self, heard: Heard) -> Mapping[str, Any]:
        """Return what they want."""
        if heard.kind == "launch":
            return self._talk(heard.now)
        match heard.intent:
            case "ReturnIntent" | "AMAZON.ResumeIntent":
                return self._talk(heard.now)
            case "BreatheIntent" | "AMAZON.YesIntent":
                wanted = {name: heard.slots.get(name, "") for name in ("pattern", "duration")}
                return {"wants": "breathe", **wanted}
            case "TimeOutIntent" | "MoreTimeIntent":
                return {"wants": "more", "duration": heard.slots.get("duration", "")}
            case "TimeLeftIntent":
                return {"wants": "time"}
            case "AMAZON.NoIntent" | "DoneIntent":
                return {"wants": "quiet"}
        raise NotAnAnswer

    def _talk(self, now: datetime) -> Mapping[str, Any]:
        left = datetime.fromisoformat(self.due) - now
        minutes = max(1, round(abs(left) / timedelta(minutes=1)))
        when = "early" if left > EARLY else "late" if -left > LATE else "on_time"
        return {"wants": "talk", "when": when, "minutes": minutes}
