"""How well typed words are understood, on utterances that nobody who wrote samples has seen."""

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from skill.conversation.model import model
from skill.conversation.turn import FALLBACK
from skill.conversation.understanding import tidy, understanding

SET: dict[str, Any] = tomllib.loads((Path(__file__).parent / "heldout.toml").read_text())


def test_accuracy_on_unseen_words() -> None:
    understand = understanding("en-US").understand
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for one in SET["utterance"]:
        asked[one["intent"]] += 1
        meaning = understand(one["words"], one.get("expecting", ()))
        right[one["intent"]] += meaning.intent == one["intent"]
    outside = [understand(one["words"]).intent for one in SET["outside"]]
    false = sum(intent != FALLBACK for intent in outside) / len(outside)
    accuracy = right.total() / asked.total()
    for intent in sorted(asked):
        print(f"{intent:28} {right[intent]:3} of {asked[intent]:3}")
    print(json.dumps({"accuracy": round(accuracy, 3), "false_accepts": round(false, 3)}))
    assert accuracy >= ACCURACY
    assert false <= FALSE_ACCEPTS


ACCURACY = 0.75
FALSE_ACCEPTS = 0.25


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


def test_no_unseen_words_are_samples() -> None:
    samples = {tidy(one) for intent in model().intents.values() for one in intent.samples}
    same = [one["words"] for one in SET["utterance"] if tidy(one["words"]) in samples]
    print(f"{len(same)} of {len(SET['utterance'])} held-out utterances are samples word for word")
