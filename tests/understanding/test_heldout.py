"""How well typed words are understood, on utterances that whoever wrote the samples has not seen.

`heldout.toml` was used to shape `understanding.py`; `fresh.toml` and `grown.toml`, of the wishes
that came later, only as a whole, to choose the numbers there; `library.toml`, of the library's
wishes, for nothing. So the later the set, the better it tells what to expect: a third of `grown`
and half of `library` is long and roundabout. `lantern models measure FILE` prints each, with what
was taken for what.
"""

import tomllib
from pathlib import Path

import pytest

from skill.conversation.model import model
from skill.conversation.understanding import tidy, understanding
from skill.understanding_measure import measure

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("name", "accuracy", "refused"),
    [
        ("heldout.toml", 0.92, 0.70),
        ("fresh.toml", 0.87, 0.90),
        ("grown.toml", 0.60, 0.90),
        ("library.toml", 0.65, 0.90),
    ],
)
def test_accuracy(name: str, accuracy: float, refused: float) -> None:
    found = measure(HERE / name)
    assert found.accuracy >= accuracy
    assert found.refused >= refused


def test_nothing_is_measured_with_what_was_learned() -> None:
    table = HERE.parent.parent / "training" / "wishes.tsv"
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    assert {intent for intent, _ in rows} <= set(model().intents)
    learned = {tidy(sentence) for _, sentence in rows}
    measured = [
        one["words"]
        for file in HERE.glob("*.toml")
        for one in tomllib.loads(file.read_text(encoding="utf-8"))["utterance"]
    ]
    assert [one for one in measured if tidy(one) in learned] == []


def test_what_was_taken_for_what_is_counted() -> None:
    found = measure(HERE / "fresh.toml")
    assert found.right.total() + found.confused.total() == found.asked.total()
    assert not [one for one in found.confused if one[0] == one[1]]


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
