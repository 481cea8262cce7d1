"""Alexa on loopback: an authority that signs, and Amazon's hosts behind a local proxy."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The helpers that several folders of tests share lie at the top of tests/.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from amazon_proxy import AmazonProxy
from authority import CERTIFICATE_PATH, Authority

S3 = "s3.amazonaws.com"


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
    with AmazonProxy(authority, [S3, "api.amazonalexa.com"]) as proxy:
        proxy.routes[S3, CERTIFICATE_PATH] = (200, {}, authority.chain)
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(roots))
        yield proxy
