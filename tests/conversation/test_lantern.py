"""A turn from end to end, when something of ours breaks in the middle of it."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

import pytest

from content import content
from skill.conversation import steps
from skill.conversation.lantern import Lantern, Turned, warm_up
from skill.conversation.replay import Steps
from skill.conversation.turn import Act, Heard, Reply
from skill.conversation.understanding import Understanding, _understanding, understanding
from skill.household.redis_store import RedisStore
from skill.speech.plain import plain

HEARD = Heard("home", "one", datetime(2026, 11, 24, 19, 0, tzinfo=UTC), zone="Europe/Berlin")
TROUBLE = content().prompts["engine.trouble"].say[0]


class World:
    def time_zone(self) -> str:
        return ""

    def do(self, act: Act) -> Mapping[str, str]:
        raise AssertionError("nothing is to be done")


def said(reply: Reply) -> str:
    return plain(reply.parts)


@pytest.fixture
def broken() -> Iterator[None]:
    """A check-in that breaks after the first answer."""
    whole = steps.FLOWS["check_in"]

    def breaks() -> Steps:
        steps_of = whole.run()
        answer = None
        for _ in range(3):
            answer = yield steps_of.send(answer)
        raise ZeroDivisionError("Somebody said seven")

    steps.FLOWS["check_in"] = replace(whole, run=breaks)
    yield
    steps.FLOWS["check_in"] = whole


def test_an_exception_in_a_flow(
    store: RedisStore, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    """A kind answer, a line in the log with the turn's id and no word of theirs, nothing lost."""
    turned: list[Turned] = []
    lantern = Lantern(store, turned.append)

    def say(turn: str, intent: str, **slots: str) -> str:
        heard = replace(HEARD, turn_id=turn, intent=intent, slots=slots)
        return said(lantern.hear(heard, World()))

    assert "how close" in say("first", "CheckInIntent")
    with caplog.at_level(logging.ERROR):
        assert say("second", "RatingIntent", rating="7") == TROUBLE
    assert "second" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "seven" not in caplog.text
    assert "how close" in say("third", "AMAZON.RepeatIntent")
    assert turned == [
        Turned("first", "answered", "check_in"),
        Turned("second", "trouble"),
        Turned("third", "answered", "check_in"),
    ]


def test_it_goes_on_with_the_next_release(store: RedisStore) -> None:
    lantern = Lantern(store)
    heard = replace(HEARD, turn_id="first", intent="CheckInIntent")
    lantern.hear(heard, World())
    heard = replace(HEARD, turn_id="second", intent="RatingIntent", slots={"rating": "7"})
    assert "Second partner" in said(lantern.hear(heard, World()))
    assert said(lantern.hear(heard, World())) == said(lantern.hear(heard, World()))


def test_a_store_that_takes_too_long_is_not_asked_again_in_the_same_turn(
    store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens for longer; said again, it is answered as if nothing had been."""
    turned: list[Turned] = []
    lantern = Lantern(store, turned.append)
    heard = replace(HEARD, intent="TonightsQuestionIntent")
    with monkeypatch.context() as patch:
        patch.setattr("skill.conversation.lantern.PATIENCE", 1e-9)
        assert said(lantern.hear(heard, World())) == TROUBLE
    assert store.load("home", "one").home is None
    assert said(lantern.hear(heard, World())) != TROUBLE
    assert [one.outcome for one in turned] == ["trouble", "answered"]


def test_after_the_warm_up_nothing_is_left_that_a_sentence_would_wait_for() -> None:
    _understanding.cache_clear()
    warm_up()
    parts = {one for one, part in vars(Understanding).items() if isinstance(part, cached_property)}
    assert parts
    assert parts <= vars(understanding()).keys()
