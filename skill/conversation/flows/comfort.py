"""A hard day outside: comfort, company, or a hand."""

from skill.conversation.answers import Floor, Kind
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, say, wait

TURN_SECONDS = 600
"""Ten minutes each: twenty for a talk about stress from outside (stress-reducing conversation)."""


@flow("hard_day", starts_on={"SupportIntent": {}}, private=True)
def hard_day(kind: str = "") -> Steps:
    """First what would help, then two long turns: only stress from outside, and no fixing."""
    turns = yield recall("turns")
    kind = kind or (yield ask("hard_day.which", Kind("SupportIntent", "kind")))
    if kind == "company":
        return say("hard_day.company")
    if kind == "hand":
        yield ask("hard_day.hand", Floor(30), **turns[0])
        return say("hard_day.close_hand")
    yield say("hard_day.start")
    for turn in turns:
        yield wait("hard_day.turn", Floor(TURN_SECONDS), **turn)
    return say("hard_day.close")
