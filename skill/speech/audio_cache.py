"""Sounds that were made once, kept in a folder that all processes of this machine share.

The kernel drops a lock when its holder dies, however it dies, so nothing here can go stale:

    00.lock ... ff.lock   held by whoever makes a sound whose name begins so: once each
    write.lock            held by whoever makes room and writes: one at a time

A sound is written as new.tmp and takes its name when it is complete. The file of a writer that died
is overwritten by the next one.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

FORMAT = "1"
"""Part of every name. Raise it when the same text is to sound otherwise; old files go in time."""


class NotKept(Exception):  # noqa: N818
    """A sound could not be written down. The message says why, and nothing of the text."""


class AudioCache:
    """Sounds by their text: made once, found again by every thread and process, the newest kept.

    The names and logs hold nothing of the text. The sounds themselves say it to whoever may read
    the folder, so only its owner may.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        """Keep up to `most_bytes` of sound in `folder`, which is made if it is missing.

        Raises OSError if the folder cannot be made, or is somebody else's.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._folder = folder
        self._most_bytes = most_bytes

    def get(self, text: str, make: Callable[[], bytes]) -> Path:
        """Return the MP3 file that says `text`; `make` returns its content if there is none yet.

        `text` is whatever the sound depends on: the words, the language, the voice. However many
        ask for it at once, one of them makes it and the others wait; if `make` raises, that one's
        caller gets the exception and the next in line tries. The file may go when others need
        its room, the least recently used first, so read it at once.

        Raises `NotKept` if the disk is full or the sound larger than the whole cache, and
        `ValueError` if `make` returns nothing.
        """
        path = self._path(text)
        if _used(path):
            return path
        with self._locked(path.name[:2]):
            if not _used(path):
                sound = make()
                if not sound:
                    raise ValueError("A sound of no bytes was made.")
                self._write(path, sound)
        return path

    def has(self, text: str) -> bool:
        """Say whether the sound of `text` is there; it then counts as just used."""
        return _used(self._path(text))

    def _path(self, text: str) -> Path:
        key = hashlib.sha256(f"{FORMAT}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / f"{key}.mp3"

    def _write(self, path: Path, sound: bytes) -> None:
        if len(sound) > self._most_bytes:
            raise NotKept(f"The sound has {len(sound)} bytes; {self._most_bytes} can be kept.")
        new = self._folder / "new.tmp"
        with self._locked("write"):
            try:
                self._make_room(len(sound))
                with new.open("wb") as file:
                    file.write(sound)
                    file.flush()
                    os.fsync(file.fileno())  # else a power cut could leave the name without content
                new.replace(path)
            except OSError as error:
                raise NotKept(f"The sound could not be written: {error.strerror}.") from error
            finally:
                new.unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        """Remove the least recently used sounds until one of `size` bytes fits in."""
        states = [(path.stat(), path) for path in self._folder.glob("*.mp3")]
        total = sum(state.st_size for state, _ in states)
        for state, path in sorted(states, key=lambda known: known[0].st_mtime_ns):
            if total + size <= self._most_bytes:
                return
            path.unlink()
            total -= state.st_size

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        # Opened anew by each thread: locks of one opening would not keep its threads apart.
        lock = os.open(self._folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _used(path: Path) -> bool:
    """Whether the file is there and says something; it then counts as just used."""
    try:
        os.utime(path)
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False
