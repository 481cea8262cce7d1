"""The schema that editors read: as the records are, and as strict as the loader."""

import json
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from made_deck import FILE, GOOD, changed, made

from content import LANGUAGES, ContentError
from content.compiled import deck
from content.library import FORMATS, read, record_fields
from content.schema import schema

SCHEMA = schema()
VALID = Draft7Validator(SCHEMA)
FILES = [
    pytest.param(file, id=file.name)
    for language in LANGUAGES.values()
    for file in deck(resources.files("content") / language)
]


def test_the_file_is_in_step_with_the_records() -> None:
    """`lantern content schema` writes it."""
    file = resources.files("content") / "deck.schema.json"
    assert file.read_text(encoding="utf-8") == json.dumps(SCHEMA, indent=2) + "\n"


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(dict(SCHEMA))


def test_each_field_has_a_word_on_it() -> None:
    for kind, made_of in FORMATS.items():
        record = SCHEMA["properties"][kind]["items"]
        assert set(record["properties"]) == set(record_fields(made_of))
        assert all(one["description"] for one in record["properties"].values())
        assert record["description"]


@pytest.mark.parametrize("file", FILES)
def test_every_file_of_the_deck_is_valid(file: Any) -> None:
    text = file.read_text(encoding="utf-8")
    assert [one.message for one in VALID.iter_errors(tomllib.loads(text))] == []
    first = text.partition("\n")[0]
    assert first == "#:schema ../../deck.schema.json", "an editor does not find the schema"


def test_the_made_up_deck_is_valid() -> None:
    assert VALID.is_valid(tomllib.loads(GOOD))


MISTAKES = {
    "an unknown table": ("[[gesture]]", "[[poem]]"),
    "an unknown line at the top": ('name = "kites"', 'name = "kites"\ncolor = "red"'),
    "no code": ('code = "A8"\n', ""),
    "no name": ('name = "kites"\n', ""),
    "no other names": ('also = ["flying kites", "things in the wind"]\n', ""),
    "an unknown field": ("depth = 3", "depth = 3\nmood = 2"),
    "no depth": ("depth = 3\n", ""),
    "no follow-up": ('deeper = "What was in the air that day?"\n', ""),
    "no id": ('id = "A8P-002"\n', ""),
    "no such depth": ("depth = 3", "depth = 4"),
    "half a depth": ("depth = 3", "depth = 2.5"),
    "a depth in quotes": ("depth = 3", 'depth = "3"'),
    "a depth of true": ("depth = 3", "depth = true"),
    "too many minutes": ("minutes = 5", "minutes = 45"),
    "a flag in quotes": ("= false", '= "no"'),
    "no list": ('["loss"]', '"loss"'),
    "no such tag": ('["loss"]', '["grief"]'),
    "no such season": ('"autumn"', '"fall"'),
    "no such stage": ('"parents"]', '"old"]'),
    "no words": ('"the paper kite"', "7"),
    "empty words": ('"the paper kite"', '""'),
    "an empty step": ('"Draw a face on it."', '""'),
    "finish and notice": ("notice =", 'finish = "When I listen"\nnotice ='),
    "neither of them": ('finish = "The wind reminds me of"\n', ""),
}


@pytest.mark.parametrize(("old", "new"), MISTAKES.values(), ids=MISTAKES)
def test_each_kind_of_mistake_is_seen_in_the_editor_and_by_the_loader(
    tmp_path: Path, old: str, new: str
) -> None:
    text = changed(old, new)
    assert not VALID.is_valid(tomllib.loads(text))
    made(tmp_path, text)
    with pytest.raises(ContentError):
        read(tmp_path / "deck" / FILE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "A8"', 'code = "Kites"'),
        ('id = "A8-002"', 'id = "A8-2"'),
        ('id = "A8-002"', 'id = "A8P-002"'),
        ('id = "A8P-001"', 'id = "A8-003"'),
        ('id = "A8G-001"', 'id = "A8X-001"'),
        ('["new", "parents"]', '["new", "new"]'),
    ],
)
def test_the_editor_sees_ids_as_well(old: str, new: str) -> None:
    assert not VALID.is_valid(tomllib.loads(changed(old, new)))
