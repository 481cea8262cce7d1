"""A schema of the library's files, for editors: completion, and a word on each field.

JSON Schema, which editors' tools for TOML read as well. It stands in `content/deck.schema.json`;
the first line of each file of the deck points to it.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field
from typing import Any

from content.library import FORMATS, LETTERS, Item, record_fields


def schema() -> Mapping[str, Any]:
    """Return the schema of a file of the deck."""
    text = {"type": "string", "minLength": 1}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A theme of the library",
        "type": "object",
        "required": ["code", "name", "also"],
        "additionalProperties": False,
        "properties": {
            "code": text | {"description": "The code of the theme.", "pattern": "^[A-Z][0-9]$"},
            "name": text | {"description": "How it is called aloud, in lower case."},
            "also": {
                "description": "What else people call it.",
                "type": "array",
                "items": text,
            },
            **{
                kind: {"type": "array", "items": _record(kind, made)}
                for kind, made in FORMATS.items()
            },
        },
    }


def _record(kind: str, made: type[Item]) -> Mapping[str, Any]:
    known = record_fields(made)
    record: dict[str, Any] = {
        "type": "object",
        "description": (made.__doc__ or "").partition("\n")[0],
        "required": [name for name, one in known.items() if one.default is MISSING],
        "additionalProperties": False,
        "properties": {name: _field(one) for name, one in known.items()},
    }
    record["properties"]["id"]["pattern"] = f"^[A-Z][0-9]{LETTERS[kind]}-[0-9]{{3}}$"
    if kind == "prompt":
        record["oneOf"] = [{"required": ["finish"]}, {"required": ["notice"]}]
    return record


def _field(one: Field[Any]) -> dict[str, Any]:
    limits = one.metadata
    form: dict[str, Any] = {"type": "string", "minLength": 1}
    if one.type is bool:
        form = {"type": "boolean"}
    elif one.type is int:
        form = {"type": "integer", "minimum": limits["least"]}
        form |= {"maximum": limits["most"]} if "most" in limits else {}
    elif "of" in limits:
        form = {"enum": list(limits["of"])}
    if "tuple" in str(one.type):
        form = {"type": "array", "items": form, "uniqueItems": True}
    return {"description": limits["help"], **form}
