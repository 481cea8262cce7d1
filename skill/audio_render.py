"""All sound that can be made ahead of time: our sentences in a voice, and the sounds of the room.

What is made is kept where the service finds it, so a run that was ended goes on where it was.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from skill.speech import tracks
from skill.speech.aloud import Aloud, sentences
from skill.speech.tracks import Tracks
from skill.speech.voices import NoVoice

MOST_IN_A_ROW = 3
"""Failures after which a voice is left alone: it will hardly speak the next sentence."""


@dataclass
class Rendered:
    """What came of it, in numbers of sounds."""

    made: int = 0
    found: int = 0
    left: int = 0
    """Those that could not be made now."""
    size: int = 0
    """Bytes that were made."""
    why: str = ""
    """Why some are left."""


@dataclass(frozen=True)
class Item:
    """One sound: whether it is there, and how it is made."""

    is_there: Callable[[], bool]
    make: Callable[[], bytes]


def items(aloud: Aloud, room: Tracks, locale: str, voice: str) -> Sequence[Item]:
    """Return all sounds there can be: those of the room, and our sentences in `voice`."""
    return [
        *(_track(room, name) for name in sorted(tracks.names())),
        *(_sentence(aloud, one, locale, voice) for one in sorted(sentences(locale))),
    ]


def _track(room: Tracks, name: str) -> Item:
    return Item(lambda: room.has(name), lambda: room.of(name))


def _sentence(aloud: Aloud, text: str, locale: str, voice: str) -> Item:
    return Item(lambda: aloud.has(text, locale, voice), lambda: aloud.sentence(text, locale, voice))


def render(wanted: Sequence[Item], jobs: int, step: Callable[[], None]) -> Rendered:
    """Make what is not there, `jobs` at a time; `step` is called after each, in any order."""
    done, lock, failed = Rendered(), threading.Lock(), 0

    def one(item: Item) -> None:
        nonlocal failed
        size, why = 0, ""
        found = item.is_there()
        if not found and failed < MOST_IN_A_ROW:
            try:
                size = len(item.make())
            except NoVoice as error:
                why = str(error)
        with lock:
            failed = failed + 1 if why else 0 if size else failed
            done.found += found
            done.made += bool(size)
            done.left += not (found or size)
            done.size += size
            done.why = why or done.why
            step()

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, wanted))
    return done
