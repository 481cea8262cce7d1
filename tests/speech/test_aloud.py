"""What was said, as sound: which voice may speak it, and what is kept of it."""

from pathlib import Path

import pytest

from content import content
from skill.speech import aloud
from skill.speech.aloud import Aloud, ours
from skill.speech.voices import NoVoice, Spoken

QUESTION = next(iter(content().questions.values())).ask


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What each voice was asked to say."""
    told: list[tuple[str, str]] = []

    def best(text: str, language: str) -> Spoken:
        told.append(("best", text))
        return Spoken(b"best", "google")

    def here(text: str) -> bytes:
        told.append(("here", text))
        return b"here"

    monkeypatch.setattr(aloud, "speak", best)
    monkeypatch.setattr(aloud, "local", here)
    return told


def test_our_own_words_are_made_once(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    voice = Aloud(tmp_path / "audio")
    assert [voice.of(QUESTION, "en-US") for _ in range(3)] == [b"best"] * 3
    assert asked == [("best", QUESTION)]


@pytest.mark.parametrize("text", ["Sam, take your time.", f"{QUESTION} Sam?", f"Sam: {QUESTION}"])
def test_their_words_stay_here_and_are_not_kept(
    tmp_path: Path, asked: list[tuple[str, str]], text: str
) -> None:
    folder = tmp_path / "audio"
    assert Aloud(folder).of(text, "en-US") == b"here"
    assert asked == [("here", text)]
    assert not list(folder.glob("*.mp3"))


def test_without_a_place_to_keep_it_it_is_spoken_all_the_same(
    tmp_path: Path, asked: list[tuple[str, str]]
) -> None:
    taken = tmp_path / "audio"
    taken.write_text("not a folder")
    assert Aloud(taken).of(QUESTION, "en-US") == b"best"
    assert asked == [("best", QUESTION)]


def test_what_is_ours() -> None:
    assert ours(QUESTION, "en-US")
    assert ours(f"{QUESTION} {QUESTION}", "en-US")
    assert not ours("", "en-US")
    assert not ours("Pineapple.", "en-US")


def test_for_real_in_the_voice_of_this_machine(tmp_path: Path) -> None:
    sound = Aloud(tmp_path).of("Good evening, Sam.", "en-US")
    assert len(sound) > 5_000


def test_nothing_to_say(tmp_path: Path) -> None:
    with pytest.raises((ValueError, NoVoice)):
        Aloud(tmp_path).of("...", "en-US")
