"""An ear for what no cue names: how much a sentence is like those of people who are not safe.

Cues know exact words; fear and shame rarely use them. So each sentence is also held against some
two thousand that were written for this (`training/safety/`), by what it is about. How well both
together hear is measured by `lantern content safety`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

import numpy as np

from content import LANGUAGES
from skill.conversation.meaning import Vector, meaning
from skill.conversation.safety import LEAST_WORDS

PART, STEP = 40, 20
"""A long text is heard in parts of so many words, each beginning so many after the last."""


@dataclass(frozen=True)
class Impression:
    """What a text sounds like: above zero rather like somebody who is not safe."""

    worry: float
    tier: str
    """What it would be then."""


CALM = Impression(-10.0, "")


class Hearing:
    """The ear of one language."""

    def __init__(self, locale: str) -> None:
        self._locale = locale

    def of(self, text: str) -> Impression:
        """Return the most worrying impression that a part of `text` makes; it is plain words."""
        return max(
            (self._impression(part) for part in _parts(text)),
            key=lambda one: one.worry,
            default=CALM,
        )

    def _impression(self, part: str) -> Impression:
        learned = self._learned
        seen: Vector = (meaning(self._locale).of(part) - learned["middle"]) / learned["spread"]
        far = learned["lengths"] - 2 * (learned["vectors"] @ seen) + seen @ seen
        like = np.exp(-learned["gamma"] * far)
        worry = float(learned["weights"] @ like + learned["offset"][0])
        tiers = learned["tier_weights"] @ seen + learned["tier_offsets"]
        return Impression(worry, str(learned["tiers"][int(tiers.argmax())]))

    @cached_property
    def _learned(self) -> Mapping[str, Any]:
        folder = resources.files("content") / LANGUAGES[self._locale] / "meaning"
        with (folder / "safety.npz").open("rb") as opened, np.load(opened) as stored:
            learned = dict(stored)
        learned["vectors"] = learned["vectors"].astype(np.float32)
        learned["lengths"] = (learned["vectors"] ** 2).sum(axis=1)
        return learned


@lru_cache
def hearing(locale: str) -> Hearing:
    """Return the ear for a locale that we speak."""
    return Hearing(locale)


def _parts(text: str) -> Iterator[str]:
    words = text.split()
    if len(words) < LEAST_WORDS:
        return
    for start in range(0, max(1, len(words) - STEP), STEP):
        yield " ".join(words[start : start + PART])
