"""Whether the service is ready: only if what two people say could be kept, on a real Redis."""

import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient
from served import until

from skill.app import create_app
from skill.household import redis_store
from skill.household.address import connect
from skill.household.embedded import EmbeddedRedis
from skill.settings import Settings

Break = Callable[["redis.Redis"], None]


@pytest.fixture
def server(short_dir: Path) -> Iterator[redis.Redis]:
    """A client of a server that a test may break."""
    with EmbeddedRedis(short_dir) as url, connect(url) as client:
        yield client


@pytest.fixture
def web(server: redis.Redis, short_dir: Path) -> FlaskClient:
    url = f"unix://{short_dir}/redis/redis.sock"
    settings = Settings.load({"LANTERN_DATA_DIR": str(short_dir), "LANTERN_RATE_LIMIT": "off"})
    return create_app(settings, url).test_client()


def read_only(server: redis.Redis) -> None:
    server.replicaof("127.0.0.1", 1)


def its_own_master(server: redis.Redis) -> None:
    server.replicaof("NO", "ONE")


def full(server: redis.Redis) -> None:
    server.config_set("maxmemory", 1)


def emptier(server: redis.Redis) -> None:
    server.config_set("maxmemory", 0)


def without_a_disk(server: redis.Redis) -> None:
    """Have the server fail to save: a folder lies where its file should."""
    folder = Path(server.config_get("dir")["dir"]) / "taken"
    folder.mkdir()
    server.config_set("dbfilename", "taken")
    server.config_set("save", "3600 1")
    server.bgsave()
    until(lambda: server.info("persistence")["rdb_last_bgsave_status"] == "err")


def with_a_disk(server: redis.Redis) -> None:
    server.config_set("save", "")


def too_few_copies(server: redis.Redis) -> None:
    server.config_set("min-replicas-to-write", 1)


def enough_copies(server: redis.Redis) -> None:
    server.config_set("min-replicas-to-write", 0)


@pytest.mark.parametrize(
    ("breaks", "mends"),
    [
        (read_only, its_own_master),
        (full, emptier),
        (without_a_disk, with_a_disk),
        (too_few_copies, enough_copies),
    ],
)
def test_a_redis_that_cannot_be_written_is_not_ready(
    web: FlaskClient, server: redis.Redis, breaks: Break, mends: Break
) -> None:
    assert web.get("/readyz").status_code == 200
    breaks(server)
    try:
        answer = web.get("/readyz")
        assert (answer.status_code, answer.get_json()) == (503, {"redis": False})
        assert web.get("/healthz").status_code == 200
    finally:
        mends(server)
    assert web.get("/readyz").status_code == 200


def test_a_redis_whose_disk_is_full_is_not_ready(web: FlaskClient, server: redis.Redis) -> None:
    """One that keeps what it acknowledged ends as soon as it cannot write that down."""
    process, folder = server.info("server")["process_id"], Path(server.config_get("dir")["dir"])
    written = sum(one.stat().st_size for one in folder.rglob("*.aof"))
    resource.prlimit(process, resource.RLIMIT_FSIZE, (written, written))
    assert web.get("/readyz").status_code == 503


def test_a_redis_that_fell_silent_is_not_ready(web: FlaskClient, server: redis.Redis) -> None:
    process = server.info("server")["process_id"]
    os.kill(process, signal.SIGSTOP)
    try:
        assert web.get("/readyz").status_code == 503
    finally:
        os.kill(process, signal.SIGCONT)
    until(lambda: web.get("/readyz").status_code == 200)


def test_asking_often_writes_once(
    web: FlaskClient, server: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_store, "READY_MILLISECONDS", 60_000)
    before = server.info("persistence")["rdb_changes_since_last_save"]
    assert {web.get("/readyz").status_code for _ in range(20)} == {200}
    assert server.info("persistence")["rdb_changes_since_last_save"] == before + 1
    assert 0 < server.pttl("lantern:ready") <= 60_000
