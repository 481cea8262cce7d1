"""The rules that make a replayed conversation safe."""

from datetime import UTC, datetime
from typing import Any

import pytest

from skill.conversation.answers import Feeling, Floor, Number, YesNo
from skill.conversation.replay import Diverged, Stand, Steps, back, run
from skill.conversation.steps import ask, do, recall, remember, say
from skill.conversation.turn import Heard
from skill.household.models import Named

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)


def heard(intent: str = "", kind: Any = "intent", words: str = "", **slots: str) -> Heard:
    return Heard("h", "t", NOW, kind=kind, intent=intent, slots=slots, words=words)


def tea() -> Steps:
    name = yield recall("name", of="guest")
    yield say("tea.hello", name=name)
    cups = yield ask("tea.cups", Number(0, 10), name=name)
    feeling = yield ask("tea.feeling", Feeling())
    if feeling:
        yield say("tea.heard", feeling=feeling)
    yield remember(Named(("Sam", "Alex")))
    done = yield do("tea.brew", cups=cups)
    if (yield ask("tea.more", YesNo(), how=done["how"])):
        return say("tea.more_coming")
    return say("tea.bye", cups=cups)


class Held:
    """A conversation in the test's own hands: what was recalled and remembered is counted."""

    def __init__(self, flow: Any = tea) -> None:
        self.flow = flow
        self.log: list[list[Any]] = []
        self.recalled: list[str] = []
        self.remembered: list[Any] = []

    def hear(self, what: Heard | None) -> Stand:
        stand = run(self.flow, {}, self.log, what, self._recall, self.remembered.append)
        self.log = stand.log
        return stand

    def _recall(self, what: str, wanted: Any) -> str:
        self.recalled.append(what)
        return "Kim"


def test_a_conversation_goes_on_where_its_log_ends() -> None:
    held = Held()
    first = held.hear(None)
    assert [one.key for one in first.said] == ["tea.hello"]
    assert first.open == ask("tea.cups", Number(0, 10), name="Kim")
    assert held.hear(heard("RatingIntent", rating="2")).open == ask("tea.feeling", Feeling())
    told = held.hear(heard("FeelingIntent", feeling="calm"))
    assert [one.values for one in told.said] == [{"feeling": "calm"}]
    assert told.open == do("tea.brew", cups=2)
    assert held.hear(heard(kind="outcome", words="brewed")).open is not None
    assert held.hear(heard("AMAZON.NoIntent")).end == say("tea.bye", cups=2)


def test_what_is_recalled_or_remembered_happens_once() -> None:
    held = Held()
    for turn in (None, None, heard("RatingIntent", rating="2"), heard("FeelingIntent"), None):
        held.hear(turn)
    assert held.recalled == ["name"]
    assert held.remembered == [Named(("Sam", "Alex"))]


def test_a_feeling_is_said_back_and_not_in_the_log() -> None:
    held = Held()
    held.hear(None)
    held.hear(heard("RatingIntent", rating="2"))
    stand = held.hear(heard("FeelingIntent", feeling="lonely"))
    assert stand.said
    assert stand.said[0].values == {"feeling": "lonely"}
    assert "lonely" not in str(held.log)


def test_what_is_no_answer_is_not_logged() -> None:
    held = Held()
    held.hear(None)
    before = list(held.log)
    stand = held.hear(heard("RatingIntent", rating="eleven"))
    assert stand.missed
    assert held.log == before


def test_skipping_answers_none() -> None:
    held = Held()
    held.hear(None)
    held.hear(heard("AMAZON.NextIntent"))
    assert held.log[-1] == ["ask", "tea.cups", None]


def test_a_flow_that_asks_something_else_than_its_log_answers_diverges() -> None:
    held = Held()
    held.hear(None)
    held.hear(heard("RatingIntent", rating="2"))

    def changed() -> Steps:
        yield recall("name", of="guest")
        yield ask("tea.sugar", Floor(5))
        return say("tea.bye")

    with pytest.raises(Diverged, match=r"tea\.cups"):
        run(changed, {}, held.log, None, held._recall, held.remembered.append)


def test_back_drops_the_last_answer_and_stops_at_what_was_done() -> None:
    held = Held()
    held.hear(None)
    assert back(held.log) is None
    held.hear(heard("RatingIntent", rating="2"))
    held.log = back(held.log) or []
    stand = held.hear(None)
    assert stand.open == ask("tea.cups", Number(0, 10), name="Kim")
    held.hear(heard("RatingIntent", rating="3"))
    held.hear(heard("FeelingIntent", feeling="calm"))
    assert back(held.log) is None


def test_a_log_has_an_end() -> None:
    def endless() -> Steps:
        while True:
            yield ask("tea.more", Floor(5))

    held = Held(endless)
    while len(held.log) < 199:
        held.hear(heard("DoneIntent"))
    with pytest.raises(Diverged, match="200"):
        held.hear(heard("DoneIntent"))
