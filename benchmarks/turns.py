"""What a turn costs, here and on Amazon's own two stacks: `make bench`, or

    .venv/bin/python benchmarks/turns.py --quick        only to see that it runs
    .venv/bin/python benchmarks/turns.py --write        the tables go into docs/speed.md, too

`docs/speed.md` says what is measured, and how the numbers are to be read.
"""

import argparse
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from report import write
from stacks.bench import Bench, Plan, loopback
from stacks.install import NotInstalled, node_version
from stacks.measures import agree, cold_starts, memory_of_official, memory_of_ours, rounds
from stacks.table import Results, report

PAGE = Path(__file__).parent.parent / "docs" / "speed.md"

FULL = Plan(rounds=5, together=200, alone=80, warm=100, kept=1000, cold=5)
QUICK = Plan(rounds=2, together=12, alone=8, warm=2, kept=60, cold=1)


def measured(bench: Bench, plan: Plan, only_ours: bool) -> Results:
    """Measure everything. Raises `NotInstalled` if an official stack cannot be had."""
    results = Results()
    others = [] if only_ours else bench.official()
    with ExitStack() as running:
        ours = running.enter_context(bench.ours())
        bench.learn_answers(ours)
        stacks = [ours, *map(running.enter_context, others)]
        for stack in stacks:
            agree(bench, stack)
        floor = running.enter_context(bench.floor())
        rounds(bench, plan, [*stacks, floor], results)
        cold_starts(bench, plan, stacks, results)
    for workers in (1, 4):
        with bench.ours(workers) as stack:
            memory_of_ours(bench, plan, stack, results)
    for stack in others:
        with stack:
            memory_of_official(bench, plan, stack, results)
    return results


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few turns: the numbers mean nothing")
    parser.add_argument("--ours", action="store_true", help="leave the official stacks out")
    parser.add_argument("--write", action="store_true", help=f"write them into {PAGE.name}, too")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that was started ends
    plan = QUICK if asked.quick else FULL
    try:
        with loopback() as bench:
            results = measured(bench, plan, asked.ours)
    except NotInstalled as error:
        sys.exit(f"turns: {error}")
    tables = report(results, *([] if asked.ours else [f"Node {node_version()}"]))
    print(tables)
    if asked.write:
        write(PAGE, tables)


if __name__ == "__main__":
    main()
