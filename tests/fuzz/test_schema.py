"""The HTTP interface against its own description, with requests that nobody thought of."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode

from skill.app import create_app
from skill.household.embedded import EmbeddedRedis
from skill.settings import Settings


@pytest.fixture(scope="module")
def described() -> Iterator[Any]:
    with tempfile.TemporaryDirectory(prefix="lantern-") as name, EmbeddedRedis(Path(name)) as url:
        environ = {"LANTERN_DATA_DIR": name, "LANTERN_RATE_LIMIT": "off"}
        app = create_app(Settings.load(environ), url)
        yield schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.parametrize(
    ("address", "mode"),
    [
        ("POST /text", GenerationMode.POSITIVE),
        ("POST /text", GenerationMode.NEGATIVE),
        ("GET /healthz", GenerationMode.POSITIVE),
        ("GET /readyz", GenerationMode.POSITIVE),
    ],
)
def test_every_answer_is_as_described(described: Any, address: str, mode: GenerationMode) -> None:
    """Also to a request that breaks the description: no 5xx, and a refusal in its form."""
    method, path = address.split()
    operation = described[path][method]

    @seed(1)
    @settings(max_examples=60, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        response = case.call()
        assert response.status_code < 500
        case.validate_response(response)

    answered()
