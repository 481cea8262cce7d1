"""The service is killed, ended and restarted in the middle of things; nothing is lost."""

import itertools
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import requests
from served import LANTERN, Served, environ, redis_servers, until

from content import content

ENOUGH = 30  # turns under way before the service is ended

START = "First partner, from zero to ten, how close do you feel tonight?"
SECOND = "Second partner, how near do you feel tonight, from zero to ten?"


def test_a_check_in_survives_the_death_of_the_service(short_dir: Path) -> None:
    with Served(short_dir) as served:
        assert served.text("start our check-in")["say"].endswith(START)
        served.kill()
        served.start()
        assert served.text("7")["say"] == SECOND
        served.stop()
        served.start()
        assert "one word" in served.text("8")["say"]
        assert "second partner, how close is it" in served.text("go back")["say"]


def test_a_time_out_survives_it_too(short_dir: Path) -> None:
    with Served(short_dir) as served:
        said = served.text("we need a time-out for an hour")["say"]
        served.kill()
        served.start()
        back = served.text("we are back")["say"]
        assert said.startswith("Time-out. Come back at ")
        assert "to go. Bodies often need the whole time." in back


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_asked_and_leaves_nothing_behind(short_dir: Path, how: signal.Signals) -> None:
    with Served(short_dir) as served:
        assert redis_servers(short_dir)
        code, out = served.stop(how)
        assert code == 0
        assert "Traceback" not in out
        until(lambda: not redis_servers(short_dir))


def test_it_ends_when_its_window_is_closed(short_dir: Path) -> None:
    """The kernel then tells all its processes."""
    with Served(short_dir, "--workers=2") as served:
        assert served.process
        os.killpg(served.process.pid, signal.SIGHUP)
        out, _ = served.process.communicate()
        assert served.process.returncode == 0
        assert "Traceback" not in out
        assert not redis_servers(short_dir)


def test_under_nohup_it_goes_on_without_its_window(short_dir: Path) -> None:
    class Left(Served):
        @property
        def command(self) -> Sequence[str | Path]:
            return ["nohup", *super().command]

    with Left(short_dir) as served:
        served.text("start our check-in")
        assert served.process
        os.killpg(served.process.pid, signal.SIGHUP)
        time.sleep(1)  # for the worst that could happen
        assert served.text("7")["say"] == SECOND


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM])
def test_talking_ends_in_order_too(short_dir: Path, how: signal.Signals) -> None:
    with subprocess.Popen(
        [LANTERN, "talk"],
        env=environ(short_dir),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as talking:
        until(lambda: bool(redis_servers(short_dir)))
        assert talking.stdout
        assert talking.stdout.readline()
        talking.send_signal(how)
        talking.send_signal(how)  # a shell says it once more
        assert talking.wait() == 128 + how
        assert not redis_servers(short_dir)


def test_the_embedded_server_comes_back_by_itself(short_dir: Path) -> None:
    with Served(short_dir) as served:
        served.text("start our check-in")
        served.text("7")
        (server,) = redis_servers(short_dir)
        os.kill(server, signal.SIGKILL)
        said = {""}
        # Each answer meanwhile is a 200 with kind words.
        until(lambda: said.add(served.text("repeat")["say"]) or SECOND in said)
        assert said <= {"", SECOND, content().prompts["engine.trouble"].say[0]}
        assert "one word" in served.text("8")["say"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGABRT, signal.SIGKILL])
def test_a_worker_that_ends_is_replaced(short_dir: Path, how: signal.Signals) -> None:
    """By whoever looks after the machine, by the master if it hangs, or for want of memory."""
    with Served(short_dir, "--workers=2") as served:
        served.text("start our check-in")
        before = served.workers()
        os.kill(before[0], how)
        until(lambda: before[0] not in served.workers() and len(served.workers()) == 2)
        assert served.text("7")["say"] == SECOND
        turns = [one for one in served.get("/metrics").text.splitlines() if "turns_total{" in one]
        assert sum(float(one.split()[-1]) for one in turns) == 2


def test_counts_are_in_memory_and_need_no_disk(short_dir: Path) -> None:
    """Whoever counts on a full disk is killed (SIGBUS), and so would be all who come after."""
    with Served(short_dir) as served:
        served.text("help")
        (worker,) = served.workers()
        mapped = Path(f"/proc/{worker}/maps").read_text()
        counts = {line.split()[-1] for line in mapped.splitlines() if "lantern-counts-" in line}
        assert len(counts) >= 2
        assert all(one.startswith("/dev/shm/") for one in counts)
        served.stop()
        assert not [one for one in counts if Path(one).parent.exists()]


def test_counts_that_are_cleaned_away_are_begun_anew(short_dir: Path) -> None:
    """As logind does when whoever started the service has logged out."""
    with Served(short_dir) as served:
        served.text("start our check-in")
        (worker,) = served.workers()
        mapped = Path(f"/proc/{worker}/maps").read_text().split()
        shutil.rmtree(Path(next(one for one in mapped if "lantern-counts-" in one)).parent)
        assert served.get("/metrics").status_code == 200
        os.kill(worker, signal.SIGKILL)
        until(lambda: worker not in served.workers() and len(served.workers()) == 1)
        assert served.text("7")["say"] == SECOND
        assert "lantern_turns_total" in served.get("/metrics").text
        assert served.stop()[0] == 0


def test_a_worker_that_does_not_stop_is_killed_and_nothing_left_behind(short_dir: Path) -> None:
    with Served(short_dir, "--workers=2") as served:
        os.kill(served.workers()[0], signal.SIGSTOP)
        served.stop()
        assert not redis_servers(short_dir)


def test_workers_whose_master_was_killed_leave_nothing_behind(short_dir: Path) -> None:
    with Served(short_dir, "--workers=2") as served:
        assert served.process
        served.process.kill()
        served.process.communicate()  # their output, too, until they have ended
        until(lambda: not redis_servers(short_dir))


def test_no_turn_that_was_accepted_is_cut_off(short_dir: Path) -> None:
    """SIGTERM under load: a turn is answered whole, or was never begun."""
    with Served(short_dir) as served:
        answered: list[bool] = []
        unanswered: list[str] = []
        numbers = itertools.count()

        def ask() -> None:
            while not unanswered or len(answered) < ENOUGH:
                mine = f"conversation-{next(numbers)}"
                try:
                    answer = served.post({"text": "start our check-in", "conversation": mine})
                    answered.append(answer.json()["say"].endswith(START))
                except requests.ConnectionError:
                    unanswered.append(mine)
                    return

        askers = [threading.Thread(target=ask) for _ in range(8)]
        for asker in askers:
            asker.start()
        until(lambda: len(answered) >= ENOUGH)
        code, _ = served.stop()
        for asker in askers:
            asker.join()
        assert code == 0
        assert all(answered)
        served.start()
        for mine in unanswered:
            told = served.post({"text": "repeat", "conversation": mine}).json()["say"]
            assert told.startswith("Nothing is waiting"), "a turn was begun and not answered"


def test_whoever_hangs_up_before_the_answer_disturbs_nobody(short_dir: Path) -> None:
    with Served(short_dir) as served:
        (worker,) = served.workers()
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", served.port)) as caller:
                caller.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                caller.shutdown(socket.SHUT_WR)
                # Closed with a reset: what the service then writes has nowhere to go.
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            assert served.get("/").ok
        assert served.workers() == [worker]
