"""The stacks as running servers, and as single answers from a fresh process."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from served import Served

from stacks.processes import group, processor_seconds
from stacks.wire import Answer, Sent, post

HERE = Path(__file__).parent


class Stack(Served):
    """One of the stacks; a context manager, as `Served` is."""

    def __init__(self, name: str, folder: Path, *options: str, **environment: str) -> None:
        """Keep files of its own within ``folder``."""
        super().__init__(Path(tempfile.mkdtemp(dir=folder)), *options, **environment)
        self.name = name

    @property
    def once(self) -> Sequence[str | Path]:
        """The command that answers the one request on its standard input."""
        return [sys.executable, HERE / "once.py"]

    @property
    def processes(self) -> list[int]:
        """Their ids; the one that was started comes first."""
        assert self.process
        return group(self.process.pid)

    @property
    def workers(self) -> list[int]:
        """Those that answer: gunicorn's children, or Node itself."""
        return self.processes[1:] or self.processes

    def processor_seconds(self) -> float:
        """Return the processor time that its processes have had until now."""
        return sum(processor_seconds(one) for one in self.processes)

    def hear(self, requests: Sequence[Sent], at_once: int) -> list[Answer]:
        """Send signed requests."""
        return post(self.port, "/alexa", requests, at_once)

    def type(self, sentences: Sequence[str], at_once: int) -> list[Answer]:
        """Send typed words, each from a household of its own."""
        header = {"Content-Type": "application/json"}
        bodies = (json.dumps({"text": words}).encode() for words in sentences)
        return post(self.port, "/text", [Sent(header, body) for body in bodies], at_once)

    def answer_cold(self, request: Sent) -> Answer:
        """Have a fresh process answer; its time counts from before the process is started."""
        sent = json.dumps({"headers": dict(request.headers), "body": request.body.decode()})
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        start = time.perf_counter()
        with subprocess.Popen(self.once, env=self.environment, text=True, **pipes) as process:
            process.stdin.write(sent)
            process.stdin.close()
            line = process.stdout.readline()
            return Answer(200, line.encode(), time.perf_counter() - start)


class UnderGunicorn(Stack):
    """An application of this folder under gunicorn, which is set up as ours is."""

    app: str

    def __init__(self, name: str, folder: Path, python: Path, **environment: str) -> None:
        # Amazon's package reads dates in a way that cryptography will drop, and is told so.
        super().__init__(name, folder, PYTHONWARNINGS="ignore", **environment)
        self.python = python

    @property
    def command(self) -> Sequence[str | Path]:
        options = {
            "bind": f"127.0.0.1:{self.port}",
            "workers": "1",
            "worker-class": "gthread",
            "threads": "24",
            "log-level": "warning",
            "chdir": str(HERE),
        }
        told = [f"--{name}={value}" for name, value in options.items()]
        told += ["--preload", "--no-control-socket", self.app]
        return [self.python, "-m", "gunicorn", *told]


class OfficialPython(UnderGunicorn):
    """Amazon's Python packages."""

    app = "official:app"

    @property
    def once(self) -> Sequence[str | Path]:
        return [self.python, HERE / "official.py"]


class Floor(UnderGunicorn):
    """gunicorn and Flask without any skill: what no skill under them can be cheaper than."""

    app = "floor:app"


class OfficialNode(Stack):
    """Amazon's Node packages."""

    def __init__(self, name: str, folder: Path, modules: Path, **environment: str) -> None:
        super().__init__(name, folder, NODE_PATH=str(modules), **environment)

    @property
    def command(self) -> Sequence[str | Path]:
        return [*self.once, str(self.port)]

    @property
    def once(self) -> Sequence[str | Path]:
        return ["node", "--require", HERE / "trust.cjs", HERE / "official.cjs"]
