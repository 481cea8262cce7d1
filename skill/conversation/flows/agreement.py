"""On a calm day: how the two do time-outs."""

from collections.abc import Generator
from typing import Any

from skill.conversation.answers import Floor, Minutes, Saying, YesNo
from skill.conversation.replay import Step, Steps
from skill.conversation.steps import ask, flow, recall, remember, say
from skill.household.models import Agreed, Agreement

SHORTEST, LONGEST = 20, 24 * 60
"""Minutes: a body needs twenty, and beyond a day it reads as avoidance."""

LONGEST_WORD = 30
"""Characters of the word that calls a time-out."""


@flow("agreement", starts_on={"AgreeTimeOutIntent": {}}, private=True, calm=True)
def agree_on_time_outs() -> Steps:
    """A length, what each of them will do meanwhile, and a word."""
    if (yield recall("alone")):
        return say("agreement.takes_two")
    yield say("agreement.start")
    wanted = (yield ask("agreement.length", Minutes())) or 25
    minutes = min(max(wanted, SHORTEST), LONGEST)
    length = yield recall("length", minutes=minutes)
    for turn in (yield recall("turns")):
        yield ask("agreement.meanwhile", Floor(20), **turn)
    word = yield from _word()
    confirm = "agreement.confirm" if word else "agreement.confirm_without_word"
    if not (yield ask(confirm, YesNo(), word=word, length=length)):
        return say("agreement.not_kept")
    yield remember(Agreed(Agreement(word, minutes)))
    return say("agreement.kept" if word else "agreement.kept_without_word", word=word)


def _word() -> Generator[Step, Any, str]:
    """Ask for a word that means nothing else to us, twice at most; "" if they do without."""
    for question in ("agreement.word", "agreement.another_word"):
        word: str = (yield ask(question, Saying("SayIntent", "words", LONGEST_WORD))) or ""
        if not word or (yield recall("free_word", word=word)):
            return word
    return ""
