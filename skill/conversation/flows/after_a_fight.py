"""After a fight, once both are calm; and the view of a kind friend."""

from skill.conversation.answers import Floor, Ready, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, say


@flow("after_fight", starts_on={"AfterFightIntent": {}}, private=True, calm=True)
def after_a_fight() -> Steps:
    """Feelings without reasons, each one's view, a part each, one thing for next time.

    What older memory it touched is asked only if both want that.
    """
    if (yield recall("alone")):
        return say("after_fight.takes_two")
    turns = yield recall("turns")
    if not (yield ask("after_fight.calm", Ready())):
        return say("after_fight.not_yet")
    for turn in turns:
        yield ask("after_fight.feelings", Floor(25), **turn)
    for turn in turns:
        yield ask("after_fight.view", Floor(40), **turn)
        yield ask("after_fight.sum_up", Floor(25), to=turn["other"], other=turn["to"])
    if (yield ask("after_fight.older", YesNo())):
        for turn in turns:
            yield ask("after_fight.memory", Floor(30), **turn)
    for turn in turns:
        yield ask("after_fight.part", Floor(25), **turn)
    for turn in turns:
        yield ask("after_fight.next_time", Floor(20), **turn)
    yield ask("after_fight.thanks", Floor(20))
    return say("after_fight.close")


@flow("friends_eye", starts_on={"FriendsEyeIntent": {}}, private=True)
def friends_eye_view() -> Steps:
    """See a disagreement as a kind friend of both would: seven quiet minutes."""
    for part in ("see", "gets_in_the_way", "hold_on"):
        yield ask(f"friends_eye.{part}", Floor(60))
    return say("friends_eye.close")
