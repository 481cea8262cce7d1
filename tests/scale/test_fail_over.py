"""A primary dies while couples talk: whatever was acknowledged is there afterwards."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from many_redis import Servers, cluster, watched
from redis.sentinel import SentinelManagedSSLConnection
from served import Served, until

from skill.household.address import connect
from skill.household.redis_store import RedisStore, StoreUnavailable
from skill.household.vault import Vault

COUPLES = 12


class Couple:
    """Saves one number after another, and keeps in mind the last one that was acknowledged."""

    def __init__(self, store: RedisStore, name: str) -> None:
        self.store, self.name, self.acknowledged, self.failed = store, name, 0, 0

    def number(self) -> int:
        home = self.store.load(self.name, "look").home
        return int(home["n"]) if home else 0

    def talk_until(self, ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                loaded = self.store.load(self.name, "turn")
                number = int(loaded.home["n"] if loaded.home else 0) + 1
                if self.store.save(
                    self.name,
                    rev=loaded.rev,
                    home={"n": number},
                    talk=None,
                    talk_seconds=0,
                    turn_id=f"turn-{number}-{time.monotonic_ns()}",
                    reply=None,
                ):
                    self.acknowledged = number
            except StoreUnavailable:
                self.failed += 1
                time.sleep(0.05)


@contextmanager
def talking(url: str) -> Iterator[list[Couple]]:
    """Let couples talk meanwhile; nobody loses anything that was acknowledged."""
    vault, ended = Vault(b"a secret of the tests"), threading.Event()
    store = RedisStore(connect(url), vault)
    couples = [Couple(store, vault.household("text", str(one))) for one in range(COUPLES)]
    with ThreadPoolExecutor(COUPLES) as pool:
        running = [pool.submit(one.talk_until, ended) for one in couples]
        try:
            yield couples
        finally:
            ended.set()
    for one in running:
        one.result()
    assert [one.number() >= one.acknowledged for one in couples] == [True] * COUPLES


def go_on(couples: list[Couple]) -> None:
    """Wait until each couple has got further."""
    before = [one.acknowledged for one in couples]
    until(lambda: all(one.acknowledged > n + 5 for one, n in zip(couples, before, strict=True)))


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Servers]]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


def primaries(servers: Servers) -> list[int]:
    return [one for one in servers.running if role(servers, one) == "master"]


def role(servers: Servers, port: int) -> str:
    with servers.client(port) as client:
        return str(client.info("replication")["role"])


def test_the_service_on_a_cluster(six: tuple[str, Servers], short_dir: Path) -> None:
    url, _ = six
    settings = {"LANTERN_REDIS_URL": url, "LANTERN_RATE_LIMIT": "9 per minute"}
    with Served(short_dir, "--workers=2", **settings) as served:
        assert served.is_ready()
        served.text("call us sam and alex")
        served.text("yes")
        assert "Sam" in json.dumps(served.text("what do you know about us"))
        served.text("forget us")
        served.text("yes")
        assert "Sam" not in json.dumps(served.text("what do you know about us"))
        statuses = [served.post({"text": "help"}).status_code for _ in range(8)]
        assert 429 in statuses


def test_a_primary_of_the_cluster_dies(six: tuple[str, Servers]) -> None:
    url, servers = six
    with talking(url) as couples:
        go_on(couples)
        servers.kill(primaries(servers)[0])
        until(lambda: len(primaries(servers)) == 3)
        go_on(couples)
    assert sum(one.failed for one in couples) > 0  # or nothing was under way when it died


def test_a_primary_that_sentinels_watch_dies(tmp_path: Path) -> None:
    with watched(tmp_path) as (url, servers, primary), talking(url) as couples:
        go_on(couples)
        servers.kill(primary)
        go_on(couples)


def test_sentinels_may_want_a_password_of_their_own(tmp_path: Path) -> None:
    servers = Servers(tmp_path)
    try:
        primary = servers.start("--save", "")
        sentinel = servers.start(mode=f"sentinel monitor lantern 127.0.0.1 {primary} 1\n")
        with servers.client(sentinel) as client:
            client.execute_command("SENTINEL SET", "lantern", "auth-pass", "of-the-primary")
            client.execute_command("ACL SETUSER", "default", "resetpass", ">of+the+sentinel")
        with servers.client(primary) as client:
            client.config_set("requirepass", "of-the-primary")
        url = f"redis+sentinel://:of-the-primary@127.0.0.1:{sentinel}/lantern"
        with connect(url) as client, pytest.raises(redis.ConnectionError):
            client.ping()
        with connect(f"{url}?sentinel_password=of+the+sentinel") as client:
            assert client.ping()
    finally:
        servers.kill_all()


@pytest.mark.parametrize("kind", ["cluster", "sentinel"])
def test_it_starts_while_nobody_is_there(kind: str, short_dir: Path) -> None:
    url = f"redis+{kind}://127.0.0.1:1,127.0.0.1:2" + ("/lantern" if kind == "sentinel" else "")
    with Served(short_dir, LANTERN_REDIS_URL=url, LANTERN_RATE_LIMIT="9 per minute") as served:
        assert not served.is_ready()
        assert served.text("tonight's question")["say"]


@pytest.mark.parametrize(
    "url",
    [
        "redis+cluster://",
        "redis+cluster://host",
        "redis+cluster://host:1/2",
        "redis+cluster://host:1?ssl=1",
        "redis+sentinel://host:1",
        "redis+sentinel://host:1/name?password=1",
        "redis+cluster://host:1?sentinel_password=1",
        "redis+other://host:1",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        connect(url)


def test_tls_goes_to_sentinels_and_to_what_they_name() -> None:
    pool = connect("rediss+sentinel://host:1/lantern").connection_pool
    assert pool.connection_class is SentinelManagedSSLConnection
    (sentinel,) = pool.sentinel_manager.sentinels  # type: ignore[attr-defined]
    assert sentinel.connection_pool.connection_class is redis.SSLConnection


def test_a_password_and_tls_go_to_each_node() -> None:
    told = connect("rediss+cluster://ana:p%40ss@host:1,other:2")
    assert {one.name for one in told.nodes} == {"host:1", "other:2"}  # type: ignore[attr-defined]
    options = told.options  # type: ignore[attr-defined]
    assert (options["username"], options["password"], options["ssl"]) == ("ana", "p@ss", True)
