"""The command `lantern`: what is typed wrongly, cut off, or asked for while the service runs."""

import re
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from served import LANTERN, PATIENCE, Served, environ, redis_servers, tonights

from skill.app import page
from skill.channels.alexa.door import LARGEST_BODY

Run = Callable[..., "subprocess.CompletedProcess[str]"]
NOBODY = "redis://:swordfish@127.0.0.1:1/0"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One service, of two workers, for all tests here."""
    with (
        tempfile.TemporaryDirectory(prefix="lantern-") as name,
        Served(Path(name), "--workers", "2") as served,
    ):
        yield served


def run(
    folder: Path, *words: str, given: bytes | None = None, **more: str
) -> "subprocess.CompletedProcess[str]":
    told = subprocess.run(
        [LANTERN, *words],
        env=environ(folder) | more,
        input=given,
        capture_output=True,
        timeout=PATIENCE * 2,
        check=False,
    )
    return subprocess.CompletedProcess(
        told.args, told.returncode, told.stdout.decode(), told.stderr.decode()
    )


@pytest.fixture
def lantern(served: Served) -> Run:
    """Runs `lantern` beside the service, on its data."""
    return lambda *words, **more: run(served.folder, *words, **more)


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_what_serve_says_to_try_works(short_dir: Path) -> None:
    with Served(short_dir) as served:
        assert served.process
        assert served.process.stdout
        assert "  curl " in page("serve")
        line = next(one for one in served.process.stdout if one.strip().startswith("curl "))
        _, address, option, body = shlex.split(line)
        assert (address, option) == (f"{served.url}/text", "--json")
        answer = requests.post(
            address, data=body, headers={"Content-Type": "application/json"}, timeout=PATIENCE
        )
        assert answer.json()["intent"] == "TonightsQuestionIntent"
        assert "?" in answer.json()["say"]
        workers = children(served.process.pid)
        code, out = served.stop(signal.SIGINT)
        assert (code, out.count("Traceback")) == (0, 0)
        assert workers
        assert not [one for one in workers if Path(f"/proc/{one}").exists()]
        assert not redis_servers(short_dir)


def test_each_worker_knows_every_conversation(served: Served) -> None:
    mine = served.post({"text": "start our check-in"}).json()["conversation"]
    for rating in ("7", "8", "repeat", "repeat", "repeat", "repeat", "repeat", "repeat"):
        said = served.post({"text": rating, "conversation": mine}).json()["say"]
    assert "one word" in said


def test_tonights_question_is_one_for_two_processes_at_once(lantern: Run, served: Served) -> None:
    command = [str(LANTERN), "ask", "what's tonight's question"]
    both = [
        subprocess.Popen(command, env=served.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [one.communicate(timeout=PATIENCE)[0] for one in both]
    assert tonights(said[0]) == tonights(said[1])
    assert len(redis_servers(served.folder)) == 1


def test_a_body_in_chunks_that_is_too_long_is_refused(served: Served) -> None:
    """Its length is not told: it is read as far as is allowed, and is then no whole JSON."""
    pieces = (b'{"text": "', *[b"x" * 4096] * (LARGEST_BODY // 4096 + 1), b'"}')
    answer = requests.post(
        f"{served.url}/text",
        data=iter(pieces),
        headers={"Content-Type": "application/json"},
        timeout=PATIENCE,
    )
    assert answer.status_code in (400, 413)
    assert set(answer.json()) == {"error"}


def test_a_conversation_of_the_text_api_is_forgotten(lantern: Run, served: Served) -> None:
    mine, other = ("a-conversation-to-forget", "a-conversation-to-keep")
    for one in (mine, other):
        served.post({"text": "call us Sam and Alex", "conversation": one})
        served.post({"text": "yes", "conversation": one})
    told = lantern("forget", "--conversation", mine, given=b"n\n")
    assert told.returncode == 1
    assert "Erase everything that is remembered?" in told.stdout
    assert "Sam and Alex" in asked_what_is_known(served, mine)
    told = lantern("forget", "--conversation", mine, given=b"y\n")
    assert told.stdout.endswith("Erased.\n")
    assert "no names" in asked_what_is_known(served, mine)
    assert "Sam and Alex" in asked_what_is_known(served, other)


def asked_what_is_known(served: Served, mine: str) -> str:
    asked = {"text": "what do you know about us", "conversation": mine}
    return str(served.post(asked).json()["say"])


def test_a_forgetting_that_fails_does_not_say_erased(short_dir: Path) -> None:
    told = run(short_dir, "forget", "--terminal", "--yes", LANTERN_REDIS_URL=NOBODY)
    assert told.returncode == 1
    assert told.stderr == "lantern: nothing was erased: Redis cannot be reached.\n"
    assert "Erased" not in told.stdout


@pytest.mark.parametrize("command", ["ask help", "serve", "forget --terminal --yes"])
def test_a_wrong_address_of_redis_is_one_sentence_without_the_password(
    short_dir: Path, command: str
) -> None:
    told = run(short_dir, *command.split(), LANTERN_REDIS_URL=NOBODY.replace("redis:", "http:"))
    assert told.returncode == 1
    assert re.fullmatch(r"lantern: The address of Redis must look like [^\n]*\.\n", told.stderr)
    assert "swordfish" not in told.stdout + told.stderr


def test_doctor_names_a_wrong_address_of_redis_without_the_password(short_dir: Path) -> None:
    told = run(short_dir, "doctor", LANTERN_REDIS_URL=NOBODY.replace("redis:", "http:"))
    assert told.returncode == 1
    assert "LANTERN_REDIS_URL: The address of Redis must look like" in told.stdout
    assert "swordfish" not in told.stdout + told.stderr


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("serve --port 0", "--port"),
        ("serve --port 99999", "--port"),
        ("serve --port http", "--port"),
        ("serve --workers 0", "--workers"),
        ("serve --threads -1", "--threads"),
        ("models sync --check --locale xx-YY", "--locale"),
        ("models say --locale ../x hello", "--locale"),
        ("content safety /nowhere", "/nowhere"),
        ("content preview", "THEME"),
        ("content preview --locale xx-YY kites", "--locale"),
        ("content stats --xml", "--xml"),
        ("ask", "WORDS"),
        ("sing", "sing"),
    ],
)
def test_what_is_typed_wrongly_is_said(short_dir: Path, command: str, named: str) -> None:
    told = run(short_dir, *command.split())
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert named in told.stderr.splitlines()[-1]


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_a_host_that_is_not_here_is_said(short_dir: Path, host: str) -> None:
    told = run(short_dir, "serve", "--host", host)
    assert told.returncode == 1
    assert re.fullmatch(rf"lantern: {host} port 8080 cannot be used [^\n]*\.\n", told.stderr)


def test_a_data_folder_that_is_none_is_named(short_dir: Path) -> None:
    file = short_dir / "file"
    file.touch()
    told = run(short_dir, "ask", "help", LANTERN_DATA_DIR=str(file))
    assert told.returncode == 1
    assert re.fullmatch(
        rf"lantern: LANTERN_DATA_DIR: the folder {file} cannot be used [^\n]*\.\n", told.stderr
    )


def test_bytes_that_are_no_text_do_not_end_a_talk(lantern: Run) -> None:
    told = lantern("talk", given=b"caf\xe9\nhelp\n", PYTHONIOENCODING="utf-8:strict")
    assert (told.returncode, told.stderr) == (0, "")
    assert len(told.stdout.strip().splitlines()) == 3


def test_a_talk_that_is_interrupted_ends_quietly(served: Served) -> None:
    talk = subprocess.Popen(
        [LANTERN, "talk"],
        env=served.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert talk.stdout
    assert talk.stdout.readline().strip()
    talk.send_signal(signal.SIGINT)
    _, complaint = talk.communicate(timeout=PATIENCE)
    assert (talk.returncode, complaint) == (0, "")


@pytest.mark.parametrize("command", ["ask help", "talk"])
def test_a_reader_that_goes_away_is_no_trouble(served: Served, command: str) -> None:
    told = subprocess.run(
        ["bash", "-c", f"yes help | head -n 3 | {LANTERN} {command} | true"],
        env=served.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert told.stderr == ""
    assert len(redis_servers(served.folder)) == 1
