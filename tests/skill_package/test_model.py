"""What `model_rules` leaves open: the model's form, and that it and the code know each other.

Each check takes a model and yields what is wrong with it. A spoilt copy shows that it looks.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from importlib import resources
from inspect import signature
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from model_rules import LARGEST, Told, custom, language, slots

from content import LANGUAGES, content, load
from content.library import STAGES
from skill.conversation import answers, facts, steps, understanding
from skill.conversation import slots as read_slots
from skill.conversation.engine import ANY_WISH, HANDLED
from skill.conversation.flows.household import OPEN
from skill.conversation.model import path
from skill.conversation.setting import Setting
from skill.conversation.turn import Heard
from skill.conversation.understanding import tidy
from skill.household.models import Household

Check = Callable[[Told], Iterator[str]]
Spoil = Callable[[Any], object]

TOLD = {locale: json.loads(path(locale).read_text(encoding="utf-8")) for locale in LANGUAGES}

LOCALES = frozenset(
    (
        "ar-SA",
        "de-DE",
        "en-AU",
        "en-CA",
        "en-GB",
        "en-IN",
        "en-US",
        "es-ES",
        "es-MX",
        "es-US",
        "fr-CA",
        "fr-FR",
        "hi-IN",
        "it-IT",
        "ja-JP",
        "nl-NL",
        "pt-BR",
    )
)
"""Amazon, "Develop Skills in Multiple Languages"."""

BUILT_IN_INTENTS = frozenset(
    f"AMAZON.{name}Intent"
    for name in (
        "Cancel",
        "Fallback",
        "Help",
        "LoopOff",
        "LoopOn",
        "NavigateHome",
        "Next",
        "No",
        "Pause",
        "Previous",
        "Repeat",
        "Resume",
        "ShuffleOff",
        "ShuffleOn",
        "StartOver",
        "Stop",
        "Yes",
    )
)
"""Amazon, "Standard Built-in Intents"; those for screens alone are left out."""

BUILT_IN_TYPES = frozenset(
    f"AMAZON.{name}"
    for name in (
        "DATE",
        "DURATION",
        "FirstName",
        "FOUR_DIGIT_NUMBER",
        "NUMBER",
        "Ordinal",
        "PhoneNumber",
        "SearchQuery",
        "TIME",
    )
)
"""Amazon, "Slot Type Reference"; those that could be of use here."""

FREE = "AMAZON.SearchQuery"


def _object(needs: Mapping[str, Any], may: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**needs, **(may or {})},
        "required": list(needs),
        "additionalProperties": False,
    }


def _list_of(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT = {"type": "string", "minLength": 1}
_SLOT = _object({"name": _TEXT, "type": _TEXT})
_INTENT = _object({"name": _TEXT, "samples": _list_of(_TEXT)}, {"slots": _list_of(_SLOT)})
_VALUE = _object(
    {"id": _TEXT, "name": _object({"value": _TEXT}, {"synonyms": _list_of(_TEXT)})},
)
_LANGUAGE = _object(
    {
        "invocationName": _TEXT,
        "intents": _list_of(_INTENT),
        "types": _list_of(_object({"name": _TEXT, "values": _list_of(_VALUE)})),
        "modelConfiguration": _object({"fallbackIntentSensitivity": _object({"level": _TEXT})}),
    }
)
FORM = Draft202012Validator(_object({"interactionModel": _object({"languageModel": _LANGUAGE})}))


# Amazon's rules ---------------------------------------------------------------------------


def form(told: Told) -> Iterator[str]:
    """Every part has its name and type; nothing is there that Amazon, or we, do not know.

    Amazon, "Interaction Model Schema". A `dialog` would be such a part: no answer of ours holds
    a dialog directive.
    """
    yield from (f"{error.json_path}: {error.message}" for error in FORM.iter_errors(told))


def file_size(told: Told) -> Iterator[str]:
    """The file as it is sent, with its indents, stays well below 1.5 MB."""
    size = len(json.dumps(told, indent=2, ensure_ascii=False).encode())
    if size > LARGEST:
        yield f"the file has {size} bytes"


def built_ins(told: Told) -> Iterator[str]:
    """What begins with AMAZON. is Amazon's, and comes with samples and slots of its own.

    Amazon, "Standard Built-in Intents" and "Slot Type Reference".
    """
    for intent in language(told)["intents"]:
        name = intent["name"]
        if name.upper().startswith("AMAZON."):
            if name not in BUILT_IN_INTENTS:
                yield f"Amazon has no {name}"
            if intent["samples"] or intent.get("slots"):
                yield f"{name} is not ours to teach"
        for slot in intent.get("slots", ()):
            if "." in slot["type"] and slot["type"] not in BUILT_IN_TYPES:
                yield f"Amazon has no {slot['type']}"


def names_apart(told: Told) -> Iterator[str]:
    """Names of intents and of types differ by more than capitals (Amazon, "Create Intents")."""
    for kind in ("intents", "types"):
        seen: dict[str, str] = {}
        for one in language(told)[kind]:
            other = seen.setdefault(one["name"].lower(), one["name"])
            if other != one["name"]:
                yield f"{one['name']} is {other} in other capitals"


def carriers(told: Told) -> Iterator[str]:
    """A sample with free speech says more than the slot, and has no second slot.

    Amazon, "Slot Type Reference" (AMAZON.SearchQuery).
    """
    for intent in custom(told):
        free = {one["name"] for one in intent.get("slots", ()) if one["type"] == FREE}
        for sample in intent["samples"]:
            used = slots(sample)
            if free & set(used) and (len(used) > 1 or len(sample.split()) < 2):
                yield f"{intent['name']}: {sample!r} leaves free speech without words around it"


def one_meaning(told: Told) -> Iterator[str]:
    """No two intents share a sample, nor one that differs in the names of slots alone.

    Amazon, "Best Practices for Sample Utterances": what a slot is called is not heard.
    """
    owner: dict[str, str] = {}
    for intent in custom(told):
        types = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        for sample in intent["samples"]:
            heard = re.sub(r"\{(\w+)\}", lambda slot, of=types: f"<{of.get(slot[1])}>", sample)
            other = owner.setdefault(" ".join(heard.lower().split()), intent["name"])
            if other != intent["name"]:
                yield f"{intent['name']}: {sample!r} is said to {other} as well"


def needed_slots(told: Told) -> Iterator[str]:
    """An intent that means nothing without its slot has that slot in every sample.

    Amazon, "Best Practices for Sample Utterances": a sample without it would win over it.
    """
    for intent in custom(told):
        if intent["name"] in ("RatingIntent", "FeelingIntent", "SayIntent"):
            lacking = (sample for sample in intent["samples"] if not slots(sample))
            yield from (f"{intent['name']}: {sample!r} has no slot" for sample in lacking)


def values_are_words(told: Told) -> Iterator[str]:
    """Values are written as they are said: letters, apostrophes, hyphens; no digits, no signs.

    Amazon, "Create and Edit Custom Slot Types". Full stops are for letters that are spelled.
    """
    for kind, _, said in _said(told):
        if not re.fullmatch(r"(?:[a-z]\.|[a-z][a-z'-]*)(?: (?:[a-z]\.|[a-z][a-z'-]*))*", said):
            yield f"{kind}: {said!r} is not written as it is said"


def values_apart(told: Told) -> Iterator[str]:
    """Nothing that is said, or typed in another way, names two values of a type.

    Amazon, "Entity Resolution"; `tidy` is what typed words go through.
    """
    owner: dict[tuple[str, str], str] = {}
    for kind, value, said in _said(told):
        other = owner.setdefault((kind, tidy(said)), value)
        if not tidy(said) or other != value:
            yield f"{kind}: {said!r} names {value} and {other}, or nothing"


def no_condition(told: Told) -> Iterator[str]:
    """No value names a condition of body or mind (Amazon, "Policy Requirements", Health)."""
    for kind, _, said in _said(told):
        if found := CONDITIONS.search(said):
            yield f"{kind}: {said!r} names {found[0]!r}"


CONDITIONS = re.compile(
    r"\b(depress\w*|anxi\w*|panic\w*|manic|bipolar|suicid\w*|trauma\w*|disorder\w*|adhd|autis\w*|"
    r"addict\w*|insomnia\w*|burn(?:ed|t)? out|burnout|sick(?! of)|ill(?! at)|pregnan\w*|"
    r"medicat\w*|diagnos\w*|symptom\w*)\b"
)


def _said(told: Told) -> Iterator[tuple[str, str, str]]:
    """Yield the type, the id and each name of every value."""
    for kind in language(told)["types"]:
        for value in kind["values"]:
            for said in (value["name"]["value"], *value["name"].get("synonyms", ())):
                yield kind["name"], value["id"], said


# Code and model ---------------------------------------------------------------------------

EVENING = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)

ANSWERS: tuple[answers.Answer, ...] = (
    answers.Number(0, 10),
    answers.Feeling(),
    answers.YesNo(),
    answers.Ready(),
    answers.Offered(),
    answers.Floor(20),
    answers.TimeOfDay(),
    answers.Days(),
    answers.Name(),
    answers.Names(),
    answers.Consent(),
    answers.Returned("2026-11-24T20:00:00+00:00"),
    answers.FloorOrLighter(20),
    answers.Saying("SayIntent", "words"),
    answers.Saying("AppreciateIntent", "note"),
    answers.Saying("AddGoalIntent", "goal"),
    answers.Saying("GoalProgressIntent", "goal"),
    answers.Sentence(),
    answers.Kind("SupportIntent", "kind"),
    answers.Minutes(),
    answers.Code(),
)
LISTENED_FOR = frozenset(intent for one in ANSWERS for intent in one.listens)
BUILTINS = frozenset(load(resources.files("content") / "en" / "builtins.toml"))
NAMED = frozenset(
    {
        *HANDLED,
        *LISTENED_FOR,
        *ANY_WISH,
        *answers.LOOSE,
        *understanding.ANSWERS,
        *understanding.YES_AND_NO,
        *BUILTINS,
    }
)
"""Every intent that code, or the phrasings of built-in intents, name."""


class Slots(dict[str, str]):
    """Slots that nobody filled; they note who was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """Note the name."""
        self.asked.add(name)
        return default


def asked_for(answer: answers.Answer, intent: str) -> set[str]:
    """Return the slots that an answer looks for in an intent."""
    unfilled = Slots()
    with suppress(answers.NotAnAnswer):
        answer.read(Heard("home", "turn", EVENING, intent=intent, slots=unfilled))
    return unfilled.asked


def _slots_of(told: Told) -> dict[str, set[str]]:
    return {
        one["name"]: {slot["name"] for slot in one.get("slots", ())}
        for one in language(told)["intents"]
    }


def heard(told: Told) -> Iterator[str]:
    """Every intent does something: by itself, or as the answer to a question."""
    for name in _slots_of(told).keys() - HANDLED - LISTENED_FOR:
        yield f"somebody says {name}, and nothing happens"


def sayable(told: Told) -> Iterator[str]:
    """Every intent that code names can be said."""
    yield from (f"{name} cannot be said" for name in NAMED - _slots_of(told).keys())


def arguments(told: Told) -> Iterator[str]:
    """Every argument of a flow is a slot of an intent that starts it, or given with it."""
    had = _slots_of(told)
    for flow in steps.FLOWS.values():
        if not flow.starts_on:
            continue
        filled = {name for intent in flow.starts_on for name in had.get(intent, ())}
        filled |= {name for given in flow.starts_on.values() for name in given}
        missing = signature(flow.run).parameters.keys() - filled
        yield from (f"nothing fills {name} of the flow {flow.name}" for name in missing)


def answered(told: Told) -> Iterator[str]:
    """Every slot that an answer looks for is one of some intent that it takes."""
    had = _slots_of(told)
    for answer in ANSWERS:
        taken = {*answer.listens, *answers.LOOSE}
        filled = {name for intent in taken for name in had.get(intent, ())}
        wanted = {name for intent in answer.listens for name in asked_for(answer, intent)}
        for name in wanted - filled:
            yield f"{type(answer).__name__} looks for {name}, and nothing fills it"


def read(told: Told) -> Iterator[str]:
    """Every slot of an intent is read by the flow that it starts, or by an answer."""
    for intent, names in _slots_of(told).items():
        known = {
            name for one in ANSWERS if intent in one.listens for name in asked_for(one, intent)
        }
        for flow in steps.FLOWS.values():
            if intent in flow.starts_on:
                known |= signature(flow.run).parameters.keys()
        for name in names - known:
            yield f"nobody reads {name} of {intent}"


# Values and what they mean ----------------------------------------------------------------

SETTING = Setting(
    content(),
    Household(first_day="2026-01-01", visits=50),
    Heard("home", "turn", EVENING, zone="Europe/London"),
    "",
)
"""A couple that has been here for long, early enough in the evening for every depth."""


def _theme(value: str) -> bool:
    drawn = facts.recall(SETTING, "tonight", {"theme": value})["evening"]["question"]
    return content().library.item(drawn).theme == value


def _depth(value: str) -> bool:
    return facts._depths(SETTING, None, "", value) != facts._depths(SETTING, None, "", "")


def _pattern(value: str) -> bool:
    return facts.recall(SETTING, "breathing", {"pattern": value})["pattern"] == value


def _days(value: str) -> bool:
    return read_slots.days(value) is not None


def _stage(value: str) -> bool:
    """A stage is one that the library is chosen by, or says that they are of none."""
    answer = f"stage.{value.replace('-', '_')}"
    return (value in STAGES or value == OPEN) and answer in content().prompts


def _feeling(value: str) -> bool:
    """A feeling is said back as it came: its id must be a word."""
    return re.fullmatch(r"[a-z]+(?: [a-z]+)*", value) is not None


MEANS: Mapping[str, Callable[[str], bool]] = {
    "THEME": _theme,
    "DEPTH": _depth,
    "PATTERN": _pattern,
    "DAYS": _days,
    "FEELING": _feeling,
    "TOPIC": lambda value: value in content().topics,
    "PRACTICE": lambda value: f"mirror.start_{value}" in content().prompts,
    "GESTURE_KIND": lambda value: facts.recall(SETTING, "gesture", {"way": value})["form"] == value,
    "SUPPORT_KIND": lambda value: value in ("comfort", "company", "hand"),
    "MODE": lambda value: f"mode.{value}" in content().prompts,
    "STAGE": _stage,
}
"""Slot type to whether code does something else for a value than for none."""


def meanings(told: Told) -> Iterator[str]:
    """Every value of every type means something to code."""
    for kind in language(told)["types"]:
        means = MEANS.get(kind["name"], lambda value: False)
        for value in kind["values"]:
            if not means(value["id"]):
                yield f"{value['id']} of {kind['name']} means nothing"


def everything_sayable(told: Told) -> Iterator[str]:
    """Every theme and way of breathing can be asked for by name, and every stage be told."""
    ids = {kind["name"]: {one["id"] for one in kind["values"]} for kind in language(told)["types"]}
    for kind, wanted in (
        ("THEME", content().library.themes),
        ("PATTERN", content().breaths),
        ("STAGE", STAGES),
    ):
        yield from (f"{one} of {kind} cannot be said" for one in set(wanted) - ids.get(kind, set()))


def days_apart(told: Told) -> Iterator[str]:
    """No two values mean the same days."""
    named: dict[Any, list[str]] = defaultdict(list)
    for value in _kind(told, "DAYS")["values"]:
        named[read_slots.days(value["id"])].append(value["id"])
    yield from (f"{values} mean {on}" for on, values in named.items() if len(values) > 1)


# ------------------------------------------------------------------------------------------


CHECKS: tuple[Check, ...] = (
    form,
    file_size,
    built_ins,
    names_apart,
    carriers,
    one_meaning,
    needed_slots,
    values_are_words,
    values_apart,
    no_condition,
    heard,
    sayable,
    arguments,
    answered,
    read,
    meanings,
    everything_sayable,
    days_apart,
)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_model_keeps(check: Check, locale: str) -> None:
    assert list(check(TOLD[locale])) == []


def _intent(told: Any, name: str) -> Any:
    return next(one for one in language(told)["intents"] if one["name"] == name)


def _kind(told: Any, name: str) -> Any:
    return next(one for one in language(told)["types"] if one["name"] == name)


def _value(told: Any, kind: str) -> Any:
    return _kind(told, kind)["values"][0]


def _sample(intent: str, sample: str) -> Spoil:
    return lambda told: _intent(told, intent)["samples"].append(sample)


def _rename_slot(intent: str, place: int, name: str) -> Spoil:
    return lambda told: _intent(told, intent)["slots"][place].update(name=name)


def _without_slots(*intents: str) -> Spoil:
    return lambda told: [_intent(told, intent)["slots"].clear() for intent in intents]


def _without(name: str) -> Spoil:
    return lambda told: language(told)["intents"].remove(_intent(told, name))


def _called(kind: str, said: str) -> Spoil:
    return lambda told: _value(told, kind)["name"]["synonyms"].append(said)


def _also(kind: str, value: str) -> Spoil:
    return lambda told: _kind(told, kind)["values"].append({"id": value, "name": {"value": value}})


def _new_intent(name: str) -> Spoil:
    return lambda told: language(told)["intents"].append({"name": name, "samples": []})


SPOILT: tuple[tuple[Check, str, Spoil], ...] = (
    (form, "a dialog", lambda told: told["interactionModel"].update(dialog={})),
    (
        form,
        "a slot without a type",
        lambda told: _intent(told, "TimeOutIntent")["slots"][0].pop("type"),
    ),
    (form, "an intent without samples", lambda told: _intent(told, "DoneIntent").pop("samples")),
    (form, "a value without an id", lambda told: _value(told, "DEPTH").pop("id")),
    (
        form,
        "synonyms in one text",
        lambda told: _value(told, "DEPTH")["name"].update(synonyms="a, b"),
    ),
    (form, "an empty sample", _sample("DoneIntent", "")),
    (file_size, "a megabyte", _sample("DoneIntent", "done " * 250_000)),
    (built_ins, "no intent of Amazon's", _new_intent("AMAZON.HelloIntent")),
    (built_ins, "other capitals", _new_intent("Amazon.HelpIntent")),
    (built_ins, "samples for help", _sample("AMAZON.HelpIntent", "help us")),
    (
        built_ins,
        "no type of Amazon's",
        lambda told: _intent(told, "TimeOutIntent")["slots"][0].update(type="AMAZON.LENGTH"),
    ),
    (names_apart, "another capital", _new_intent("checkInIntent")),
    (carriers, "nothing around free speech", _sample("SayIntent", "{words}")),
    (
        carriers,
        "free speech beside a slot",
        lambda told: (
            _intent(told, "SayIntent")["slots"].append({"name": "days", "type": "DAYS"}),
            _sample("SayIntent", "my wish for {days} is {words}")(told),
        ),
    ),
    (one_meaning, "a shared sample", _sample("CheckInIntent", "We need a  TIME out")),
    (
        one_meaning,
        "shared but for the name of a slot",
        lambda told: (
            _intent(told, "BreatheIntent")["slots"].append({"name": "on", "type": "DAYS"}),
            _sample("BreatheIntent", "not on {on}")(told),
            _sample("SetReminderIntent", "not on {days}")(told),
        ),
    ),
    (needed_slots, "no rating", _sample("RatingIntent", "a number")),
    (needed_slots, "no feeling", _sample("FeelingIntent", "feeling like that")),
    (values_are_words, "digits", _called("PATTERN", "478")),
    (values_are_words, "a sign", _called("DEPTH", "light!")),
    (values_are_words, "a capital", _called("DEPTH", "Light")),
    (values_are_words, "a stop", _called("DEPTH", "very. light")),
    (values_apart, "one name for two", _called("DEPTH", "tender")),
    (values_apart, "one name, typed in another way", _called("DEPTH", "please tender")),
    (no_condition, "a condition", _called("FEELING", "a bit depressed")),
    (no_condition, "another", _called("FEELING", "burned out")),
    (heard, "nobody listens", _new_intent("WeatherIntent")),
    (sayable, "nothing starts a flow", _without("TimeOutIntent")),
    (sayable, "nothing answers", _without("RatingIntent")),
    (sayable, "no yes", _without("AMAZON.YesIntent")),
    (sayable, "no repeat", _without("AMAZON.RepeatIntent")),
    (arguments, "no length of a time-out", _without_slots("TimeOutIntent", "MoreTimeIntent")),
    (arguments, "no second name", _rename_slot("SetNamesIntent", 1, "other")),
    (arguments, "no theme", _without_slots("TonightsQuestionIntent", "AnotherQuestionIntent")),
    (arguments, "no stage", _without_slots("StageIntent")),
    (answered, "no rating", _without_slots("RatingIntent")),
    (answered, "no feeling", _rename_slot("FeelingIntent", 0, "mood")),
    (read, "a slot for nobody", _rename_slot("MoreTimeIntent", 0, "length")),
    (read, "another", _rename_slot("SayIntent", 0, "text")),
    (read, "a theme that no exercise has", _rename_slot("ExerciseIntent", 0, "topic")),
    (meanings, "no such theme", _also("THEME", "Z9")),
    (meanings, "no such depth", _also("DEPTH", "medium")),
    (meanings, "no such way to breathe", _also("PATTERN", "fast")),
    (meanings, "no such day", _also("DAYS", "someday")),
    (meanings, "no such stage", _also("STAGE", "engaged")),
    (meanings, "no such way of a gesture", _also("GESTURE_KIND", "by_post")),
    (meanings, "a feeling that cannot be said", _also("FEELING", "f_12")),
    (
        meanings,
        "no such type",
        lambda told: language(told)["types"].append(
            {"name": "MOOD", "values": [{"id": "fine", "name": {"value": "fine"}}]}
        ),
    ),
    (everything_sayable, "a theme gone", lambda told: _kind(told, "THEME")["values"].pop()),
    (everything_sayable, "a pattern gone", lambda told: _kind(told, "PATTERN")["values"].pop()),
    (everything_sayable, "a stage gone", lambda told: _kind(told, "STAGE")["values"].pop(0)),
    (days_apart, "weekends twice", _also("DAYS", "saturday and sunday")),
)


@pytest.mark.parametrize(
    ("check", "spoil"),
    [pytest.param(check, spoil, id=f"{check.__name__}: {name}") for check, name, spoil in SPOILT],
)
def test_a_spoilt_model_is_found_out(check: Check, spoil: Spoil) -> None:
    told = deepcopy(TOLD["en-US"])
    assert list(check(told)) == []
    spoil(told)
    assert list(check(told))


def test_each_check_has_found_something_out() -> None:
    assert {check for check, _, _ in SPOILT} == set(CHECKS)


def test_each_kind_of_answer_is_looked_at() -> None:
    kinds = {one for one in vars(answers).values() if isinstance(one, type)}
    kinds = {one for one in kinds if issubclass(one, answers._Base)} - {answers._Base}
    assert {type(one) for one in ANSWERS} == kinds


def test_each_locale_is_one_that_alexa_speaks() -> None:
    """Amazon, "Develop Skills in Multiple Languages"."""
    assert set(LANGUAGES) <= LOCALES


@pytest.mark.parametrize("locale", LANGUAGES)
def test_how_readily_alexa_gives_up_is_set_where_it_can_be(locale: str) -> None:
    """Amazon, "Interaction Model Schema": elsewhere than in English and German it cannot be."""
    assert locale[:2] in ("en", "de") or "modelConfiguration" not in language(TOLD[locale])


def test_all_locales_can_say_the_same() -> None:
    """Amazon, "Develop Skills in Multiple Languages": the same intents, slots and types."""
    told = [
        (_slots_of(one), {kind["name"] for kind in language(one)["types"]}) for one in TOLD.values()
    ]
    assert all(one == told[0] for one in told)


def test_no_other_model_lies_about() -> None:
    files = {one.name for one in resources.files("interaction_models").iterdir()}
    assert {one for one in files if re.fullmatch(r"\w\w-\w\w\.json", one)} == {
        f"{locale}.json" for locale in LANGUAGES
    }
