"""Train the ear for what cues do not name, from sentences that people wrote for it.

    python training/safety.py

Reads `training/safety/*.tsv` (tier, category, sentence) and takes everything that is ordinary here
(samples, questions, prompts) as harmless. Writes `content/en/meaning/safety.npz`: a support vector
machine over what each sentence is about (see `skill.conversation.meaning`), and which tier it is.
None of the sentences of `tests/safety/` may be among those it learns from.
"""

import csv
import json
import random
import re
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from content import MARK, content  # noqa: E402
from content.preview import heard  # noqa: E402
from skill.conversation.meaning import meaning  # noqa: E402
from skill.conversation.safety import plain  # noqa: E402

TARGET = ROOT / "content" / "en" / "meaning" / "safety.npz"
TIERS = {
    "1": "mild",
    "2": "hard",
    "3": "danger",
    "S": "crisis",
    "C": "child",
    "P": "own",
    "pressure": "pressure",
}
"""As the sentences are labelled, and as `skill.conversation.safety` calls them."""

SOFTNESS, WIDTH = 3.0, 1.0
"""Of the machine: chosen by five-fold cross-validation on the sentences themselves."""

PAIRS = 900
"""Harmless sentences that are learned from once more, with another one behind them."""

SOME = 4
"""One in so many ordinary sentences is learned from; of the others those that it got wrong."""

CLOSE = -0.3
"""An ordinary sentence that sounds more worrying than this is one that it got wrong."""


def labelled() -> list[tuple[str, str]]:
    """Return (sentence, tier) of all files; "" for harmless."""
    found = []
    for file in sorted((Path(__file__).parent / "safety").glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as opened:
            for number, row in enumerate(csv.reader(opened, "excel-tab"), 1):
                if len(row) != 3 or row[0] not in (*TIERS, "0"):
                    raise SystemExit(
                        f"{file.name}, line {number}: needs tier, category and sentence."
                    )
                found.append((row[2], TIERS.get(row[0], "")))
    return found


def longer(told: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return pairs of sentences in a row, as people talk: length alone tells nothing.

    What is harmful stays so beside something harmless.
    """
    dice = random.Random(7)
    harmless = [sentence for sentence, tier in told if not tier]
    pairs = [(f"{one} {dice.choice(harmless)}", "") for one in dice.sample(harmless, PAIRS)]
    harmful = dice.sample([one for one in told if one[1]], PAIRS // 3)
    return pairs + [(f"{dice.choice(harmless)} {one}", tier) for one, tier in harmful]


def ordinary() -> list[str]:
    """Return what is said here on ordinary evenings: by us, and to us."""
    model = json.loads((ROOT / "interaction_models" / "en-US.json").read_text(encoding="utf-8"))
    samples = [
        re.sub(r"\{\w+\}", "it", sample)
        for intent in model["interactionModel"]["languageModel"]["intents"]
        if intent["name"] != "SafetyIntent"
        for sample in intent.get("samples", ())
    ]
    told = content()
    items = [text for one in told.library.items.values() for _, text in heard(told, one)]
    said = [
        MARK.sub("", line)
        for key, prompt in told.prompts.items()
        if not key.startswith(("safety.", "support."))
        for line in (*prompt.say, *prompt.reprompt, *prompt.help)
    ]
    return [*said, *items, *samples]


def vectors(sentences: list[str]) -> np.ndarray:
    """Return what each sentence is about."""
    return np.array([meaning().of(plain(one)) for one in sentences])


def main() -> None:
    """Learn, and write what was learned."""
    told = labelled()
    told += longer(told)
    usual = vectors(ordinary())
    seen = np.concatenate([vectors([sentence for sentence, _ in told]), usual])
    tiers = np.array([tier for _, tier in told] + [""] * len(usual))
    middle, spread = seen.mean(axis=0), seen.std(axis=0)
    even = (seen - middle) / spread
    gamma = WIDTH / seen.shape[1]
    unsafe = tiers != ""
    first = np.arange(len(tiers)) % SOME == 0
    first[: len(told)] = True
    machine = SVC(C=SOFTNESS, gamma=gamma).fit(even[first], unsafe[first])
    missed = machine.decision_function(even) > CLOSE
    learned = first | (missed & ~unsafe)
    machine = SVC(C=SOFTNESS, gamma=gamma).fit(even[learned], unsafe[learned])
    which = LogisticRegression(C=0.01, max_iter=5_000).fit(even[unsafe], tiers[unsafe])
    np.savez(
        TARGET,
        middle=middle.astype(np.float32),
        spread=spread.astype(np.float32),
        gamma=np.float32(gamma),
        vectors=machine.support_vectors_.astype(np.float16),
        weights=machine.dual_coef_[0].astype(np.float32),
        offset=machine.intercept_.astype(np.float32),
        tiers=np.array(which.classes_, dtype="U8"),
        tier_weights=which.coef_.astype(np.float32),
        tier_offsets=which.intercept_.astype(np.float32),
    )
    size = TARGET.stat().st_size / 1e6
    print(f"{TARGET}: {len(machine.support_vectors_)} sentences decide, {size:.1f} MB")


if __name__ == "__main__":
    main()
