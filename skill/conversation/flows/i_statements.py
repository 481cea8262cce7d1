"""The coach for I statements: one sentence in, one improvement out, twice at most."""

from skill.conversation.answers import Sentence
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, say

ROUNDS = 2
"""Improvements at most: then they get a shape to fill, and are left in peace."""


@flow("i_statement", starts_on={"IStatementIntent": {}}, waits=False, private=True)
def coach() -> Steps:
    """Hear a hard sentence, offer one change at a time; praise only what is kind."""
    sentence = yield ask("i_statement.say", Sentence())
    for _ in range(ROUNDS):
        if sentence is None:
            return say("i_statement.later")
        found = yield recall("improvement", words=sentence)
        if not found["fails"]:
            return say("i_statement.good")
        sentence = yield ask(f"i_statement.{found['fails']}", Sentence(), beneath=found["beneath"])
    if sentence is None:
        return say("i_statement.later")
    found = yield recall("improvement", words=sentence)
    return say("i_statement.shape" if found["fails"] else "i_statement.good")
