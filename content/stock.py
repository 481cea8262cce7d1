"""What is in the library, in numbers, against the plan in `content/plan.toml`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from content import load
from content.library import FORMATS, STAGES, TENDER, Library, Question, Starter, format_of

FEW = 2
"""Stages that an item may have at most to be written for them."""

WRITTEN_FOR = ("new", "long-term", "long-distance", "parents")
"""The stages that need items of their own."""


@dataclass(frozen=True)
class Stock:
    """Counts: how many there are."""

    formats: Mapping[str, int]
    themes: Mapping[str, Mapping[str, int]]
    """Theme code, then format."""
    depths: Mapping[int, int]
    """Of the questions."""
    stages: Mapping[str, int]
    """Questions and prompts that a stage can draw, without tender and sensitive ones."""
    written_for: Mapping[str, int]
    """Items for this stage alone, or for it and one other."""

    def json(self) -> Mapping[str, Any]:
        """Return the counts for programs."""
        return {
            "formats": self.formats,
            "themes": {code: sum(formats.values()) for code, formats in self.themes.items()},
            "depths": {str(depth): count for depth, count in self.depths.items()},
            "stages": self.stages,
            "written_for": self.written_for,
            "formats_of_themes": self.themes,
        }


def stock(library: Library) -> Stock:
    """Count a library."""
    items = library.items.values()
    formats = Counter(map(format_of, items))
    of_themes = {
        code: Counter(map(format_of, library.of_theme(code).values())) for code in library.themes
    }
    depths = Counter(one.depth for one in items if isinstance(one, Question))
    talk = [one for one in items if isinstance(one, Question | Starter)]
    drawn = [one for one in talk if one.depth < TENDER and not one.sensitive]
    return Stock(
        formats={name: formats[name] for name in FORMATS},
        themes={
            code: {name: counts[name] for name in FORMATS} for code, counts in of_themes.items()
        },
        depths=dict(sorted(depths.items())),
        stages={stage: sum(stage in one.stages for one in drawn) for stage in STAGES},
        written_for={
            stage: sum(stage in one.stages and len(one.stages) <= FEW for one in items)
            for stage in STAGES
        },
    )


def planned() -> Stock:
    """Return the plan."""
    told = load(resources.files("content") / "plan.toml")
    themes = {
        code: dict(zip(FORMATS, counts, strict=True)) for code, counts in told["themes"].items()
    }
    return Stock(
        formats={name: sum(one[name] for one in themes.values()) for name in FORMATS},
        themes=themes,
        depths={int(depth): count for depth, count in told["depths"].items()},
        stages=dict.fromkeys(STAGES, told["stages"]["can_draw"]),
        written_for=dict.fromkeys(WRITTEN_FOR, told["stages"]["written_for"]),
    )


def table(have: Stock, plan: Stock, names: Mapping[str, str]) -> Iterator[str]:
    """Yield lines that set what there is against the plan; `names` are those of the themes."""
    yield f"{'':32}" + "".join(f"{name:>16}" for name in FORMATS)
    for code, counts in have.themes.items():
        wanted = plan.themes.get(code, {})
        cells = "".join(f"{_of(counts[name], wanted.get(name, 0)):>16}" for name in FORMATS)
        yield f"{code} {names[code]:29}" + cells
    cells = "".join(f"{_of(have.formats[name], plan.formats[name]):>16}" for name in FORMATS)
    yield f"{'all':32}" + cells
    yield ""
    for depth, name in ((1, "light"), (2, "personal"), (3, "tender")):
        yield f"{name + ' questions':32}{_of(have.depths.get(depth, 0), plan.depths[depth]):>16}"
    yield ""
    yield f"{'stage':32}{'can draw':>16}{'written for it':>16}"
    for stage in STAGES:
        written = _of(have.written_for[stage], plan.written_for.get(stage, 0))
        yield f"{stage:32}{_of(have.stages[stage], plan.stages[stage]):>16}{written:>16}"


def _of(have: int, plan: int) -> str:
    return f"{have} of {plan}" if plan else str(have)
