"""The application under servers of other people, as their documentation starts them."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from served import environ, free_port, until

BIN = Path(sys.executable).parent

GUNICORN = (BIN / "gunicorn", "skill.wsgi:app", "--workers=2", "--no-control-socket")
WSGIREF = (
    sys.executable,
    "-c",
    "import sys; from wsgiref.simple_server import make_server; from skill.wsgi import app; "
    "make_server('127.0.0.1', int(sys.argv[1]), app).serve_forever()",
)


@contextmanager
def hosted(command: Sequence[str | Path], folder: Path, **settings: str) -> Iterator[None]:
    """Run a server that somebody starts in `folder`."""
    counts = folder / "counts"
    counts.mkdir()
    told = environ(folder) | {"PROMETHEUS_MULTIPROC_DIR": str(counts)} | settings
    with subprocess.Popen(command, env=told, cwd=folder, stderr=subprocess.PIPE) as process:
        try:
            yield
        finally:
            process.terminate()
            process.communicate()


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=10).status_code == 200
    except (requests.ConnectionError, requests.Timeout):
        return False


@pytest.mark.parametrize("kind", ["gunicorn", "wsgiref"])
def test_a_conversation_under_another_server(kind: str, redis_url: str, short_dir: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = (
        (*GUNICORN, f"--bind=127.0.0.1:{port}") if kind == "gunicorn" else (*WSGIREF, str(port))
    )
    with hosted(command, short_dir, LANTERN_REDIS_URL=redis_url):
        until(lambda: answers(url))
        first = requests.post(f"{url}/text", json={"text": "start our check-in"}, timeout=30).json()
        body = {"text": "7", "conversation": first["conversation"]}
        second = requests.post(f"{url}/text", json=body, timeout=30).json()
        assert second["say"] != first["say"]
        counted = requests.get(f"{url}/metrics", timeout=30).text
        assert 'lantern_turns_total{channel="text",flow="other",outcome="answered"} 2.0' in counted


def test_without_redis_it_says_what_to_set(short_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import skill.wsgi"],
        env=environ(short_dir),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert "LANTERN_REDIS_URL: it has to be set here" in done.stderr
