"""What the tests in a real browser share: the browser, and the service as people run it."""

from collections.abc import Iterator

import pytest
from chromium import chromium
from playwright.sync_api import Browser
from served import Served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("web")) as served:
        yield served


@pytest.fixture(scope="session")
def url(served: Served) -> str:
    return served.url
