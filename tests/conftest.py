"""What the tests of several folders share: a real Redis, and Amazon on loopback."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from amazon_proxy import AmazonProxy
from authority import CERTIFICATE_PATH, Authority
from hypothesis import settings

from skill.household.address import connect
from skill.household.embedded import EmbeddedRedis
from skill.household.redis_store import RedisStore
from skill.household.vault import Vault

S3 = "s3.amazonaws.com"
API = "api.amazonalexa.com"

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="lantern-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of a server that all tests of this process use, one after the other."""
    with (
        tempfile.TemporaryDirectory(prefix="lantern-") as name,
        EmbeddedRedis(Path(name)) as url,
    ):
        yield url


@pytest.fixture
def client(server_url: str) -> Iterator[redis.Redis]:
    """A client of an empty server."""
    with connect(server_url) as client:
        client.flushall()
        yield client


@pytest.fixture
def redis_url(server_url: str, client: redis.Redis) -> str:
    """The address of an empty server."""
    return server_url


@pytest.fixture
def vault() -> Vault:
    return Vault(b"a secret of the tests")


@pytest.fixture
def store(client: redis.Redis, vault: Vault) -> RedisStore:
    return RedisStore(client, vault)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def amazon(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[AmazonProxy]:
    """Amazon's hosts, trusted by and reachable for whatever honours the usual variables."""
    roots = tmp_path / "roots.pem"
    roots.write_bytes(authority.root.pem)
    for name in ("HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with AmazonProxy(authority, [S3, API]) as proxy:
        proxy.routes[S3, CERTIFICATE_PATH] = (200, {}, authority.chain)
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(roots))
        yield proxy
