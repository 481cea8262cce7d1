"""Support and safety: an ordinary menu item, the same for everyone."""

from skill.conversation.answers import Offered
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, say


@flow("support", starts_on={"SafetyIntent": {}}, leaves=True, waits=False)
def support() -> Steps:
    """Offer the numbers that we give to anyone; say them only after a yes."""
    if (yield ask("support.offer", Offered())):
        return say("support.numbers", lines=(yield recall("helplines")))
    return say("support.another_time")
