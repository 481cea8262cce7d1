"""At every step of every conversation: help, repeat, pause, resume, skip, back, anew, stop.

The steps are those of `test_golden.TALKS`, one whole conversation of each flow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from flow_walk import FULL, SPEAKER, intent
from test_golden import TALKS

from content import content
from skill.conversation.engine import Outcome, Talk, turn
from skill.conversation.steps import FLOWS
from skill.conversation.turn import Heard, Reply, Words
from skill.household.models import Household

HELP, REPEAT, PAUSE, RESUME, SKIP, BACK, ANEW, STOP, CANCEL = (
    intent(f"AMAZON.{name}Intent")
    for name in (
        "Help",
        "Repeat",
        "Pause",
        "Resume",
        "Next",
        "Previous",
        "StartOver",
        "Stop",
        "Cancel",
    )
)
HOME = replace(FULL, goals=FULL.goals[:1])


def not_understood(words: str, expecting: Any) -> tuple[str, Mapping[str, str]]:
    return "AMAZON.FallbackIntent", {}


class Couple:
    """Two people in the middle of a conversation."""

    def __init__(self, flow: str, args: Mapping[str, Any], talk: Sequence[Heard]) -> None:
        self.home: Household = HOME
        self.talk = Talk()
        self.said: Reply | None = None
        slots = {name: value for name, value in args.items() if value and name != "turn"}
        self.hear(intent(next(iter(FLOWS[flow].starts_on)), **slots))
        for heard in talk:
            self.hear(heard)

    def hear(self, heard: Heard) -> Reply | None:
        here = replace(
            heard, turn_id="t", zone=SPEAKER.zone, abilities=SPEAKER.abilities, now=SPEAKER.now
        )
        outcome: Outcome = turn(
            here, self.home, Talk.from_json(self.talk.to_json()), content(), not_understood
        )
        self.home, self.talk = outcome.home, outcome.talk
        self.said = outcome.reply
        return outcome.reply

    @property
    def open(self) -> str:
        """The flow that waits for them; "" if none does."""
        return self.talk.stack[-1].flow if self.talk.stack else ""


def steps() -> Iterator[Any]:
    for flow, (args, talk) in TALKS.items():
        if flow in ("welcome", "data", "support"):  # one question, and it is let go
            continue
        for number in range(len(talk)):
            waits = Couple(flow, args, talk[:number])
            if talk[number].kind in ("outcome", "consent") or waits.open != flow:
                continue  # an act is under way, or the couple of these tests is through already
            yield pytest.param(flow, args, talk[:number], id=f"{flow}-{number}")


def words(reply: Reply | None) -> str:
    assert reply is not None
    told = (part for part in reply.parts if isinstance(part, Words) and not part.passing)
    return " ".join(part.text for part in told)


every_step = pytest.mark.parametrize(("flow", "args", "talk"), list(steps()))


@every_step
def test_help_says_something_and_keeps_the_place(flow: str, args: Any, talk: Any) -> None:
    couple = Couple(flow, args, talk)
    log = [list(entry) for entry in couple.talk.stack[-1].log]
    assert words(couple.hear(HELP))
    assert couple.talk.stack[-1].log == log
    assert couple.said is not None
    assert not couple.said.end


@every_step
def test_repeat_says_the_same(flow: str, args: Any, talk: Any) -> None:
    couple = Couple(flow, args, talk)
    before = words(couple.said)
    assert words(couple.hear(REPEAT)) == before


@every_step
def test_a_pause_keeps_the_place_or_lets_go(flow: str, args: Any, talk: Any) -> None:
    couple = Couple(flow, args, talk)
    kept = FLOWS[flow].waits
    assert couple.hear(PAUSE) is not None
    assert couple.said is not None
    assert couple.said.end
    assert (couple.open == flow) is kept
    assert words(couple.hear(RESUME))
    assert (couple.open == flow) is kept


@every_step
def test_stop_ends_at_once(flow: str, args: Any, talk: Any) -> None:
    couple = Couple(flow, args, talk)
    reply = couple.hear(STOP)
    assert reply is not None
    assert reply.end
    assert len(words(reply).split()) <= 10


@every_step
def test_cancel_lets_go_of_it(flow: str, args: Any, talk: Any) -> None:
    couple = Couple(flow, args, talk)
    couple.hear(CANCEL)
    assert couple.open == ""


@every_step
def test_skip_goes_on_or_closes(flow: str, args: Any, talk: Any) -> None:
    couple = Couple(flow, args, talk)
    log = len(couple.talk.stack[-1].log)
    assert words(couple.hear(SKIP))
    assert couple.open != flow or len(couple.talk.stack[-1].log) > log


@every_step
def test_back_goes_no_further_than_the_beginning(flow: str, args: Any, talk: Any) -> None:
    couple = Couple(flow, args, talk)
    for _ in range(len(talk) + 2):
        assert words(couple.hear(BACK))
        assert couple.open == flow


@every_step
def test_starting_over_asks_the_first_question(flow: str, args: Any, talk: Any) -> None:
    couple = Couple(flow, args, talk)
    couple.hear(ANEW)
    assert couple.open in (flow, "")


@every_step
def test_a_time_out_is_heard_in_the_middle_of_anything(flow: str, args: Any, talk: Any) -> None:
    couple = Couple(flow, args, talk)
    couple.hear(intent("TimeOutIntent", duration="PT30M"))
    timed = "30 minutes" in words(couple.said) or couple.open == "time_out"
    assert timed or flow in ("agreement", "return")  # "half an hour" answers a question there
