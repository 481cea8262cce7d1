"""The text API: what it takes, what it refuses, and what it answers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from skill.app import create_app
from skill.settings import Settings

ANSWER = {
    "conversation",
    "say",
    "ssml",
    "intent",
    "slots",
    "flow",
    "listening_for",
    "screen",
    "end",
}


@pytest.fixture
def web(redis_url: str, client: Any, tmp_path: Path) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "off"}
    return create_app(Settings.load(environ), redis_url).test_client()


def say(web: FlaskClient, words: str, **more: Any) -> Mapping[str, Any]:
    answer = web.post("/text", json={"text": words, **more})
    assert answer.status_code == 200, answer.text
    told: Mapping[str, Any] = answer.get_json()
    return told


def test_an_answer_has_its_parts(web: FlaskClient) -> None:
    told = say(web, "start our check-in")
    assert set(told) == ANSWER
    assert told["intent"] == "CheckInIntent"
    assert told["flow"] == "check_in"
    assert told["listening_for"] == ["RatingIntent", "AMAZON.NoIntent"]
    assert told["end"] is False
    assert told["say"].endswith("?")
    assert told["ssml"].startswith("<speak>")


def test_slots_and_screen(web: FlaskClient) -> None:
    told = say(web, "we need a time-out for half an hour")
    assert told["slots"] == {"duration": "PT30M"}
    told = say(web, "tonight's question")
    assert told["screen"]["text"] in told["say"]


def test_what_is_shown_in_the_middle_of_something_is_shown(web: FlaskClient) -> None:
    mine = say(web, "start our check-in")["conversation"]
    told = say(web, "remind us every evening at eight to say thank you", conversation=mine)
    assert told["say"].endswith("?")
    assert "RRULE" in told["screen"]["calendar"]["content"]


def test_what_is_known_is_exported(web: FlaskClient) -> None:
    mine = say(web, "call us Sam and Alex")["conversation"]
    say(web, "yes", conversation=mine)
    assert say(web, "what do you know about us", conversation=mine)["screen"]["data"]["names"] == [
        "Sam",
        "Alex",
    ]


def test_a_conversation_is_continued_by_its_id(web: FlaskClient) -> None:
    first = say(web, "start our check-in")["conversation"]
    other = say(web, "start our check-in")["conversation"]
    assert first != other
    assert len(first) >= 20
    assert "Second partner" in say(web, "7", conversation=first)["say"]
    assert "First partner" in say(web, "repeat", conversation=other)["say"]


def test_no_text_opens_it(web: FlaskClient) -> None:
    assert "Welcome" in say(web, "")["say"]
    assert "Welcome" in say(web, "   ")["say"]


def test_a_locale_that_we_do_not_speak_is_answered_in_ours(web: FlaskClient) -> None:
    assert say(web, "start our check-in", locale="xx-YY")["flow"] == "check_in"


def test_the_same_turn_acts_once(web: FlaskClient) -> None:
    mine = say(web, "tonight's question")["conversation"]
    body = {"text": "another one", "conversation": mine}
    answers = [
        web.post("/text", json=body, headers={"Idempotency-Key": "a-key"}).get_json()["say"]
        for _ in range(3)
    ]
    assert len(set(answers)) == 1
    assert say(web, "another one", conversation=mine)["say"] != answers[0]


WRONG = [
    b"",
    b"{",
    b"null",
    b"3",
    b"[]",
    b'"text"',
    b"{}",
    b'{"text": null}',
    b'{"text": 3}',
    b'{"text": ["a"]}',
    b'{"text": "a", "conversation": 7}',
    b'{"text": "a", "conversation": "short"}',
    b'{"text": "a", "conversation": "../../../etc"}',
    b'{"text": "a", "locale": 7}',
    b'{"text": "a", "locale": "english please"}',
    b'{"text": "\\ud800"}',
    b'{"text": "\xff\xfe"}',
    b"[" * 100_000,
    json.dumps({"text": "a" * 1001}).encode(),
]


@pytest.mark.parametrize("body", WRONG, ids=lambda body: repr(body[:30]))
def test_what_cannot_be_a_turn_is_refused_in_one_sentence(web: FlaskClient, body: bytes) -> None:
    answer = web.post("/text", data=body, content_type="application/json")
    assert answer.status_code == 400
    (sentence,) = answer.get_json().values()
    assert sentence.endswith(".")
    assert len(sentence) < 200


def test_only_json_is_taken(web: FlaskClient) -> None:
    """So no form on another site can send a turn: a browser would ask us first, and hear no."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert web.post("/text", data=b'{"text": "help"}', content_type=kind).status_code == 415
    assert web.options("/text").headers.get("Access-Control-Allow-Origin") is None


SAID = [
    "0",
    "-1",
    "999999999999999999999999",
    "1e309",
    "NaN",
    "💛" * 200,
    "\u202eevil\u202c",
    "שלום לך",
    "<speak><audio src='x'/></speak>",
    "<script>alert(1)</script>",
    "{question} {pause 3}",
    "'; DROP TABLE couples; --",
    "\x00\x01\x02",
    "a" * 1000,
    "call us <b>Sam</b> and &amp;",
    "remind us at 99:99 every blursday",
    "time-out for minus five minutes",
    "time-out for a million years",
]


@pytest.mark.parametrize(
    "asked", ["", "start our check-in", "remind us to say thank you", "time out"]
)
@pytest.mark.parametrize("words", SAID, ids=lambda words: repr(words[:20]))
def test_whatever_is_said_is_answered(web: FlaskClient, asked: str, words: str) -> None:
    mine = say(web, asked)["conversation"]
    told = say(web, words, conversation=mine)
    assert told["say"]
    assert "<script" not in told["ssml"]
    assert "<audio" not in told["ssml"]


TEXT = st.text(max_size=200) | st.sampled_from(SAID)


@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(TEXT, max_size=6))
def test_any_conversation_is_answered(web: FlaskClient, turns: list[str]) -> None:
    mine = say(web, "")["conversation"]
    for words in turns:
        if not any("\ud800" <= letter <= "\udfff" for letter in words):
            assert say(web, words, conversation=mine)["say"]
