"""The sounds of the room, measured: how long, how loud, which pitch when, and no click anywhere."""

import io
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyloudnorm
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from content import content
from skill.speech.sound import (
    BELLS,
    HIGH,
    LONGEST,
    LOW,
    LUFS,
    PEAK,
    RATE,
    SHORTEST,
    ambience,
    breathing,
    chime,
    mp3,
)

Phases = tuple[tuple[str, float], ...]

PATTERNS: dict[str, Phases] = {name: one.phases for name, one in content().breaths.items()}
SLOW: Phases = (("In", 4), ("Out", 6))
ALL_WORDS: Phases = (("In", 4), ("Hold", 4), ("Out", 4), ("Rest", 4))

SOUNDS: dict[str, Callable[[], np.ndarray]] = {
    **{f"breathing {name}": lambda one=one: breathing(one, 3) for name, one in PATTERNS.items()},
    "breathing once": lambda: breathing(SLOW, 1),
    "breathing out first": lambda: breathing((("Out", 5), ("In", 3)), 2),
    "breathing fast": lambda: breathing((("In", 0.5), ("Out", 0.5)), 20),
    "breathing in parts": lambda: breathing((("In", 4.37), ("Hold", 1.001), ("Out", 5.9999)), 4),
    "ambience of a second": lambda: ambience(1),
    "ambience": lambda: ambience(37.31),
    "chime": chime,
}

ODD = pytest.mark.parametrize("seconds", [0, -1, SHORTEST / 2, 240.1, 1e300, math.nan, math.inf])


@pytest.fixture(scope="module", params=SOUNDS)
def sound(request: pytest.FixtureRequest) -> np.ndarray:
    return SOUNDS[request.param]()


def part(sound: np.ndarray, start: float, end: float) -> np.ndarray:
    """What is heard between two seconds."""
    return sound[round(start * RATE) : round(end * RATE)]


def level(sound: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=float))))


def spectrum(sound: np.ndarray) -> np.ndarray:
    """The strength of every Hertz, by its number, in a second or less."""
    assert len(sound) <= RATE
    return np.abs(np.fft.rfft(sound * np.hanning(len(sound)), RATE))


def pitch(sound: np.ndarray) -> int:
    """The strongest Hertz."""
    return int(spectrum(sound).argmax())


def loudness(sound: np.ndarray) -> float:
    """LUFS, by somebody else's BS.1770."""
    return float(pyloudnorm.Meter(RATE).integrated_loudness(sound.astype(float)))


def true_peak(sound: np.ndarray) -> float:
    """The peak in dBFS of the wave that goes through the samples, at four times the rate."""
    size = 1 << (len(sound) - 1).bit_length()
    wave = np.fft.irfft(np.fft.rfft(sound, size), 4 * size) * 4
    return float(20 * np.log10(np.abs(wave).max()))


def bend(sound: np.ndarray) -> float:
    """How far at most a sample lies off the line through the two before: a click is a bend."""
    return float(np.abs(np.diff(sound.astype(float), 2)).max())


def frames(file: bytes) -> list[bytes]:
    """The headers of all frames of an MP3 file that has nothing between them."""
    headers, place = [], 0
    while place < len(file):
        header = file[place : place + 4]
        headers.append(header)
        place += 72 * 48_000 // RATE + (header[2] >> 1 & 1)
    assert place == len(file)
    return headers


def decoded(file: bytes) -> np.ndarray:
    samples, rate = soundfile.read(io.BytesIO(file))
    assert rate == RATE
    assert samples.ndim == 1
    return np.asarray(samples)


# Every sound


def test_it_is_a_row_of_samples(sound: np.ndarray) -> None:
    assert sound.dtype == np.float32
    assert sound.ndim == 1
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= PEAK


def test_it_begins_and_ends_in_silence(sound: np.ndarray) -> None:
    assert sound[0] == sound[-1] == 0
    assert np.abs(part(sound, 0, 0.002)).max() < 0.01
    assert np.abs(sound[-RATE // 50 :]).max() < 0.005


def test_it_is_as_loud_as_the_others(sound: np.ndarray) -> None:
    assert loudness(sound) == pytest.approx(LUFS, abs=0.5)
    assert true_peak(sound) < -2


def test_it_has_no_click(sound: np.ndarray) -> None:
    assert np.abs(np.diff(sound)).max() < 0.12
    assert bend(sound) < 0.025


def test_it_has_no_offset(sound: np.ndarray) -> None:
    assert abs(sound.mean(dtype=float)) < 1e-4


def test_it_becomes_the_file_that_alexa_wants(sound: np.ndarray) -> None:
    headers = frames(mp3(sound))
    for header in headers:
        assert header[:2] == b"\xff\xf3", "MPEG version 2, layer III, without a checksum"
        assert header[2] >> 4 == 6, "48 kbit/s"
        assert header[2] >> 2 & 3 == 1, "24 kHz"
        assert header[3] >> 6 == 3, "mono"
    assert len(headers) * 576 / RATE == pytest.approx(len(sound) / RATE, abs=0.15)


def test_it_sounds_from_the_file_as_it_should(sound: np.ndarray) -> None:
    heard = decoded(mp3(sound))
    assert len(heard) / RATE == pytest.approx(len(sound) / RATE, abs=0.15)
    assert loudness(heard) == pytest.approx(LUFS, abs=1)
    assert true_peak(heard) < -2
    assert likeness(heard, sound) > 0.99


def likeness(heard: np.ndarray, sound: np.ndarray) -> float:
    """The correlation of two sounds, the first of which may come later: 1 is the same."""
    size = 1 << (len(heard) + len(sound)).bit_length()
    both = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(sound, size).conj(), size)
    return float(both.max() / np.linalg.norm(heard) / np.linalg.norm(sound))


@pytest.mark.parametrize("name", SOUNDS)
def test_it_is_the_same_every_time(name: str) -> None:
    first, second = SOUNDS[name](), SOUNDS[name]()
    assert first is not second
    assert np.array_equal(first, second)
    assert mp3(first) == mp3(second)


# Breathing


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_every_pattern_of_ours_lasts_to_the_sample(name: str, rounds: int) -> None:
    seconds = content().breaths[name].seconds
    assert len(breathing(PATTERNS[name], rounds)) == rounds * seconds * RATE


def test_no_pattern_drifts_however_odd_its_seconds() -> None:
    assert len(breathing((("In", 4.37), ("Out", 5.9999)), 7)) == round(7 * 10.3699 * RATE)


@pytest.mark.parametrize("name", PATTERNS)
def test_the_tone_rises_on_in_and_falls_on_out(name: str) -> None:
    sound = breathing(PATTERNS[name], 2)
    start = 0.0
    for word, seconds in PATTERNS[name] * 2:
        # From where the bell has faded, in steps of half a second.
        at = np.arange(start + 1, start + seconds - 0.4, 0.5)
        pitches = [pitch(part(sound, one, one + 0.4)) for one in at]
        start += seconds
        if word == "In":
            assert pitches == sorted(pitches)
            assert pitches[0] < LOW + 40 < HIGH - 20 < pitches[-1]
        if word == "Out":
            assert pitches == sorted(pitches, reverse=True)
            assert pitches[-1] < LOW + 20 < HIGH - 40 < pitches[0]
        if word == "Hold":
            assert max(pitches) - min(pitches) <= 1


def test_it_swells_on_in_and_fades_on_out() -> None:
    sound = breathing(SLOW, 2)
    levels = [level(part(sound, start, start + 0.5)) for start in np.arange(10, 20, 0.5)]
    swelling, fading = levels[1:8], levels[9:]
    assert swelling == sorted(swelling)
    assert fading == sorted(fading, reverse=True)
    assert swelling[-1] > 3 * swelling[0]
    assert fading[0] > 6 * fading[-1]


def test_a_held_breath_hums_and_a_rest_is_all_but_silent() -> None:
    sound = breathing(ALL_WORDS, 2)
    full = level(part(sound, 3.5, 4))
    hum = [level(part(sound, start, start + 0.2)) for start in np.arange(6, 7.8, 0.2)]
    assert 0.15 * full < min(hum) <= max(hum) < 0.4 * full
    assert max(hum) < 1.1 * min(hum)
    assert 0 < level(part(sound, 15, 16)) < 0.02 * full


def test_a_bell_begins_each_phase() -> None:
    sound = breathing(ALL_WORDS, 2)
    for number, (word, _) in enumerate(ALL_WORDS * 2):
        start = 4 * number
        if start:
            before = spectrum(part(sound, start - 0.3, start))
            after = spectrum(part(sound, start, start + 0.3))
            bell = round(BELLS[word])
            assert after[bell] > 4 * before[bell], word
    assert len(set(BELLS.values())) == len(BELLS)


def test_the_bell_of_a_new_round_is_heard_over_the_last_breath() -> None:
    assert pitch(part(breathing(SLOW, 2), 10, 10.3)) == pytest.approx(BELLS["In"], abs=4)


@given(
    phases=st.lists(
        st.tuples(st.sampled_from(list(BELLS)), st.floats(0.5, 3)), min_size=1, max_size=6
    ),
    rounds=st.integers(1, 3),
)
@settings(deadline=None, max_examples=40)
def test_whatever_the_pattern_nothing_clicks(phases: list[tuple[str, float]], rounds: int) -> None:
    before = list(phases)
    sound = breathing(phases, rounds)
    assert phases == before
    assert len(sound) == round(rounds * sum(seconds for _, seconds in phases) * RATE)
    assert sound[0] == sound[-1] == 0
    assert np.abs(sound).max() <= PEAK
    assert bend(sound) < 0.025
    assert loudness(sound) < LUFS + 1
    assert level(sound) > 0.002


def test_hardly_anything_but_rest_is_not_blown_up() -> None:
    sound = breathing((("Rest", 60),), 1)
    assert np.abs(sound).max() <= PEAK
    assert true_peak(sound) < -2


@pytest.mark.parametrize(
    ("phases", "rounds"),
    [
        ((), 1),
        (SLOW, 0),
        (SLOW, -1),
        ((("Sideways", 4),), 1),
        ((("in", 4),), 1),
        ((("", 4),), 1),
    ],
)
def test_what_is_no_breathing(phases: Any, rounds: int) -> None:
    with pytest.raises(ValueError, match="takes a round or more, of phases out of In, Hold, Out"):
        breathing(phases, rounds)


@ODD
def test_breaths_that_nobody_takes(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"lasts from 0\.5 to 240 seconds\.$"):
        breathing((("In", 4), ("Out", seconds)), 1)


@pytest.mark.parametrize("rounds", [25, 10**9, 10**400])
def test_more_rounds_than_fit(rounds: int) -> None:
    with pytest.raises(ValueError, match=r"lasts from 0\.5 to 240 seconds\.$"):
        breathing(SLOW, rounds)


# The rest


@pytest.mark.parametrize("seconds", [SHORTEST, 1, 12.345, 37.31, 60])
def test_ambience_lasts_to_the_sample(seconds: float) -> None:
    assert len(ambience(seconds)) == round(seconds * RATE)


@ODD
def test_ambience_has_its_limits(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"lasts from 0\.5 to 240 seconds\.$"):
        ambience(seconds)


def test_ambience_comes_and_goes_slowly() -> None:
    sound = ambience(60)
    levels = np.array([level(part(sound, start, start + 1)) for start in range(60)])
    middle = levels[5:53]
    assert levels[0] < 0.2 * middle.mean()
    assert levels[-1] < 0.1 * middle.mean()
    assert 0.4 * middle.mean() < middle.min() <= middle.max() < 1.7 * middle.mean()
    assert middle.std() > 0.05 * middle.mean()


def test_ambience_is_warm() -> None:
    sound = ambience(30)
    seconds = [part(sound, start, start + 1) for start in range(5, 24)]
    strength = np.sum([np.square(spectrum(one)) for one in seconds], axis=0)
    assert strength[100:1_000].sum() > 0.97 * strength.sum()
    assert strength[4_000:].sum() < 1e-3 * strength.sum()


def test_ambience_does_not_sound_the_same_after_its_noise_begins_anew() -> None:
    sound = ambience(70)
    length = 2**19 / RATE
    first, second = part(sound, 10, 20), part(sound, 10 + length, 20 + length)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.9


def test_the_chime_fades_for_three_seconds() -> None:
    sound = chime()
    assert len(sound) == 3 * RATE
    levels = [level(part(sound, start, start + 0.5)) for start in np.arange(0.5, 3, 0.5)]
    assert levels == sorted(levels, reverse=True)
    assert pitch(part(sound, 0, 0.3)) == pytest.approx(440, abs=3)
    assert pitch(part(sound, 0.3, 0.8)) == pytest.approx(660, abs=3)


def test_the_longest_sounds_still_fit_into_one_reply() -> None:
    for sound in (breathing(SLOW, 24), ambience(LONGEST)):
        assert len(sound) == LONGEST * RATE
        headers = frames(mp3(sound))
        assert LONGEST - 0.15 < len(headers) * 576 / RATE <= LONGEST


def test_no_file_is_longer_than_a_reply() -> None:
    with pytest.raises(ValueError, match=r"lasts from 0\.5 to 240 seconds\.$"):
        mp3(np.zeros(int(LONGEST * RATE) + 1, np.float32))


def test_samples_beyond_the_range_are_cut_and_not_wrapped() -> None:
    wave = np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE).astype(np.float32)
    assert likeness(decoded(mp3(1.2 * wave)), wave) > 0.97
