"""Walks every flow with every kind of answer, and gathers what it says on the way.

The walk is bounded: a place that looks the same as one seen before (the same open question, after
the same prompts and the same last answer) is not walked again. So loops end.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from content import content
from content.library import STAGES
from skill.channels.alexa.reminders import Outcome
from skill.conversation import answers, facts, flows
from skill.conversation.replay import Ask, Do, End, Log, Offer, Say, run
from skill.conversation.setting import Setting
from skill.conversation.steps import FLOWS, Conversation
from skill.conversation.turn import Abilities, Heard
from skill.household.models import (
    Agreement,
    CheckIn,
    Effect,
    Evening,
    Goal,
    Household,
    Note,
    Reminder,
)

assert flows  # importing them registers them

EVENING = datetime(2026, 11, 24, 19, 0, tzinfo=ZoneInfo("Europe/Berlin"))
NIGHT = EVENING.replace(hour=23)
ALL = content()


@dataclass(frozen=True)
class Spoken:
    """One reply of a flow: what it says before, and the question or the close that it ends with."""

    flow: str
    said: tuple[Say, ...]
    open: Ask | None
    end: End | None

    @property
    def prompts(self) -> tuple[Say, ...]:
        """Return all that is said, in order."""
        last = self.open or self.end
        if isinstance(last, Ask | Offer | Say):
            return (*self.said, Say(last.key, last.values))
        return self.said


SPEAKER = Heard(
    "h", "t", EVENING, zone="Europe/Berlin", abilities=Abilities(reminders=True, timers=True)
)
LATE = replace(SPEAKER, now=NIGHT)
TEXT = replace(SPEAKER, abilities=Abilities(codes=True))
NO_ZONE = replace(SPEAKER, zone="")

NEW = Household(visits=1, first_day="2026-11-24")
OLD = Household(
    names=("Sam", "Alex"),
    visits=50,
    first_day="2026-01-01",
    evening=Evening("2026-11-24", "A5-001"),
    check_ins=(CheckIn("2026-11-17", 5.0),),
    reminders=(Reminder("t", "20:00", ("MO", "TH")), Reminder("u", "09:30", ("SU",))),
)
MODES = ("company", "kids", "quiet", "alone", "apart")
SUNDAY = datetime(2026, 11, 29, 19, 0, tzinfo=ZoneInfo("Europe/Berlin"))
HEARD = (Note("2026-11-01", "the tea", heard=True),)


def waves(*closeness: float) -> tuple[CheckIn, ...]:
    return tuple(CheckIn(f"2026-10-0{day}", one) for day, one in enumerate(closeness, 1))


FULL = replace(
    OLD,
    first_day="2025-01-01",
    evenings={"2025-01": 12, "2026-10": 3},
    notes=(*HEARD, Note("2026-11-23", "the soup")),
    goals=tuple(Goal("2026-11-01", one, "shoes by the door") for one in ("walk", "read", "sing")),
    agreement=Agreement("pineapple", 30),
    linked=("web",),
)
EVERY = (1 << 1000) - 1
EVERYTHING = {"2026Q4": dict.fromkeys([*ALL.library.every, "LT", "ST", "NO"], EVERY)}
"""As `quarters`: there is nothing that they have not heard."""

ALL_OF_A5 = {"2026Q4": {"A5": EVERY, "A5P": EVERY}}

HURTS = "B3"
"""The theme that most often touches what hurts some."""
ONLY_WHAT_HURTS = {
    "2026Q4": {
        stack: ALL.library.every[stack] & ~ALL.library.bits[stack].get("sensitive", 0)
        for stack in (HURTS, f"{HURTS}P")
    }
}

REMEMBERS = replace(
    OLD,
    evening=None,
    asked=400,
    loved=dict.fromkeys(
        (f"{theme}-{number:03}" for theme in ALL.library.themes for number in range(1, 10)),
        "2025-11-01",
    ),
)


def evening_of_memories() -> datetime:
    """Return the first evening that brings back a question which they loved."""
    for days in range(100):
        now = EVENING + timedelta(days=days)
        setting = Setting(ALL, REMEMBERS, replace(SPEAKER, now=now), "")
        if facts.tonight(setting)["said"] == "remembered":
            return now
    raise AssertionError("One evening in seven brings one back.")


SETTINGS = [
    (NEW, SPEAKER),
    (NEW, NO_ZONE),
    (replace(NEW, visits=2), TEXT),
    (OLD, SPEAKER),
    (OLD, LATE),
    (replace(OLD, evening=Evening("2026-11-24", "A5-001", drawn=4)), TEXT),
    (replace(OLD, refused_day="2026-11-23", quarters=ALL_OF_A5), SPEAKER),
    (replace(OLD, evening=None, quarters=EVERYTHING, reminders=()), SPEAKER),
    (replace(OLD, evening=None, quarters=ONLY_WHAT_HURTS), SPEAKER),
    (REMEMBERS, replace(SPEAKER, now=evening_of_memories())),
    (FULL, SPEAKER),
    (
        replace(FULL, goals=FULL.goals[:1], check_ins=waves(5, 2, 5, 2)),
        replace(SPEAKER, now=SUNDAY),
    ),
    (replace(FULL, goals=(), notes=HEARD, check_ins=waves(2, 3, 6, 7)), TEXT),
    *((replace(FULL, mode=mode, check_ins=waves(5, 5, 5, 5)), SPEAKER) for mode in MODES),
]
"""Households, and how they reach us."""

ARGUMENTS: Mapping[str, Sequence[str]] = {
    "theme": ["", "A5", HURTS],
    "depth": ["", "light", "tender", "lighter", "deeper"],
    "turn": [""],
    "duration": ["", "PT5M", "P3D"],
    "pattern": ["", *ALL.breaths],
    "time": ["", "20:00", "23:00", "no time at all"],
    "days": ["", "sunday", "tuesday"],
    "first": ["", "Kim"],
    "second": ["", "Robin"],
    "topic": ["", "listening"],
    "practice": ["mirroring", "clarifying", "guessing"],
    "kind": ["", "comfort", "company", "hand"],
    "way": ["", "touch"],
    "note": ["", "the soup"],
    "goal": ["", "walk"],
    "mode": ["", "company", "kids", "quiet", "alone", "apart", "off"],
    "stage": ["", *STAGES, "open"],
    "code": ["", "482913"],
}
"""What a flow may be begun with, by the name of its argument: the slots of its intents."""


def intent(name: str, **slots: str) -> Heard:
    return Heard("h", "t", EVENING, intent=name, slots=slots)


YES, NO, SKIP = (intent(f"AMAZON.{name}Intent") for name in ("Yes", "No", "Next"))
TALK = intent("ReturnIntent")

ANSWERS: Mapping[type, Sequence[Heard]] = {
    answers.Feeling: [intent("FeelingIntent", feeling="calm"), intent("AMAZON.FallbackIntent")],
    answers.YesNo: [YES, NO],
    answers.Ready: [YES, NO],
    answers.Offered: [YES, NO],
    answers.Floor: [intent("DoneIntent")],
    answers.FloorOrLighter: [
        intent("DoneIntent"),
        intent("AnotherQuestionIntent", depth="lighter"),
    ],
    answers.Saying: [intent("SayIntent", words=one) for one in ("pineapple", "stop")],
    answers.Sentence: [
        intent("SayIntent", felt=one)
        for one in (
            "like you do not care",
            "you are late on purpose",
            "ignored",
            "that it always rains",
            "sad, you always forget",
            "sad because he is lazy",
            "sad but you were late",
            "sad when dinner starts without me",
            "sad when dinner starts without me, and i would like a call",
        )
    ],
    answers.Kind: [intent("SupportIntent", kind=one) for one in ("comfort", "company", "hand")],
    answers.Minutes: [intent("TimeOutIntent", duration=one) for one in ("PT5M", "PT30M", "P3D")],
    answers.Code: [intent("LinkIntent", code="482913")],
    answers.TimeOfDay: [
        *(intent("SetReminderIntent", time=one) for one in ("20:00", "23:00")),
        intent("SetReminderIntent", days="sunday"),
    ],
    answers.Days: [intent("ChangeReminderIntent", days=one) for one in ("sunday", "friday")],
    answers.Name: [intent("SetNamesIntent", second="Robin")],
    answers.Names: [intent("SetNamesIntent", first="Kim", second="Robin")],
    answers.Consent: [
        replace(YES, kind="consent", words=one) for one in ("accepted", "denied", "not_answered")
    ],
    answers.Returned: [
        *(intent("MoreTimeIntent", duration=one) for one in ("", "PT5M", "P3D")),
        intent("BreatheIntent", pattern="478"),
        intent("TimeLeftIntent"),
        NO,
    ],
}
"""Answers that stand for all of their kind; skipping is added to each."""

TROUBLES = [
    Outcome.PERMISSION_NEEDED,
    Outcome.UNSUPPORTED,
    Outcome.QUOTA,
    Outcome.BUSY,
    Outcome.DOWN,
]
OUTCOMES: Mapping[str, Sequence[Outcome | str]] = {
    "reminder.create": [Outcome.CREATED, *TROUBLES],
    "reminder.change": [Outcome.CHANGED, Outcome.GONE, *TROUBLES],
    "reminder.cancel": [Outcome.CANCELLED, Outcome.GONE, *TROUBLES],
    "timer.start": [Outcome.CREATED, *TROUBLES],
    "link.offer": ["OFFERED"],
    "link.part": ["PARTED"],
    "link.join": ["JOINED", "OWN", "UNKNOWN", "TOO_MANY"],
}
"""How each act may end, on a speaker."""

RETURNS = [timedelta(minutes=minutes) for minutes in (-10, 0, 60)]


@cache
def walk() -> tuple[Spoken, ...]:
    """Return every reply of every flow, for every household and channel."""
    found = []
    for home, heard in SETTINGS:
        for flow in FLOWS.values():
            for args in beginnings(flow):
                for waiting in FLOWS if flow.name == "welcome" else ("",):
                    found += list(Walk(flow, args, home, heard, waiting).replies())
    return tuple(found)


def beginnings(flow: Conversation) -> Iterator[Mapping[str, Any]]:
    """Yield the arguments a flow may begin with."""
    names = list(inspect.signature(flow.run).parameters)
    for extra in flow.starts_on.values() or [{}]:
        for values in product(*(ARGUMENTS[name] for name in names)):
            yield {**dict(zip(names, values, strict=True)), **extra}


class Walk:
    """A walk through one flow, in one household."""

    def __init__(
        self,
        flow: Conversation,
        args: Mapping[str, Any],
        home: Household,
        heard: Heard,
        waiting: str,
    ) -> None:
        self._flow, self._args, self._home = flow, args, home
        self._heard, self._waiting = heard, waiting
        self._seen: set[Any] = set()

    def replies(self, log: Log | None = None, heard: Heard | None = None) -> Iterator[Spoken]:
        """Yield the replies from here on: the log so far, and what is heard now."""
        now = heard or self._heard
        setting = Setting(ALL, self._home, self._as_here(now), self._waiting)
        stand = run(
            self._flow.run,
            self._args,
            log or [],
            heard and self._as_here(heard),
            lambda what, wanted: facts.recall(setting, what, wanted),
            _let_go,
        )
        assert not stand.missed, f"{self._flow.name}: {stand.open} is not answered by {heard}"
        if not isinstance(stand.open, Do):
            yield Spoken(self._flow.name, tuple(stand.said), stand.open, stand.end)
        if stand.open is None or self._was_here(stand.open, stand.said, stand.log):
            return
        for answer in _answers(stand.open):
            yield from self.replies(stand.log, answer)

    def _as_here(self, heard: Heard) -> Heard:
        """Return what was heard, as the channel of this walk would bring it."""
        now = self._heard.now if heard.now == EVENING else heard.now
        here = self._heard
        return replace(heard, now=now, zone=here.zone, abilities=here.abilities)

    def _was_here(self, waits: Ask | Do, said: Sequence[Say], log: Log) -> bool:
        key = waits.key if isinstance(waits, Ask) else waits.act.name
        asked = [entry for entry in log if entry[0] in ("ask", "do")]
        numbers = [entry[2] for entry in asked if entry[1].endswith(".closeness")]
        count = sum(entry[1] == key for entry in asked) if not _repeats(waits) else 0
        last = _without_times(asked[-1][1:]) if asked else ""
        place = (key, tuple(one.key for one in said), str(numbers), count, str(last))
        new = place not in self._seen
        self._seen.add(place)
        return not new


def _let_go(effect: Effect) -> None:
    """Remember nothing: each walk has the household it began with."""


def _repeats(waits: Ask | Do) -> bool:
    """Say whether a flow may come to this question as often as they like."""
    return isinstance(waits, Ask) and isinstance(waits.answer, answers.Returned)


def _without_times(entry: Sequence[Any]) -> Any:
    key, value = entry
    return key, value.get("wants", value.get("how")) if isinstance(value, Mapping) else value


def _answers(waits: Ask | Do) -> Iterator[Heard]:
    if isinstance(waits, Do):
        for outcome in OUTCOMES[waits.act.name]:
            word = (outcome.name if isinstance(outcome, Outcome) else outcome).lower()
            found = {"token": "t", "code": "482913"}
            yield replace(YES, kind="outcome", intent="", words=word, slots=found)
        return
    if isinstance(waits.answer, answers.Number):
        low, high = waits.answer.low, waits.answer.high
        yield from (
            intent("RatingIntent", rating=str(one)) for one in {low, (low + high) // 2, high}
        )
    else:
        yield from ANSWERS[type(waits.answer)]
    if isinstance(waits.answer, answers.Returned):
        due = datetime.fromisoformat(waits.answer.due)
        yield from (replace(TALK, now=due + after) for after in RETURNS)
    yield SKIP
