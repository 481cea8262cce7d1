"""A small, repeatable share of what `make fuzz` does at length."""

import re
import subprocess
import sys
from pathlib import Path

FUZZ = Path(__file__).parent.parent.parent / "benchmarks" / "fuzz.py"


def test_nothing_breaks_it() -> None:
    told = subprocess.run(
        [sys.executable, FUZZ, "--cases", "3000", "--seed", "7", "--processes", "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert re.search(r"seed 7: 3000 cases", told.stdout)
