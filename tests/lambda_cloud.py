"""AWS Lambda on loopback: our bundle in Amazon's own emulator, with a real Redis beside it."""

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from served import free_port, until

HERE = Path(__file__).parent / "deploy"
ROOT = HERE.parents[1]
RUNTIME = f"{sys.version_info.major}.{sys.version_info.minor}"
INVOKE = "/2015-03-31/functions/function/invocations"
SKILL_ID = "amzn1.ask.skill.lambda"


@dataclass
class Function:
    """The function, deployed."""

    url: str
    log: Path

    def call(self, event: Mapping[str, Any]) -> Any:
        """Return what it answers to an event; an error of Lambda's has an `errorType`."""
        return requests.post(self.url + INVOKE, json=event, timeout=60).json()


@dataclass(frozen=True)
class Cloud:
    """Where functions run. They know nothing of this project but the bundle."""

    bundle: Path
    emulator: Path
    redis_url: str
    folder: Path

    @contextmanager
    def started(self, **environment: str) -> Iterator[Function]:
        """Yield a function with these settings beside the usual ones; an empty one unsets."""
        port, log = free_port(), self.folder / f"{len(list(self.folder.iterdir()))}.log"
        usual = {
            "LANTERN_REDIS_URL": self.redis_url,
            "LANTERN_SECRET": "the secret of a function",
            "LANTERN_ALEXA_SKILL_ID": SKILL_ID,
            "LANTERN_DATA_DIR": str(self.folder / "data"),
            "LANTERN_TIME_ZONE": "UTC",
            "LANTERN_LOG": "json",
            "PATH": os.environ["PATH"],
            "HOME": "/nowhere",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "60",
            "LAMBDA_TASK_ROOT": str(self.bundle),
            "PYTHONPATH": os.pathsep.join(map(str, (self.bundle, self.emulator))),
            "PYTHONSAFEPATH": "1",
        } | environment
        rie = self.emulator / "samcli/local/rapid/aws-lambda-rie-x86_64"
        rie.chmod(0o755)
        # The interpreter behind the virtual environment, which has nothing installed.
        python = Path(sys.base_prefix) / "bin" / f"python{RUNTIME}"
        command = [rie, "--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
        command += ["--runtime-api-address", f"127.0.0.1:{free_port()}"]
        command += [python, "-m", "awslambdaric", "skill.lambda_entry.handler"]
        with log.open("wb") as written:
            process = subprocess.Popen(
                command,
                cwd=self.bundle,
                env=usual,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            until(lambda: _listens(port))
            yield Function(f"http://127.0.0.1:{port}", log)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _listens(port: int) -> bool:
    try:
        requests.get(f"http://127.0.0.1:{port}/", timeout=5)
    except (requests.ConnectionError, requests.Timeout):
        return False
    return True


def body_of(answer: Mapping[str, Any]) -> bytes:
    """Return the body of an answer to an HTTP event."""
    sent = str(answer["body"])
    return base64.b64decode(sent) if answer.get("isBase64Encoded") else sent.encode()


def http(method: str, path: str, body: str = "", **headers: str) -> dict[str, Any]:
    """An event as a function URL or an HTTP API sends it (payload version 2.0)."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "lantern.example", "x-forwarded-proto": "https"}
        | {name.replace("_", "-").lower(): value for name, value in headers.items()},
        "requestContext": {
            "domainName": "lantern.example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
            },
            "stage": "$default",
        },
        "body": base64.b64encode(body.encode()).decode(),
        "isBase64Encoded": True,
    }


def rest(method: str, path: str, body: str = "", **headers: str) -> dict[str, Any]:
    """An event as a REST API sends it (payload version 1.0)."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": told,
        "multiValueHeaders": {name: [value] for name, value in told.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"stage": "prod", "identity": {"sourceIp": "192.0.2.1"}},
        "body": body,
        "isBase64Encoded": False,
    }


def json_of(answer: Mapping[str, Any]) -> Any:
    return json.loads(body_of(answer))
