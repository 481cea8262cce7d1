"""Ten, twenty or forty-five minutes with phones away."""

from skill.conversation.answers import Consent, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, do, flow, recall, remember, say
from skill.household.models import ItemHeard, NewRound

PERMISSION = "timers"


@flow("unplugged", starts_on={"UnpluggedIntent": {}}, leaves=True)
def unplugged(duration: str = "") -> Steps:
    """Say how long and what is new; ring once at the end where the platform can."""
    plan = yield recall("unplugged", duration=duration)
    if plan["new_round"]:
        yield remember(NewRound(tuple(plan["new_round"])))
    yield remember(ItemHeard(plan["id"]))
    wanted = plan["rings"] and (yield ask("unplugged.ring", YesNo(), **plan))
    if not wanted:
        return say("unplugged.start", **plan)
    timer = {"minutes": plan["minutes"], "text": plan["text"]}
    done = yield do("timer.start", **timer)
    if done["how"] == "permission_needed":
        yield say("unplugged.permission_why")
        told = yield ask("unplugged.permission", Consent(), consent=PERMISSION)
        if told == "accepted":
            done = yield do("timer.start", **timer)
    if done["how"] == "created":
        return say("unplugged.start_with_bell", **plan)
    return say("unplugged.start_without_bell", **plan)
