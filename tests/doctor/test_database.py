"""What is said of Redis: real servers, each set up as somebody might have it."""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from served import PATIENCE, free_port, redis_servers, until

from skill.doctor import database
from skill.doctor.findings import Finding, State
from skill.household.address import connect
from skill.household.embedded import find_server
from skill.household.redis_store import RedisStore
from skill.household.vault import KEY_FILE, Vault
from skill.settings import Settings

SECRET = "what we seal everything with"
KEEPS = {"appendonly": "yes", "appendfsync": "always", "save": ""}
Start = Callable[..., str]


@contextmanager
def server(folder: Path, **options: str) -> Iterator[str]:
    """A Redis server on loopback with these options, `_` for `-`; yields its address."""
    port = options.setdefault("port", str(free_port()))
    words = [f"--{name.replace('_', '-')} {value or repr('')}" for name, value in options.items()]
    file = folder / f"{port}.conf"
    lines = [word.removeprefix("--") for word in words]
    file.write_text("\n".join(["bind 127.0.0.1", f"dir {folder}", *lines]) + "\n")
    kind = ["--sentinel"] if "sentinel" in options else []
    process = subprocess.Popen([find_server(), file, *kind], stdout=subprocess.DEVNULL)
    try:
        until(lambda: _listens(int(port)))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait(PATIENCE)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(server(tmp_path, **options))


def looked_at(url: str) -> Mapping[str, Finding]:
    settings = Settings.load({"LANTERN_REDIS_URL": url})
    return {one.check: one for one in database.examined(settings)}


def told(url: str, check: str) -> tuple[State, str]:
    found = looked_at(url)[check]
    return found.state, f"{found.what} {found.remedy}"


def test_a_server_that_keeps_everything_is_well(start: Start) -> None:
    found = looked_at(start(**KEEPS))
    assert {one.state for one in found.values()} == {State.OK}
    assert found["redis"].what == "Redis is a server."
    assert set(found) == {
        "redis",
        "redis.version",
        "redis.writing",
        "redis.disk",
        "redis.eviction",
        "redis.memory",
        "clock.redis",
    }


def kept_with(url: str, secret: str) -> None:
    """Have a household kept there, sealed with a secret."""
    with connect(url) as client:
        store = RedisStore(client, Vault(secret.encode()))
        store.save("somebody", rev=0, home={}, talk=None, talk_seconds=0, turn_id="", reply=None)


def opened(url: str, folder: Path, **environ: str) -> list[Finding]:
    settings = Settings.load({"LANTERN_DATA_DIR": str(folder), **environ})
    with connect(url) as client:
        return list(database.opened(client, settings))


def test_the_secret_that_seals_opens(start: Start, tmp_path: Path) -> None:
    url = start(**KEEPS)
    assert opened(url, tmp_path, LANTERN_SECRET=SECRET) == []
    kept_with(url, SECRET)
    (found,) = opened(url, tmp_path, LANTERN_SECRET=SECRET)
    assert found.state is State.OK
    (found,) = opened(url, tmp_path, LANTERN_SECRET=f"a newer secret for all,{SECRET}")
    assert found.state is State.OK


def test_another_secret_does_not(start: Start, tmp_path: Path) -> None:
    url = start(**KEEPS)
    kept_with(url, SECRET)
    (found,) = opened(url, tmp_path, LANTERN_SECRET="another secret of ours")
    assert found.state is State.BROKEN
    assert "sealed with another secret" in found.what


def test_it_is_found_among_much_else(start: Start, tmp_path: Path) -> None:
    url = start(**KEEPS)
    with connect(url) as client:
        client.mset({f"of-another-program:{number}": "x" for number in range(5_000)})
    kept_with(url, SECRET)
    (found,) = opened(url, tmp_path, LANTERN_SECRET="another secret of ours")
    assert found.state is State.BROKEN


def test_a_key_file_that_is_gone(start: Start, tmp_path: Path) -> None:
    url = start(**KEEPS)
    kept_with(url, SECRET)
    (found,) = opened(url, tmp_path)
    assert found.state is State.BROKEN
    assert f"neither LANTERN_SECRET nor {tmp_path / KEY_FILE}" in found.what
    assert not (tmp_path / KEY_FILE).exists()


def test_looking_leaves_nothing_behind(start: Start) -> None:
    url = start(**KEEPS)
    looked_at(url)
    client = connect(url)
    until(lambda: not client.keys("*"))
    client.close()


def test_nothing_is_written_to_disk(start: Start) -> None:
    state, words = told(start(appendonly="no", save=""), "redis.disk")
    assert state is State.BROKEN
    assert "everything is forgotten" in words
    assert "appendonly yes" in words


def test_only_snapshots_are_written(start: Start) -> None:
    state, words = told(start(appendonly="no", save="3600 1"), "redis.disk")
    assert state is State.WARNING
    assert "what came after the last one is lost" in words


@pytest.mark.parametrize("how", ["everysec", "no"])
def test_what_was_acknowledged_is_not_on_the_disk_yet(start: Start, how: str) -> None:
    state, words = told(start(**KEEPS | {"appendfsync": how}), "redis.disk")
    assert state is State.WARNING
    assert "a power cut" in words
    assert "appendfsync always" in words


def test_a_provider_that_forbids_the_question(start: Start) -> None:
    state, words = told(start(appendonly="no", save="", rename_command="CONFIG ''"), "redis.disk")
    assert state is State.WARNING
    assert "does not tell" in words


def test_the_disk_cannot_be_written(start: Start, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    url = start(appendonly="no", save="3600 1", dir=str(gone))
    shutil.rmtree(gone)
    with connect(url) as client:
        client.set("something", "to save")
        client.bgsave()
        until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err")
    found = looked_at(url)
    assert found["redis.disk"].state is State.BROKEN
    assert found["redis.writing"].what == "Redis cannot write its data to disk."
    assert found["redis.writing"].remedy


@pytest.mark.parametrize("policy", ["volatile-lru", "allkeys-lru", "volatile-ttl"])
def test_a_full_server_would_throw_households_away(start: Start, policy: str) -> None:
    state, words = told(start(**KEEPS, maxmemory_policy=policy), "redis.eviction")
    assert state is State.WARNING
    assert policy in words
    assert "noeviction" in words


def test_a_full_server(start: Start) -> None:
    found = looked_at(start(**KEEPS, maxmemory="100kb"))
    assert found["redis.writing"].what == "Redis is full."
    assert found["redis.writing"].state is State.BROKEN
    assert found["redis.memory"].state is State.WARNING
    assert "maxmemory" in found["redis.memory"].remedy


def test_a_replica(start: Start) -> None:
    state, words = told(start(**KEEPS, replicaof="127.0.0.1 1"), "redis.writing")
    assert state is State.BROKEN
    assert "read-only replica" in words
    assert "primary" in words


def test_a_sentinel(start: Start) -> None:
    sentinel = start(sentinel="monitor mymaster 127.0.0.1 1 1")
    found = looked_at(sentinel)
    assert found["redis"].state is State.BROKEN
    assert "Sentinel" in found["redis"].what
    assert len(found) == 1


def test_a_cluster(start: Start) -> None:
    url = start(**KEEPS, cluster_enabled="yes")
    with connect(url) as client:
        client.execute_command("CLUSTER ADDSLOTS", *range(16_384))
        until(lambda: client.cluster("INFO")["cluster_state"] == "ok")
    assert looked_at(url)["redis"].what == "Redis is a Cluster."


def test_nobody_is_there() -> None:
    found = looked_at("redis://:swordfish@127.0.0.1:1/0")
    assert {check: one.state for check, one in found.items()} == {"redis.writing": State.BROKEN}
    assert found["redis.writing"].what == "Redis cannot be reached."
    assert "LANTERN_REDIS_URL" in found["redis.writing"].remedy


def test_somebody_is_there_and_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        state, words = told(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", "redis.writing")
    assert state is State.BROKEN
    assert "did not answer in time" in words


@pytest.mark.parametrize("password", ["", ":swordfish@"])
def test_a_wrong_password(start: Start, password: str) -> None:
    url = start(**KEEPS, requirepass="another").replace("redis://", f"redis://{password}")
    state, words = told(url, "redis.writing")
    assert state is State.BROKEN
    assert "refuses the user name or the password" in words
    assert "swordfish" not in words


@pytest.mark.parametrize(
    ("rights", "check", "state", "told"),
    [
        ("+@all -info", "redis", State.WARNING, "Allow this user the command INFO."),
        ("+@all -eval -evalsha", "redis.writing", State.BROKEN, "@scripting"),
        ("+@all -config", "redis.disk", State.OK, "each change"),
    ],
)
def test_a_user_who_may_not_do_everything(
    start: Start, rights: str, check: str, state: State, told: str
) -> None:
    url = start(**KEEPS, user=f"sam on >swordfish ~lantern:* {rights}")
    found = looked_at(url.replace("redis://", "redis://sam:swordfish@"))[check]
    assert found.state is state
    assert told in found.line()
    assert "swordfish" not in found.line()


def test_a_name_that_is_no_address() -> None:
    settings = Settings.load({"LANTERN_REDIS_URL": "http://:swordfish@127.0.0.1"})
    (found,) = database.examined(settings)
    assert found.state is State.BROKEN
    assert "must look like redis://" in found.what
    assert "swordfish" not in found.line()


def test_the_embedded_server_is_well_and_ends_with_the_look(short_dir: Path) -> None:
    settings = Settings.load({"LANTERN_DATA_DIR": str(short_dir)})
    found = {one.check: one for one in database.examined(settings)}
    assert {one.state for one in found.values()} == {State.OK}
    assert found["redis"].what == "Redis is the embedded server."
    assert "clock.redis" not in found, "its clock is ours"
    until(lambda: not redis_servers(short_dir))


def test_a_folder_that_the_embedded_server_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings.load({"LANTERN_DATA_DIR": str(tmp_path / "file")})
    (found,) = database.examined(settings)
    assert found.state is State.BROKEN
    assert "LANTERN_DATA_DIR" in found.what


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("7.4.1", State.OK),
        ("6.2.14", State.OK),
        ("6.0.16", State.WARNING),
        ("5.0.3", State.WARNING),
        ("", State.WARNING),
        ("unstable", State.WARNING),
    ],
)
def test_versions(number: str, state: State) -> None:
    assert database.version({"redis_version": number}).state is state


class AnotherTime(redis.Redis):
    """A server whose clock is wrong by some seconds."""

    wrong_by = 0.0

    def time(self, **options: object) -> tuple[int, int]:  # type: ignore[override]
        now = datetime.now(UTC) + timedelta(seconds=self.wrong_by)
        return int(now.timestamp()), now.microsecond


@pytest.mark.parametrize(
    ("wrong_by", "state"),
    [(0, State.OK), (-5, State.OK), (60, State.WARNING), (-200, State.BROKEN)],
)
def test_its_clock(wrong_by: float, state: State) -> None:
    client = AnotherTime()
    client.wrong_by = wrong_by
    found = database.time(client)
    assert (found.check, found.state) == ("clock.redis", state)
