"""What is counted, and that no count tells what two people would keep to themselves."""

import json
import re
import uuid
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import redis
from amazon_proxy import AmazonProxy
from authority import CERTIFICATE_PATH, Authority
from counts import Counts
from fake_alexa_api import FakeAlexaApi, failing
from flask.testing import FlaskClient
from google_voice import GoogleVoice

from skill import metrics
from skill.app import create_app
from skill.channels.alexa import webhook
from skill.conversation import flows, steps
from skill.household.redis_store import FAILURES
from skill.settings import Settings

assert flows  # importing them registers them

SKILL_ID = "amzn1.ask.skill.counts"

SAID = {"text": "help", "conversation": "at-home-tonight"}

OTHER = {
    'lantern_turns_total{channel="text",flow="other",outcome="answered"}': 1,
    'lantern_turn_seconds_count{channel="text"}': 1,
    'lantern_requests_total{outcome="answered",place="text"}': 1,
    'lantern_store_seconds_count{call="load",outcome="answered"}': 1,
    'lantern_store_seconds_count{call="save",outcome="answered"}': 1,
}
"""What any typed turn adds that nobody else need know of."""

PRIVATE = (
    ["my husband has a gun"],
    ["i want to kill myself"],
    ["he reads all my messages"],
    ["support"],
    ["support", "yes"],
    ["forget us"],
    ["forget us", "yes"],
    ["we had a fight yesterday"],
    ["i had a hard day"],
    ["something old still hurts"],
    ["what do you know about us"],
    ["take a thank you out of the jar"],
    ["unlink us"],
    ["start our check-in"],
    ["we need a time-out"],
)


@pytest.fixture
def web(
    redis_url: str,
    client: Any,
    amazon: AmazonProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> FlaskClient:
    # A batch of a new day: other tests of this process may have filled most of one.
    monkeypatch.setattr(metrics, "safety", metrics.Batches(metrics.SAFETY))
    environ = {
        "LANTERN_DATA_DIR": str(tmp_path),
        "LANTERN_RATE_LIMIT": "off",
        "LANTERN_ALEXA_SKILL_ID": SKILL_ID,
    }
    return create_app(Settings.load(environ), redis_url).test_client()


def text(web: FlaskClient, *words: str) -> None:
    for said in words:
        assert web.post("/text", json={"text": said, "conversation": "at-home-tonight"}).is_json


def signed(
    web: FlaskClient, authority: Authority, intent: str, endpoint: str = "", **slots: str
) -> Any:
    """Send an intent to the webhook as Alexa does."""
    system = {
        "application": {"applicationId": SKILL_ID},
        "user": {"userId": "amzn1.ask.account.A"},
        "device": {"deviceId": "device-1"},
        "apiEndpoint": endpoint,
        "apiAccessToken": "a-token",
    }
    request = {
        "type": "IntentRequest",
        "requestId": f"amzn1.echo-api.request.{uuid.uuid4()}",
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "locale": "en-US",
        "intent": {
            "name": intent,
            "slots": {name: {"name": name, "value": value} for name, value in slots.items()},
        },
    }
    envelope = {"version": "1.0", "context": {"System": system}, "request": request}
    body = json.dumps(envelope).encode()
    answer = web.post("/alexa", data=body, headers=authority.sign(body))
    assert answer.status_code == 200
    return answer.get_json()["response"]


def test_a_turn_is_counted_by_channel_conversation_and_outcome(web: FlaskClient) -> None:
    counts = Counts(web)
    text(web, "tonight's question")
    assert counts.rose() == {name.replace("other", "tonights_question"): 1 for name in OTHER}


@pytest.mark.parametrize("words", PRIVATE, ids=", ".join)
def test_what_is_private_counts_as_help_does(web: FlaskClient, words: list[str]) -> None:
    text(web, *words[:-1])
    counts = Counts(web)
    text(web, words[-1])
    assert counts.rose() == OTHER
    counts = Counts(web)
    text(web, "help")
    assert counts.rose() == OTHER


@pytest.mark.parametrize("intent", ["SafetyIntent", "ForgetUsIntent", "AfterFightIntent"])
def test_on_a_speaker_too(web: FlaskClient, authority: Authority, intent: str) -> None:
    signed(web, authority, "AMAZON.HelpIntent")
    counts = Counts(web)
    signed(web, authority, "AMAZON.HelpIntent")
    usual = counts.rose()
    counts = Counts(web)
    signed(web, authority, intent)
    assert counts.rose() == usual
    assert usual['lantern_turns_total{channel="alexa",flow="other",outcome="answered"}'] == 1


def test_nobody_sees_that_the_page_was_left(web: FlaskClient) -> None:
    rises = []
    for address in ("/leave", "/breathing.css", "/manifest.webmanifest", "/aloud/not-said.mp3"):
        counts = Counts(web)
        web.get(address)
        rises.append(counts.rose())
    looked = 'lantern_store_seconds_count{call="load",outcome="answered"}'
    requested = 'lantern_requests_total{outcome="answered",place="page"}'
    assert rises == [{requested: 1}] * 3 + [{requested: 1, looked: 1}]


def test_the_conversations_that_are_told_are_no_private_ones() -> None:
    assert steps.FLOWS.keys() > metrics.TOLD
    assert not [name for name in metrics.TOLD if steps.FLOWS[name].private]
    assert metrics.flow("a conversation of tomorrow") == "other"


def test_how_long_a_turn_took_is_told_in_hundredths(web: FlaskClient) -> None:
    for _ in range(3):
        text(web, "help")
    page = web.get("/metrics").get_data(as_text=True)
    (told,) = re.findall(r'^lantern_turn_seconds_sum\{channel="text"\} (.*)$', page, re.M)
    hundredths = float(told) * 100
    assert hundredths == pytest.approx(round(hundredths))
    assert hundredths >= 3


def test_nothing_that_people_say_is_counted(web: FlaskClient, authority: Authority) -> None:
    before = metrics.SAFETY._value.get()
    text(web, "call us Annabelle and Zacharias", "yes", "my husband has a gun")
    signed(web, authority, "SetNamesIntent", first="Annabelle", second="Zacharias")
    page = web.get("/metrics").get_data(as_text=True).lower()
    for word in ("annabelle", "zacharias", "gun", "danger", "support", "set_names"):
        assert word not in page
    assert metrics.SAFETY._value.get() == before


class TestSafetyIsAnAggregate:
    def test_what_one_couple_says_in_a_day_shows_nowhere(self) -> None:
        batches = Batches()
        for _ in range(30):
            assert batches.on_a_day_of(99) == 0

    def test_what_many_say_shows_on_the_next_day(self) -> None:
        batches = Batches()
        before = metrics.SAFETY._value.get()
        batches.say(2_000)
        assert metrics.SAFETY._value.get() == before
        assert 2 <= batches.on_a_day_of(0) <= 12

    def test_a_day_begins_anew(self) -> None:
        batches = Batches()
        batches.on_a_day_of(2_000)
        assert batches.on_a_day_of(99) == 0

    def test_how_many_fill_one_is_drawn_by_lot(self) -> None:
        """Whoever says it as often as may be does not know what would show without others."""
        shown = {Batches().on_a_day_of(350) for _ in range(60)}
        assert {0, 1} <= shown <= {0, 1, 2}

    def test_who_asks_and_who_says_so_are_counted(
        self, web: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batches = one_by_one(monkeypatch)
        for _ in range(15):
            text(web, "my husband has a gun", "i want to kill myself", "support")
        assert 1 <= batches.on_a_day_of(0) < 45

    def test_also_while_redis_is_gone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batches = one_by_one(monkeypatch)
        settings = Settings.load({"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "off"})
        text(create_app(settings, "redis://127.0.0.1:1/0").test_client(), *["he hits me"] * 40)
        assert 1 <= batches.on_a_day_of(0) < 40


class Batches:
    """Batches with a clock of their own."""

    def __init__(self) -> None:
        self.day = 20_000
        self.batches = metrics.Batches(metrics.SAFETY, lambda: self.day * 86_400.0)

    def say(self, turns: int) -> None:
        for _ in range(turns):
            self.batches.add()

    def on_a_day_of(self, turns: int) -> float:
        """Return what shows after a day with so many, when the next one has begun."""
        before = metrics.SAFETY._value.get()
        self.say(turns)
        self.day += 1
        self.say(1)
        return float(metrics.SAFETY._value.get() - before)


def one_by_one(monkeypatch: pytest.MonkeyPatch) -> Batches:
    """Have the service count in batches of one: each, or not, by lot."""
    monkeypatch.setattr(metrics, "LEAST", 1)
    monkeypatch.setattr(metrics, "MOST", 1)
    counted = Batches()
    counted.say(1)
    monkeypatch.setattr(metrics, "safety", counted.batches)
    return counted


# What came of it ------------------------------------------------------------------------


def test_the_same_turn_again_is_counted_as_repeated(web: FlaskClient) -> None:
    counts = Counts(web)
    for _ in range(2):
        web.post("/text", json=SAID, headers={"Idempotency-Key": "once"})
    rose = counts.rose()
    turns = 'lantern_turns_total{channel="text",flow="other",outcome="%s"}'
    assert (rose[turns % "answered"], rose[turns % "repeated"]) == (1, 1)


def test_a_redis_that_is_gone_is_seen_and_then_left_alone(tmp_path: Path) -> None:
    settings = Settings.load({"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "off"})
    web = create_app(settings, "redis://127.0.0.1:1/0").test_client()
    counts = Counts(web)
    text(web, *["help"] * (FAILURES + 1))
    rose = counts.rose()
    stored = 'lantern_store_seconds_count{call="load",outcome="%s"}'
    assert (rose[stored % "unreachable"], rose[stored % "left-alone"]) == (FAILURES, 1)
    trouble = 'lantern_turns_total{channel="text",flow="other",outcome="trouble"}'
    assert rose[trouble] == FAILURES + 1
    assert web.get("/readyz").status_code == 503
    assert counts.rose()['lantern_requests_total{outcome="failed",place="service"}'] == 1


def test_a_redis_that_is_full_is_seen(web: FlaskClient, client: redis.Redis) -> None:
    counts = Counts(web)
    client.config_set("maxmemory", 1)
    try:
        text(web, "help")
    finally:
        client.config_set("maxmemory", 0)
    assert counts.rose()['lantern_store_seconds_count{call="save",outcome="full"}'] == 1


def test_an_answer_that_cannot_be_rendered_is_trouble(
    web: FlaskClient,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    counts = Counts(web)
    with monkeypatch.context() as patch:
        patch.setattr(webhook, "AlexaWorld", None)
        assert "not working" in signed(web, authority, "AMAZON.HelpIntent")["outputSpeech"]["ssml"]
    trouble = 'lantern_turns_total{channel="alexa",flow="other",outcome="trouble"}'
    assert counts.rose()[trouble] == 1
    assert "turn amzn1.echo-api.request." in caplog.text


def test_too_many_requests_are_counted(redis_url: str, client: Any, tmp_path: Path) -> None:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "1 per hour"}
    web = create_app(Settings.load(environ), redis_url).test_client()
    counts = Counts(web)
    assert [web.post("/text", json=SAID).status_code for _ in range(3)] == [200, 429, 429]
    assert counts.rose()['lantern_requests_total{outcome="limited",place="text"}'] == 2


# The door, Amazon, sounds ---------------------------------------------------------------


def test_the_door_is_counted(web: FlaskClient, authority: Authority) -> None:
    counts = Counts(web)
    signed(web, authority, "AMAZON.HelpIntent")
    signed(web, authority, "AMAZON.HelpIntent")
    assert web.post("/alexa", data=b"{}", content_type="application/json").status_code == 400
    rose = counts.rose()
    assert rose['lantern_verification_seconds_count{outcome="admitted"}'] == 2
    assert rose['lantern_verification_seconds_count{outcome="refused"}'] == 1
    assert rose['lantern_refusals_total{reason="no-cert-url"}'] == 1
    assert rose['lantern_certificates_total{outcome="proven"}'] == 1


def test_a_certificate_that_cannot_be_had_is_counted(
    web: FlaskClient, authority: Authority, amazon: AmazonProxy
) -> None:
    counts = Counts(web)
    amazon.routes["s3.amazonaws.com", CERTIFICATE_PATH] = (503, {}, b"")
    body = b"{}"
    assert web.post("/alexa", data=body, headers=authority.sign(body)).status_code == 400
    rose = counts.rose()
    assert rose['lantern_certificates_total{outcome="cert-fetch"}'] == 1
    assert rose['lantern_refusals_total{reason="cert-fetch"}'] == 1


def test_what_amazon_did_is_counted(web: FlaskClient, authority: Authority) -> None:
    with FakeAlexaApi(token="a-token") as api:
        counts = Counts(web)
        signed(web, authority, "SetReminderIntent", api.url, time="20:00")
        signed(web, authority, "AMAZON.YesIntent", api.url)
        rose = counts.rose()
        called = 'lantern_amazon_seconds_count{call="%s",outcome="%s"}'
        assert api.reminders
        assert rose[called % ("time_zone", "found")] == 1
        assert rose[called % ("reminder.create", "created")] == 1
        api.faults.append(failing(500))
        signed(web, authority, "CancelReminderIntent", api.url)
        signed(web, authority, "AMAZON.YesIntent", api.url)
    assert counts.rose()[called % ("reminder.cancel", "down")] == 1


def test_sounds_are_counted(web: FlaskClient) -> None:
    counts = Counts(web)
    for _ in range(2):
        with web.get("/sound/breathing-box-1.mp3") as answer:
            assert answer.status_code == 200
    played = 'lantern_sound_seconds_count{kind="sound",source="%s"}'
    assert [counts.rose()[played % source] for source in ("made", "kept")] == [1, 1]


def test_voices_are_counted(
    web: FlaskClient, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = Counts(web)
    said = web.post("/say", data={"text": "help", "turn": "a-turn-of-mine"})
    assert said.status_code == 200
    with GoogleVoice(authority) as google:
        monkeypatch.setenv("https_proxy", google.url)
        for _ in range(2):
            with web.get("/aloud/a-turn-of-mine.mp3") as answer:
                assert answer.status_code == 200
    spoke = 'lantern_sound_seconds_count{kind="voice",source="%s"}'
    assert [counts.rose()[spoke % source] for source in ("google", "kept")] == [1, 1]


def test_the_release_is_told(web: FlaskClient) -> None:
    page = web.get("/metrics").get_data(as_text=True)
    assert f'lantern_build_info{{version="{version("evening-lantern")}"}} 1.0' in page
