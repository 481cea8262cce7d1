"""This machine's loudspeaker.

Any of the common players will do. It gets the sound through a pipe: nothing that was said to people
is written to a disk.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence

from skill.conversation.turn import Part, Pause, Sound, Words
from skill.speech.aloud import Aloud
from skill.speech.tracks import Tracks

PLAYERS: Sequence[Sequence[str]] = (
    ("mpg123", "-q", "-"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet", "-i", "-"),
    ("mpv", "--no-video", "--no-terminal", "-"),
    ("play", "-q", "-t", "mp3", "-"),
)
"""Programs that play an MP3 file from their input, the lightest first."""


class NoPlayer(Exception):  # noqa: N818  (it says what is missing)
    """No program on this machine plays sound. The message names those that would."""


class Player:
    """Says replies aloud."""

    def __init__(self, aloud: Aloud, tracks: Tracks) -> None:
        """Raises `NoPlayer` if this machine has no program that plays sound."""
        self._aloud = aloud
        self._tracks = tracks
        found = [one for one in PLAYERS if shutil.which(one[0])]
        if not found:
            names = ", ".join(one[0] for one in PLAYERS)
            raise NoPlayer(f"No program here plays sound; install one of {names}.")
        self._command = found[0]

    def say(self, parts: Sequence[Part], locale: str) -> None:
        """Say `parts`, and wait as long as their silences last; Ctrl-C ends it.

        Raises `NoVoice` if nothing here can speak now.
        """
        for piece in self._pieces(parts, locale):
            if isinstance(piece, bytes):
                self._play(piece)
            else:
                time.sleep(piece)

    def _pieces(self, parts: Sequence[Part], locale: str) -> Iterator[bytes | float]:
        """Yield sounds, and seconds of silence between them."""
        for part in parts:
            match part:
                case Words(text) | Sound(_, text) if text:
                    yield self._aloud.of(text, locale)
                case Pause(seconds):
                    yield seconds
            if isinstance(part, Sound):
                yield self._tracks.of(part.name)

    def _play(self, sound: bytes) -> None:
        with subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as player:
            try:
                player.communicate(sound)
            finally:
                player.kill()  # it must not go on when the conversation does not
