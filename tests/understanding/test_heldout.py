"""How well typed words are understood, on utterances that whoever wrote the samples has not seen.

`heldout.toml` was used to shape `understanding.py`; `fresh.toml` only, as a whole, to choose the
threshold there, so it tells better what to expect. `pytest -s tests/understanding` prints both.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from skill.conversation.answers import Feeling, Floor, Number
from skill.conversation.model import model
from skill.conversation.turn import FALLBACK
from skill.conversation.understanding import tidy, understanding

HERE = Path(__file__).parent

ASKED: dict[str, tuple[str, ...]] = {
    "RatingIntent": Number(0, 10).listens,
    "FeelingIntent": Feeling().listens,
    "DoneIntent": Floor(20).listens,
    "SayIntent": Floor(20).listens,
}
"""What an answer is an answer to: without an open question there is nothing to answer."""


@dataclass
class Measured:
    accuracy: float
    unseen: float
    """Accuracy on those that are not, by chance, a sample word for word."""
    false_accepts: float


def measured(name: str) -> Measured:
    told: dict[str, Any] = tomllib.loads((HERE / name).read_text(encoding="utf-8"))
    understand = understanding("en-US").understand
    known = {tidy(one) for intent in model().intents.values() for one in intent.samples}
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    unseen = []
    for one in told["utterance"]:
        expecting = one.get("expecting", ASKED.get(one["intent"], ()))
        well = understand(one["words"], expecting).intent == one["intent"]
        asked[one["intent"]] += 1
        right[one["intent"]] += well
        if tidy(one["words"]) not in known:
            unseen.append(well)
    taken = [understand(one["words"]).intent != FALLBACK for one in told["outside"]]
    for intent in sorted(asked):
        print(f"{intent:28} {right[intent]:3} of {asked[intent]:3}")
    found = Measured(
        right.total() / asked.total(), sum(unseen) / len(unseen), sum(taken) / len(taken)
    )
    print(f"{name}: {found}; {len(unseen)} of {asked.total()} are no sample")
    return found


@pytest.mark.parametrize(
    ("name", "accuracy", "false_accepts"),
    [("heldout.toml", 0.88, 0.18), ("fresh.toml", 0.84, 0.07)],
)
def test_accuracy(name: str, accuracy: float, false_accepts: float) -> None:
    found = measured(name)
    assert found.accuracy >= accuracy
    assert found.false_accepts <= false_accepts


def test_each_sample_is_understood_as_its_own_intent() -> None:
    understand = understanding("en-US").understand
    wrong = []
    for intent in model().intents.values():
        for sample in intent.samples:
            if "{" not in sample:
                meaning = understand(sample, (intent.name,))
                if meaning.intent != intent.name:
                    wrong.append((sample, intent.name, meaning.intent))
    assert not wrong
