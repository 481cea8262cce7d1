"""What was said, as sound for whoever has no speaker of ours.

Sentences of our own are spoken by the best voice, each by itself, and kept to be spoken again. A
text with anything in it that came from the couple (a name, a wish, a time) is spoken by this
machine alone, and kept nowhere: it goes to nobody, and "forget us" need not look for it.
"""

import logging
import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from time import perf_counter

from content import MARK, content
from content.preview import heard
from skill.speech.audio_cache import AudioCache, NotKept
from skill.speech.voices import NoVoice, google, local

MOST_BYTES = 500_000_000
"""Of sound that is kept: about a day of it, and all that we ever say, twice."""

GOOGLE, LOCAL = "google", "local"

_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!]) ")


log = logging.getLogger(__name__)


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
        """Return `text` as an MP3 file, in one voice from its beginning to its end.

        Raises `NoVoice` if nothing here can speak it now, `ValueError` for what can never be.
        """
        source, start = "nobody", perf_counter()
        try:
            source, audio = self._of(text, locale)
            return audio
        finally:
            self._spoke(source, perf_counter() - start)

    def _of(self, text: str, locale: str) -> tuple[str, bytes]:
        if not ours(text, locale):
            return LOCAL, local(text, locale)
        told = _BETWEEN_SENTENCES.split(text)
        try:
            return self._sentences(told, locale, GOOGLE)
        except NoVoice as error:
            log.info("%s", error)
            return self._sentences(told, locale, LOCAL)

    def _sentences(self, told: Sequence[str], locale: str, voice: str) -> tuple[str, bytes]:
        kept = all(self.has(one, locale, voice) for one in told)
        spoken = b"".join([self.sentence(one, locale, voice) for one in told])
        return "kept" if kept else voice, spoken

    def sentence(self, text: str, locale: str, voice: str) -> bytes:
        """Return a sentence of ours as an MP3 file in one voice: made once, then kept.

        Raises `NoVoice` if that voice cannot speak it now.
        """
        make = _maker(text, locale, voice)
        try:
            return self._cache.get(_name(text, locale, voice), make).read_bytes()
        except (NotKept, OSError):  # a full disk is no reason to be silent
            return make()

    def has(self, text: str, locale: str, voice: str) -> bool:
        """Say whether a sentence is kept in this voice."""
        try:
            return self._cache.has(_name(text, locale, voice))
        except OSError:
            return False

    @cached_property
    def _cache(self) -> AudioCache:
        return AudioCache(self._folder, MOST_BYTES)


def _maker(text: str, locale: str, voice: str) -> Callable[[], bytes]:
    return (lambda: google(text, locale)) if voice == GOOGLE else (lambda: local(text, locale))


def _name(text: str, locale: str, voice: str) -> str:
    return f"{voice}\n{locale}\n{text}"


def ours(text: str, locale: str) -> bool:
    """Say whether every sentence of `text` stands in our content, word for word."""
    known = sentences(locale)
    return all(one in known for one in _BETWEEN_SENTENCES.split(text))


@lru_cache
def sentences(locale: str) -> frozenset[str]:
    """Return every sentence that we say to everybody: what goes to Google, and onto a disk."""
    told = content(locale)
    lines = [line for prompt in told.prompts.values() for line in (*prompt.say, *prompt.help)]
    for one in told.library.items.values():
        lines += (text for _, text in heard(told, one))
    found = (one for line in lines for one in _BETWEEN_SENTENCES.split(line))
    return frozenset(one for one in found if not MARK.search(one))
