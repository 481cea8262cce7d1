"""Sound from the command line: a talk spoken aloud, and all sound made ahead of time."""

import io
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from authority import Authority
from google_voice import GoogleVoice
from served import environ

from skill.audio_render import Item, items, render
from skill.speech import voices
from skill.speech.aloud import GOOGLE, Aloud, sentences
from skill.speech.tracks import Tracks, names
from skill.speech.voices import NoVoice

LANTERN = Path(__file__).parents[1] / ".venv" / "bin" / "lantern"

PLAYER = """#!/bin/sh
# Stands where a player would: keeps what it was given to play.
n=$(ls "$HEARD" | wc -l)
cat > "$HEARD/$(printf %03d "$n").mp3"
"""


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    """A folder that holds what was played, by a player that is first on the PATH."""
    folder, programs = tmp_path / "heard", tmp_path / "programs"
    folder.mkdir()
    programs.mkdir()
    player = programs / "mpg123"
    player.write_text(PLAYER)
    player.chmod(player.stat().st_mode | stat.S_IXUSR)
    return folder


def talk(folder: Path, path: str, lines: str, *options: str) -> subprocess.CompletedProcess[str]:
    told = environ(folder) | {"PATH": path, "HEARD": str(folder / "heard")}
    # Nobody answers here, so Google's voice fails at once and the local one speaks.
    told["https_proxy"] = "http://127.0.0.1:9"
    return subprocess.run(
        [LANTERN, "talk", *options],
        input=lines,
        env=told,
        capture_output=True,
        text=True,
        timeout=200,
    )


def test_a_talk_is_spoken_aloud(tmp_path: Path, heard: Path) -> None:
    path = f"{heard.parent / 'programs'}:{os.environ['PATH']}"
    done = talk(tmp_path, path, "tonight's question\n", "--aloud")
    assert done.returncode == 0, done.stderr
    played = [soundfile.read(file) for file in sorted(heard.glob("*.mp3"))]
    assert len(played) >= 3, "a greeting, the question, and the question again"
    for samples, rate in played:
        assert len(samples) / rate > 0.4
        assert abs(samples).max() > 0.05


def test_without_a_player_it_says_which_would_do(tmp_path: Path) -> None:
    done = talk(tmp_path, str(LANTERN.parent), "", "--aloud")
    assert done.returncode == 1
    assert done.stderr.startswith("lantern: No program here plays sound; install one of mpg123")
    assert "Traceback" not in done.stderr


@pytest.fixture
def google(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleVoice]:
    breaker = voices.CircuitBreaker(3, 60, expected_exception=NoVoice)
    monkeypatch.setattr(voices, "_breaker", breaker)
    with GoogleVoice(authority) as found:
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, found.url)
        yield found


def spoken(folder: Path, most: int = 40) -> list[Item]:
    """Some of our sentences, to be spoken by Google."""
    return list(items(Aloud(folder), Tracks(folder / "sounds"), "en-US", GOOGLE))[len(names()) :][
        :most
    ]


def test_everything_that_can_be_made_is_listed(tmp_path: Path) -> None:
    wanted = items(Aloud(tmp_path), Tracks(tmp_path), "en-US", GOOGLE)
    assert len(wanted) == len(names()) + len(sentences("en-US"))


def test_what_was_made_is_not_made_again(tmp_path: Path, google: GoogleVoice) -> None:
    steps: list[None] = []
    first = render(spoken(tmp_path, 25), 4, lambda: steps.append(None))
    assert (first.made, first.found, first.left, len(steps)) == (25, 0, 0, 25)
    asked = google.asked
    second = render(spoken(tmp_path, 40), 4, lambda: None)
    assert (second.made, second.found, second.left) == (15, 25, 0)
    assert google.asked - asked >= 15
    assert len(set(google.texts)) == len(google.texts)


def test_two_at_once_ask_for_each_sentence_once(tmp_path: Path, google: GoogleVoice) -> None:
    wanted = spoken(tmp_path, 12)
    done = render([*wanted, *wanted], 4, lambda: None)
    assert done.left == 0
    assert len(set(google.texts)) == len(google.texts)


def test_a_voice_that_fails_is_left_alone_and_the_rest_is_counted(
    tmp_path: Path, google: GoogleVoice
) -> None:
    google.answer_with(500)
    done = render(spoken(tmp_path, 40), 2, lambda: None)
    assert (done.made, done.left) == (0, 40)
    assert "Google's voice failed" in done.why
    assert google.asked < 10


def test_a_sound_of_the_room_is_among_them(tmp_path: Path) -> None:
    room = Tracks(tmp_path / "sounds")
    first = items(Aloud(tmp_path), room, "en-US", GOOGLE)[:1]
    assert render(first, 1, lambda: None).made == 1
    [name] = [one for one in names() if room.has(one)]
    assert soundfile.info(io.BytesIO(room.of(name))).samplerate == 24_000
    assert render(first, 1, lambda: None).found == 1
