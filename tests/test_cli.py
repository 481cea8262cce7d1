"""The command `lantern`, as people type it: each in a process of its own, with an empty home."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from served import LANTERN, Served, environ, redis_servers, tonights, until

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def lantern(short_dir: Path) -> Run:
    def run(*words: str, given: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [LANTERN, *words],
            env=environ(short_dir) | more,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_ask_twice_is_one_question(lantern: Run, short_dir: Path) -> None:
    first, second = (lantern("ask", "what's", "tonight's", "question").stdout for _ in range(2))
    assert tonights(first) == tonights(second)
    assert not redis_servers(short_dir)


def test_talk_holds_a_conversation(lantern: Run) -> None:
    told = lantern("talk", given="start our check-in\n7\nstop\n").stdout
    assert "Welcome" in told
    assert "Second partner, how near do you feel tonight" in told


def test_serve_says_what_to_try_and_ends_well(short_dir: Path) -> None:
    for how in (signal.SIGINT, signal.SIGTERM):
        with Served(short_dir) as served:
            code, out = served.stop(how)
        assert code == 0
        assert str(served.port) in out
        assert "lantern talk" in out
        assert "LANTERN_ALEXA_SKILL_ID" in out
        assert "Traceback" not in out


def test_several_workers_count_together(short_dir: Path) -> None:
    with Served(short_dir, "--workers", "2") as served:
        for _ in range(20):
            served.post({"text": "help"})
        until(lambda: "lantern_workers_started_total 2.0" in served.get("/metrics").text)
        page = served.get("/metrics").text
        served.stop()
    assert 'lantern_turns_total{channel="text",flow="other",outcome="answered"} 20.0' in page
    assert 'lantern_turn_seconds_count{channel="text"} 20.0' in page


def test_serve_and_ask_share_one_server(lantern: Run, short_dir: Path) -> None:
    with Served(short_dir):
        lantern("ask", "call us Sam and Alex")
        assert "Hello Sam" in lantern("ask", "yes").stdout
        assert len(redis_servers(short_dir)) == 1
    until(lambda: not redis_servers(short_dir))


def test_a_port_that_is_taken_is_said(lantern: Run, short_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = lantern("serve", "--port", port)
    assert told.returncode == 1
    assert port in told.stderr
    assert len(told.stderr.splitlines()) == 1


WRONG = pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANTERN_REDIS_URL", "http://nowhere"),
        ("LANTERN_REDIS_URL", "redis://127.0.0.1:1/0"),
        ("LANTERN_TIME_ZONE", "Mars/Olympus"),
        ("LANTERN_SECRET", "short"),
        ("LANTERN_SECRET", " , "),
        ("LANTERN_DATA_DIR", "~nobody-of-this-name/lantern"),
        ("LANTERN_DATA_DIR", "/proc/nowhere"),
    ],
)


@WRONG
def test_what_is_wrong_is_said_without_a_traceback(lantern: Run, name: str, value: str) -> None:
    told = lantern("ask", "help", **{name: value})
    assert "Traceback" not in told.stderr
    if value.startswith("redis:"):
        assert "not working right now" in told.stdout
    else:
        assert told.returncode == 1
        assert told.stderr.startswith("lantern: ")


def test_a_key_that_is_lost_is_not_made_anew(lantern: Run, short_dir: Path) -> None:
    for words in ("call us sam and alex", "yes"):
        assert lantern("ask", words).returncode == 0
    key, copy = short_dir / "secret.key", short_dir / "copy"
    key.rename(copy)
    for told in (lantern("ask", "help"), lantern("talk"), lantern("serve")):
        assert told.returncode == 1
        assert f"neither LANTERN_SECRET nor {key}" in told.stderr
        assert not key.exists()
    assert f"neither LANTERN_SECRET nor {key}" in lantern("doctor", "--offline").stdout
    copy.rename(key)
    assert "Sam" in lantern("ask", "what do you know about us").stdout


@WRONG
def test_doctor_looks_at_everything_whatever_is_wrong(lantern: Run, name: str, value: str) -> None:
    told = lantern("doctor", "--json", **{name: value})
    assert (told.returncode, told.stderr) == (1, "")
    report = json.loads(told.stdout)
    assert report["state"] == "broken"
    broken = [one for one in report["findings"] if one["state"] == "broken"]
    assert any(one["remedy"] or name in one["what"] for one in broken)
    assert {"settings", "time.zones", "voices.local"} <= {
        one["check"] for one in report["findings"]
    }


def test_doctor_tells_each_setting_and_no_secret(lantern: Run) -> None:
    told = lantern("doctor", LANTERN_SECRET="a secret of sixteen letters")
    assert told.returncode == 0
    assert "sixteen" not in told.stdout
    assert "LANTERN_SECRET = (secret)  [environment]" in told.stdout
    assert "LANTERN_REDIS_URL = (unset)  [default]" in told.stdout
    assert "Redis is the embedded server." in told.stdout


def test_forget_asks_and_erases(lantern: Run) -> None:
    lantern("talk", given="call us Sam and Alex\nyes\n")
    lantern("forget", "--terminal", given="n\n")
    assert "Sam and Alex" in lantern("ask", "what do you know about us").stdout
    assert "Erased" in lantern("forget", "--terminal", given="y\n").stdout
    assert "no names" in lantern("ask", "what do you know about us").stdout
    assert "name one household" in lantern("forget", "--yes").stderr


def test_models_and_content(lantern: Run) -> None:
    assert "CheckInIntent" in lantern("models", "say", "start our check-in").stdout
    assert "in step" in lantern("models", "sync", "--check").stdout
    assert "keeps its rules" in lantern("content", "check").stdout
    assert "as the records are" in lantern("content", "schema", "--check").stdout


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        env=environ(folder),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_reader_that_goes_away_is_no_trouble(short_dir: Path) -> None:
    told = shell(f"{LANTERN} doctor | head -n 1", short_dir)
    assert (told.returncode, told.stderr) == (0, "")


def test_without_an_output_it_works_all_the_same(short_dir: Path) -> None:
    told = shell(f"{LANTERN} models sync --check >&-", short_dir)
    assert (told.returncode, told.stderr) == (0, "")


def test_help_is_there(lantern: Run) -> None:
    for command in ("", "serve", "talk", "ask", "models", "content", "doctor", "forget"):
        told = lantern(*command.split(), "--help")
        assert told.returncode == 0
        assert "Usage" in told.stdout


assert os.name == "posix", "these tests end processes by signals"
