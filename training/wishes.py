"""Train what tells which wish a sentence sounds like, from the samples of all wishes.

    python training/wishes.py

Reads the interaction model, the typed phrasings of what every platform knows (`builtins.toml`),
what people type when they take their time (`training/wishes.tsv`: intent, sentence), and as talk
that wants nothing of us the harmless sentences of `training/safety/*.tsv`. Writes
`content/en/meaning/wishes.npz`: a logistic regression over what each sentence is about (see
`skill.conversation.meaning`). None of the utterances of `tests/understanding/` may be among those
it learns from.
"""

import csv
import random
import re
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from content import load  # noqa: E402
from content.slots import slot_values  # noqa: E402
from skill.conversation.meaning import meaning  # noqa: E402
from skill.conversation.model import Intent, model  # noqa: E402
from skill.conversation.turn import FALLBACK  # noqa: E402
from skill.conversation.understanding import tidy  # noqa: E402

TARGET = ROOT / "content" / "en" / "meaning" / "wishes.npz"

SOFTNESS = 0.01
"""Chosen on `tests/understanding/heldout.toml`."""

SAID = {
    "AMAZON.DURATION": ["twenty minutes", "an hour", "ten minutes", "half an hour"],
    "AMAZON.TIME": ["eight pm", "seven in the evening", "nine"],
    "AMAZON.NUMBER": ["seven", "482913"],
    "AMAZON.FirstName": ["sam", "anna", "ben"],
    "AMAZON.SearchQuery": ["the soup", "walk every sunday", "making dinner", "we sleep earlier"],
}
"""What stands for the values of slots that are not ours to list."""


def labelled() -> list[tuple[str, str]]:
    """Return (sentence, intent) of all samples, and of talk that wants nothing of us."""
    dice = random.Random(7)
    builtins = load(ROOT / "content" / "en" / "builtins.toml")
    found = [
        (filled(sample, intent, dice), intent.name)
        for intent in model().intents.values()
        for sample in builtins.get(intent.name, intent.samples)
    ]
    here = Path(__file__).parent
    found += [(sentence, intent) for intent, sentence in rows(here / "wishes.tsv")]
    for file in sorted((here / "safety").glob("*.tsv")):
        found += [(sentence, FALLBACK) for tier, _, sentence in rows(file) if tier == "0"]
    return found


def rows(file: Path) -> list[list[str]]:
    """Return the rows of a table with tabs."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened, "excel-tab"))


def filled(sample: str, intent: Intent, dice: random.Random) -> str:
    """Return a sample with values in its slots."""
    known = slot_values()

    def value(found: re.Match[str]) -> str:
        kind = intent.slots[found[1]]
        names = SAID.get(kind) or [name for names in known[kind].values() for name in names]
        return dice.choice(names)

    return re.sub(r"\{(\w+)\}", value, sample)


def main() -> None:
    """Learn, and write what was learned."""
    told = labelled()
    seen = np.array([meaning().of(tidy(sentence)) for sentence, _ in told])
    intents = np.array([intent for _, intent in told])
    middle, spread = seen.mean(axis=0), seen.std(axis=0)
    learned = LogisticRegression(C=SOFTNESS, max_iter=400, tol=1e-3).fit(
        (seen - middle) / spread, intents
    )
    np.savez(
        TARGET,
        middle=middle.astype(np.float32),
        spread=spread.astype(np.float32),
        intents=np.array(learned.classes_, dtype="U32"),
        weights=learned.coef_.astype(np.float16),
        offsets=learned.intercept_.astype(np.float32),
    )
    print(f"{TARGET}: {len(told)} sentences, {TARGET.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
