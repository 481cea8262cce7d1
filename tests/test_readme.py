"""What README and docs say is true: commands, conversations, settings, links, code."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from served import LANTERN, Served, environ

from skill.conversation import flows, steps
from skill.conversation.understanding import understanding
from skill.settings import SETTINGS

assert flows  # importing them registers them

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *ROOT.glob("SECURITY.md")]
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}
COMMANDS = sorted(
    {
        found
        for text in TEXTS.values()
        for found in re.findall(r"(?:\.venv/bin/)?\blantern ((?:[a-z]+)(?: [^`\n|]*)?)`", text)
    }
)


CAN_SAY = TEXTS[ROOT / "README.md"].split("## What the two of you can say")[1].split("## ")[0]
SAID = re.findall(r'"([a-z][^"\n]+)"', CAN_SAY)


@pytest.mark.parametrize("words", [one for one in SAID if one != "link code"])
def test_what_the_two_can_say_begins_a_conversation(words: str) -> None:
    begins = {intent for one in steps.FLOWS.values() for intent in one.starts_on}
    assert understanding().understand(words).intent in begins


def test_each_conversation_that_can_be_begun_is_told_of() -> None:
    told = {understanding().understand(words).intent for words in SAID}
    silent = {"welcome", "not_for_us"}  # greeted with it; said of tonight's question
    untold = {
        name for name, one in steps.FLOWS.items() if one.starts_on and not told & set(one.starts_on)
    }
    assert untold == silent


@pytest.mark.parametrize("words", COMMANDS)
def test_each_command_exists(words: str, short_dir: Path) -> None:
    verbs = [one for one in shlex.split(words) if re.fullmatch("[a-z]+", one)]
    runs = verbs[0] in ("ask", "models", "content", "doctor") and "FILE" not in words
    command = shlex.split(words) if runs else [*verbs[:1], "--help"]
    told = subprocess.run(
        [LANTERN, *command], env=environ(short_dir), capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr


def test_there_are_commands_to_check() -> None:
    assert len(COMMANDS) > 3


def test_each_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page, text in TEXTS.items():
        for target in re.findall(r"(?:^    |`)make ([a-z]+)", text, re.M):
            assert re.search(rf"^{target}:", makefile, re.M), f"{page.name}: make {target}"


def test_each_link_leads_somewhere() -> None:
    for page, text in TEXTS.items():
        for link in re.findall(r"\]\(([^)#]+)", text):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_each_setting_that_is_named_exists() -> None:
    names = {one.name for one in SETTINGS}
    for page, text in TEXTS.items():
        named = set(re.findall(r"\bLANTERN_[A-Z_]+\b", text))
        assert {one.removesuffix("_FILE") for one in named} <= names, page.name


def test_the_conversation_in_the_readme_is_what_is_said(short_dir: Path) -> None:
    block = re.search(r"((?:^    .*\n)*^    > .*\n(?:^    .*\n)+)", TEXTS[ROOT / "README.md"], re.M)
    assert block
    told = block[1].replace("\n", " ")
    turns = [one.strip() for one in re.split(r"\s{4}> ", told) if one.strip()]
    asked, answer = turns[0].split("     ", 1)
    said = subprocess.run(
        [LANTERN, "ask", asked],
        env=environ(short_dir),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert without_time(said) == without_time(answer)


def without_time(text: str) -> str:
    return " ".join(re.sub(r"\d+(:\d+)? [AP]M( tomorrow)?", "TIME", text).split())


def test_the_request_over_http_is_answered(short_dir: Path) -> None:
    (body,) = re.findall(r"`POST /text` with `(\{.*?\})`", TEXTS[ROOT / "README.md"])
    with Served(short_dir) as served:
        answer: Any = served.post(json.loads(body))
        assert answer.json()["say"]


def test_the_flow_in_the_docs_runs() -> None:
    (code,) = re.findall(
        r"```python\n(.*?)```", TEXTS[ROOT / "docs" / "add-a-conversation.md"], re.S
    )
    lines = [line.removeprefix("   ") for line in code.splitlines()]
    header = (
        "from skill.conversation.answers import Floor\n"
        "from skill.conversation.replay import Steps\n"
        "from skill.conversation.steps import ask, flow, recall, say\n"
    )
    before = dict(steps.FLOWS)
    try:
        exec(header + "\n".join(lines), {})
        (name,) = set(steps.FLOWS) - set(before)
        assert next(steps.FLOWS[name].run())
    finally:
        steps.FLOWS.clear()
        steps.FLOWS.update(before)
