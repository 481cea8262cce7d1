"""The application as a whole: its addresses, and what it tells strangers."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.app import HEADERS, create_app
from skill.settings import Settings


def made(redis_url: str, folder: Path, **settings: str) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(folder), "LANTERN_RATE_LIMIT": "off"} | settings
    return create_app(Settings.load(environ), redis_url).test_client()


@pytest.fixture
def web(redis_url: str, client: Any, tmp_path: Path) -> FlaskClient:
    return made(redis_url, tmp_path)


def test_health(web: FlaskClient) -> None:
    assert web.get("/healthz").data == b"ok"
    assert web.get("/readyz").get_json() == {"redis": True}


def test_without_redis_it_is_alive_and_not_ready(tmp_path: Path) -> None:
    web = made("redis://127.0.0.1:1/0", tmp_path)
    assert web.get("/healthz").status_code == 200
    assert web.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/text", 405),
        ("GET", "/alexa", 405),
        ("PUT", "/text", 405),
        ("POST", "/alexa", 400),
        ("POST", "/healthz", 405),
    ],
)
def test_what_is_not_there(web: FlaskClient, method: str, address: str, status: int) -> None:
    answer = web.open(address, method=method)
    assert answer.status_code == status
    assert b"Traceback" not in answer.data
    assert b"werkzeug" not in answer.data.lower()


@pytest.mark.parametrize("address", ["/", "/text", "/healthz", "/nowhere"])
def test_every_answer_has_its_guards(web: FlaskClient, address: str) -> None:
    answer = web.get(address)
    for name in HEADERS:
        assert answer.headers[name]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_body_that_is_too_long_is_refused(web: FlaskClient) -> None:
    answer = web.post("/text", data=b"x" * 1_000_000, content_type="application/json")
    assert answer.status_code == 413
    assert set(answer.get_json()) == {"error"}


def test_one_address_may_not_ask_without_end(redis_url: str, client: Any, tmp_path: Path) -> None:
    web = made(redis_url, tmp_path, LANTERN_RATE_LIMIT="3 per hour")
    answers = [web.post("/text", json={"text": "help"}) for _ in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"]
    assert web.get("/healthz").status_code == 200
    stored = b" ".join(client.keys("*"))
    assert b"127.0.0.1" not in stored


def test_behind_a_proxy_each_couple_counts_for_itself(
    redis_url: str, client: Any, tmp_path: Path
) -> None:
    web = made(redis_url, tmp_path, LANTERN_RATE_LIMIT="1 per hour", LANTERN_PROXIES="1")
    first, second = ({"X-Forwarded-For": one} for one in ("192.0.2.1", "192.0.2.2"))
    asked = [web.post("/text", json={"text": "hi"}, headers=one) for one in (first, second, first)]
    assert [one.status_code for one in asked] == [200, 200, 429]


def test_without_redis_nobody_is_counted_and_everybody_answered(tmp_path: Path) -> None:
    web = made("redis://127.0.0.1:1/0", tmp_path, LANTERN_RATE_LIMIT="1 per hour")
    assert [web.post("/text", json={"text": "hi"}).status_code for _ in range(3)] == [200] * 3


def test_counts_are_for_this_machine_alone(web: FlaskClient) -> None:
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert web.get("/metrics", environ_overrides=elsewhere).status_code == 404
    assert web.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_or_for_whoever_knows_the_token(redis_url: str, client: Any, tmp_path: Path) -> None:
    web = made(redis_url, tmp_path, LANTERN_METRICS_TOKEN="open sesame")
    assert web.get("/metrics").status_code == 404
    sent = {"Authorization": "Bearer open sesame"}
    assert web.get("/metrics", headers=sent).status_code == 200


def test_nothing_that_people_say_is_logged(
    web: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        web.post("/text", json={"text": "call us Annabelle and Zacharias"})
        web.post("/text", data=b"{broken Annabelle", content_type="application/json")
        web.post("/alexa", data=json.dumps({"request": "Zacharias"}))
    assert "nnabelle" not in caplog.text
    assert "acharias" not in caplog.text
