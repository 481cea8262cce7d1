"""One turn, in neutral terms: what reached us, and what we say, show and do. Frozen data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Protocol

FALLBACK = "AMAZON.FallbackIntent"

Kind = Literal["launch", "intent", "words", "outcome", "consent"]


@dataclass(frozen=True)
class Abilities:
    """What the channel of this turn can do, beyond saying words and hearing an answer."""

    reminders: bool = False
    """Can hold a reminder that rings by itself (Alexa's Reminders API)."""
    timers: bool = False
    """Can ring once, after some minutes (Alexa's Timers API)."""
    screen: bool = False
    """Has a place for cards and screens."""
    pictures: bool = False
    """Has a screen that shows pictures of ours, and tells when it is touched."""
    codes: bool = False
    """Can show a code by which a speaker joins in: a screen that only they see."""


@dataclass(frozen=True)
class Heard:
    """What reached us in one turn, whichever channel it came through."""

    household: str
    """The key under which the household is kept; no platform id."""
    turn_id: str
    """The same id twice is the same turn: answered alike, acted on once."""
    now: datetime
    """When it was said, with its offset from UTC."""
    kind: Kind = "intent"
    """`words` is typed text still to be understood; `outcome` is how an act went."""
    intent: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    """Slot name to canonical value (an id, digits, an ISO duration) or else what was said."""
    words: str = ""
    """Typed words, or for `outcome` and `consent` the one word that says how it went."""
    said: tuple[str, ...] = ()
    """Slots as they were said, before anything was made of them: for the safety check alone."""
    zone: str = ""
    """IANA time zone, "" when nobody knows."""
    locale: str = "en-US"
    country: str = ""
    """ISO 3166, for the numbers that are read to people; "" for that of the locale."""
    new_session: bool = False
    """True for the first turn after a wake word: nothing was just said to these people."""
    abilities: Abilities = Abilities()

    @property
    def texts(self) -> tuple[str, ...]:
        """Return everything in this turn that somebody said or typed."""
        return (self.words, *self.said, *self.slots.values())

    def means(self, intent: str, slots: Mapping[str, str]) -> "Heard":
        """Return the same turn, once its words have been understood."""
        return replace(self, kind="intent", intent=intent, slots=dict(slots))


@dataclass(frozen=True)
class Words:
    """Some words to say."""

    text: str
    passing: bool = False
    """Said once and never stored: a feeling somebody told us is said back and let go."""


@dataclass(frozen=True)
class Pause:
    """Silence, in seconds."""

    seconds: float


Spoken = Words | Pause


@dataclass(frozen=True)
class Sound:
    """A sound of ours, for channels that can play one: see `skill.speech.tracks`."""

    name: str
    lead: str
    """Words that say how to use it, said before it; "" for none."""
    instead: tuple[Spoken, ...]
    """What is said where it is not played."""


Part = Spoken | Sound


def spoken(parts: Sequence[Part]) -> tuple[Spoken, ...]:
    """Return the parts for whoever plays no sounds: with what is said instead."""
    return tuple(
        one for part in parts for one in (part.instead if isinstance(part, Sound) else (part,))
    )


@dataclass(frozen=True)
class Act:
    """Something to do outside: its name and what it needs. It runs after the log is saved."""

    name: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """What we say, show and do, in neutral terms; `speech` and the channels render it."""

    parts: tuple[Part, ...]
    reprompt: tuple[Part, ...] = ()
    end: bool = True
    """True: the conversation rests here. False: we asked something and listen."""
    flow: str = ""
    listening_for: tuple[str, ...] = ()
    """The intents that would answer the open question."""
    show: Mapping[str, Any] = field(default_factory=dict)
    """For a screen or a card: `title` (see `content.Screen`), with `text` or `rows`; `calendar`,
    the details of a calendar file; `data`, all that is kept about them; `plot`, how close they felt
    on which day; `turn`, whose it is; or `breathing`, its `pattern` and `rounds`."""
    consent: str = ""
    """A permission to ask for, with the platform's own words."""
    soft: bool = False
    """True: in a low voice, where there is one."""
    intent: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    """How the turn was understood: for channels that show it."""

    def to_json(self) -> dict[str, Any]:
        """Return what is stored, so that the same turn again gets the same reply.

        Passing words are left out: they are never stored. So are `slots`, for the same reason.
        """
        return {
            "parts": _parts_to_json(self.parts),
            "reprompt": _parts_to_json(self.reprompt),
            "end": self.end,
            "flow": self.flow,
            "listening_for": list(self.listening_for),
            "show": dict(self.show),
            "consent": self.consent,
            "soft": self.soft,
            "intent": self.intent,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Reply":
        """Return the reply that `to_json` stored."""
        return cls(
            parts=_parts_from_json(stored["parts"]),
            reprompt=_parts_from_json(stored["reprompt"]),
            end=stored["end"],
            flow=stored["flow"],
            listening_for=tuple(stored["listening_for"]),
            show=stored["show"],
            consent=stored["consent"],
            soft=stored.get("soft", False),
            intent=stored["intent"],
        )


def _parts_to_json(parts: Sequence[Part]) -> list[Any]:
    return [_part_to_json(part) for part in parts if not (isinstance(part, Words) and part.passing)]


def _part_to_json(part: Part) -> Any:
    match part:
        case Words():
            return part.text
        case Pause():
            return part.seconds
        case Sound():
            return [part.name, part.lead, _parts_to_json(part.instead)]


def _parts_from_json(stored: list[Any]) -> tuple[Part, ...]:
    return tuple(map(_part_from_json, stored))


def _part_from_json(stored: Any) -> Part:
    match stored:
        case str():
            return Words(stored)
        case [name, lead, instead]:
            return Sound(name, lead, spoken(_parts_from_json(instead)))
        case seconds:
            return Pause(seconds)


class World(Protocol):
    """What a channel can find out and do outside. Each call ends within seconds."""

    def time_zone(self) -> str:
        """Return the household's IANA time zone; "" if it cannot be found out now."""

    def do(self, act: Act) -> Mapping[str, str]:
        """Do `act` and return how it went: `{"how": word}`, and what the act found."""


class Listener(Protocol):
    """What a channel hands its turns to."""

    def hear(self, heard: Heard, world: World) -> Reply:
        """Answer one turn. Never raises: whatever fails has a kind answer."""

    def forget(self, household: str) -> None:
        """Erase everything about a household, at once."""
