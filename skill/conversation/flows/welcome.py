"""Somebody opened the skill without a wish."""

from skill.conversation.answers import YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, go_on, offer, recall


@flow("welcome", starts_on={"HelloIntent": {}}, waits=False)
def welcome() -> Steps:
    """Greet them: newcomers, returning ones, or two in the middle of something."""
    visit = yield recall("visit")
    if visit["waiting"]:
        if (yield ask("welcome.unfinished", YesNo(), what=visit["waiting"])):
            return go_on()
        return offer("welcome.fresh_start", drop_rest=True)
    return offer(f"welcome.{visit['greeting']}")
