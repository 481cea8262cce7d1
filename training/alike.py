"""Find items of the library that mean nearly the same, in whatever words.

    python training/alike.py build/encoder.npz                all pairs above the threshold
    python training/alike.py build/encoder.npz --least 0.7    more of them, to read and to judge by
    python training/alike.py build/encoder.npz --most 40      the nearest ones, whatever their score
    python training/alike.py build/encoder.npz --write        what was found goes into alike.tsv

`build/encoder.npz` is the whole sentence model: `training/README.md` tells how to make it. The
score of two sentences is the cosine of what the model makes of them: 1 is the same, above 0.5 they
are about one thing. Ends with 1 if a pair is above the threshold.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from content import content
from content.library import Exercise, Item
from skill.conversation.meaning import Meaning

THRESHOLD = 0.85
"""Above it, two sentences ask for one answer. `docs/content.md` tells how this was found."""

LISTED = 0.8
"""From here on `alike.tsv` has the pairs, for whoever wants to see what the threshold lets pass."""

FOUND = Path(__file__).parent / "alike.tsv"

TOGETHER = 64
"""Sentences that the model looks at together: its weights are then read once for all of them."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of an item, or all the steps of an exercise."""

    id: str
    field: str
    text: str


def sentences() -> list[Sentence]:
    """Return what is to be held against each other."""
    return [one for item in content().library.items.values() for one in _of(item)]


def _of(item: Item) -> Iterator[Sentence]:
    if isinstance(item, Exercise):
        yield Sentence(item.id, "steps", " ".join(item.steps))
        return
    for field, text in item.spoken.items():
        yield Sentence(item.id, field, text)


def pairs(told: list[Sentence], meaning: Meaning, least: float) -> list[tuple[float, int, int]]:
    """Return the pairs of different items with a score of at least `least`, the nearest first."""
    vectors = np.stack([vector for part in _parts(told) for vector in meaning.of_all(part)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = []
    for start in range(0, len(told), 500):
        scores = vectors[start : start + 500] @ vectors.T
        for row, other in zip(*np.nonzero(scores >= least), strict=True):
            one = start + int(row)
            if one < other and told[one].id != told[int(other)].id:
                found.append((float(scores[row, other]), one, int(other)))
    return sorted(found, reverse=True)


def _parts(told: list[Sentence]) -> Iterator[list[str]]:
    for start in range(0, len(told), TOGETHER):
        yield [one.text for one in told[start : start + TOGETHER]]


def fingerprint(told: list[Sentence]) -> str:
    """Return what tells these sentences from others."""
    lines = "\n".join(sorted(f"{one.id} {one.field} {one.text}" for one in told))
    return hashlib.sha256(lines.encode()).hexdigest()


def write(told: list[Sentence], found: list[tuple[float, int, int]]) -> None:
    """Keep what was looked at, and the nearest pairs."""
    lines = [f"sentences\t{fingerprint(told)}"]
    for score, *places in found:
        names = "\t".join(f"{told[place].id} {told[place].field}" for place in places)
        lines.append(f"{score:.3f}\t{names}")
    FOUND.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """List the pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--least", type=float, default=THRESHOLD)
    parser.add_argument("--most", type=int, default=0, help="0 for all")
    parser.add_argument("--write", action="store_true", help=f"keep those from {LISTED} on")
    asked = parser.parse_args()
    told = sentences()
    least = LISTED if asked.write else 0.5 if asked.most else asked.least
    found = pairs(told, Meaning(asked.encoder), least)
    if asked.write:
        write(told, found)
    for score, one, other in found[: asked.most or None]:
        for place in (one, other):
            print(f"{score:.3f}  {told[place].id:9} {told[place].field:8} {told[place].text}")
        print()
    above = sum(score >= THRESHOLD for score, _, _ in found)
    print(f"{len(told)} sentences, {above} pairs at or above {THRESHOLD}.")
    sys.exit(1 if above else 0)


if __name__ == "__main__":
    main()
