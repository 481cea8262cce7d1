"""The sounds that replies and the page may ask for, by name: made once, and kept."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from time import perf_counter

from content import MARK, content
from skill.speech.audio_cache import AudioCache, NotKept

LONGEST_BREATHING = 150
"""Seconds of breathing in one reply, as `skill.conversation.facts.STRETCH`."""

ROOM = "quiet-180"
"""The sound that the page plays over and over, for a quiet room."""

MOST_BYTES = 100_000_000
"""Of sounds that are kept: all of them take a quarter of it."""

VERSION = 1
"""Raise it when a sound is to be another one under the same name."""


class Tracks:
    """Sounds as MP3 files; `folder` is where they are kept.

    `played` hears of each where it came from, "made" or "kept", and how many seconds that took.
    """

    def __init__(
        self,
        folder: Path,
        played: Callable[[str, float], object] = lambda source, seconds: None,
    ) -> None:
        self._folder = folder
        self._played = played

    def of(self, name: str) -> bytes:
        """Return the MP3 file of a sound. Raises `KeyError` for what is none of `names`."""
        phases, start = names()[name], perf_counter()
        made: list[bytes] = []

        def make() -> bytes:
            made.append(_made(name, phases))
            return made[0]

        try:
            track = self._cache.get(f"{VERSION}\n{name}", make).read_bytes()
        except (NotKept, OSError):  # a full disk is no reason to be silent
            track = made[0] if made else make()
        self._played("made" if made else "kept", perf_counter() - start)
        return track

    def has(self, name: str) -> bool:
        """Say whether a sound is kept."""
        try:
            return self._cache.has(f"{VERSION}\n{name}")
        except OSError:
            return False

    @cached_property
    def _cache(self) -> AudioCache:
        return AudioCache(self._folder, MOST_BYTES)


Phases = tuple[tuple[str, int], ...]


def names() -> Mapping[str, Phases]:
    """Return the name of every sound, to the phases that are breathed to it, none for a quiet one.

    Nobody can have others made: each would take a second of a processor.
    """
    told = content()
    lines = [line for prompt in told.prompts.values() for line in prompt.say]
    marks = [mark for line in lines for mark in MARK.finditer(line)]
    found: dict[str, Phases] = {f"quiet-{mark[2]}": () for mark in marks if mark[1] == "quiet"}
    found[ROOM] = ()
    for breath in told.breaths.values():
        for rounds in range(1, LONGEST_BREATHING // breath.seconds + 1):
            found[f"breathing-{breath.id}-{rounds}"] = breath.phases
    return found


def _made(name: str, phases: Phases) -> bytes:
    """Return a sound: breathing ends with a chime, for it is done with closed eyes."""
    from skill.speech import sound  # numpy: a fresh process has no time for it

    length = name.rpartition("-")[2]
    if phases:
        return sound.mp3(sound.breathing(phases, int(length)), sound.chime())
    return sound.mp3(sound.ambience(float(length)))
