"""From text to sound: gTTS itself against Google's protocol on loopback, and the local voice."""

import io
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import circuitbreaker
import numpy as np
import pytest
import soundfile
from amazon_proxy import Answer
from authority import Authority
from google_voice import HOST, PATH, GoogleVoice, question, reply, sound
from served import free_port, until

from skill.speech import voices
from skill.speech.voices import (
    FAILURES,
    LONGEST_TEXT,
    MOST_ASKING,
    REST_SECONDS,
    NoVoice,
)

TEXT = "Good evening. What went well for the two of you today?"
LONG = " ".join(
    f"This is sentence number {number}, and it is not a short one." for number in "12345"
)
SECRET = "xylophone"

PROXIES = ("HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    """The breaker is one for the whole process."""
    voices._breaker.reset()
    yield
    voices._breaker.reset()


@pytest.fixture
def google(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleVoice]:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    with GoogleVoice(authority) as google:
        monkeypatch.setenv("https_proxy", google.url)
        yield google
    until(lambda: seats_free() == MOST_ASKING)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up sooner, to keep the tests short."""
    monkeypatch.setattr(voices, "GOOGLE_SILENT", 0.3)
    monkeypatch.setattr(voices, "GOOGLE_WHOLE", 0.9)


@pytest.fixture
def no_local_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("No module named 'hibari'")

    monkeypatch.setattr(voices, "_engine", missing)


def seats_free() -> int:
    return voices._seats._value


def refusal(text: str = TEXT, language: str = "en") -> str:
    with pytest.raises(NoVoice) as caught:
        voices.google(text, language)
    return str(caught.value)


# Google's voice


def test_the_sound_is_what_google_sent(google: GoogleVoice) -> None:
    assert voices.google(TEXT) == sound(TEXT)
    assert google.texts == [TEXT]
    assert google.languages == ["en"]


@pytest.mark.parametrize(
    ("language", "asked"), [("en-US", "en"), ("EN", "en"), ("de", "de"), ("de-DE", "de")]
)
def test_the_country_of_a_language_is_left_out(
    language: str, asked: str, google: GoogleVoice
) -> None:
    voices.google("Hallo", language)
    assert google.languages == [asked]


def test_a_long_text_goes_in_pieces_and_comes_back_whole(google: GoogleVoice) -> None:
    audio = voices.google(LONG)
    assert len(google.texts) > 1
    assert max(map(len, google.texts)) <= 100
    # Where it cuts it drops the stop or comma.
    assert re.findall(r"\w+", " ".join(google.texts)) == re.findall(r"\w+", LONG)
    assert audio == b"".join(map(sound, google.texts))


@pytest.mark.parametrize("text", ["café & crème <b>“so”</b>", "naïve 😀 a\ud800b", 'a "b" \\ c'])
def test_any_text_arrives_as_it_is(text: str, google: GoogleVoice) -> None:
    google.routes[HOST, PATH] = lambda *call: (200, {}, reply(sound("")))
    assert voices.google(text) == sound("")
    assert question(google.received[0].body) == (text, "en")


LINE = reply(sound(TEXT))
TROUBLES: dict[str, tuple[int | None, bytes]] = {
    "429": (429, b""),
    "403": (403, b"<html>"),
    "500": (500, b"oops"),
    "503 that looks good": (503, LINE),
    "nothing": (200, b""),
    "no HTTP": (None, b"\x00\x01\x02"),
    "closed at once": (None, b""),
    "cut short": (None, b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + LINE),
    "a page": (200, b"<html><title>Before you continue</title></html>"),
    "binary garbage": (200, bytes(range(256)) * 20),
    "binary garbage in the line": (200, b'jQ1olc","[\\"\xff\xfe\\"]'),
    "no sound in the line": (200, b'[["wrb.fr","jQ1olc",null,null,null,[3],"generic"]]'),
    "empty sound": (200, b'[["wrb.fr","jQ1olc","[\\"\\"]"]]'),
    "bad Base64": (200, b'[["wrb.fr","jQ1olc","[\\"abcde\\"]"]]'),
    "other than ASCII": (200, '[["wrb.fr","jQ1olc","[\\"é\\"]"]]'.encode()),
    "no MP3": (200, reply(b"RIFF....WAVE")),
    "twice the sound": (200, LINE + LINE),
    "redirect": (302, b""),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_any_trouble_is_no_voice(
    trouble: tuple[int | None, bytes],
    google: GoogleVoice,
    hurried: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    google.answer_with(*trouble)
    assert "Google's voice failed" in refusal()
    assert google.asked == 1


def test_the_answer_is_told_by_its_number(google: GoogleVoice) -> None:
    google.answer_with(429)
    assert refusal() == "Google's voice failed: it answered 429."


def test_a_piece_without_its_sound_is_no_sound_at_all(google: GoogleVoice) -> None:
    """GTTS alone would leave the piece out and say the rest."""

    def forgetful(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        answer = google.speak(method, path, headers, body)
        return (200, {}, b")]}'\n") if len(google.texts) == 2 else answer

    google.routes[HOST, PATH] = forgetful
    assert "ValueError" in refusal(LONG)
    assert len(google.texts) > 2


def test_a_silent_google_is_left(google: GoogleVoice, hurried: None) -> None:
    google.routes[HOST, PATH] = google.hang
    assert refusal() == "Google's voice failed: gTTSError."
    assert not google.closing.is_set()


def test_a_google_that_drips_is_left(
    google: GoogleVoice, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.routes[HOST, PATH] = lambda *call: (200, {}, google.drip(LINE * 100))
    assert refusal() == "Google's voice failed: TimeoutError."
    assert seats_free() == MOST_ASKING - 1  # its thread still waits


def test_only_so_many_wait_for_google(google: GoogleVoice) -> None:
    google.routes[HOST, PATH] = google.hang
    with ThreadPoolExecutor(MOST_ASKING) as pool:
        held = [pool.submit(refusal) for _ in range(MOST_ASKING)]
        until(lambda: google.asked == MOST_ASKING)
        for _ in range(FAILURES + 1):
            assert refusal() == "Too many texts wait for Google's voice at once."
        google.closing.set()
    assert google.asked == MOST_ASKING
    assert all("failed" in each.result() for each in held)


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
    assert refusal() == "Google's voice failed: gTTSError."


def test_no_thread_left(google: GoogleVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        assert refusal() == "No thread is left to ask Google's voice."
    assert seats_free() == MOST_ASKING
    assert voices.google(TEXT) == sound(TEXT)


# The breaker


def test_after_the_failures_no_request_goes_out(google: GoogleVoice) -> None:
    google.answer_with(500)
    for _ in range(FAILURES):
        assert "answered 500" in refusal()
    for _ in range(5):
        assert "left alone" in refusal()
    assert google.asked == FAILURES


def test_after_its_rest_google_is_asked_again(
    google: GoogleVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.answer_with(500)
    for _ in range(FAILURES):
        refusal()
    later = time.monotonic() + REST_SECONDS + 1
    monkeypatch.setattr(circuitbreaker, "monotonic", lambda: later)
    assert "answered 500" in refusal()
    assert "left alone" in refusal()
    later += REST_SECONDS + 1
    google.routes[HOST, PATH] = google.speak
    assert voices.google(TEXT) == sound(TEXT)
    google.answer_with(500)
    assert "answered 500" in refusal()


def test_a_success_between_failures_keeps_it_closed(google: GoogleVoice) -> None:
    for _ in range(FAILURES):
        google.answer_with(500)
        refusal()
        google.routes[HOST, PATH] = google.speak
        assert voices.google(TEXT) == sound(TEXT)


def test_an_unknown_language_is_not_google_s_failure(google: GoogleVoice) -> None:
    for _ in range(FAILURES + 1):
        assert "language" in refusal(language="xx")
    assert voices.google(TEXT) == sound(TEXT)
    assert google.asked == 1


# What can be spoken, by whom


@pytest.mark.parametrize("text", ["", "  \n", "...", "?! — 😀", "a" * (LONGEST_TEXT + 1)])
@pytest.mark.parametrize("voice", [voices.google, voices.local])
def test_what_can_never_be_spoken(
    voice: Callable[[str], object], text: str, google: GoogleVoice
) -> None:
    with pytest.raises(ValueError, match="The text has"):
        voice(text)
    assert not google.asked


def test_the_longest_text_is_spoken(google: GoogleVoice) -> None:
    voices.google(("word " * LONGEST_TEXT)[:LONGEST_TEXT])


def test_the_local_voice_is_not_asked_for_another_language() -> None:
    with pytest.raises(NoVoice, match="only English"):
        voices.local("Guten Abend.", "de-DE")


def test_no_word_of_the_text_is_logged_or_told(
    google: GoogleVoice, no_local_voice: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    voices.google(SECRET)
    google.answer_with(500)
    assert "answered 500" in (told := refusal(SECRET))
    with pytest.raises(NoVoice, match=r"^The local voice failed: ImportError\.$") as caught:
        voices.local(SECRET, "en-GB")
    assert SECRET not in f"{told} {caught.value} {caplog.text}"


# The local voice


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Good evening.", 2),
        (TEXT, 11),
        ("Breathe in for four, hold for seven, and breathe out for eight.", 12),
        ("It is 7:30 pm, Zoë. You have 20 minutes left.", 12),
    ],
)
def test_the_local_voice_speaks(text: str, words: int) -> None:
    audio = voices.local(text)
    samples, rate = soundfile.read(io.BytesIO(audio))
    assert soundfile.info(io.BytesIO(audio)).format == "MP3"
    assert rate == 24_000
    assert samples.ndim == 1
    seconds = len(samples) / rate
    assert 0.2 < seconds / words < 0.8
    assert 47_000 < len(audio) * 8 / seconds < 49_500
    loudness = np.sqrt(np.mean(samples**2))
    assert 0.02 < loudness < 0.3
    assert 0.1 < np.abs(samples).max() < 1
    # Voices change from tenth to tenth of a second; hum and noise do not.
    tenths = samples[: len(samples) // 2400 * 2400].reshape(-1, 2400)
    tenth_loudness = np.sqrt(np.mean(tenths**2, axis=1))
    assert tenth_loudness.max() > 4 * tenth_loudness.min()


def test_more_words_take_longer() -> None:
    lengths = [soundfile.info(io.BytesIO(voices.local(TEXT * n))).duration for n in (1, 2, 4)]
    assert lengths[0] * 1.5 < lengths[1]
    assert lengths[1] * 1.5 < lengths[2]


def test_the_same_text_sounds_the_same_from_any_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    voices._engine.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        sounds = list(pool.map(voices.local, [TEXT, "Good night.", TEXT, "Good night."]))
    assert sounds[:2] == sounds[2:]
    assert voices._engine.cache_info().misses == 1


@pytest.mark.parametrize(
    "text", ["a\ud800b\x00c", "[word](/nonsense/)", "Zwölf Boxkämpfer", "777 " * 40, "a" * 1200]
)
def test_odd_texts_have_some_sound(text: str) -> None:
    samples, _ = soundfile.read(io.BytesIO(voices.local(text)))
    assert np.abs(samples).max() > 0.05


@pytest.mark.parametrize("text", ["日本語", "777 " * 100, "777. " * 200])
def test_what_it_does_not_speak(text: str) -> None:
    """Figures are many words: a text of them would take gigabytes, and last ten minutes."""
    with pytest.raises(NoVoice, match="no sound for this text"):
        voices.local(text)


def test_the_local_voice_leaves_nothing_behind_and_reports_to_nobody(tmp_path: Path) -> None:
    """Its runtime would keep a device id in the home folder, and send it with what it does."""
    code = "from skill.speech.voices import local; print(len(local('Good evening.')))"
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 1_000
    assert list(tmp_path.iterdir()) == []
