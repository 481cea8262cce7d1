"""One timer for the time without phones."""

from collections.abc import Iterator

import pytest
from fake_alexa_api import FakeAlexaApi, answering, failing, hanging_up

from skill.channels.alexa import timers
from skill.channels.alexa.api import Api
from skill.channels.alexa.reminders import Outcome

TEXT = "Your quiet time is over"


@pytest.fixture
def amazon() -> Iterator[FakeAlexaApi]:
    with FakeAlexaApi() as amazon:
        yield amazon


def start(amazon: FakeAlexaApi, minutes: int = 20) -> Outcome:
    return timers.start(Api(amazon.url, amazon.token), "en-US", minutes, TEXT)


def test_a_timer_says_its_words_once(amazon: FakeAlexaApi) -> None:
    assert start(amazon) is Outcome.CREATED
    (made,) = amazon.timers.values()
    assert made["duration"] == "PT20M"
    operation = made["triggeringBehavior"]["operation"]
    assert operation["type"] == "ANNOUNCE"
    assert operation["textToAnnounce"] == [{"locale": "en-US", "text": TEXT}]


def test_the_same_again_leaves_one_timer(amazon: FakeAlexaApi) -> None:
    start(amazon, 45)
    assert start(amazon, 10) is Outcome.CREATED
    assert [one["duration"] for one in amazon.timers.values()] == ["PT10M"]


def test_timers_of_their_own_are_left_alone(amazon: FakeAlexaApi) -> None:
    amazon.timers["pasta"] = {"id": "pasta", "timerLabel": "pasta"}
    start(amazon)
    assert "pasta" in amazon.timers


def test_without_permission_it_asks_for_it(amazon: FakeAlexaApi) -> None:
    amazon.granted = False
    assert start(amazon) is Outcome.PERMISSION_NEEDED
    assert amazon.timers == {}


def test_ten_timers_are_enough(amazon: FakeAlexaApi) -> None:
    amazon.timers |= {f"t{one}": {"id": f"t{one}", "timerLabel": str(one)} for one in range(10)}
    assert start(amazon) is Outcome.QUOTA


def test_a_device_may_hold_none(amazon: FakeAlexaApi) -> None:
    amazon.holds = False
    assert start(amazon) is Outcome.UNSUPPORTED


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (failing(429), Outcome.BUSY),
        (failing(500), Outcome.DOWN),
        (failing(404), Outcome.DOWN),
        (answering(b"<html>", status=502), Outcome.DOWN),
        (hanging_up, Outcome.DOWN),
        (failing(500, method="POST"), Outcome.DOWN),
    ],
)
def test_whatever_fails_has_a_name(amazon: FakeAlexaApi, fault: object, outcome: Outcome) -> None:
    amazon.faults.append(fault)  # type: ignore[arg-type]
    assert start(amazon) is outcome


@pytest.mark.parametrize("garbage", [b"[]", b'{"timers": 5}', b'{"timers": [1, {"id": null}]}'])
def test_a_list_that_makes_no_sense_is_an_empty_one(amazon: FakeAlexaApi, garbage: bytes) -> None:
    amazon.faults.append(answering(garbage, method="GET"))
    assert start(amazon) is Outcome.CREATED
