"""The interaction model: within Amazon's rules, and in step with code and content."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from importlib import resources
from typing import Any

import pytest
from model_rules import custom, invocation_name, language, problems

from content import LANGUAGES, content, load
from content.library import STAGES
from skill.conversation import answers, slots, steps
from skill.conversation.engine import HANDLED
from skill.conversation.flows.household import OPEN
from skill.conversation.model import model, path

TOLD = {locale: json.loads(path(locale).read_text(encoding="utf-8")) for locale in LANGUAGES}
ANSWER_TYPES = [
    one
    for one in vars(answers).values()
    if isinstance(one, type) and issubclass(one, answers._Base) and one is not answers._Base
]
LISTENED_FOR = {intent for one in ANSWER_TYPES for intent in one.intents}


@pytest.mark.parametrize("locale", LANGUAGES)
def test_amazon_would_take_it(locale: str) -> None:
    assert problems(TOLD[locale]) == []


def _first(told: Any, name: str) -> Any:
    return next(one for one in language(told)["intents"] if one["name"] == name)


def _type(told: Any, name: str) -> Any:
    return next(one for one in language(told)["types"] if one["name"] == name)


MUTATIONS: Mapping[str, Callable[[Any], Any]] = {
    "one word": lambda told: language(told).update(invocationName="lantern"),
    "an intent gone": lambda told: language(told)["intents"].remove(
        _first(told, "AMAZON.StopIntent")
    ),
    "an intent twice": lambda told: language(told)["intents"].append(
        _first(told, "AMAZON.StopIntent")
    ),
    "a bad name": lambda told: _first(told, "CheckInIntent").update(name="Check In 2"),
    "a shared sample": lambda told: _first(told, "CheckInIntent")["samples"].append(
        _first(told, "DataIntent")["samples"][0].upper()
    ),
    "a sample twice": lambda told: _first(told, "CheckInIntent")["samples"].append(
        _first(told, "CheckInIntent")["samples"][0]
    ),
    "few samples": lambda told: _first(told, "CheckInIntent").update(samples=["check in"]),
    "digits": lambda told: _first(told, "CheckInIntent")["samples"].append("check in 2"),
    "a sign": lambda told: _first(told, "CheckInIntent")["samples"].append("check in, now!"),
    "an unknown slot": lambda told: _first(told, "CheckInIntent")["samples"].append("see {that}"),
    "a stuck slot": lambda told: _first(told, "TimeOutIntent")["samples"].append("for{duration}"),
    "only free speech": lambda told: _first(told, "SayIntent")["samples"].append("{words}"),
    "a long sample": lambda told: _first(told, "CheckInIntent")["samples"].append("ab " * 90 + "c"),
    "a wake word": lambda told: _first(told, "CheckInIntent")["samples"].append("ask for more"),
    "two types": lambda told: _first(told, "MoreTimeIntent")["slots"][0].update(type="AMAZON.TIME"),
    "an unused type": lambda told: language(told)["types"].append(
        {"name": "MOOD", "values": [{"id": "a", "name": {"value": "b"}}]}
    ),
    "an empty type": lambda told: _type(told, "DEPTH").update(values=[]),
    "an id twice": lambda told: _type(told, "DEPTH")["values"][0].update(
        id=_type(told, "DEPTH")["values"][1]["id"]
    ),
    "a synonym twice": lambda told: _type(told, "DEPTH")["values"][0]["name"]["synonyms"].append(
        _type(told, "DEPTH")["values"][1]["name"]["value"]
    ),
    "a sensitivity": lambda told: language(told)["modelConfiguration"].update(
        fallbackIntentSensitivity={"level": "SOME"}
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_rule_finds_what_it_is_for(name: str) -> None:
    told = deepcopy(TOLD["en-US"])
    MUTATIONS[name](told)
    assert problems(told)


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        ("evening lantern", True),
        ("couple compass", True),
        ("togetherness", False),
        ("the couple", False),
        ("love for", False),
        ("ask us two", False),
        ("date app", False),
        ("room 2", False),
        ("Evening Lantern", False),
    ],
)
def test_invocation_names(name: str, fine: bool) -> None:
    assert (list(invocation_name(name)) == []) is fine


def test_every_intent_does_something_and_whatever_code_names_is_there() -> None:
    told = set(model().intents)
    assert told <= HANDLED | LISTENED_FOR, "somebody says it, and nothing happens"
    assert told >= HANDLED | LISTENED_FOR, "nobody can say it"


def test_every_argument_of_a_flow_is_a_slot_of_what_starts_it() -> None:
    for flow in steps.FLOWS.values():
        code = flow.run.__code__
        wanted = set(code.co_varnames[: code.co_argcount])
        for given in flow.starts_on.values():
            assert set(given) <= wanted
        if flow.starts_on:
            had = {slot for intent in flow.starts_on for slot in model().intents[intent].slots}
            had |= {name for given in flow.starts_on.values() for name in given}
            assert wanted <= had, flow.name


def values(kind: str) -> list[str]:
    return [one.id for one in model().types[kind]]


def test_every_slot_value_means_something() -> None:
    all_content = content()
    told = load(resources.files("content") / "en" / "slots.toml")
    assert set(values("THEME")) == set(all_content.library.themes)
    assert set(values("PATTERN")) == set(all_content.breaths)
    assert set(values("STAGE")) == {*STAGES, OPEN}
    for kind in ("DEPTH", "DAYS", "FEELING", "STAGE"):
        assert set(values(kind)) == set(told[kind])
    for day in values("DAYS"):
        assert slots.days(day), day
    for depth in values("DEPTH"):
        assert depth in ("light", "personal", "tender", "lighter", "deeper")


def test_every_custom_intent_can_follow_each_way_of_calling() -> None:
    """ "ask evening lantern for", "... to", "tell evening lantern": nouns, verbs and sentences."""
    for intent in custom(TOLD["en-US"]):
        if intent["name"] not in LISTENED_FOR - HANDLED:
            first = {sample.split()[0] for sample in intent["samples"]}
            assert len(first) >= 5, intent["name"]
