"""Evening Lantern and Amazon's own two stacks, side by side, for `benchmarks/turns.py`."""

import sys
from pathlib import Path

# The helpers of the tests: a test authority, Amazon on loopback, the service as people run it.
sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tests"))
