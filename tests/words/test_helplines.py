"""The numbers that are read to people."""

import re
from datetime import date, timedelta

import pytest

from content import Helpline, content, helplines
from content.check import OVERDUE_AFTER, WARN_AFTER, old_numbers

LINES = [
    pytest.param(line, id=f"{country}-{kind}")
    for country, lines in helplines().items()
    for kind, line in lines.items()
]
LAST = max(line.verified for lines in helplines().values() for line in lines.values())
FIRST = min(line.verified for lines in helplines().values() for line in lines.values())


@pytest.mark.parametrize("line", LINES)
def test_what_is_read_is_what_is_written(line: Helpline) -> None:
    assert re.sub(r"\D", "", line.number) == re.sub(r"\D", "", line.say)
    assert re.fullmatch(r"[0-9 ,]+", line.say), "digits in small groups, to be written down"


def test_each_kind_has_its_sentence() -> None:
    for lines in helplines().values():
        for kind in lines:
            assert "{say}" in content().words[f"line_{kind}"]


@pytest.mark.parametrize(
    ("days", "state"),
    [(0, ""), (WARN_AFTER - 1, ""), (WARN_AFTER, "due soon"), (OVERDUE_AFTER, "overdue")],
)
def test_numbers_grow_old(days: int, state: str) -> None:
    told = old_numbers((LAST if not state else FIRST) + timedelta(days=days))
    if state:
        assert state in told[0]
        assert "helplines.toml, " in told[0]
    elif LAST == FIRST:
        assert told == []


def test_no_number_is_from_the_future() -> None:
    assert all(line.values[0].verified >= date(2026, 1, 1) for line in LINES)
