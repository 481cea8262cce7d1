"""What is said of the voices: each of them there, or gone."""

import sys

import pytest
from authority import Authority
from circuitbreaker import CircuitBreaker
from google_voice import GoogleVoice

from skill.doctor import voice
from skill.doctor.findings import State
from skill.speech import voices


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed in one test is not held against the next."""
    again = CircuitBreaker(voices.FAILURES, voices.REST_SECONDS, expected_exception=voices.NoVoice)
    monkeypatch.setattr(voices, "_breaker", again)
    voices._engine.cache_clear()


def states() -> dict[str, State]:
    return {one.check: one.state for one in voice.examined()}


def test_both_speak(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    with GoogleVoice(authority) as google:
        monkeypatch.setenv("https_proxy", google.url)
        assert states() == {"voices.google": State.OK, "voices.local": State.OK}
    assert google.texts == [voice._WORDS]


def test_google_refuses(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    with GoogleVoice(authority) as google:
        google.answer_with(429)
        monkeypatch.setenv("https_proxy", google.url)
        found = {one.check: one for one in voice.examined()}
    assert found["voices.google"].state is State.WARNING
    assert "429" in found["voices.google"].what
    assert "translate.google.com" in found["voices.google"].remedy


def test_no_voice_is_installed_here(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hibari", None)
    with GoogleVoice(authority) as google:
        monkeypatch.setenv("https_proxy", google.url)
        found = {one.check: one for one in voice.examined()}
    assert found["voices.google"].state is State.OK
    assert found["voices.local"].state is State.WARNING
    assert "evening-lantern[voice]" in found["voices.local"].remedy
