"""One box: what its files say, done here without containers: an image needs Docker to build."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
import requests
import yaml
from served import LANTERN, Served, environ, free_port, until

from skill.household.embedded import find_server
from skill.settings import SETTINGS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KNOWN = {one.name for one in SETTINGS}


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def steps(name: str) -> list[str]:
    """What the Dockerfile says after each `name`, in order, of both stages."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    return [line.partition(" ")[2] for line in text.splitlines() if line.startswith(f"{name} ")]


def assigned(file: str) -> list[str]:
    lines = (DEPLOY / file).read_text().splitlines()
    return [line.partition("=")[0] for line in lines if "=" in line and not line.startswith("#")]


def test_what_compose_sets_exists() -> None:
    told = compose()["services"]["lantern"]["environment"]
    assert set(told) <= KNOWN
    wanted = {name for name in assigned("env.example") if name != "DOMAIN"}
    assert wanted <= set(told)
    assert all(f"${{{name}:-" in told[name] for name in wanted)


def test_nobody_outside_reaches_redis_or_goes_around_caddy() -> None:
    told = compose()
    services = told["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["caddy"]
    assert services["redis"]["networks"] == ["inside"]
    assert told["networks"]["inside"] == {"internal": True}
    kept = [where.partition(":")[0] for one in services.values() for where in one["volumes"]]
    assert set(told["volumes"]) == {where for where in kept if not where.startswith(".")}


def test_redis_as_compose_starts_it_keeps_what_it_has_acknowledged(short_dir: Path) -> None:
    told = compose()["services"]["redis"]["command"][1:]
    socket = short_dir / "s"
    command = [find_server(), *told, "--port", "0", "--unixsocket", socket, "--dir", short_dir]
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            with redis.Redis(unix_socket_path=str(socket)) as client:
                until(lambda client=client: answers(client))  # type: ignore[misc]
                kept = client.get("kept")
                client.set("kept", "yes")
            server.kill()
    assert kept == b"yes"


def answers(client: Any) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


@contextmanager
def caddy(folder: Path, upstream: str) -> Iterator[tuple[str, Path]]:
    """Run Caddy with our file; yield its address and the root of its certificates."""
    port = free_port()
    options = f"admin off\nskip_install_trust\nhttp_port {free_port()}\nhttps_port {port}"
    config = folder / "Caddyfile"
    config.write_text(f"{{\n{options}\n}}\nimport {DEPLOY / 'Caddyfile'}\n")
    told = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "DOMAIN": "localhost",
        "UPSTREAM": upstream,
    }
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", config]
    root = folder / "caddy/pki/authorities/local/root.crt"
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(command, env=told, stdout=log, stderr=log)
    try:
        until(root.exists)
        until(lambda: reached(f"https://localhost:{port}/healthz", root))
        yield f"https://localhost:{port}", root
    finally:
        process.terminate()
        process.wait()


def reached(url: str, root: Path) -> bool:
    try:
        return requests.get(url, verify=root, timeout=10).status_code == 200
    except (requests.ConnectionError, OSError):
        return False


def test_behind_caddy(short_dir: Path) -> None:
    settings = {"LANTERN_PROXIES": "1", "LANTERN_RATE_LIMIT": "2 per minute"}
    with (
        Served(short_dir, **settings) as served,
        caddy(short_dir, f"127.0.0.1:{served.port}") as (url, root),
        requests.Session() as session,
    ):
        session.trust_env, session.verify = False, str(root)
        page = session.get(url)
        assert "Evening Lantern" in page.text
        assert "max-age" in page.headers["Strict-Transport-Security"]
        assert session.get(f"{url}/metrics").status_code == 404
        assert session.post(f"{url}/alexa", json={}).status_code == 400
        # Whoever asks cannot pass as somebody else, and so ask more often.
        said = [
            session.post(
                f"{url}/text",
                json={"text": "help"},
                headers={"X-Forwarded-For": f"192.0.2.{number}"},
            ).status_code
            for number in range(3)
        ]
        assert said == [200, 200, 429]


def test_what_the_image_takes_is_there_and_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for step in steps("COPY"):
        if not step.startswith("--from"):
            for source in step.split()[:-1]:
                assert (ROOT / source).exists()
                assert f"!{source}" in ignored


def test_the_steps_of_the_image_make_a_service_that_answers(short_dir: Path) -> None:
    source, made = short_dir / "src", short_dir / "opt"
    source.mkdir()
    text = (DEPLOY / "Dockerfile").read_text().split("\nFROM ")[1].replace("\\\n", " ")
    for line in text.splitlines():
        name, _, rest = line.partition(" ")
        if name == "COPY":
            for one in rest.split()[:-1]:
                copy(ROOT / one, source / one)
        elif name == "RUN":
            command, *options = shlex.split(rest.replace("/opt/lantern", str(made)))
            program = sys.executable if command == "python" else command
            subprocess.run([program, *options], cwd=source, check=True)
    shutil.rmtree(source)
    compiled = list(made.rglob("skill/**/*.pyc"))
    assert compiled
    # Taken as it is, whatever the times of the files: a layer rounds them (PEP 552, unchecked).
    assert {file.read_bytes()[4:8] for file in compiled} == {b"\1\0\0\0"}
    port = free_port()
    start = [made / "bin" / json.loads(steps("ENTRYPOINT")[0])[0], *json.loads(steps("CMD")[0])]
    # On loopback alone: the image's own address is that of all networks.
    start[start.index("0.0.0.0")] = "127.0.0.1"
    with subprocess.Popen([*start, f"--port={port}"], env=environ(short_dir)) as process:
        try:
            healthy = json.loads(steps("HEALTHCHECK")[0].partition("CMD ")[2])
            check = [sys.executable, *(one.replace(":8080", f":{port}") for one in healthy[1:])]
            until(lambda: not subprocess.run(check, capture_output=True, check=False).returncode)
            answer = requests.post(
                f"http://127.0.0.1:{port}/text", json={"text": "tonight's question"}, timeout=30
            )
            assert answer.json()["say"]
        finally:
            process.terminate()


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def unit() -> dict[str, str]:
    lines = (DEPLOY / "evening-lantern.service").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_the_unit_is_one_and_lets_the_service_do_little(tmp_path: Path) -> None:
    text = (DEPLOY / "evening-lantern.service").read_text()
    copied = tmp_path / "evening-lantern.service"
    copied.write_text(text.replace("/opt/evening-lantern/.venv/bin/lantern", str(LANTERN)))
    analyze = ["systemd-analyze", "--man=no"]
    told = subprocess.run([*analyze, "verify", copied], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    # Tenths of systemd's own measure of exposure, of which 100 is the most.
    looked = [*analyze, "security", "--offline=true", "--threshold=20", copied]
    told = subprocess.run(looked, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert {one.partition("=")[0] for one in unit()["Environment"].split()} <= KNOWN


def test_the_unit_starts_it_with_options_that_exist(short_dir: Path) -> None:
    options = unit()["ExecStart"].split()[2:]
    cut = options.index("--port")
    with Served(short_dir, *options[:cut], *options[cut + 2 :]) as served:
        assert served.is_ready()
        assert served.text("tonight's question")["say"]


def test_the_service_can_work_within_the_filter_of_the_unit(short_dir: Path) -> None:
    class Filtered(Served):
        @property
        def command(self) -> Sequence[str | Path]:
            unit = DEPLOY / "evening-lantern.service"
            return [sys.executable, Path(__file__).parent / "filtered.py", unit, *super().command]

    with Filtered(short_dir, "--workers=2") as served:
        assert served.is_ready()
        assert served.text("we would love something to talk about")["say"]
        assert served.get("/sound/breathing-box-1.mp3").content
        code, said = served.stop()
    assert (code, "Traceback" in said) == (0, False)


def test_a_backup_is_the_data_folder_as_a_whole(short_dir: Path) -> None:
    before, after = short_dir / "a", short_dir / "b"
    before.mkdir()
    with Served(before) as served:
        served.text("call us sam and alex")
        served.text("yes")
        conversation = served.conversation
    shutil.copytree(before, after)
    with Served(after) as served:
        served.conversation = conversation
        assert "Sam" in json.dumps(served.text("what do you know about us"))
