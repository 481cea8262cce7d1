"""An exercise: a few minutes in turns, one small step after the other."""

from skill.conversation.answers import Floor, Ready
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, remember, say, wait
from skill.household.models import Deed, DeedHeard

LONG = 180
"""Seconds: a step in which they talk or do something, and the speaker is quiet."""


@flow(
    "exercise",
    version=2,
    starts_on={"ExerciseIntent": {}},
    private=True,
    calm=True,
    another=True,
)
def exercise(theme: str = "") -> Steps:
    """Say what it takes and that they may stop; then read a step, and wait until it is done."""
    if (yield recall("alone")):
        return say("exercise.takes_two")
    one = yield recall("exercise", theme=theme)
    yield remember(DeedHeard(Deed((yield recall("today")), one["id"])))
    if one["widened"]:
        yield say("tonight.widened")
    if not (yield ask("exercise.start", Ready(), **one)):
        return say("exercise.another_time")
    for step in one["steps"]:
        yield wait("exercise.step", Floor(LONG), step=step)
    return say("exercise.close", close=one["close"])
