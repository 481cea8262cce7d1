"""The terminal: what is printed, waited for and written."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from skill.channels import terminal
from skill.conversation.lantern import Lantern
from skill.household.redis_store import RedisStore


@pytest.fixture
def say(store: RedisStore, tmp_path: Path) -> Any:
    lantern = Lantern(store)

    def said(words: str, pace: bool = False) -> str:
        out = io.StringIO()
        terminal.ask(
            words,
            lantern,
            "home",
            "Europe/Berlin",
            now=lambda: datetime(2026, 11, 24, 19, 0, tzinfo=UTC),
            folder=tmp_path / "files",
            out=out,
            pace=pace,
        )
        return out.getvalue()

    return said


def test_one_line_for_one_answer(say: Any) -> None:
    assert say("start our check-in").endswith("how close do you feel tonight?\n")


def test_pauses_are_waited_out_if_they_ask_for_it(
    say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(terminal.time, "sleep", waited.append)
    quick = say("tonight's question").split()
    paced = say("repeat", pace=True).split()
    assert paced == quick
    assert 8.0 in waited


def test_a_calendar_file_is_written_and_named(say: Any, tmp_path: Path) -> None:
    said = say("remind us every evening at eight to say thank you")
    file = Path(said.strip().splitlines()[-1])
    assert file.parent == tmp_path / "files"
    assert b"RRULE" in file.read_bytes()


def test_all_that_is_kept_is_written_out(say: Any) -> None:
    say("call us Sam and Alex")
    say("yes")
    say("tonight's question")
    file = Path(say("what do you know about us").strip().splitlines()[-1])
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["names"] == ["Sam", "Alex"]
    assert told["asked"] == 1


def test_a_talk_goes_line_by_line_until_there_are_no_more(capsys: Any) -> None:
    heard: list[str] = []
    terminal.talk(heard.append, io.StringIO("check in\n\n  seven \n"))
    assert heard == ["", "check in", "seven"]
