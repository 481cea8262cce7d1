"""Small brave steps: a tender question with a lighter twin, and thanks for telling."""

from skill.conversation.answers import FloorOrLighter, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, remember, say, wait
from skill.household.models import ItemHeard


@flow("brave_step", starts_on={"BraveStepIntent": {}}, private=True, calm=True)
def brave_step() -> Steps:
    """Ask for permission, then leave each with a tender question: passing is always fine."""
    step = yield recall("brave")
    if not step["fits"]:
        return say("brave.another_time")
    if not (yield ask("brave.ready", YesNo())):
        return say("brave.not_tonight")
    turns = yield recall("turns")
    yield remember(ItemHeard(step["id"]))
    stepped = False
    for turn in turns:
        told = yield wait("brave.tell", FloorOrLighter(40), question=step["question"], **turn)
        if told == "lighter":
            told = yield wait("brave.lighter", FloorOrLighter(40), question=step["lighter"], **turn)
        stepped = stepped or told == "told"
        if told == "told" and turn is not turns[-1]:
            yield say("brave.thank_for_telling", **turn)
    return say("brave.close" if stepped else "brave.close_passed")
