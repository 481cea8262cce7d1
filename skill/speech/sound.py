"""The sounds of the room: a tone to breathe with, a quiet background, a chime at the end.

They are computed, not recorded, so they fit every pattern and nobody holds rights in them. The same
call gives the same sound. Each is mono, and a row of samples between -1 and 1, `RATE` of them a
second; it begins and ends in silence.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
"""Samples a second: one of the rates that Alexa plays (Amazon, SSML Reference: audio)."""

LONGEST = 240.0
"""Seconds of sound within one reply of Alexa (Amazon, SSML Reference: audio)."""

SHORTEST = 0.5
"""Seconds of a sound, and of a phase of breathing: nobody breathes faster. Ours."""

LUFS = -20.0
"""How loud each sound is as a whole, by ITU-R BS.1770. Ours: softer than the voice beside it."""

PEAK = 0.7
"""The largest sample: -3.1 dBFS, which leaves the wave between the samples below -2."""

LOW, HIGH = 220.0, 330.0
"""Hertz of the tone before and after an "In": a fifth, not too low for a small speaker. Ours."""

BELLS = {"In": 330.0, "Hold": 275.0, "Out": 220.0, "Rest": 165.0}
"""Hertz of the bell that begins a phase: a pure chord with the tone. Ours."""

# What the tone reaches in a phase: after which part of it, which amplitude and which pitch.
_REACHES: dict[str, tuple[tuple[float, float, float | None], ...]] = {
    "In": ((0.1, 0.1, LOW), (1.0, 1.0, HIGH)),
    "Hold": ((0.2, 0.25, None), (1.0, 0.25, None)),  # at the pitch that it has
    "Out": ((0.1, 1.0, HIGH), (1.0, 0.1, LOW)),
    "Rest": ((0.2, 0.01, LOW), (1.0, 0.01, LOW)),
}

# What a sound is made of, as (multiple of its pitch, amplitude): soft, with little above.
_TONE = ((1.0, 1.0), (2.0, 0.25), (3.0, 0.08))
_BELL = ((1.0, 1.0), (2.0, 0.3), (2.76, 0.1))

# Notes of the background, in Hertz, and the seconds in which each comes and goes: primes, so that
# no moment returns.
_NOTES = ((165.0, 11), (220.0, 13), (275.0, 17), (330.0, 19), (440.0, 23))

_LIMITS = f"A sound, and each phase of it, lasts from {SHORTEST:g} to {LONGEST:g} seconds."


def breathing(phases: Sequence[tuple[str, float]], rounds: int) -> NDArray[np.float32]:
    """Return the sound of `rounds` rounds of breathing, exactly as long as they last.

    `phases` are words and their seconds. The tone rises and swells on "In", falls and fades on
    "Out", hums on "Hold" and is all but silent on "Rest"; a soft bell begins each phase.

    Raises `ValueError` for no phase or round, another word, or a length beyond the limits.
    """
    if not phases or rounds < 1 or not all(word in BELLS for word, _ in phases):
        raise ValueError(f"Breathing takes a round or more, of phases out of {', '.join(BELLS)}.")
    a_round = sum(seconds for _, seconds in phases)
    if not all(seconds >= SHORTEST for _, seconds in phases) or rounds > LONGEST / a_round:
        raise ValueError(_LIMITS)
    points = [(0.0, 0.0, HIGH if phases[0][0] == "Out" else LOW)]
    starts, start = [], 0.0
    for word, seconds in list(phases) * rounds:
        starts.append((word, round(start * RATE)))
        for part, level, pitch in _REACHES[word]:
            points.append((start + part * seconds, level, pitch or points[-1][2]))
        start += seconds
    sound = _gliding(points, round(rounds * a_round * RATE))
    bells = {word: 0.4 * _bell(BELLS[word], 2.5, 0.35) for word, _ in phases}
    for word, first in starts:
        place = sound[first : first + len(bells[word])]
        place += bells[word][: len(place)]
    return _finished(sound, 0.02, 1.0)


def ambience(seconds: float) -> NDArray[np.float32]:
    """Return `seconds` of a warm background: notes that slowly come and go, and soft noise.

    Raises `ValueError` for a length beyond the limits.
    """
    if not SHORTEST <= seconds <= LONGEST:
        raise ValueError(_LIMITS)
    count = round(seconds * RATE)
    turns = 2 * np.pi * np.arange(count) / RATE
    chance = np.random.default_rng(seed=1)
    sound = np.resize(_air(chance), count) * (0.5 + 0.2 * np.sin(turns / 29))
    for pitch, period in _NOTES:
        level = 1 + 0.7 * np.sin(turns / period + chance.uniform(0, 2 * np.pi))
        sound += level * np.sin(pitch * turns) * (LOW / pitch)
    return _finished(sound, 4.0, 6.0)


def chime() -> NDArray[np.float32]:
    """Return the chime that ends an exercise: two notes, three seconds."""
    sound = _bell(440.0, 3.0, 0.8)
    later = round(0.3 * RATE)
    sound[later:] += _bell(660.0, 3.0, 0.8)[:-later]
    return _finished(sound, 0.01, 1.5)


def mp3(*sounds: NDArray[np.float32]) -> bytes:
    """Return sounds, one after the other, as Alexa wants them: MPEG version 2, 48 kbit/s.

    Amazon, SSML Reference: audio.

    The encoder adds up to a tenth of a second, so from the very longest sounds as much of their
    silent end is left out. Raises `ValueError` for a sound longer than `LONGEST`.
    """
    from lameenc import Encoder

    samples = np.concatenate(sounds)
    if len(samples) > LONGEST * RATE:
        raise ValueError(_LIMITS)
    encoder = Encoder()
    encoder.set_bit_rate(48)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(1)
    kept = samples[: round((LONGEST - 0.1) * RATE)]
    whole = (kept.clip(-1, 1) * 32_767).astype("<i2").tobytes()
    return bytes(encoder.encode(whole) + encoder.flush())


def _gliding(points: Sequence[tuple[float, float, float]], count: int) -> NDArray[np.float64]:
    """A tone through points of (second, amplitude, Hertz), at each of which it lingers."""
    seconds, levels, pitches = zip(*points, strict=True)
    place = np.interp(np.arange(count) / RATE, seconds, np.arange(len(points)))
    part = place % 1
    place += part**2 * (3 - 2 * part) - part  # from 0 to 1, but slow at both ends
    # Summed up, so that the wave goes on from where it is, whatever its pitch becomes.
    turned = 2 * np.pi * np.cumsum(np.interp(place, np.arange(len(points)), pitches)) / RATE
    tone = np.zeros(count)
    for multiple, share in _TONE:
        tone += share * np.sin(multiple * turned)
    tone *= np.interp(place, np.arange(len(points)), levels)
    return tone


def _bell(pitch: float, seconds: float, fading: float) -> NDArray[np.float64]:
    """A bell; in `fading` seconds its lowest note falls to a third, the higher ones sooner."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = np.zeros(len(time))
    for multiple, share in _BELL:
        fall = share * np.exp(-time * multiple / fading)
        sound += fall * np.sin(2 * np.pi * multiple * pitch * time)
    return _faded(sound, 0.01, 0.5)


def _air(chance: np.random.Generator) -> NDArray[np.float64]:
    """22 seconds of soft noise around 250 Hz, whose end joins its beginning."""
    count = 2**19
    pitch = np.fft.rfftfreq(count, 1 / RATE)
    shape = pitch / (250**2 + pitch**2) / (1 + (pitch / 800) ** 2)
    noise = np.fft.irfft(np.fft.rfft(chance.standard_normal(count)) * shape, count)
    return np.asarray(noise / noise.std())


def _finished(sound: NDArray[np.float64], rise: float, fall: float) -> NDArray[np.float32]:
    """The sound with soft ends, as loud as `LUFS` says, or as `PEAK` allows.

    Measured as BS.1770 does: in blocks of 0.4 s, without those 10 dB below the mean. Its filter
    for the ear comes to -0.85 dB, within a few tenths, for all that lies between 150 and 700 Hz.
    """
    sound = _faded(sound, rise, fall)
    tenth = RATE // 10
    power = np.square(sound[: len(sound) // tenth * tenth]).reshape(-1, tenth).mean(axis=1)
    blocks = np.convolve(power, np.full(4, 0.25), "valid")
    loudness = 10 * np.log10(blocks[blocks > blocks.mean() / 10].mean()) - 0.85
    gain = min(10 ** ((LUFS - loudness) / 20), PEAK / np.abs(sound).max())
    return np.asarray(gain * sound, dtype=np.float32)


def _faded(sound: NDArray[np.float64], rise: float, fall: float) -> NDArray[np.float64]:
    """The sound, from zero and back to it in so many seconds, or half its length."""
    half = len(sound) // 2
    up, down = min(round(rise * RATE), half), min(round(fall * RATE), half)
    sound[:up] *= (1 - np.cos(np.linspace(0, np.pi, up))) / 2
    sound[-down:] *= (1 + np.cos(np.linspace(0, np.pi, down))) / 2
    return sound
