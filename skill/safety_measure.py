"""How well the safety check hears: on labelled utterances that its cues were not written from."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from content import DEFAULT_LOCALE
from skill.conversation.safety import safety

PRESSING = frozenset(("2", "3", "S"))
"""The labelled tiers of which none should be missed: hard, danger, and thoughts of dying."""


@dataclass(frozen=True)
class Measured:
    """What came of one set of labelled utterances."""

    heard: Counter[str]
    """Category to utterances that were noticed, whatever the tier."""
    asked: Counter[str]
    """Category to utterances in the set."""
    pressing: float
    """The share of the pressing tiers that was noticed."""
    false_alarms: float
    """The share of harmless utterances that was taken for something else."""
    missed: tuple[str, ...]
    alarms: tuple[str, ...]


def measure(labelled: Path, locale: str = DEFAULT_LOCALE) -> Measured:
    """Measure on a file of `[[utterance]]` with `words`, `is` (category) and `tier`."""
    heard: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    pressing: list[bool] = []
    missed, alarms = [], []
    for one in tomllib.loads(labelled.read_text(encoding="utf-8"))["utterance"]:
        found = bool(safety(locale).tier([one["words"]]))
        asked[one["is"]] += 1
        heard[one["is"]] += found
        if one["tier"] in PRESSING:
            pressing.append(found)
        if found and one["tier"] == "0":
            alarms.append(one["words"])
        if not found and one["tier"] != "0":
            missed.append(f"{one['is']}: {one['words']}")
    return Measured(
        heard,
        asked,
        pressing=sum(pressing) / max(1, len(pressing)),
        false_alarms=heard["harmless"] / max(1, asked["harmless"]),
        missed=tuple(missed),
        alarms=tuple(alarms),
    )
