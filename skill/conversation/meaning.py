"""What a sentence is about, as a list of numbers: near lists, near meanings.

The first layers of a small language model (see `training/README.md`), in plain numpy: a sentence of
ten words takes a few milliseconds on one core, and nothing leaves the machine.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from content import DEFAULT_LOCALE, LANGUAGES, spoken

Vector = NDArray[np.float32]

LONGEST = 64
"""Word pieces looked at; whoever has more to hear hands it over in parts."""

HEADS = 12

_LONGEST_WORD = 40
"""Characters: nobody's word is longer, and cutting one up takes the square of its length."""


class Meaning:
    """Turns the sentences of one language into numbers."""

    def __init__(self, file: Traversable) -> None:
        """`file` is what `training/encoder.py` made."""
        self._file = file

    def of(self, text: str) -> Vector:
        """Return what `text` is about: 384 numbers."""
        (vector,) = self.of_all([text])
        return vector

    def of_all(self, texts: Sequence[str]) -> list[Vector]:
        """Return what each of `texts` is about; together they take less time than one by one."""
        told = [[self._places["[CLS]"], *self._pieces(one), self._places["[SEP]"]] for one in texts]
        ends = np.cumsum([len(one) for one in told]).tolist()
        spans = [slice(end - len(one), end) for one, end in zip(told, ends, strict=True)]
        rows = np.array([piece for one in told for piece in one], np.intp)
        places = np.concatenate([np.arange(len(one)) for one in told])
        weights = self._weights
        words = weights["words"][rows] * weights["words.scale"][rows]
        seen = self._level(words + weights["places"][places], "embeddings.LayerNorm")
        for number in range(self._layers):
            seen = self._layer(seen, spans, f"encoder.layer.{number}")
        return [seen[span].mean(axis=0) for span in spans]

    def _layer(self, seen: Vector, spans: Sequence[slice], name: str) -> Vector:
        """Let each word take in what the others of its text say about it, then think it over."""
        query, key, value = (
            self._times(seen, f"{name}.attention.self.{one}") for one in ("query", "key", "value")
        )
        heard = np.concatenate([_attended(query[one], key[one], value[one]) for one in spans])
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
    def _layers(self) -> int:
        return sum(name.endswith("query.weight") for name in self._weights)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The place of each word piece; one that goes on inside a word begins with "##"."""
        pieces = self._weights["pieces"].tobytes().decode().split("\n")
        return {piece: place for place, piece in enumerate(pieces)}

    @cached_property
    def _weights(self) -> Mapping[str, Any]:
        """The numbers, ready to be multiplied with.

        Those of words stay as small as they are stored: of them only a few rows are ever looked up.
        """
        with self._file.open("rb") as opened, np.load(opened) as stored:
            return {
                name: (stored[name] * stored[f"{name}.scale"]).T.copy()
                if f"{name}.scale" in stored and name != "words"
                else stored[name]
                for name in stored
                if not name.endswith(".scale") or name == "words.scale"
            }


def _attended(query: Vector, key: Vector, value: Vector) -> Vector:
    """Return for each word of a text what it takes in of the others, by how near they are to it."""
    query, key, value = (
        one.reshape(len(one), HEADS, -1).swapaxes(0, 1) for one in (query, key, value)
    )
    near = query @ key.swapaxes(1, 2) / np.sqrt(np.float32(query.shape[-1]))
    near = np.exp(near - near.max(axis=-1, keepdims=True))
    near /= near.sum(axis=-1, keepdims=True)
    heard: Vector = (near @ value).swapaxes(0, 1).reshape(query.shape[1], -1)
    return heard


def meaning(locale: str = DEFAULT_LOCALE) -> Meaning:
    """Return what turns `locale`'s sentences into numbers."""
    return _meaning(spoken(locale))


@lru_cache
def _meaning(locale: str) -> Meaning:
    folder = resources.files("content") / LANGUAGES[locale]
    return Meaning(folder / "meaning" / "encoder.npz")


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
