"""A small gesture for today."""

from skill.conversation.replay import Steps
from skill.conversation.steps import flow, recall, remember, say
from skill.household.models import Deed, DeedHeard


@flow("gesture", version=2, starts_on={"GestureIntent": {}}, leaves=True, another=True)
def gesture(way: str = "") -> Steps:
    """Name one small act, with touch, without, or from far away."""
    found = yield recall("gesture", way=way)
    yield remember(DeedHeard(Deed((yield recall("today")), found["id"])))
    shown = {"title": "gesture", "text": found["text"]}
    key = "gesture.touch" if found["form"] == "touch" else "gesture.today"
    return say(key, show=shown, gesture=found["text"])
