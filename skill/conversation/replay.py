"""A flow is a generator that reads like the conversation; this runs it again over its log.

The log of answers is the state. On each turn the generator starts anew, is handed what was
answered before, and goes on with what was heard now. So a conversation survives a restart,
another worker, another device and an hour's silence; "back" is dropping the last answer.

A log entry is `[kind, key, value]`. A flow that asks something else than its log answers has
changed under a running conversation: `Diverged`.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from skill.conversation.answers import Answer, NotAnAnswer, NotYet
from skill.conversation.turn import Act, Heard
from skill.household.models import Effect

LONGEST_LOG = 200
"""Entries in one log. A flow without a natural end closes with `again` long before that."""


class Diverged(Exception):  # noqa: N818
    """The log answers one thing and the flow asks another: the flow has changed."""


@dataclass(frozen=True)
class Say:
    """Say a prompt, and go on (yielded) or close the conversation (returned)."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    show: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """Say a prompt and wait for an answer to it."""

    key: str
    answer: Answer
    values: Mapping[str, Any] = field(default_factory=dict)
    leave: bool = False
    """Say it and leave: the session closes, the question stays open for whoever comes back."""
    consent: str = ""
    """A permission that the platform asks for in its own words, right after ours."""
    show: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recall:
    """Take a fact about the household, the time or the content, once; the log keeps it."""

    what: str
    wanted: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Remember:
    """Change what is remembered about the household."""

    effect: Effect


@dataclass(frozen=True)
class Do:
    """Have something done outside, after the log is saved; its outcome is one word."""

    act: Act


@dataclass(frozen=True)
class Offer:
    """Close the flow with a question that any wish may answer."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    drop_rest: bool = False
    """Also let go of the conversations that wait below this one."""


@dataclass(frozen=True)
class GoOn:
    """Close the flow and go on with the conversation that waits below it."""


@dataclass(frozen=True)
class Again:
    """Close the flow and start it afresh with these arguments, and an empty log."""

    args: Mapping[str, Any] = field(default_factory=dict)


Step = Say | Ask | Recall | Remember | Do
End = Say | Offer | GoOn | Again
Log = list[list[Any]]
Steps = Generator[Step, Any, End]
Flow = Callable[..., Steps]


@dataclass
class Stand:
    """Where a flow stands after a turn."""

    log: Log
    said: list[Say] = field(default_factory=list)
    """What is to be said before the open question or the end."""
    open: Ask | Do | None = None
    end: End | None = None
    missed: bool = False
    """True if something was heard and it did not answer the open question."""
    not_yet: bool = False
    """True if they said that they are not through with what they were asked to do."""


def run(
    flow: Flow,
    args: Mapping[str, Any],
    log: Log,
    heard: Heard | None,
    recall: Callable[[str, Mapping[str, Any]], Any],
    remember: Callable[[Effect], None],
) -> Stand:
    """Run `flow` over its `log`, hand it `heard` (None: nothing new), and say where it stands.

    `recall` supplies a fact, `remember` takes a change of the household; each is called once a
    step, ever: on the next turn the log speaks for it. Raises `Diverged` if the log answers
    something the flow does not ask.
    """
    stand = Stand(log=list(log))
    past = iter(log)
    steps = flow(**args)
    value: Any = None
    while True:
        try:
            step = steps.send(value)
        except StopIteration as end:
            stand.end = end.value
            return stand
        value = None
        if isinstance(step, Say):
            stand.said.append(step)
            continue
        entry = next(past, None)
        if entry is not None:
            _same(entry, step)
            value = entry[2]
            if isinstance(step, Ask | Do):
                stand.said.clear()
            continue
        if len(stand.log) >= LONGEST_LOG:
            raise Diverged(f"the log of {step} has reached {LONGEST_LOG} entries")
        if isinstance(step, Recall):
            value = recall(step.what, step.wanted)
        elif isinstance(step, Remember):
            remember(step.effect)
        else:
            if heard is None:
                stand.open = step
                return stand
            try:
                value = _answer(step, heard)
            except NotAnAnswer as told:
                stand.open = step
                stand.missed = True
                stand.not_yet = isinstance(told, NotYet)
                return stand
            heard = None
            stand.said.clear()
        stand.log.append([_kind(step), _key(step), _kept(step, value)])


def back(log: Log) -> Log | None:
    """Return the log without its last answer; None if there is none before the last effect.

    What was remembered or done is not undone by going back.
    """
    for index in range(len(log) - 1, -1, -1):
        kind = log[index][0]
        if kind == "ask":
            return log[:index]
        if kind in ("remember", "do"):
            return None
    return None


def _answer(step: Ask | Do, heard: Heard) -> Any:
    if isinstance(step, Do):
        if heard.kind != "outcome":
            raise NotAnAnswer
        return {"how": heard.words, **heard.slots}
    if heard.intent == "AMAZON.NextIntent" and not step.answer.claims(heard):
        return None
    return step.answer.read(heard)


def _kept(step: Step, value: Any) -> Any:
    return step.answer.kept(value) if isinstance(step, Ask) else value


def _same(entry: list[Any], step: Step) -> None:
    if entry[:2] != [_kind(step), _key(step)]:
        raise Diverged(f"the log answers {entry[:2]}, the flow asks {[_kind(step), _key(step)]}")


def _kind(step: Step) -> str:
    return type(step).__name__.lower()


def _key(step: Step) -> str:
    match step:
        case Ask() | Say():
            return step.key
        case Recall():
            return step.what
        case Remember():
            return type(step.effect).__name__
        case Do():
            return step.act.name
