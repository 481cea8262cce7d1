"""No two items of the library mean the same: what `training/alike.py` found, in these sentences.

The model that finds it lies in a package of 80 MB and takes minutes, so it does not run here. What
it found is kept, with a fingerprint of the sentences in which it did.
"""

import runpy
from pathlib import Path

from content import content

TRAINING = Path(__file__).parents[2] / "training"
ALIKE = runpy.run_path(str(TRAINING / "alike.py"), run_name="alike")
(_, KEPT), *PAIRS = (line.split("\t") for line in ALIKE["FOUND"].read_text().splitlines())


def test_they_were_looked_at_as_they_are() -> None:
    remedy = (
        "a sentence has changed: run training/alike.py with --write, as training/README.md says"
    )
    assert ALIKE["fingerprint"](ALIKE["sentences"]()) == KEPT, remedy


def test_the_nearest_pairs_are_below_the_threshold() -> None:
    scores = [float(score) for score, *_ in PAIRS]
    assert scores == sorted(scores, reverse=True)
    assert ALIKE["LISTED"] <= scores[-1] <= scores[0] < ALIKE["THRESHOLD"]


def test_they_are_pairs_of_two_items() -> None:
    items = content().library.items
    for _, *places in PAIRS:
        (one, _), (other, _) = (place.split() for place in places)
        assert one != other
        assert {one, other} <= items.keys()


def test_a_changed_word_shows() -> None:
    told = ALIKE["sentences"]()
    first = told[0]
    changed = [type(first)(first.id, first.field, f"{first.text} Indeed?"), *told[1:]]
    assert ALIKE["fingerprint"](changed) != ALIKE["fingerprint"](told)
    assert ALIKE["fingerprint"](told[::-1]) == ALIKE["fingerprint"](told)
