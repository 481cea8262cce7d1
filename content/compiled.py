"""The library as a fresh process reads it: `python -m content.compiled` writes `deck.json`.

One file for each language, beside its deck. It is made when the package is built or installed, and
is in no repository. It bears a fingerprint of the files it was made of: when one of them has
changed, it counts for nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from content.library import LETTERS, bits, build, read

NAME = "deck.json"
FORM = 1
"""Rises when the form of the file does."""


def compiled(folder: Traversable) -> Mapping[str, Any]:
    """Return the library of a language: as it was compiled, or compiled now."""
    files = deck(folder)
    fingerprint = _fingerprint(files)
    kept = folder / NAME
    if kept.is_file():
        found = _kept(kept)
        if found.get("fingerprint") == fingerprint:
            return found
    return _made(files) | {"fingerprint": fingerprint}


def _kept(file: Traversable) -> Mapping[str, Any]:
    """Return what was compiled; nothing if the file cannot be read, or was written half."""
    try:
        found = json.loads(file.read_bytes())
    except (ValueError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def deck(folder: Traversable) -> Sequence[Traversable]:
    """Return the files of a language's deck, in the order of their names."""
    found = [one for one in (folder / "deck").iterdir() if one.name.endswith(".toml")]
    return sorted(found, key=lambda one: one.name)


def write(folder: Path) -> Path:
    """Write the library of the language in `folder`; return the file."""
    files = deck(folder)
    text = json.dumps(_made(files) | {"fingerprint": _fingerprint(files)}, separators=(",", ":"))
    target = folder / NAME
    target.write_text(text, encoding="utf-8")
    return target


def _fingerprint(files: Sequence[Traversable]) -> str:
    found = hashlib.sha256(b"%d" % FORM)
    for file in files:
        found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def _made(files: Sequence[Traversable]) -> dict[str, Any]:
    themes, kinds, records = {}, {}, {}
    for file in files:
        theme, table = read(file)
        themes[theme.code] = {"name": theme.name, "also": theme.also}
        for kind, ones in table.items():
            made = [build(kind, theme.code, one) for one in ones]
            kinds[theme.code + LETTERS[kind]] = bits(made)
        # As text in the text: whoever needs one theme parses one.
        records[theme.code] = json.dumps(table, separators=(",", ":"))
    return {"themes": themes, "bits": kinds, "records": records}


if __name__ == "__main__":
    for one in Path(__file__).parent.iterdir():
        if (one / "deck").is_dir():
            print(write(one))
