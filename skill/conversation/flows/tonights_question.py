"""Tonight's question: ask, then leave."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.replay import Steps
from skill.conversation.steps import flow, recall, remember, say
from skill.household.models import Evening, NewRound, QuestionHeard, Rested


@flow(
    "tonights_question",
    starts_on={
        "TonightsQuestionIntent": {},
        "AnotherQuestionIntent": {"turn": "another"},
        "FollowUpIntent": {"turn": "follow"},
    },
    leaves=True,
)
def tonights_question(theme: str = "", depth: str = "", turn: str = "") -> Steps:
    """Read tonight's question twice, and leave the two of them to it."""
    found = yield recall("tonight", theme=theme, depth=depth, turn=turn)
    return (yield from _read(found))


@flow("not_for_us", starts_on={"NotForUsIntent": {}}, leaves=True)
def not_for_us() -> Steps:
    """Rest tonight's question for good, and read another one."""
    current = yield recall("tonights_id")
    if not current:
        return say("tonight.nothing_to_rest")
    yield remember(Rested(current))
    yield say("tonight.rested")
    found = yield recall("tonight", turn="another")
    return (yield from _read(found))


def _read(found: Mapping[str, Any]) -> Steps:
    if found["new_round"]:
        yield remember(NewRound(tuple(found["new_round"])))
    yield remember(QuestionHeard(Evening(**found["evening"])))
    if found["note"]:
        yield say(f"tonight.{found['note']}")
    return say(
        f"tonight.{found['said']}",
        question=found["text"],
        show={"title": "tonight", "text": found["text"]},
    )
