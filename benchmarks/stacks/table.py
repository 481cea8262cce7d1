"""What was measured, as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from report import machine, table

from stacks.processes import Memory


@dataclass(frozen=True)
class Batch:
    """Many turns of one kind in one round; times in milliseconds of one turn."""

    processor: float
    redis: float
    waits: Sequence[float]


@dataclass(frozen=True)
class Taken:
    """The memory of a server: of each worker, and PSS of all its processes together, in MB."""

    workers: Sequence[Memory]
    together: float


@dataclass
class Results:
    """Everything that was measured. Stacks go by their names; the first one is ours."""

    batches: dict[str, dict[str, list[Batch]]] = field(default_factory=dict)
    """Kind of turn, then stack, then round."""
    cold: dict[str, list[float]] = field(default_factory=dict)
    """Stack to the seconds of each start."""
    memory: list[tuple[str, Taken]] = field(default_factory=list)

    def add(self, turn: str, stack: str, batch: Batch) -> None:
        """Keep the batch of one round."""
        self.batches.setdefault(turn, {}).setdefault(stack, []).append(batch)

    @property
    def ours(self) -> str:
        """Our name."""
        return next(iter(self.cold))

    @property
    def others(self) -> list[str]:
        """The names of the others."""
        return list(self.cold)[1:]

    def multiples(self, turn: str, stack: str) -> list[float]:
        """Return, for each round, the processor time of a stack as a multiple of ours."""
        pairs = zip(self.batches[turn][stack], self.batches[turn][self.ours], strict=True)
        return [theirs.processor / ours.processor for theirs, ours in pairs]


def report(results: Results, *versions: str) -> str:
    """Return all tables; ``versions`` are those of the programs beside Python."""
    parts = [machine(*versions)]
    if results.others:
        parts += ["**Processor time of a turn, as a multiple of ours**", _multiples(results)]
    parts += ["**A signed turn**", _turns(results)]
    parts += ["**From the start of a process to its first answer**", _cold(results)]
    parts += ["**Memory**", _memory(results)]
    parts += ["**What we aim at**", _aims(results)]
    return "\n\n".join(parts)


def _multiples(results: Results) -> str:
    rows = [
        (turn, *(_spread(results.multiples(turn, stack), ".2f") for stack in results.others))
        for turn in results.batches
    ]
    return table(("turn", *results.others), rows)


def _turns(results: Results) -> str:
    head = ("turn", "stack", "processor ms", "turns a second and core", "Redis ms")
    return table(
        (*head, "answered after ms, p50", "p99"),
        (
            (turn, stack, *_turn(batches))
            for turn, stacks in results.batches.items()
            for stack, batches in stacks.items()
        ),
    )


def _turn(batches: Sequence[Batch]) -> tuple[str, ...]:
    processor = [batch.processor for batch in batches]
    redis = median(batch.redis for batch in batches)
    waits = quantiles((wait for batch in batches for wait in batch.waits), n=100)
    rate = f"{1000 / median(processor):.0f}"
    return _spread(processor, ".2f"), rate, f"{redis:.2f}", f"{waits[49]:.1f}", f"{waits[98]:.1f}"


def _cold(results: Results) -> str:
    usual = median(results.cold[results.ours])
    rows = (
        (stack, _spread(taken, ".2f"), f"{median(taken) / usual:.2f}")
        for stack, taken in results.cold.items()
    )
    return table(("stack", "seconds", "as a multiple of ours"), rows)


def _memory(results: Results) -> str:
    rows = (
        (
            stack,
            str(len(taken.workers)),
            _spread([one.pss for one in taken.workers], ".0f"),
            _spread([one.rss for one in taken.workers], ".0f"),
            f"{taken.together:.0f}",
        )
        for stack, taken in results.memory
    )
    return table(
        ("stack", "workers", "PSS MB a worker", "RSS MB a worker", "PSS MB of all processes"), rows
    )


def _aims(results: Results) -> str:
    """Set the least favourable of our numbers against each aim."""
    slowest = max(
        median(batch.processor for batch in stacks[results.ours])
        for stacks in results.batches.values()
    )
    largest = max(
        one.pss for stack, taken in results.memory if stack == results.ours for one in taken.workers
    )
    rows = [
        ("a signed turn under 1 ms of processor time", f"{slowest:.2f} ms"),
        ("a cold start under 0.5 s", f"{median(results.cold[results.ours]):.2f} s"),
        ("a worker under 80 MB (PSS)", f"{largest:.0f} MB"),
    ]
    for stack in results.others:
        aim = "at least 5 times" if "Python" in stack else "more than"
        least = min(median(results.multiples(turn, stack)) for turn in results.batches)
        rows.append((f"{stack}: {aim} our processor time", f"{least:.2f} times"))
    return table(("aim", "measured"), rows)


def _spread(values: Sequence[float], form: str) -> str:
    """Write the median; of several values also the least and the most."""
    middle = format(median(values), form)
    if len(values) == 1:
        return middle
    return f"{middle} ({format(min(values), form)} to {format(max(values), form)})"
