"""docs/content.md: its example keeps the rules, and its commands do what it says."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from content.deck_rules import of_theme
from content.library import FORMATS, LETTERS, build, record_fields
from skill.cli import main

PAGE = (Path(__file__).parent.parent / "docs" / "content.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    \.venv/bin/lantern (content [^#\n]+?) *(?:#.*)?$", PAGE, re.MULTILINE)


def test_the_example_keeps_the_rules() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    ((kind, records),) = tomllib.loads(example).items()
    item = build(kind, "A1", records[0])
    assert not list(of_theme("A1", {item.id: item}))


@pytest.mark.parametrize("command", [one for one in COMMANDS if "check" not in one])
def test_the_commands_answer(command: str) -> None:
    done = CliRunner().invoke(main, command.split())
    assert done.exit_code == 0
    assert done.output


def test_each_format_and_each_field_is_told_of() -> None:
    for kind, made in FORMATS.items():
        assert f"`[[{kind}]]`" in PAGE
        assert f"`A1{LETTERS[kind]}-001`" in PAGE
        for name in record_fields(made).keys() - {"id"}:
            assert f"`{name}`" in PAGE, name
