"""Tonight's question: ask, then leave."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.answers import YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, remember, say
from skill.household.models import Evening, Loved, QuestionHeard, Rested, Skipped


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
    if found["tender"] and not (yield ask("tonight.both", YesNo())):
        found = yield recall("tonight", theme=theme, depth="personal", turn="another")
    return (yield from _read(found))


@flow("not_for_us", starts_on={"NotForUsIntent": {}}, leaves=True)
def not_for_us() -> Steps:
    """Rest tonight's question for good, and read another one."""
    current = yield recall("tonights_id")
    if not current:
        return say("tonight.nothing_to_rest")
    yield remember(Rested(current))
    yield say("tonight.rested")
    return (yield from _read((yield recall("tonight", turn="another"))))


@flow("skip", starts_on={"SkipQuestionIntent": {}}, leaves=True)
def skip() -> Steps:
    """Let tonight's question rest for half a year, and read another one."""
    current = yield recall("tonights_id")
    if not current:
        return say("tonight.nothing_to_rest")
    yield remember(Skipped(current, (yield recall("today"))))
    yield say("tonight.skipped")
    return (yield from _read((yield recall("tonight", turn="another"))))


@flow("love_it", starts_on={"LoveItIntent": {}}, leaves=True)
def love_it() -> Steps:
    """Bring tonight's question back in a year."""
    current = yield recall("tonights_id")
    if not current:
        return say("tonight.nothing_to_love")
    yield remember(Loved(current, (yield recall("today"))))
    return say("tonight.loved")


def _read(found: Mapping[str, Any]) -> Steps:
    yield remember(QuestionHeard(Evening(**found["evening"])))
    if found["note"]:
        yield say(f"tonight.{found['note']}")
    if found["touches"]:
        yield say("tonight.touches", what=found["touches"])
    if found["first"]:
        yield say("tonight.begins", name=found["first"])
    return say(
        f"tonight.{found['said']}",
        question=found["text"],
        show={"title": "tonight", "text": found["text"]},
    )
