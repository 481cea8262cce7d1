"""Redis fails in every way it can: what the couple hears, what is kept, and all is well again."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient
from served import redis_servers, until

from content import content
from skill.app import create_app
from skill.household.embedded import EmbeddedRedis
from skill.settings import Settings

TROUBLE = content().prompts["engine.trouble"].say[0]
FIRST = "First partner, from zero to ten, how close do you feel tonight?"
SECOND = "Second partner, how near do you feel tonight, from zero to ten?"


class Couple:
    """Two people at the text API of one application."""

    def __init__(self, client: FlaskClient, conversation: str = "a-conversation") -> None:
        self.client = client
        self.conversation = conversation

    def say(self, words: str, turn: str = "") -> str:
        answer = self.client.post(
            "/text",
            json={"text": words, "conversation": self.conversation},
            headers={"Idempotency-Key": turn} if turn else {},
        )
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.get_json()
        return str(told["say"])

    def is_ready(self) -> bool:
        return self.client.get("/readyz").status_code == 200


def served(folder: Path, url: str) -> Couple:
    settings = Settings.load({"LANTERN_DATA_DIR": str(folder), "LANTERN_RATE_LIMIT": "off"})
    return Couple(create_app(settings, url).test_client())


@pytest.fixture
def embedded(short_dir: Path) -> Iterator[str]:
    with EmbeddedRedis(short_dir) as url:
        yield url


@pytest.fixture
def couple(embedded: str, short_dir: Path) -> Couple:
    return served(short_dir, embedded)


def in_the_middle(couple: Couple) -> None:
    assert couple.say("start our check-in").endswith(FIRST)
    assert couple.say("7") == SECOND


def goes_on(couple: Couple) -> None:
    until(couple.is_ready)
    assert SECOND in couple.say("repeat")
    assert "one word" in couple.say("8")


def test_killed_and_started_again(couple: Couple, short_dir: Path) -> None:
    in_the_middle(couple)
    (server,) = redis_servers(short_dir)
    os.kill(server, signal.SIGKILL)
    until(lambda: not redis_servers(short_dir))
    assert couple.say("8") == TROUBLE
    with EmbeddedRedis(short_dir):
        goes_on(couple)


def test_paused_for_five_seconds(couple: Couple, short_dir: Path) -> None:
    in_the_middle(couple)
    (server,) = redis_servers(short_dir)
    goes_on_later = threading.Timer(5, os.kill, (server, signal.SIGCONT))
    os.kill(server, signal.SIGSTOP)
    goes_on_later.start()
    try:
        assert couple.say("repeat") == TROUBLE
        goes_on_later.join()
    finally:
        os.kill(server, signal.SIGCONT)
    goes_on(couple)


def test_full(couple: Couple, embedded: str) -> None:
    in_the_middle(couple)
    with redis.Redis.from_url(embedded) as client:
        client.config_set("maxmemory", 1)
        assert couple.say("8") == TROUBLE
        client.config_set("maxmemory", 0)
    goes_on(couple)


def test_a_wrong_password(embedded: str, short_dir: Path) -> None:
    with redis.Redis.from_url(embedded) as client:
        client.config_set("requirepass", "the right one")
        wrong = served(short_dir, embedded.replace("unix://", "unix://:wrong@"))
        assert wrong.say("tonight's question") == TROUBLE
        assert not wrong.is_ready()
        client.config_set("requirepass", "")


@pytest.mark.parametrize("words", ["tonight's question", "we need a time-out", ""])
def test_a_network_that_accepts_and_never_answers(short_dir: Path, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        couple = served(short_dir, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        assert couple.say(words) == TROUBLE
        assert not couple.is_ready()


@pytest.mark.parametrize("words", ["my husband has a gun", "my wife slapped me"])
def test_somebody_who_is_not_safe_is_heard_even_then(short_dir: Path, words: str) -> None:
    couple = served(short_dir, "redis://127.0.0.1:1/0")
    assert "call 9 1 1 from a phone" in couple.say(words)


def test_a_file_that_was_cut_off_half_way(short_dir: Path) -> None:
    with EmbeddedRedis(short_dir) as url:
        couple = served(short_dir, url)
        in_the_middle(couple)
        (server,) = redis_servers(short_dir)
        os.kill(server, signal.SIGKILL)
        until(lambda: not redis_servers(short_dir))
    file = max((short_dir / "redis").rglob("*.aof"), key=lambda one: one.stat().st_size)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) - 20])  # within the last write
    with EmbeddedRedis(short_dir) as url:
        couple = served(short_dir, url)
        assert couple.say("repeat").endswith(FIRST)
        assert couple.say("7") == SECOND


def both_at_once(ask: Callable[[int], str]) -> list[str]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ask, range(8)))


def test_two_devices_at_the_same_instant(couple: Couple) -> None:
    couple.say("start our check-in")
    said = both_at_once(lambda device: couple.say("7", turn=f"device-{device}"))
    assert TROUBLE not in said
    assert said.count(SECOND) == 1  # one of them answered; to the others it was the next answer
    assert len(set(said)) > 1


def test_one_question_an_evening_for_all_devices(couple: Couple) -> None:
    said = both_at_once(lambda device: couple.say("tonight's question"))
    assert len({one.split("?")[1].split(". ")[-1] for one in said}) == 1


def test_the_same_turn_twice_at_once_and_later(couple: Couple) -> None:
    couple.say("start our check-in")
    assert set(both_at_once(lambda _: couple.say("7", turn="the same"))) == {SECOND}
    assert couple.say("7", turn="the same") == SECOND
    assert "one word" in couple.say("8")
    assert couple.say("7", turn="the same") == SECOND
