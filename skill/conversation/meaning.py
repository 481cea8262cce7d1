"""What a sentence is about, as a list of numbers: near lists, near meanings.

The first layers of a small language model (see `training/README.md`), in plain numpy: a sentence of
ten words takes a few milliseconds on one core, and nothing leaves the machine.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from content import DEFAULT_LOCALE, LANGUAGES, spoken

Vector = NDArray[np.float32]

LONGEST = 64
"""Word pieces looked at; whoever has more to hear hands it over in parts."""

LAYERS = 3
HEADS = 12

_LONGEST_WORD = 40
"""Characters: nobody's word is longer, and cutting one up takes the square of its length."""


class Meaning:
    """Turns the sentences of one language into numbers."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def of(self, text: str) -> Vector:
        """Return what `text` is about: 384 numbers."""
        pieces = [self._places["[CLS]"], *self._pieces(text), self._places["[SEP]"]]
        rows = np.array(pieces, np.intp)
        weights = self._weights
        words = weights["words"][rows] * weights["words.scale"][rows]
        seen = self._level(words + weights["places"][: len(rows)], "embeddings.LayerNorm")
        for number in range(LAYERS):
            seen = self._layer(seen, f"encoder.layer.{number}")
        mean: Vector = seen.mean(axis=0)
        return mean

    def _layer(self, seen: Vector, name: str) -> Vector:
        """Let each word take in what the others say about it, then think it over."""
        size = (len(seen), HEADS, -1)
        query, key, value = (
            self._times(seen, f"{name}.attention.self.{one}").reshape(size).swapaxes(0, 1)
            for one in ("query", "key", "value")
        )
        near = query @ key.swapaxes(1, 2) / np.sqrt(np.float32(query.shape[-1]))
        near = np.exp(near - near.max(axis=-1, keepdims=True))
        near /= near.sum(axis=-1, keepdims=True)
        heard = (near @ value).swapaxes(0, 1).reshape(seen.shape)
        heard = self._times(heard, f"{name}.attention.output.dense")
        seen = self._level(seen + heard, f"{name}.attention.output.LayerNorm")
        thought = _bend(self._times(seen, f"{name}.intermediate.dense"))
        thought = self._times(thought, f"{name}.output.dense")
        return self._level(seen + thought, f"{name}.output.LayerNorm")

    def _times(self, seen: Vector, name: str) -> Vector:
        product: Vector = seen @ self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return product

    def _level(self, seen: Vector, name: str) -> Vector:
        spread = np.sqrt(seen.var(axis=-1, keepdims=True) + np.float32(1e-12))
        even = (seen - seen.mean(axis=-1, keepdims=True)) / spread
        level: Vector = even * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return level

    def _pieces(self, text: str) -> list[int]:
        known, unknown = self._places, self._places["[UNK]"]
        found: list[int] = []
        for word in _words(text):
            found += _cut(word, known) or [unknown]
            if len(found) >= LONGEST:
                break
        return found[:LONGEST]

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The place of each word piece; one that goes on inside a word begins with "##"."""
        pieces = self._stored["pieces"].tobytes().decode().split("\n")
        return {piece: place for place, piece in enumerate(pieces)}

    @cached_property
    def _weights(self) -> Mapping[str, Any]:
        """The numbers, ready to be multiplied with.

        Those of words stay as small as they are stored: of them only a few rows are ever looked up.
        """
        stored = self._stored
        return {
            name: (value * stored[f"{name}.scale"]).T.copy()
            if f"{name}.scale" in stored and name != "words"
            else value
            for name, value in stored.items()
        }

    @cached_property
    def _stored(self) -> Mapping[str, Any]:
        file = resources.files("content") / self._folder / "meaning" / "encoder.npz"
        with file.open("rb") as opened, np.load(opened) as stored:
            return dict(stored)


def meaning(locale: str = DEFAULT_LOCALE) -> Meaning:
    """Return what turns `locale`'s sentences into numbers."""
    return _meaning(spoken(locale))


@lru_cache
def _meaning(locale: str) -> Meaning:
    return Meaning(LANGUAGES[locale])


def _words(text: str) -> Iterator[str]:
    """Yield words, and signs, as the model knows them: small letters without accents."""
    word = ""
    for letter in unicodedata.normalize("NFD", text.lower()):
        if letter.isalnum() and letter.isascii():
            word += letter
        elif unicodedata.category(letter) != "Mn":
            if word:
                yield word
            word = ""
            if not letter.isspace():
                yield letter
    if word:
        yield word


def _cut(word: str, known: Mapping[str, int]) -> list[int]:
    """Return the longest known pieces that make up `word`; none if one of them is unknown."""
    pieces: list[int] = []
    start = 0
    while start < len(word) <= _LONGEST_WORD:
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in known:
                pieces.append(known[piece])
                start = end
                break
        else:
            return []
    return pieces


def _bend(seen: Vector) -> Vector:
    """Return the values bent as the model learned them (GELU, in its usual short form)."""
    bent: Vector = (
        np.float32(0.5)
        * seen
        * (1 + np.tanh(np.float32(0.7978846) * (seen + np.float32(0.044715) * seen**3)))
    )
    return bent
