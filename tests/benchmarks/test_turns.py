"""The measurement of turns still measures. What it measures is not judged here."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import report
import turns
from stacks import install
from stacks.evening import MEASURED

OURS = "Evening Lantern"


def test_our_own_turns_starts_and_memory_are_measured() -> None:
    done = subprocess.run(
        [sys.executable, turns.__file__, "--quick", "--ours"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in done.stdout.splitlines()
        if line.startswith("|")
    ]
    known = [[turn.measured, OURS] for turn in MEASURED]
    assert [row[:2] for row in rows if row[1] == OURS] == known
    assert [row[1] for row in rows if row[0] == OURS and len(row) == 5] == ["1", "4"]
    (start,) = (row for row in rows if row[0] == OURS and len(row) == 3)
    assert start[2] == "1.00"
    numbers = [cell for row in rows if row[1] == OURS for cell in row[2:]]
    assert all(float(number.split()[0]) > 0 for number in numbers)


@pytest.mark.parametrize(
    ("stack", "made"), [("Python", install.official_python), ("Node", install.official_node)]
)
def test_without_a_registry_it_says_so_in_one_sentence(
    stack: str, made: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:9/"
    for name, value in {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_FIND_LINKS": "",
        "PIP_INDEX_URL": nowhere,
        "PIP_RETRIES": "0",
        "npm_config_registry": nowhere,
        "npm_config_cache": str(tmp_path / "cache"),
        "npm_config_fetch_retries": "0",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(install, "FOLDER", tmp_path)
    with pytest.raises(install.NotInstalled) as fault:
        made()
    said = str(fault.value)
    assert said.startswith(f"The official {stack} stack")
    assert said.count(". ") == 0
    assert nowhere not in said
    assert not list(tmp_path.glob("*/installed"))


def test_the_page_takes_the_tables_between_its_marks(tmp_path: Path) -> None:
    text = turns.PAGE.read_text(encoding="utf-8")
    before, after = text.split(report.BEGIN)[0], text.split(report.END)[1]
    page = tmp_path / "speed.md"
    page.write_text(text, encoding="utf-8")
    for tables in ("| old |", "| new |"):
        report.write(page, tables)
    assert page.read_text(encoding="utf-8") == (
        f"{before}{report.BEGIN}\n| new |\n\n{report.END}{after}"
    )
