"""When something from the past comes up: today's need, not the story."""

from skill.conversation.answers import Floor, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, say


@flow("need", starts_on={"NeedIntent": {}}, private=True, calm=True)
def todays_need() -> Steps:
    """Each says what would help today; the other says what they can give. Never the story."""
    turns = yield recall("turns")
    yield say("need.start")
    if not (yield ask("need.ready", YesNo())):
        return say("need.another_time")
    for turn in turns:
        yield ask("need.name", Floor(30), **turn)
        if len(turns) > 1:
            yield ask("need.give", Floor(25), to=turn["other"], other=turn["to"])
    return say("need.close")
