"""The text API: turns that come twice, ids that nobody guesses, and couples that never meet."""

import json
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.app import create_app
from skill.settings import Settings

KEYS = ["conversation", "say", "ssml", "intent", "slots", "flow", "listening_for", "screen", "end"]
SECOND = "Second partner, how near do you feel tonight, from zero to ten?"


@pytest.fixture
def web(redis_url: str, client: Any, tmp_path: Path) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "off"}
    return create_app(Settings.load(environ), redis_url).test_client()


def say(
    web: FlaskClient, words: str, mine: str = "", key: str = "", **more: Any
) -> Mapping[str, Any]:
    body = {"text": words, **more} | ({"conversation": mine} if mine else {})
    answer = web.post("/text", json=body, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == 200, answer.text
    told: Mapping[str, Any] = answer.get_json()
    return told


def known(web: FlaskClient, mine: str) -> Mapping[str, Any]:
    """All that is kept about a couple."""
    kept: Mapping[str, Any] = say(web, "what do you know about us", mine)["screen"]["data"]
    return kept


@pytest.mark.parametrize(
    "words", ["", "tonight's question", "we need a time-out", "remind us at eight", "qwrtz", "stop"]
)
def test_an_answer_has_these_keys_and_no_others(web: FlaskClient, words: str) -> None:
    told = say(web, words)
    assert sorted(told) == sorted(KEYS)
    assert re.sub(r"<[^>]*>", "", told["ssml"]).strip()
    assert isinstance(told["say"], str)
    assert isinstance(told["slots"], dict)
    assert isinstance(told["listening_for"], list)
    assert told["screen"] is None or isinstance(told["screen"], dict)
    assert isinstance(told["end"], bool)


def test_ids_cannot_be_guessed(web: FlaskClient) -> None:
    ids = {say(web, "help")["conversation"] for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22,64}", one) for one in ids)
    assert len({one[:4] for one in ids}) > 15


def test_another_one_draws_once_though_it_comes_three_times(web: FlaskClient) -> None:
    mine = say(web, "tonight's question")["conversation"]
    assert known(web, mine)["asked"] == 1
    answers = [say(web, "another question", mine, "key-1") for _ in range(3)]
    assert answers[0]["say"] == answers[1]["say"] == answers[2]["say"]
    assert answers[0]["ssml"] == answers[1]["ssml"] == answers[2]["ssml"]
    assert known(web, mine)["asked"] == 2
    say(web, "another question", mine, "key-2")
    assert known(web, mine)["asked"] == 3


def test_a_rating_that_comes_twice_counts_for_one_partner(web: FlaskClient) -> None:
    mine = say(web, "start our check-in")["conversation"]
    first = say(web, "7", mine, "rating-1")
    assert say(web, "7", mine, "rating-1")["say"] == first["say"] == SECOND
    assert "one word" in say(web, "8", mine, "rating-2")["say"]


def test_at_the_same_moment_too(web: FlaskClient) -> None:
    mine = say(web, "tonight's question")["conversation"]
    heard: list[str] = []

    def ask() -> None:
        heard.append(say(web.application.test_client(), "another question", mine, "key")["say"])

    askers = [threading.Thread(target=ask) for _ in range(6)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    assert len(heard) == 6
    assert len(set(heard)) == 1
    assert known(web, mine)["asked"] == 2


def test_a_key_means_a_turn_of_one_conversation(web: FlaskClient) -> None:
    mine, other = (say(web, "start our check-in")["conversation"] for _ in range(2))
    assert say(web, "7", mine, "the-same-key")["say"] == SECOND
    assert say(web, "skip", other, "another-key")["say"] == SECOND
    assert "one word" in say(web, "8", other, "the-same-key")["say"]


@pytest.mark.parametrize("key", ["", "k" * 129, "schlüssel"])
def test_a_key_that_is_none_is_refused_and_does_nothing(web: FlaskClient, key: str) -> None:
    mine = say(web, "start our check-in")["conversation"]
    answer = web.post(
        "/text",
        json={"text": "7", "conversation": mine},
        headers={"Idempotency-Key": key.encode().decode("latin-1")},
    )
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith("Idempotency-Key: ")
    assert say(web, "7", mine)["say"] == SECOND


def test_couples_do_not_meet(web: FlaskClient) -> None:
    mine = say(web, "call us Sam and Alex")["conversation"]
    say(web, "yes", mine)
    other = say(web, "tonight's question")["conversation"]
    assert "names" not in known(web, other)
    assert known(web, mine)["names"] == ["Sam", "Alex"]
    assert not known(web, mine).get("asked")
    say(web, "forget us", other)
    assert "erased" in say(web, "yes", other)["say"]
    assert not known(web, other).get("asked")
    assert known(web, mine)["names"] == ["Sam", "Alex"]
    assert "names" not in known(web, mine.swapcase())


@pytest.mark.parametrize("locale", ["de-DE", "xx", "en-GB", "EN-us", None, ""])
def test_a_locale_that_is_not_spoken_is_answered_in_ours(web: FlaskClient, locale: Any) -> None:
    mine = say(web, "start our check-in", locale=locale)["conversation"]
    assert say(web, "7", mine, locale=locale)["say"] == SECOND


ODD = [
    b'\xef\xbb\xbf{"text": "help"}',
    '{"text": "help"}'.encode("utf-16"),
    b'{"text": ' + b"9" * 5000 + b"}",
    b'{"text": ' + b'{"a":' * 9000 + b"1" + b"}" * 9000 + b"}",
    b'{"text": "help", "more": ' + b"[" * 9000 + b"]" * 9000 + b"}",
    b'{"text": "help", "conversation": "abcdefgh\\n"}',
    b'{"text": "help", "conversation": "\\ud800bcdefgh"}',
    b'{"text": "help", "conversation": ["abcdefgh"]}',
    b'{"text": "help", "conversation": "' + b"a" * 65 + b'"}',
    b'{"text": "help", "conversation": false}',
    b'{"text": "help", "conversation": 0}',
    b'{"text": "help", "conversation": []}',
    b'{"text": "help", "locale": "\\ud800"}',
    b'{"text": "help", "locale": "en-US\\n"}',
    b'{"text": "help", "locale": "../en"}',
    b'{"text": "help", "locale": 0}',
    b'{"text": "half a \\ude00"}',
    b'{"TEXT": "help"}',
    b'{"text": true}',
]


@pytest.mark.parametrize("body", ODD, ids=lambda body: repr(body[:48]))
def test_what_is_no_turn_is_refused_in_one_sentence(web: FlaskClient, body: bytes) -> None:
    answer = web.post("/text", data=body, content_type="application/json")
    assert answer.status_code == 400
    (sentence,) = answer.get_json().values()
    assert sentence.endswith(".")
    assert "; send " in sentence
    assert len(sentence) < 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("", 415),
        ("text/json", 415),
        ("application/json-patch+json", 415),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON", 200),
    ],
)
def test_the_content_type_counts(web: FlaskClient, kind: str, status: int) -> None:
    answer = web.post("/text", data=b'{"text": "help"}', content_type=kind)
    assert answer.status_code == status


SAID = [
    "\x00",
    "7\x00",
    "💛" * 1000,
    "שלום" * 250,
    "\u202e7\u202c",
    "é" * 1000,
    "e\u0301" * 500,
    "\u2028\u2029\ufeff",
    "\n" * 1000,
    "x" * 1000,
]


@pytest.mark.parametrize("words", SAID, ids=lambda words: ascii(words[:8]))
def test_a_thousand_characters_of_anything_are_heard(web: FlaskClient, words: str) -> None:
    """And whatever it is, the question that was open stays open or is answered: nothing breaks."""
    mine = say(web, "start our check-in")["conversation"]
    assert say(web, words, mine)["say"].strip()
    answer = web.post("/text", json={"text": words + "!" * (1001 - len(words))})
    assert answer.status_code == 400
    assert "1001 characters; send at most 1000" in answer.get_json()["error"]


def test_what_is_repeated_in_a_body_or_not_known_does_no_harm(web: FlaskClient) -> None:
    body = b'{"text": "help", "text": "start our check-in", "x": NaN, "end": true}'
    answer = web.post("/text", data=body, content_type="application/json")
    assert answer.get_json()["flow"] == "check_in"
    assert json.loads(answer.data)["end"] is False
