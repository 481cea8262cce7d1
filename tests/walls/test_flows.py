"""Nothing live inside a flow: no clock, no dice, no household; and no `yield` where it may hurt."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import skill.conversation.flows

FLOWS = sorted(Path(skill.conversation.flows.__file__).parent.glob("*.py"))
LIVE = {"datetime", "time", "random", "uuid", "os", "secrets", "zoneinfo", "content"}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_a_flow_imports_nothing_live(file: Path) -> None:
    found = {name.split(".")[0] for name in imported(ast.parse(file.read_text()))}
    assert not found & LIVE


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_no_yield_in_finally_and_no_bare_except_around_one(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Try):
            inside = [one for part in node.finalbody for one in ast.walk(part)]
            assert not any(isinstance(one, ast.Yield | ast.YieldFrom) for one in inside)
            assert all(handler.type is not None for handler in node.handlers)
