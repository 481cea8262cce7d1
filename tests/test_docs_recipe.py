"""docs/add-a-conversation.md, followed to the letter in a copy of the project, works."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RECIPE = (ROOT / "docs" / "add-a-conversation.md").read_text(encoding="utf-8")
IMPORTS = """
from skill.conversation.answers import Floor
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, say
"""
OPENINGS = ["let's plan", "plan with us", "help us plan", "dream up", "imagine with us"]
TRIPS = [
    "a dream trip",
    "our dream trip",
    "the dream trip",
    "a dream trip for two",
    "some dream trip",
]


def block(kind: str) -> str:
    """Return the one block of the recipe that is marked as `kind`."""
    (found,) = re.findall(rf"\n\n   ```{kind}\n(.*?\n)   ```\n", RECIPE, re.S)
    return textwrap.dedent(found)


def named(pattern: str) -> str:
    (found,) = re.findall(pattern, RECIPE)
    return str(found)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the conversation of the recipe in it."""
    place = tmp_path_factory.mktemp("copy")
    for name in ("skill", "content", "interaction_models", "tests"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", place)
    follow(place)
    return place


def follow(place: Path) -> None:
    """Do what the recipe says."""
    flows = place / "skill" / "conversation" / "flows"
    (flows / "dream_trip.py").write_text(
        f'"""A dream trip."""\n{IMPORTS}\n\n{block("python")}', encoding="utf-8"
    )
    replaced(flows / "__init__.py", "    gestures,\n", "    dream_trip,\n    gestures,\n")
    (place / named(r"`(content/en/prompts/\w+\.toml)`")).write_text(block("toml"), encoding="utf-8")
    with (place / "content" / "en" / "words.toml").open("a", encoding="utf-8") as words:
        words.write(f"\n{named(r'the line `(.*?)` says')}\n")
    intent(place / "interaction_models" / "en-US.json")
    talk = place / named(r"`(tests/conversations/[\w-]+\.talk)`")
    talk.write_text(block(""), encoding="utf-8")


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def intent(file: Path) -> None:
    model = json.loads(file.read_text(encoding="utf-8"))
    samples = [f"{opening} {news}" for opening in OPENINGS for news in TRIPS]
    made = {"name": named(r'starts_on=\{"(\w+)": '), "slots": [], "samples": samples}
    model["interactionModel"]["languageModel"]["intents"].append(made)
    file.write_text(json.dumps(model), encoding="utf-8")


def run(place: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command],
        env=os.environ | {"PYTHONPATH": f"{place}:{place / 'tests'}"},
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_copy_is_what_runs(copy: Path) -> None:
    told = run(copy, "-c", "import skill, content; print(skill.__file__, content.__file__)")
    assert all(Path(one).is_relative_to(copy) for one in told.stdout.split())


def test_the_sentence_is_understood(copy: Path) -> None:
    sentence = named(r'`lantern models say "(.*?)"`')
    told = run(copy, "-c", "from skill.cli import main; main()", "models", "say", sentence)
    assert told.stdout.startswith("DreamTripIntent"), told.stderr


def test_the_words_keep_the_rules(copy: Path) -> None:
    told = run(copy, "-c", "from skill.cli import main; main()", "content", "check")
    assert told.returncode == 0, told.stdout


def test_its_log_can_be_written_and_goes_on(copy: Path) -> None:
    golden = copy / named(r"`(tests/conversation/test_\w+\.py)`")
    replaced(
        golden,
        '    "data": ({}, []),\n',
        '    "dream_trip": ({}, [DONE, DONE]),\n    "data": ({}, []),\n',
    )
    assert run(copy, str(golden)).returncode == 0
    told = run(copy, "-m", "pytest", "-q", str(golden))
    assert told.returncode == 0, told.stdout


def test_what_is_forgotten_is_named(copy: Path) -> None:
    prompts = copy / "content" / "en" / "prompts" / "dream_trip.toml"
    whole = prompts.read_text(encoding="utf-8")
    kept = [line for line in whole.splitlines() if not line.startswith("reprompt")]
    kept = kept[: kept.index('["dream_trip.close"]')]
    prompts.write_text("\n".join(kept), encoding="utf-8")
    told = run(copy, "-m", "pytest", "-q", "tests/conversation/test_walk.py")
    prompts.write_text(whole, encoding="utf-8")
    assert "dream_trip says dream_trip.close: write it" in told.stdout
    assert "test_a_question_has_a_shorter_one_for_those_who_are_silent" in told.stdout


def test_the_transcript_is_held_in_every_channel(copy: Path) -> None:
    told = run(copy, "-m", "pytest", "-q", "tests/conversations", "-k", "dream-trip")
    assert "4 passed" in told.stdout, told.stdout
