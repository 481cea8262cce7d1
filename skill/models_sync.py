"""Writes slot values from content into the interaction model, so that the two never part."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from content.slots import Values, slot_values
from skill.conversation.model import path


def sync(locale: str, check: bool) -> list[str]:
    """Bring the model of `locale` in step with content; return the slot types that differed.

    With `check`, nothing is written.
    """
    file = Path(str(path(locale)))
    model = json.loads(file.read_text(encoding="utf-8"))
    types = model["interactionModel"]["languageModel"]["types"]
    wanted = {kind: _as_model(values) for kind, values in slot_values(locale).items()}
    present = {one["name"]: one["values"] for one in types}
    changed = sorted(kind for kind, values in wanted.items() if present.get(kind) != values)
    if changed and not check:
        model["interactionModel"]["languageModel"]["types"] = [
            {"name": kind, "values": wanted[kind]} for kind in sorted(wanted)
        ]
        text = json.dumps(model, indent=2, ensure_ascii=False) + "\n"
        file.write_text(text, encoding="utf-8")
    return changed


def _as_model(values: Values) -> list[Mapping[str, Any]]:
    return [
        {"id": value, "name": {"value": names[0], "synonyms": list(names[1:])}}
        for value, names in values.items()
    ]
