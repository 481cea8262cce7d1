"""Short talks on what makes closeness hard or easy, each with one thing to try tonight."""

from skill.conversation.replay import Steps
from skill.conversation.steps import flow, recall, remember, say
from skill.household.models import ItemHeard, NewRound


@flow("learn", starts_on={"LearnIntent": {}}, leaves=True, another=True)
def learn(topic: str = "") -> Steps:
    """Talk about one idea for half a minute, and leave them with something to do."""
    told = yield recall("topic", topic=topic)
    if told["new_round"]:
        yield remember(NewRound(tuple(told["new_round"])))
    yield remember(ItemHeard(told["id"]))
    shown = {"title": told["name"], "text": told["attempt"]}
    return say("learn.talk", show=shown, talk=told["talk"], attempt=told["attempt"])
