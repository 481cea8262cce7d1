"""The application: what strangers, the lost and the careless are told."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.app import create_app
from skill.channels.alexa.door import LARGEST_BODY
from skill.settings import Settings

QUOTED = "Annabelle said so"


def made(redis_url: str, folder: Path, **settings: str) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(folder), "LANTERN_RATE_LIMIT": "off"} | settings
    return create_app(Settings.load(environ), redis_url).test_client()


@pytest.fixture
def web(redis_url: str, client: Any, tmp_path: Path) -> FlaskClient:
    return made(redis_url, tmp_path, LANTERN_ALEXA_SKILL_ID="amzn1.ask.skill.tests")


def refused_in_one_sentence(answer: Any) -> bool:
    told = answer.get_json()
    return (
        answer.mimetype == "application/json"
        and set(told) == {"error"}
        and b"Traceback" not in answer.data
        and b".py" not in answer.data
    )


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("address", ["/nowhere", "/text/", "/../etc/passwd", "/%00", "/alexa/x"])
def test_an_unknown_path_is_a_404_in_json(web: FlaskClient, method: str, address: str) -> None:
    answer = web.open(address, method=method)
    assert answer.status_code == 404
    assert refused_in_one_sentence(answer)


@pytest.mark.parametrize("address", ["/text", "/alexa", "/healthz", "/"])
def test_a_wrong_method_is_a_405_in_json(web: FlaskClient, address: str) -> None:
    answer = web.delete(address)
    assert answer.status_code == 405
    assert refused_in_one_sentence(answer)


def test_an_error_of_ours_tells_nothing(web: FlaskClient) -> None:
    def broken() -> str:
        raise RuntimeError(QUOTED)

    web.application.add_url_rule("/broken", view_func=broken)
    answer = web.get("/broken")
    assert answer.status_code == 500
    assert refused_in_one_sentence(answer)
    assert QUOTED.encode() not in answer.data


def test_a_text_that_is_too_long_is_refused(web: FlaskClient) -> None:
    body = b'{"text": "' + b"x" * LARGEST_BODY + b'"}'
    answer = web.post("/text", data=body, content_type="application/json")
    assert answer.status_code == 413
    assert refused_in_one_sentence(answer)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"\xff", b'{"version": "1.0"}', b"x" * (LARGEST_BODY + 1)]
)
def test_alexa_without_a_signature_is_refused(web: FlaskClient, body: bytes) -> None:
    answer = web.post("/alexa", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.data == b""


def test_no_skill_is_ours_unless_it_is_named(redis_url: str, client: Any, tmp_path: Path) -> None:
    web = made(redis_url, tmp_path)
    assert web.post("/alexa", json={"version": "1.0"}).status_code == 400
