"""One turn at a time: what the engine does that no transcript shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from content import content
from skill.conversation.engine import Frame, Outcome, Talk, turn
from skill.conversation.turn import Abilities, Heard
from skill.household.models import Household
from skill.speech.plain import plain

HEARD = Heard(
    household="home",
    turn_id="one",
    now=datetime(2026, 11, 24, 19, 0, tzinfo=UTC),
    zone="Europe/Berlin",
    abilities=Abilities(reminders=True),
)


class Couple:
    """Two people, and what is remembered between their turns."""

    def __init__(self) -> None:
        self.home = Household()
        self.talk = Talk()

    def intend(self, intent: str, **slots: str) -> Outcome:
        return self.turn(replace(HEARD, intent=intent, slots=slots))

    def turn(self, heard: Heard) -> Outcome:
        stored = Talk.from_json(self.talk.to_json())
        outcome = turn(heard, self.home, stored, content(), _nothing)
        self.home, self.talk = outcome.home, outcome.talk
        return outcome


def _nothing(words: str, expecting: Any) -> tuple[str, Mapping[str, str]]:
    return "AMAZON.FallbackIntent", {}


def said(outcome: Outcome) -> str:
    assert outcome.reply is not None
    return plain(outcome.reply.parts)


@pytest.fixture
def couple() -> Couple:
    return Couple()


def test_an_intent_that_nobody_knows_is_helped_like_words_that_nobody_understood(
    couple: Couple,
) -> None:
    assert "question" in said(couple.intend("AMAZON.SomethingNewIntent"))
    assert "Which one?" in said(couple.intend("AMAZON.SomethingNewIntent"))
    assert "my fault" in said(couple.intend("AMAZON.SomethingNewIntent"))


def test_an_outcome_that_nothing_waits_for_is_said_so(couple: Couple) -> None:
    couple.intend("CheckInIntent")
    outcome = couple.turn(replace(HEARD, kind="outcome", words="created"))
    assert "lost my place" in said(outcome)
    assert [frame.flow for frame in outcome.talk.stack] == ["check_in"]


def asked_to_ring(couple: Couple) -> None:
    """The service dies after the log was saved, before it knows how the act went."""
    couple.intend("SetReminderIntent", time="20:00")
    outcome = couple.intend("AMAZON.YesIntent")
    assert outcome.act is not None
    assert outcome.act.name == "reminder.create"


@pytest.mark.parametrize("intent", ["AMAZON.YesIntent", "AMAZON.ResumeIntent"])
def test_an_act_without_an_outcome_is_done_again(couple: Couple, intent: str) -> None:
    asked_to_ring(couple)
    outcome = couple.intend(intent)
    assert outcome.act is not None
    assert outcome.act.name == "reminder.create"
    done = couple.turn(replace(HEARD, kind="outcome", words="created", slots={"token": "t"}))
    assert said(done).startswith("Done.")
    assert [one.token for one in couple.home.reminders] == ["t"]


def test_an_act_without_an_outcome_is_let_go_by_another_wish(couple: Couple) -> None:
    asked_to_ring(couple)
    outcome = couple.intend("CheckInIntent")
    assert outcome.act is None
    assert [frame.flow for frame in outcome.talk.stack] == ["check_in"]


def test_stop_is_heard_even_then(couple: Couple) -> None:
    asked_to_ring(couple)
    outcome = couple.intend("AMAZON.StopIntent")
    assert outcome.act is None
    assert outcome.reply
    assert outcome.reply.end


def test_a_log_of_another_flow_is_let_go_with_a_kind_word(couple: Couple) -> None:
    couple.talk.stack.append(Frame("check_in", {}, [["ask", "a question of long ago", 3]]))
    outcome = couple.intend("RatingIntent", rating="7")
    assert "lost my place" in said(outcome)
    assert not outcome.talk.stack


def test_a_flow_of_another_version_is_let_go(couple: Couple) -> None:
    couple.intend("CheckInIntent")
    couple.talk.stack[-1].version = 99
    outcome = couple.turn(replace(HEARD, kind="launch"))
    assert "middle" not in said(outcome)
    assert not outcome.talk.stack


def test_coming_back_to_the_breathing_does_not_breathe_again(couple: Couple) -> None:
    first = said(couple.intend("BreatheIntent", duration="PT5M"))
    assert "In, two" in first
    couple.intend("DataIntent")
    assert "In, two" not in said(couple.intend("AMAZON.ResumeIntent"))
    assert "In, two" in said(couple.intend("AMAZON.YesIntent"))


def test_no_more_than_three_conversations_wait(couple: Couple) -> None:
    for intent in ("CheckInIntent", "BreatheIntent", "SetNamesIntent", "SetReminderIntent"):
        couple.intend(intent)
    assert len(couple.talk.stack) == 3
    assert couple.talk.stack[0].flow == "check_in"
    assert couple.talk.stack[-1].flow == "set_reminder"
