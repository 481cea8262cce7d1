"""The weekly check-in: the long form, in parts; between them the two talk in peace."""

from collections.abc import Generator
from typing import Any

from skill.conversation.answers import Floor, Number, Ready, Saying, YesNo
from skill.conversation.flows.check_in import far, together
from skill.conversation.replay import Step, Steps
from skill.conversation.steps import ask, flow, recall, remember, say, wait
from skill.household.models import CheckedIn, Deed, DeedHeard, GoalGone, GoalKept

LONG = 300
"""Seconds: a part in which they talk to each other and the speaker is quiet."""


@flow(
    "weekly_check_in",
    version=2,
    starts_on={"WeeklyCheckInIntent": {}},
    private=True,
    calm=True,
)
def weekly_check_in() -> Steps:
    """Three thank-yous each, what went well, one issue, goals, closeness, one wish, a gesture."""
    turns = yield recall("turns")
    yield say("weekly.start")
    for turn in turns:
        yield wait("weekly.thanks", Floor(LONG), **turn)
    yield wait("weekly.went_well", Floor(LONG))
    if (yield ask("weekly.issue", YesNo())):
        yield wait("weekly.soft_start", Floor(LONG), **turns[0])
    yield from _goals()
    closeness = []
    for turn in turns:
        closeness.append((yield ask("weekly.closeness", Number(0, 10), **turn)))
    for turn in turns:
        yield ask("weekly.loved", Floor(25), **turn)

    now = together(closeness)
    change = yield recall("change", closeness=now)
    yield remember(CheckedIn(now, far(closeness)))
    found = yield recall("gesture")
    yield remember(DeedHeard(Deed((yield recall("today")), found["id"])))
    yield say(f"weekly.change_{change}")
    return say("weekly.close", gesture=found["text"])


def _goals() -> Generator[Step, Any, None]:
    """Look at each live goal: reached, or its next step."""
    for goal in (yield recall("goals"))["goals"]:
        if (yield ask("goal.reached", Ready(), wish=goal["wish"])):
            yield remember(GoalGone(goal["wish"], reached=True))
            continue
        step = yield ask("goal.next_step", Saying("GoalProgressIntent", "goal"))
        if step:
            yield remember(GoalKept(goal["wish"], step))
