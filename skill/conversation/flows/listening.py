"""Listening practice for two: short turns, the floor handed over by voice, no fixing."""

from skill.conversation.answers import Floor, Ready
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, say

EXCHANGES = 3
"""Turns of each speaker before the two swap: three or four (speaker and listener practice)."""


@flow("mirror", starts_on={"MirrorIntent": {}}, private=True, calm=True)
def listening_practice(practice: str = "mirroring") -> Steps:
    """Ten to twelve minutes: one speaks briefly, the other mirrors, clarifies or guesses; swap."""
    if (yield recall("alone")):
        return say("mirror.takes_two")
    turns = yield recall("turns")
    yield say(f"mirror.start_{practice}")
    if not (yield ask("mirror.ready", Ready())):
        return say("mirror.another_time")
    for turn in turns:
        listener = {"to": turn["other"], "other": turn["to"]}
        yield ask("mirror.topic", Floor(25), **turn)
        yield ask(f"mirror.{practice}", Floor(20), **listener)
        for _ in range(EXCHANGES - 1):
            yield ask("mirror.more", Floor(25), **turn)
            yield ask(f"mirror.{practice}_again", Floor(20), **listener)
        yield ask("mirror.sum_up", Floor(25), **listener)
    return say("mirror.close")
