"""What this is, when somebody wonders."""

from skill.conversation.replay import Steps
from skill.conversation.steps import flow, say


@flow("about", starts_on={"AboutIntent": {}}, leaves=True, waits=False)
def what_i_am() -> Steps:
    """Say what this is and what it is not: no person, no therapist, no ear at the door."""
    yield say("about.what")
    return say("about.not")
