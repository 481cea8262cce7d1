"""Sounds kept in a folder: made once however many ask, never more than allowed, never half."""

import errno
import multiprocessing
import os
import random
import resource
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from threading import Barrier as ThreadBarrier

import pytest

from skill.speech.audio_cache import AudioCache, NotKept

SPAWN = multiprocessing.get_context("spawn")
MOST = 10_000
SECRET = "xylophone"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "audio"


@pytest.fixture
def cache(folder: Path) -> AudioCache:
    return AudioCache(folder, MOST)


def never() -> bytes:
    raise AssertionError("made again")


def of(size: int) -> Callable[[], bytes]:
    return lambda: b"x" * size


def sounds(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.mp3"))


def total(folder: Path) -> int:
    return sum(path.stat().st_size for path in sounds(folder))


def others(folder: Path) -> list[str]:
    """The names of what is neither a sound nor a lock."""
    return [path.name for path in folder.iterdir() if path.suffix not in (".mp3", ".lock")]


def age(path: Path, seconds: int) -> None:
    past = time.time() - seconds
    os.utime(path, (past, past))


# One text


def test_made_once_then_found(cache: AudioCache) -> None:
    path = cache.get("Good evening.", lambda: b"sound")
    assert path.read_bytes() == b"sound"
    assert cache.get("Good evening.", never) == path
    assert path.read_bytes() == b"sound"


def test_found_by_another_cache_of_the_folder(cache: AudioCache, folder: Path) -> None:
    path = cache.get("Good evening.", lambda: b"sound")
    assert AudioCache(folder, MOST).get("Good evening.", never) == path


def test_each_text_has_its_own(cache: AudioCache) -> None:
    texts = ["a", "A", "a ", "", "é", "\ud800", "a" * 5_000, "../../a", "a\nb"]
    paths = [cache.get(text, partial(bytes, ascii(text), "ascii")) for text in texts]
    assert len(set(paths)) == len(texts)
    assert [path.read_bytes() for path in paths] == [ascii(text).encode() for text in texts]


def test_another_format_is_made_anew(cache: AudioCache, monkeypatch: pytest.MonkeyPatch) -> None:
    old = cache.get("a", lambda: b"old")
    monkeypatch.setattr("skill.speech.audio_cache.FORMAT", "other")
    new = cache.get("a", lambda: b"new")
    assert (old.read_bytes(), new.read_bytes()) == (b"old", b"new")


def test_only_the_owner_may_look(cache: AudioCache, folder: Path) -> None:
    cache.get("a", lambda: b"sound")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    AudioCache(tmp_path, MOST)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_no_name_holds_the_text(
    cache: AudioCache, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    cache.get(SECRET, lambda: b"sound")
    assert not [path for path in folder.rglob("*") if SECRET in path.name]
    assert SECRET not in caplog.text


# What goes wrong


def test_a_failure_is_told_and_not_kept(cache: AudioCache, folder: Path) -> None:
    def fail() -> bytes:
        raise LookupError("no voice")

    with pytest.raises(LookupError, match="no voice"):
        cache.get("a", fail)
    assert sounds(folder) == []
    assert cache.get("a", lambda: b"sound").read_bytes() == b"sound"


def test_nothing_is_not_a_sound(cache: AudioCache, folder: Path) -> None:
    with pytest.raises(ValueError, match="no bytes"):
        cache.get("a", lambda: b"")
    assert sounds(folder) == []


def test_an_empty_file_is_made_again(cache: AudioCache) -> None:
    path = cache.get("a", lambda: b"sound")
    path.write_bytes(b"")
    assert cache.get("a", lambda: b"again").read_bytes() == b"again"


def test_what_a_dead_writer_left_is_overwritten_and_gone(cache: AudioCache, folder: Path) -> None:
    (folder / "new.tmp").write_bytes(b"half a so")
    assert cache.get("a", lambda: b"sound").read_bytes() == b"sound"
    assert others(folder) == []


def test_other_files_are_left_alone(cache: AudioCache, folder: Path) -> None:
    (folder / "notes.txt").write_bytes(b"x" * 2 * MOST)
    for number in range(5):
        cache.get(str(number), of(MOST // 2))
    assert others(folder) == ["notes.txt"]


def test_a_sound_larger_than_the_cache_costs_no_other(cache: AudioCache, folder: Path) -> None:
    kept = cache.get("a", of(MOST))
    with pytest.raises(NotKept, match=f"{MOST + 1} bytes"):
        cache.get("b", of(MOST + 1))
    assert sounds(folder) == [kept]
    assert others(folder) == []


def write_beyond_the_limit(folder: Path) -> None:
    """In a process that may write files of 1,000 bytes, as if the disk were full then."""
    cache = AudioCache(folder, MOST)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
    with pytest.raises(NotKept, match=os.strerror(errno.EFBIG)) as caught:
        cache.get(SECRET, of(5_000))
    assert SECRET not in str(caught.value)
    cache.get("small", of(1_000))


def test_a_full_disk_is_told_and_leaves_nothing(cache: AudioCache, folder: Path) -> None:
    process = SPAWN.Process(target=write_beyond_the_limit, args=(folder,))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert [path.stat().st_size for path in sounds(folder)] == [1_000]
    assert others(folder) == []
    assert cache.get(SECRET, of(5_000)).stat().st_size == 5_000


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_failure_at_the_last_step_leaves_nothing(
    step: str, cache: AudioCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(step, full)
        with pytest.raises(NotKept, match=os.strerror(errno.ENOSPC)):
            cache.get("a", lambda: b"sound")
    assert (sounds(folder), others(folder)) == ([], [])
    assert cache.get("a", lambda: b"sound").read_bytes() == b"sound"


# Its bound


def test_the_least_recently_used_go_first(cache: AudioCache, folder: Path) -> None:
    paths = [cache.get(name, of(MOST // 4)) for name in "abcd"]
    for seconds, path in zip((400, 300, 200, 100), paths, strict=True):
        age(path, seconds)
    cache.get("a", never)
    new = cache.get("e", of(MOST // 4 + 1))
    assert sounds(folder) == sorted([paths[0], paths[3], new])


def test_it_never_holds_more_than_allowed(cache: AudioCache, folder: Path) -> None:
    chance = random.Random(1)
    for _ in range(400):
        text = str(chance.randrange(60))
        path = cache.get(text, of(chance.randrange(1, MOST // 2)))
        assert path.exists()
        assert total(folder) <= MOST
    assert total(folder) > MOST // 2
    assert others(folder) == []


def test_it_does_not_grow(cache: AudioCache, folder: Path) -> None:
    for number in range(1_000):
        cache.get(str(number), of(MOST // 10))
    assert len(sounds(folder)) == 10
    locks = list(folder.glob("*.lock"))
    assert len(locks) <= 257
    assert sum(path.stat().st_size for path in locks) == 0


def test_it_opens_no_more_and_more_files(cache: AudioCache) -> None:
    cache.get("a", lambda: b"sound")
    before = len(os.listdir("/dev/fd"))
    for number in range(50):
        cache.get(str(number), lambda: b"sound")
    assert len(os.listdir("/dev/fd")) == before


# Many at once


def test_many_threads_make_it_once(cache: AudioCache) -> None:
    made: list[int] = []
    together = ThreadBarrier(16)

    def make() -> bytes:
        made.append(1)
        time.sleep(0.1)  # long enough for the others to come
        return b"sound"

    def ask() -> bytes:
        together.wait()
        return cache.get("a", make).read_bytes()

    with ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(ask) for _ in range(16)]
        assert {answer.result() for answer in answers} == {b"sound"}
    assert len(made) == 1


def test_many_threads_and_texts_stay_within_the_bound(cache: AudioCache, folder: Path) -> None:
    def ask(number: int) -> int:
        cache.get(str(number % 40), of(MOST // 7))
        return total_now(folder)

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(ask, range(400))) <= MOST
    assert others(folder) == []


def total_now(folder: Path) -> int:
    """As `total`, while others remove files."""
    sizes = []
    for path in folder.glob("*.mp3"):
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:
            continue
    return sum(sizes)


def count_in(folder: Path) -> int:
    return len((folder.parent / "made").read_bytes())


def make_counted(folder: Path) -> bytes:
    with (folder.parent / "made").open("ab") as file:
        file.write(b"1")
    time.sleep(0.1)
    return b"sound" * 100


def ask_together(folder: Path, together: Barrier) -> None:
    cache = AudioCache(folder, MOST)
    for text in "abc":
        together.wait()
        path = cache.get(text, lambda: make_counted(folder))
        assert path.read_bytes() == b"sound" * 100


def test_many_processes_make_it_once(cache: AudioCache, folder: Path) -> None:
    together = SPAWN.Barrier(4)
    processes = [SPAWN.Process(target=ask_together, args=(folder, together)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert count_in(folder) == 3
    assert others(folder) == []


def make_for_ever(folder: Path, begun: Event) -> None:
    def make() -> bytes:
        begun.set()
        time.sleep(600)
        return b""

    AudioCache(folder, MOST).get("a", make)


def test_the_death_of_a_maker_sets_the_others_free(cache: AudioCache, folder: Path) -> None:
    begun = SPAWN.Event()
    process = SPAWN.Process(target=make_for_ever, args=(folder, begun))
    process.start()
    begun.wait()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.get, "a", lambda: b"sound")
        assert not waiting.done()
        process.kill()
        process.join()
        assert waiting.result().read_bytes() == b"sound"
    assert others(folder) == []
