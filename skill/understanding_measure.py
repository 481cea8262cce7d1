"""How well words are understood: on labelled utterances that no sample was written from."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from content import DEFAULT_LOCALE
from skill.conversation.answers import Feeling, Floor, Number
from skill.conversation.turn import FALLBACK
from skill.conversation.understanding import understanding

ASKED: dict[str, tuple[str, ...]] = {
    "RatingIntent": Number(0, 10).listens,
    "FeelingIntent": Feeling().listens,
    "DoneIntent": Floor(20).listens,
    "SayIntent": Floor(20).listens,
}
"""What an answer is an answer to: without an open question there is nothing to answer."""


@dataclass(frozen=True)
class Measured:
    """What came of one set of labelled utterances."""

    right: Counter[str]
    """Intent to utterances that were understood as it."""
    asked: Counter[str]
    """Intent to utterances in the set."""
    confused: Counter[tuple[str, str]]
    """What was meant and what was understood, to how often."""
    accuracy: float
    """The share of utterances in scope that were understood."""
    refused: float
    """The share of utterances out of scope that were understood as nothing."""


def measure(labelled: Path, locale: str = DEFAULT_LOCALE) -> Measured:
    """Measure on a file of `[[utterance]]` with `words` and `intent`, and `[[outside]]`."""
    told = tomllib.loads(labelled.read_text(encoding="utf-8"))
    understand = understanding(locale).understand
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    confused: Counter[tuple[str, str]] = Counter()
    for one in told["utterance"]:
        meant = one["intent"]
        expecting = one.get("expecting", ASKED.get(meant, ()))
        understood = understand(one["words"], expecting).intent
        asked[meant] += 1
        right[meant] += understood == meant
        if understood != meant:
            confused[meant, understood] += 1
    refused = [understand(one["words"]).intent == FALLBACK for one in told["outside"]]
    return Measured(
        right,
        asked,
        confused,
        accuracy=right.total() / max(1, asked.total()),
        refused=sum(refused) / max(1, len(refused)),
    )
