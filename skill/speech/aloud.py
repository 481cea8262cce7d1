"""What was said, as sound for whoever has no speaker of ours.

Sentences of our own are spoken by the best voice, and kept to be spoken again. A text with anything
in it that came from the couple (a name, a wish, a time) is spoken by this machine alone, and kept
nowhere: it goes to nobody, and "forget us" need not look for it.
"""

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from time import perf_counter

from content import MARK, content
from skill.speech.audio_cache import AudioCache, NotKept
from skill.speech.voices import Spoken, local, speak

MOST_BYTES = 200_000_000
"""Of sound that is kept: about nine hours."""

_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!]) ")


class Aloud:
    """Texts as sound; `folder` is where what may be kept is kept.

    `spoke` hears of each where it came from, and how many seconds that took: "google", "local",
    "kept", or "nobody" if it could not be spoken.
    """

    def __init__(
        self,
        folder: Path,
        spoke: Callable[[str, float], object] = lambda source, seconds: None,
    ) -> None:
        self._folder = folder
        self._spoke = spoke

    def of(self, text: str, locale: str) -> bytes:
        """Return `text` as an MP3 file.

        Raises `NoVoice` if nothing here can speak it now, `ValueError` for what can never be.
        """
        source, start = "nobody", perf_counter()
        try:
            spoken = self._spoken(text, locale)
            source = spoken.voice
            return spoken.audio
        finally:
            self._spoke(source, perf_counter() - start)

    def _spoken(self, text: str, locale: str) -> Spoken:
        if not ours(text, locale):
            return Spoken(local(text), "local")
        made: list[Spoken] = []

        def make() -> bytes:
            made.append(speak(text, locale))
            return made[0].audio

        try:
            kept = self._cache.get(f"{locale}\n{text}", make).read_bytes()
            return made[0] if made else Spoken(kept, "kept")
        except (NotKept, OSError):  # a full disk is no reason to be silent
            return made[0] if made else speak(text, locale)

    @cached_property
    def _cache(self) -> AudioCache:
        return AudioCache(self._folder, MOST_BYTES)


def ours(text: str, locale: str) -> bool:
    """Say whether every sentence of `text` stands in our content, word for word."""
    return all(one in _sentences(locale) for one in _BETWEEN_SENTENCES.split(text))


@lru_cache
def _sentences(locale: str) -> frozenset[str]:
    told = content(locale)
    lines = [line for prompt in told.prompts.values() for line in prompt.say]
    for one in told.questions.values():
        lines += (one.ask, one.lighter, one.deeper)
    sentences = (one for line in lines for one in _BETWEEN_SENTENCES.split(line))
    return frozenset(one for one in sentences if not MARK.search(one))
