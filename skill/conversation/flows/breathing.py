"""Guided breathing, alone or inside a time-out."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.answers import YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, say


@flow("breathe", starts_on={"BreatheIntent": {}})
def breathe(pattern: str = "", duration: str = "") -> Steps:
    """Breathe together for as long as they like, and close softly."""
    plan = yield recall("breathing", pattern=pattern, duration=duration)
    yield from guided(plan)
    return say("breathe.close")


def guided(plan: Mapping[str, Any]) -> Steps:
    """Guide the breathing of `plan`, stretch by stretch, each inside one reply's limits.

    Between stretches we ask whether to go on, so that stopping is always one word away. The
    caution about breath-holds comes before the first breath, and only then.
    """
    yield say("breathe.start", name=plan["name"])
    if plan["caution"]:
        yield say(plan["caution"])
    for stretch in plan["stretches"]:
        last = stretch["minutes_left"] == 0
        breath = {"pattern": plan["pattern"], "rounds": stretch["rounds"]}
        yield say("breathe.last_stretch" if last else "breathe.stretch", breath=breath)
        if not last and not (yield ask("breathe.go_on", YesNo(), left=stretch["left"])):
            break
    return say("breathe.close")
