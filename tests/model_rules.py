"""What Amazon asks of an interaction model, as checks that return what is wrong.

Amazon, "Interaction Model Schema", "Create Intents, Utterances and Slots", "Choose the Invocation
Name for a Custom Skill". Limits that no page confirms are ours, and stricter.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from skill.conversation.understanding import tidy

Told = Mapping[str, Any]

LARGEST = 1_000_000  # bytes of the file; Amazon's limit is 1.5 MB
LONGEST_SAMPLE = 200
LONGEST_VALUE = 140
MOST_VALUES = 50_000
FEWEST_SAMPLES = 25

REQUIRED = {
    "AMAZON.HelpIntent",
    "AMAZON.StopIntent",
    "AMAZON.CancelIntent",
    "AMAZON.NavigateHomeIntent",
    "AMAZON.FallbackIntent",
}
_LAUNCH = frozenset(
    [
        "run",
        "start",
        "play",
        "resume",
        "use",
        "launch",
        "ask",
        "open",
        "tell",
        "load",
        "begin",
        "enable",
    ]
)
_LINKS = frozenset(
    ["to", "from", "in", "using", "with", "about", "for", "that", "by", "if", "and", "whether"]
)
_SMALL = frozenset(["the", "a", "an", "for", "to", "of", "about", "up", "by", "at", "off", "with"])
_WAKE = frozenset(["alexa", "amazon", "echo", "computer", "skill", "app"])
_SAMPLE = re.compile(r"(?:[a-z' .-]|\{[a-z_]+\})+", re.I)
_NAME = re.compile(r"[A-Za-z][A-Za-z_]*")


def language(told: Told) -> Told:
    model: Told = told["interactionModel"]["languageModel"]
    return model


def custom(told: Told) -> Iterator[Told]:
    return (one for one in language(told)["intents"] if not one["name"].startswith("AMAZON."))


def slots(sample: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", sample)


def invocation_name(name: str) -> Iterator[str]:
    words = name.split()
    if len(words) < 2 or not 2 <= len(name) <= 50:
        yield f"{name!r} is not two words or more"
    if not re.fullmatch(r"[a-z']+(?: [a-z']+)*", name):
        yield f"{name!r} is not in lower-case letters and single spaces"
    if len(words) == 2 and _SMALL & set(words):
        yield f"{name!r} has an article or a preposition in two words"
    if found := (_LAUNCH | _LINKS | _WAKE) & set(words):
        yield f"{name!r} holds {sorted(found)}"


def names(told: Told) -> Iterator[str]:
    yield from invocation_name(language(told)["invocationName"])
    every = [one["name"] for one in (*language(told)["intents"], *language(told)["types"])]
    every += [slot["name"] for one in custom(told) for slot in one.get("slots", ())]
    yield from (f"{one} is not a name" for one in every if not _is_name(one))
    for kind in ("intents", "types"):
        count = Counter(one["name"] for one in language(told)[kind])
        yield from (f"{name} is there twice" for name, times in count.items() if times > 1)
    missing = REQUIRED - {one["name"] for one in language(told)["intents"]}
    yield from (f"{one} is missing" for one in missing)


def _is_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name.removeprefix("AMAZON.")))


def slot_types(told: Told) -> Iterator[str]:
    """One type for a slot name; every custom type defined, used, and not empty."""
    types: dict[str, set[str]] = defaultdict(set)
    for intent in custom(told):
        for slot in intent.get("slots", ()):
            types[slot["name"]].add(slot["type"])
    yield from (f"{slot} has the types {kinds}" for slot, kinds in types.items() if len(kinds) > 1)
    used = {kind for kinds in types.values() for kind in kinds if not kind.startswith("AMAZON.")}
    defined = {one["name"] for one in language(told)["types"]}
    yield from (f"{kind} is used and not defined, or the reverse" for kind in used ^ defined)
    yield from (f"{one['name']} is empty" for one in language(told)["types"] if not one["values"])


def samples(told: Told) -> Iterator[str]:
    owner: dict[str, str] = {}
    for intent in custom(told):
        declared = {slot["name"]: slot["type"] for slot in intent.get("slots", ())}
        if len(intent["samples"]) < FEWEST_SAMPLES:
            yield f"{intent['name']} has {len(intent['samples'])} samples"
        count = Counter(intent["samples"])
        yield from (f"{sample!r} is there twice" for sample, times in count.items() if times > 1)
        for sample in intent["samples"]:
            place = f"{intent['name']}: {sample!r}"
            yield from (f"{place} {wrong}" for wrong in _sample(sample, declared))
            other = owner.setdefault(" ".join(sample.lower().split()), place)
            shared = owner.setdefault(f"tidy {_tidied(sample)}", place)
            if other != place or shared.split(":")[0] != intent["name"]:
                yield f"{place} is also {other} or {shared}"


def _tidied(sample: str) -> str:
    return " ".join(part if part[0] == "{" else tidy(part) for part in _parts(sample))


def _parts(sample: str) -> list[str]:
    return [part.strip() for part in re.split(r"(\{\w+\})", sample) if part.strip()]


def _sample(sample: str, declared: Told) -> Iterator[str]:
    used = slots(sample)
    kinds = [declared.get(one, "") for one in used]
    if not _SAMPLE.fullmatch(sample) or len(sample) > LONGEST_SAMPLE or sample != sample.strip():
        yield "has signs that are not said, or is too long"
    if re.search(r"\w\{|\}(?!'s\b)\w", sample):
        yield "has a slot without a space beside it"
    if "" in kinds or len(set(used)) < len(used):
        yield "has a slot that is not declared, or one twice"
    if "AMAZON.SearchQuery" in kinds and (len(used) > 1 or len(_parts(sample)) == 1):
        yield "mixes free speech with another slot, or has nothing around it"
    first = sample.lower().split()[0]
    if first in ("ask", "tell", "alexa") or "evening lantern" in sample.lower():
        yield "begins as an invocation does"


def values(told: Told) -> Iterator[str]:
    total = 0
    for kind in language(told)["types"]:
        ids = Counter(value["id"] for value in kind["values"])
        said = Counter(
            " ".join(one.lower().split())
            for value in kind["values"]
            for one in (value["name"]["value"], *value["name"].get("synonyms", ()))
        )
        total += said.total()
        twice = [one for count in (ids, said) for one, times in count.items() if times > 1]
        yield from (f"{kind['name']}: {one!r} is there twice" for one in twice)
        yield from (f"{kind['name']}: {one!r} is long" for one in said if len(one) > LONGEST_VALUE)
    if total > MOST_VALUES:
        yield f"there are {total} values"


def size(told: Told) -> Iterator[str]:
    length = len(json.dumps(told).encode())
    if length > LARGEST:
        yield f"the model has {length} bytes"


def sensitivity(told: Told) -> Iterator[str]:
    level = language(told)["modelConfiguration"]["fallbackIntentSensitivity"]["level"]
    if level not in ("LOW", "MEDIUM", "HIGH"):
        yield f"the fallback's sensitivity is {level!r}"


RULES: tuple[Callable[[Told], Iterator[str]], ...] = (
    names,
    slot_types,
    samples,
    values,
    size,
    sensitivity,
)


def problems(told: Told) -> list[str]:
    """Return everything that Amazon, or we, would refuse."""
    return [wrong for rule in RULES for wrong in rule(told)]
