"""A real Redis server for the tests of this folder, gone when they are done."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from skill.household.embedded import EmbeddedRedis
from skill.household.redis_store import RedisStore, connect
from skill.household.vault import Vault


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="lantern-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="lantern-") as name,
        EmbeddedRedis(Path(name)) as url,
    ):
        yield url


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of an empty server."""
    with connect(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture
def vault() -> Vault:
    return Vault(b"a secret of the tests")


@pytest.fixture
def store(client: redis.Redis, vault: Vault) -> RedisStore:
    return RedisStore(client, vault)
