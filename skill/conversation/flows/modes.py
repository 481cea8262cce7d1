"""How to behave: company, kids, quiet, alone, far apart."""

from skill.conversation.replay import Steps
from skill.conversation.steps import flow, recall, remember, say
from skill.household.models import ModeSet

MODES = ("company", "kids", "quiet", "alone", "apart", "off")
"""The modes that have words of their own; a platform may hand on any word."""


@flow("mode", starts_on={"ModeIntent": {}}, leaves=True)
def set_mode(mode: str = "") -> Steps:
    """Take a mode until the evening is over, or until they say otherwise."""
    if mode not in MODES:
        return say("mode.which")
    plan = yield recall("mode_plan", mode=mode)
    yield remember(ModeSet(plan["mode"], plan["until"]))
    return say(f"mode.{mode}")
