"""What is in the library, counted, against the plan."""

import json
import subprocess
from collections import Counter
from pathlib import Path

from made_deck import made
from served import LANTERN

from content import content
from content.library import STAGES
from content.stock import planned, stock, table

LIBRARY = content().library
HAVE, PLAN = stock(LIBRARY), planned()


def test_each_theme_has_what_is_planned_of_each_format() -> None:
    assert HAVE.themes == PLAN.themes
    assert HAVE.formats == PLAN.formats


def test_the_questions_are_as_deep_as_is_planned() -> None:
    assert HAVE.depths == PLAN.depths
    assert sum(HAVE.depths.values()) == HAVE.formats["question"]


def test_each_stage_has_three_years_of_evenings() -> None:
    assert set(HAVE.stages) == set(STAGES)
    for stage, least in PLAN.stages.items():
        assert HAVE.stages[stage] >= least > 3 * 365


def test_most_stages_have_items_that_were_written_for_them() -> None:
    assert set(PLAN.written_for) == set(STAGES) - {"established"}
    for stage, least in PLAN.written_for.items():
        assert HAVE.written_for[stage] >= least


def test_everything_is_counted_once() -> None:
    assert sum(HAVE.formats.values()) == len(LIBRARY.items)
    assert HAVE.themes == {
        code: {
            name: Counter(id.partition("-")[0] for id in LIBRARY.of_theme(code))[f"{code}{letter}"]
            for name, letter in (
                ("question", ""),
                ("prompt", "P"),
                ("gesture", "G"),
                ("exercise", "X"),
            )
        }
        for code in LIBRARY.themes
    }


def test_a_made_up_deck_is_counted(tmp_path: Path) -> None:
    have = stock(made(tmp_path))
    assert have.formats == {"question": 2, "prompt": 2, "gesture": 1, "exercise": 1}
    assert have.themes == {"A8": have.formats}
    assert have.depths == {1: 1, 3: 1}
    # The tender one is drawn for nobody; of the two prompts, one is for new ones and parents.
    assert have.stages == {
        "new": 3, "established": 2, "long-term": 2, "long-distance": 2, "parents": 3
    }  # fmt: skip
    assert have.written_for == dict.fromkeys(STAGES, 0) | {"new": 1, "parents": 1}


def test_the_table_sets_it_against_the_plan(tmp_path: Path) -> None:
    lines = list(table(stock(made(tmp_path)), PLAN, {"A8": "kites"}))
    assert lines[0].split() == ["question", "prompt", "gesture", "exercise"]
    assert lines[1].split() == ["A8", "kites", "2", "2", "1", "1"]
    assert lines[2].split()[:4] == ["all", "2", "of", str(PLAN.formats["question"])]
    (light,) = [one for one in lines if one.startswith("light questions")]
    assert light.split()[2:] == ["1", "of", str(PLAN.depths[1])]
    (parents,) = [one for one in lines if one.startswith("parents")]
    assert parents.split()[1:] == [
        "3", "of", str(PLAN.stages["parents"]), "1", "of", str(PLAN.written_for["parents"])
    ]  # fmt: skip


def test_programs_get_numbers() -> None:
    told = subprocess.run(
        [LANTERN, "content", "stats", "--json"], capture_output=True, text=True, check=True
    )
    counts = json.loads(told.stdout)
    assert counts["formats"] == HAVE.formats
    assert counts["themes"] == {code: len(LIBRARY.of_theme(code)) for code in LIBRARY.themes}
    assert counts["depths"] == {str(depth): count for depth, count in HAVE.depths.items()}
    assert counts["stages"] == HAVE.stages
    for name in ("formats", "themes", "depths", "stages"):
        assert all(type(count) is int for count in counts[name].values())


def test_people_get_a_table() -> None:
    told = subprocess.run([LANTERN, "content", "stats"], capture_output=True, text=True, check=True)
    assert all(f"{code} {one.name}" in told.stdout for code, one in LIBRARY.themes.items())
    assert "written for it" in told.stdout
