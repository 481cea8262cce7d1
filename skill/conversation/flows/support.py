"""Support and safety: an ordinary menu item, the same for everyone."""

from skill.conversation.answers import YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, say


@flow("support", starts_on={"SafetyIntent": {}}, leaves=True)
def support() -> Steps:
    """Offer the numbers that we give to anyone; say them only after a yes."""
    if (yield ask("support.offer", YesNo())):
        return say("support.numbers")
    return say("support.another_time")
