"""Which wish a sentence sounds like, whatever words it uses.

Samples know words; people find others. So each typed sentence is also held against what all
samples are about: `training/wishes.py` has learned that from them, and from the talk of people who
want nothing of us. It never decides alone: see `skill.conversation.understanding`.
"""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

import numpy as np

from content import LANGUAGES
from skill.conversation.meaning import meaning


class Wishes:
    """What the wishes of one language sound like."""

    def __init__(self, locale: str) -> None:
        self._locale = locale

    def of(self, text: str) -> Mapping[str, float]:
        """Return how likely `text` is each intent that was learned: together they are 1."""
        learned = self._learned
        seen = (meaning(self._locale).of(text) - learned["middle"]) / learned["spread"]
        told = learned["weights"] @ seen + learned["offsets"]
        told = np.exp(told - told.max())
        return dict(zip(learned["intents"].tolist(), (told / told.sum()).tolist(), strict=True))

    @cached_property
    def _learned(self) -> Mapping[str, Any]:
        folder = resources.files("content") / LANGUAGES[self._locale] / "meaning"
        with (folder / "wishes.npz").open("rb") as opened, np.load(opened) as stored:
            return {
                name: value.astype(np.float32) if value.dtype == np.float16 else value
                for name, value in stored.items()
            }


@lru_cache
def wishes(locale: str) -> Wishes:
    """Return what the wishes of a locale that we speak sound like."""
    return Wishes(locale)
