"""Whole conversations, each in every channel, on a real Redis."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from fake_alexa_api import FakeAlexaApi, failing, hanging
from talking import Answer, Channel, Clock

TALKS = sorted(Path(__file__).parent.glob("*.talk"))


def _allowed(api: FakeAlexaApi) -> None:
    api.granted = True


def _fine(api: FakeAlexaApi) -> None:
    api.faults.clear()
    api.most_reminders, api.holds = 250, True


TROUBLES: Mapping[str, Callable[[FakeAlexaApi], object]] = {
    "reminders allowed": _allowed,
    "reminders full": lambda api: setattr(api, "most_reminders", 0),
    "reminders busy": lambda api: api.faults.append(failing(429)),
    "reminders down": lambda api: api.faults.append(failing(500)),
    "reminders silent": lambda api: api.faults.append(hanging),
    "reminders unsupported": lambda api: setattr(api, "holds", False),
    "reminders gone": lambda api: api.reminders.clear(),
    "reminders fine": _fine,
}


def held_in(talk: Path) -> tuple[str, ...]:
    if talk.stem.startswith("alexa-"):
        return ("alexa", "screen")
    typed = ("text", "terminal")
    return typed if talk.stem.startswith("text-") else (*typed, "alexa", "screen")


@pytest.mark.parametrize(
    ("talk", "channel"),
    [pytest.param(talk, one, id=f"{talk.stem}-{one}") for talk in TALKS for one in held_in(talk)],
)
def test_talk(
    talk: Path,
    channel: str,
    channels: Callable[[str], Channel],
    clock: Clock,
    api: FakeAlexaApi,
) -> None:
    held = channels(channel)
    answer = Answer("", None)
    for number, line in enumerate(talk.read_text(encoding="utf-8").splitlines(), 1):
        mark, told = line[:1], line[1:].strip()
        place = f"{talk.name}, line {number}"
        if mark == ">":
            answer = held.say(told)
            clock.now += timedelta(seconds=20)
        elif mark == "<":
            pattern = ".*".join(re.escape(piece) for piece in told.split("..."))
            assert re.fullmatch(pattern, answer.said), f"{place}: heard {answer.said!r}"
        elif mark == "*":
            while f"say {told}" in answer.said.lower():
                answer = held.say(told)
                clock.now += timedelta(seconds=20)
        elif mark == "@":
            amount, unit = told.split()
            clock.now += timedelta(**{unit: int(amount)})
        elif mark == "~":
            TROUBLES[told](api)
        elif mark == "!":
            if answer.listens is not None:
                assert answer.listens is (told == "listens"), place
        else:
            assert not line or mark == "#", f"{place}: not understood: {line!r}"


def test_there_is_a_talk_for_each_of_the_four_conversations() -> None:
    names = {talk.stem for talk in TALKS}
    assert {"tonights-question", "check-in", "time-out", "alexa-reminders"} <= names
