"""The terminal: plain words, width, order of pauses, files, and the end of the input."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import pytest

from skill.channels import terminal
from skill.conversation.lantern import Lantern
from skill.household.redis_store import RedisStore

EVENING = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
REMIND = "remind us every evening at eight to say thank you"


class Screen(io.StringIO):
    """A terminal that a person looks at."""

    def isatty(self) -> bool:
        return True


Say = Callable[..., str]


@pytest.fixture
def say(store: RedisStore, tmp_path: Path) -> Say:
    lantern = Lantern(store)

    def said(
        words: str, out: io.StringIO | None = None, pace: bool = False, now: datetime = EVENING
    ) -> str:
        out = out if out is not None else io.StringIO()
        terminal.ask(
            words,
            lantern,
            "home",
            "Europe/Berlin",
            now=lambda: now,
            folder=tmp_path / "data" / "files",
            out=out,
            pace=pace,
        )
        return out.getvalue()

    return said


@pytest.mark.parametrize(
    "words", ["", "help", "tonight's question", "start our check-in", "breathe with us", "<b>{x}"]
)
def test_words_are_plain(say: Say, words: str) -> None:
    said = say(words)
    assert said.strip()
    assert said.endswith("\n")
    assert not set("<>{}\x1b") & set(said)
    assert "  " not in said


def test_on_a_screen_lines_are_short_and_words_the_same(say: Say) -> None:
    say("tonight's question")
    piped = say("repeat")
    shown = say("repeat", Screen())
    assert shown.split() == piped.split()
    assert max(map(len, shown.splitlines())) <= terminal.WIDTH
    assert len(shown.splitlines()) > 1


def test_each_pause_comes_at_its_place(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question is on the screen before the silence that is meant for it."""
    out = io.StringIO()
    seen: list[tuple[str, float]] = []
    monkeypatch.setattr(
        "skill.channels.terminal.time.sleep", lambda seconds: seen.append((out.getvalue(), seconds))
    )
    said = say("tonight's question", out, pace=True)
    before, seconds = max(seen, key=lambda one: one[1])
    assert seconds > 0
    assert before.count("?") == 1
    assert said.count("?") == 2
    assert said.startswith(before)


def test_nobody_waits_unless_they_ask_for_it(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("skill.channels.terminal.time.sleep", waited.append)
    say("tonight's question")
    assert waited == []


def test_the_calendar_file_holds_what_was_agreed(say: Say) -> None:
    words, path = say(REMIND).strip().split("\n\n")
    assert "8 PM" in words
    (event,) = icalendar.Calendar.from_ical(Path(path).read_bytes()).walk("VEVENT")
    assert event.start.strftime("%H:%M") == "20:00"
    assert str(event.start.tzinfo) == "Europe/Berlin"
    assert event.start > EVENING
    assert event["RRULE"]["FREQ"] in (["DAILY"], ["WEEKLY"])
    (alarm,) = event.walk("VALARM")
    assert alarm["ACTION"] == "DISPLAY"


def test_a_later_file_takes_the_place_of_the_first(say: Say) -> None:
    first = say(REMIND).splitlines()[-1]
    later = EVENING + timedelta(minutes=5)
    second = say("remind us every sunday at nine in the evening", now=later).splitlines()[-1]
    assert first == second
    (event,) = icalendar.Calendar.from_ical(Path(second).read_bytes()).walk("VEVENT")
    assert event.start.strftime("%H:%M") == "21:00"


def test_what_is_kept_is_for_their_eyes_alone(say: Say) -> None:
    file = Path(say("what do you know about us").splitlines()[-1])
    assert file.parent.stat().st_mode & 0o077 == 0


def test_a_talk_prompts_on_a_screen_and_ends_with_the_input(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heard: list[str] = []
    terminal.talk(heard.append, Screen("check in\n \nseven"))
    assert heard == ["", "check in", "seven"]
    assert capsys.readouterr().out == "> > > > \n"


def test_an_input_that_is_empty_ends_it_after_the_welcome() -> None:
    heard: list[str] = []
    terminal.talk(heard.append, io.StringIO(""))
    assert heard == [""]
