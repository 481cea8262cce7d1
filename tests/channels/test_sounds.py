"""The sounds of the room as they are fetched: by Alexa with a public address, and by a page."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import soundfile
from alexa_rules import check
from amazon_proxy import AmazonProxy
from authority import Authority
from flask.testing import FlaskClient
from talking import SKILL_ID

from skill.app import create_app
from skill.settings import Settings

HERE = "https://lantern.example.com"


@pytest.fixture
def web(redis_url: str, client: Any, amazon: AmazonProxy, tmp_path: Path) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_ALEXA_SKILL_ID": SKILL_ID}
    settings = Settings.load(environ | {"LANTERN_PUBLIC_URL": f"{HERE}/"})
    return create_app(settings, redis_url).test_client()


def test_it_is_the_whole_file_and_may_be_kept(web: FlaskClient) -> None:
    answer = web.get("/sound/breathing-slow-1.mp3")
    assert answer.status_code == 200
    assert answer.content_type == "audio/mpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=2592000"
    assert "Set-Cookie" not in answer.headers
    samples, rate = soundfile.read(io.BytesIO(answer.data))
    assert rate == 24_000
    assert abs(samples).max() > 0.1


def test_a_part_of_it_can_be_had(web: FlaskClient) -> None:
    whole = web.get("/sound/breathing-slow-1.mp3").data
    part = web.get("/sound/breathing-slow-1.mp3", headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.data) == (206, whole[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(whole)}"
    beyond = web.get("/sound/breathing-slow-1.mp3", headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416


def test_who_has_it_need_not_fetch_it_again(web: FlaskClient) -> None:
    tag = web.get("/sound/breathing-slow-1.mp3").headers["ETag"]
    again = web.get("/sound/breathing-slow-1.mp3", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["breathing-slow-99", "quiet-1", "x", "..%2f..%2fsecret"])
def test_what_is_no_sound_is_not_there(web: FlaskClient, name: str) -> None:
    assert web.get(f"/sound/{name}.mp3").status_code == 404


def test_alexa_plays_the_breathing_from_here(web: FlaskClient, authority: Authority) -> None:
    request = breathe()
    body = json.dumps(request).encode()
    answer = web.post("/alexa", data=body, headers=authority.sign(body)).get_json()
    check(request, answer)
    ssml = answer["response"]["outputSpeech"]["ssml"]
    [audio] = ElementTree.fromstring(ssml).iter("audio")
    address = audio.attrib["src"]
    assert address.startswith(f"{HERE}/sound/breathing-slow-")
    assert "In as the tone rises, out as it falls.<audio" in ssml
    assert "two, three" not in ssml
    played = web.get(address.removeprefix(HERE))
    assert played.status_code == 200
    assert soundfile.info(io.BytesIO(played.data)).duration < 240


def breathe() -> dict[str, Any]:
    application, user = {"applicationId": SKILL_ID}, {"userId": "user-of-the-tests"}
    slots = {"duration": {"name": "duration", "value": "PT1M"}}
    return {
        "version": "1.0",
        "session": {"new": True, "sessionId": "s", "application": application, "user": user},
        "context": {"System": {"application": application, "user": user}},
        "request": {
            "type": "IntentRequest",
            "requestId": "request-of-the-tests",
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "locale": "en-US",
            "intent": {"name": "BreatheIntent", "slots": slots},
        },
    }
