"""What was said, as sound: which voice may speak it, and what is kept of it."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from authority import Authority
from google_voice import GoogleVoice, sound

from content import content
from content.library import Question
from content.preview import heard
from skill.speech import voices
from skill.speech.aloud import Aloud, ours
from skill.speech.voices import NoVoice, local

ITEMS = content().library.items.values()
FIRST, SECOND = [one.ask for one in ITEMS if isinstance(one, Question)][:2]


@pytest.fixture
def google(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleVoice]:
    """Google's voice on loopback; the breaker knows nothing of other tests."""
    breaker = voices.CircuitBreaker(99, 1, expected_exception=NoVoice)
    monkeypatch.setattr(voices, "_breaker", breaker)
    with GoogleVoice(authority) as found:
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, found.url)
        yield found


def test_our_own_words_are_made_once_and_sentence_by_sentence(
    tmp_path: Path, google: GoogleVoice
) -> None:
    voice = Aloud(tmp_path / "audio")
    assert voice.of(FIRST, "en-US") == sound(FIRST)
    assert voice.of(f"{SECOND} {FIRST}", "en-US") == sound(SECOND) + sound(FIRST)
    assert voice.of(f"{FIRST} {SECOND}", "en-US") == sound(FIRST) + sound(SECOND)
    assert google.texts == [FIRST, SECOND]
    assert voice.has(FIRST, "en-US", "google")
    assert not voice.has(FIRST, "en-US", "local")


@pytest.mark.parametrize("text", ["Sam, take your time.", f"{FIRST} Sam?", f"Sam: {FIRST}"])
def test_their_words_stay_here_and_are_not_kept(
    tmp_path: Path, google: GoogleVoice, text: str
) -> None:
    folder = tmp_path / "audio"
    assert lasts(Aloud(folder).of(text, "en-US")) > 0.5
    assert google.asked == 0
    assert not list(folder.glob("*.mp3"))


def test_without_google_all_of_it_is_in_the_voice_of_this_machine(
    tmp_path: Path, google: GoogleVoice
) -> None:
    voice = Aloud(tmp_path / "audio")
    voice.of(FIRST, "en-US")
    google.answer_with(500)
    assert voice.of(f"{FIRST} {SECOND}", "en-US") == local(FIRST) + local(SECOND)
    assert voice.has(SECOND, "en-US", "local")


def test_sentences_join_without_a_click(tmp_path: Path, google: GoogleVoice) -> None:
    google.answer_with(500)
    whole, _ = soundfile.read(io.BytesIO(Aloud(tmp_path).of(f"{FIRST} {SECOND}", "en-US")))
    assert lasts(local(FIRST)) + lasts(local(SECOND)) == pytest.approx(len(whole) / 24_000, abs=0.1)
    assert np.abs(np.diff(whole)).max() < 0.5


def test_without_a_place_to_keep_it_it_is_spoken_all_the_same(
    tmp_path: Path, google: GoogleVoice
) -> None:
    taken = tmp_path / "audio"
    taken.write_text("not a folder")
    assert Aloud(taken).of(FIRST, "en-US") == sound(FIRST)
    assert not Aloud(taken).has(FIRST, "en-US", "google")


def lasts(file: bytes) -> float:
    """Return the seconds of an MP3 file."""
    return float(soundfile.info(io.BytesIO(file)).duration)


def test_what_is_ours() -> None:
    assert ours(FIRST, "en-US")
    assert ours(f"{FIRST} {FIRST}", "en-US")
    assert not ours("", "en-US")
    assert not ours("Pineapple.", "en-US")


def test_every_item_of_the_library_is_ours_as_it_is_heard() -> None:
    told = [text for one in ITEMS for _, text in heard(content(), one)]
    assert [text for text in told if not ours(text, "en-US")] == []


def test_for_real_in_the_voice_of_this_machine(tmp_path: Path) -> None:
    sound = Aloud(tmp_path).of("Good evening, Sam.", "en-US")
    assert len(sound) > 5_000


def test_nothing_to_say(tmp_path: Path) -> None:
    with pytest.raises((ValueError, NoVoice)):
        Aloud(tmp_path).of("...", "en-US")
