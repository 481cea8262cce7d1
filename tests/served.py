"""The service as people run it: `lantern serve` in a process of its own, spoken to over HTTP.

with Served(folder) as served:
    answer = served.text("start our check-in")
    served.kill()
    served.start()
    assert served.text("7")["say"] == ...
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

LANTERN = Path(sys.executable).parent / "lantern"
PATIENCE = 60.0  # seconds; for waiting, not for judging


class Served:
    """One `lantern serve`; a context manager that leaves nothing running."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.options = options
        self.folder = folder
        self.port = free_port()
        self.environment = environ(folder) | environment
        self.conversation = ""
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        said = self.stop()[1] if self.process and self.process.poll() is None else ""
        until(lambda: not redis_servers(self.folder), said)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def command(self) -> Sequence[str | Path]:
        return [LANTERN, "serve", "--port", str(self.port), *self.options]

    def start(self) -> Self:
        """Start it and wait until it is ready."""
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        until(self.is_healthy)
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """End it as a person or a supervisor would; return its exit code and all it said."""
        assert self.process
        self.process.send_signal(how)
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out

    def kill(self) -> None:
        """End it and its workers at once, as a power cut would."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE)

    def workers(self) -> list[int]:
        """The ids of its workers."""
        assert self.process
        told = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(one) for one in told.split() if int(one) not in redis_servers(self.folder)]

    def is_healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            assert self.process
            assert self.process.poll() is None, self.process.communicate()[0]
            return False

    def is_ready(self) -> bool:
        return requests.get(f"{self.url}/readyz", timeout=10).status_code == 200

    def get(self, address: str) -> requests.Response:
        return requests.get(f"{self.url}{address}", timeout=30)

    def post(self, body: Any, **options: Any) -> requests.Response:
        return requests.post(f"{self.url}/text", json=body, timeout=30, **options)

    def text(self, words: str, **headers: str) -> Mapping[str, Any]:
        """Say something in the one conversation of this service."""
        body = {"text": words, "conversation": self.conversation}
        answer = self.post(body, headers=headers)
        assert answer.status_code == 200, answer.text
        told: Mapping[str, Any] = answer.json()
        self.conversation = told["conversation"]
        return told


def environ(folder: Path) -> dict[str, str]:
    """The environment of a person who has nothing of ours yet."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANTERN_DATA_DIR": str(folder),
        "LANTERN_TIME_ZONE": "Europe/Berlin",
        "LANTERN_RATE_LIMIT": "off",
    }


def tonights(said: str) -> str:
    """Return tonight's question, or prompt, from an answer that reads it twice."""
    found = re.search(r"(\S[^\n]*) (?:Once more|And again)\. \1", said)
    assert found, said
    return found[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def redis_servers(folder: Path) -> list[int]:
    """The ids of the embedded servers that run for this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                name = (entry / "comm").read_text().strip()
                if name == "redis-server" and (entry / "cwd").resolve() == folder / "redis":
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def until(true: Callable[[], bool], said: str = "") -> None:
    """Wait for something to come true; if it never does, tell what was said meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"it never came true\n{said}"
        time.sleep(0.05)
