"""The words in which flows are written. A flow yields these and returns one of the last four."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from skill.conversation.answers import Answer
from skill.conversation.replay import Again, Ask, Do, Flow, GoOn, Offer, Recall, Remember, Say
from skill.conversation.turn import Act
from skill.household.models import Effect


@dataclass(frozen=True)
class Conversation:
    """A flow and how it begins."""

    name: str
    run: Flow
    version: int
    starts_on: Mapping[str, Mapping[str, Any]]
    """Intent to the arguments it starts the flow with, besides its slots."""
    leaves: bool
    """True: when it closes, the session closes, and what waits below goes on waiting."""
    waits: bool
    """False: left in the middle, it is let go; nobody is asked about it later."""
    private: bool
    """True: for their ears only; it does not begin while others may hear."""
    calm: bool
    """True: a talk for two calm people; it does not begin while a time-out lasts."""
    another: bool
    """True: "another one" right after it means another of these."""


FLOWS: dict[str, Conversation] = {}
"""Every flow by name. Importing `skill.conversation.flows` fills it."""


def flow(
    name: str,
    *,
    version: int = 1,
    starts_on: Mapping[str, Mapping[str, Any]] | None = None,
    leaves: bool = False,
    waits: bool = True,
    private: bool = False,
    calm: bool = False,
    another: bool = False,
) -> Callable[[Flow], Flow]:
    """Register a flow. Raise `version` only when an old answer means something else now."""

    def register(run: Flow) -> Flow:
        begins = starts_on or {}
        FLOWS[name] = Conversation(
            name, run, version, begins, leaves, waits, private, calm, another
        )
        return run

    return register


def ask(key: str, answer: Answer, consent: str = "", **values: Any) -> Ask:
    """Say prompt `key` with its values and wait for `answer`; None if they skipped it."""
    return Ask(key, answer, values, consent=consent)


def wait(key: str, answer: Answer, **values: Any) -> Ask:
    """Say prompt `key` and leave: the session closes, the question stays open."""
    return Ask(key, answer, values, leave=True)


def recall(what: str, **wanted: Any) -> Recall:
    """Take the fact `what` (see `facts`), once."""
    return Recall(what, wanted)


def remember(effect: Effect) -> Remember:
    """Change what is remembered; saved together with the log and the reply."""
    return Remember(effect)


def do(name: str, **details: Any) -> Do:
    """Have the channel do something outside; yields `{"how": word, ...}`."""
    return Do(Act(name, details))


def say(key: str, show: Mapping[str, Any] | None = None, **values: Any) -> Say:
    """Say prompt `key`. Yielded, the flow goes on; returned, it closes."""
    return Say(key, values, show or {})


def offer(key: str, drop_rest: bool = False, **values: Any) -> Offer:
    """Close with a question that any wish may answer."""
    return Offer(key, values, drop_rest)


def go_on() -> GoOn:
    """Close and go on with the conversation that waits below."""
    return GoOn()


def again(**args: Any) -> Again:
    """Close and start the same flow afresh, with an empty log."""
    return Again(args)
