"""The interaction model of a locale: the one source of what people may say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from content import DEFAULT_LOCALE, spoken


@dataclass(frozen=True)
class Value:
    """One value of a slot type: its id, its name, and what else people call it."""

    id: str
    name: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class Intent:
    """One intent: its slots (name to type) and its sample utterances."""

    name: str
    slots: Mapping[str, str]
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """A locale's interaction model."""

    locale: str
    intents: Mapping[str, Intent]
    types: Mapping[str, Sequence[Value]]


def path(locale: str) -> Any:
    """Return the model file of `locale`, in a checkout and in an installed wheel alike."""
    return resources.files("interaction_models") / f"{locale}.json"


def model(locale: str = DEFAULT_LOCALE) -> Model:
    """Return the model of `locale`; for a locale that we do not speak, that of the default."""
    return _model(spoken(locale))


@lru_cache
def _model(locale: str) -> Model:
    told = json.loads(path(locale).read_text(encoding="utf-8"))
    language = told["interactionModel"]["languageModel"]
    return Model(
        locale,
        {one["name"]: _intent(one) for one in language["intents"]},
        {one["name"]: tuple(map(_value, one["values"])) for one in language["types"]},
    )


def _intent(told: Mapping[str, Any]) -> Intent:
    slots = {slot["name"]: slot["type"] for slot in told.get("slots", ())}
    return Intent(told["name"], slots, tuple(told["samples"]))


def _value(told: Mapping[str, Any]) -> Value:
    name = told["name"]
    return Value(told["id"], name["value"], tuple(name.get("synonyms", ())))
