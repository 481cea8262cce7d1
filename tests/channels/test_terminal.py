"""The terminal: what is printed, waited for and written."""

import io
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
            folder=tmp_path / "calendar",
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
    assert file.parent == tmp_path / "calendar"
    assert b"RRULE" in file.read_bytes()


def test_a_talk_goes_line_by_line_until_there_are_no_more(capsys: Any) -> None:
    heard: list[str] = []
    terminal.talk(heard.append, io.StringIO("check in\n\n  seven \n"))
    assert heard == ["", "check in", "seven"]
