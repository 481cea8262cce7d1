"""How long a fresh process takes to draw its first question, with the library compiled and not.

    .venv/bin/python benchmarks/library.py

Whole processes, in turns; each draws one question and reads it. What is compiled is moved away for
the other one, in a copy of the content.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import content as ours
from content.compiled import NAME, write

ROUNDS = 15
CODE = """
import sys, time
from datetime import date
from pathlib import Path
from content.library import Library
from skill.conversation.deck import Night, draw
from skill.household.models import Household
begin = time.perf_counter()
library = Library(Path(sys.argv[1]))
drawn = draw(library, Household(), Night("a house", date(2027, 1, 4)))
assert drawn.item.spoken
print(time.perf_counter() - begin)
"""


def first_draw(folder: Path) -> float:
    """Return the milliseconds from nothing of the library to a question."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, folder], capture_output=True, text=True, check=True
    )
    return float(done.stdout) * 1000


def main() -> None:
    """Measure, and print a line for each."""
    with tempfile.TemporaryDirectory() as name:
        folders = {}
        for kind in ("compiled", "from the records"):
            folder = folders[kind] = Path(name) / kind / "en"
            shutil.copytree(Path(ours.__file__).parent / "en", folder)
            (folder / NAME).unlink(missing_ok=True)
        write(folders["compiled"])
        taken: dict[str, list[float]] = {kind: [] for kind in folders}
        for _ in range(ROUNDS):
            for kind, folder in folders.items():
                taken[kind].append(first_draw(folder))
        for kind, times in taken.items():
            print(f"{kind:18} {median(times):6.1f} ms ({min(times):.1f} to {max(times):.1f})")
        pairs = zip(taken["from the records"], taken["compiled"], strict=True)
        print(f"{'ratio':18} {median(slow / fast for slow, fast in pairs):6.1f}")
    print(f"{time.strftime('%d %B %Y')}, {ROUNDS} processes of each, in turns")


if __name__ == "__main__":
    main()
