"""Sends requests that were written before, and takes the time until each is answered."""

import json
import socket
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

LONGEST = 30  # seconds; for waiting, not for judging


@dataclass(frozen=True)
class Sent:
    """A request: headers and body."""

    headers: Mapping[str, str]
    body: bytes

    def written(self, path: str) -> bytes:
        """Return it as it goes over the wire."""
        fields = {"Host": "localhost", **self.headers, "Content-Length": str(len(self.body))}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {fields[name]}" for name in fields)]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: bytes
    seconds: float

    @property
    def response(self) -> Mapping[str, Any]:
        """The response within Alexa's envelope."""
        told: Mapping[str, Any] = json.loads(self.body)["response"]
        return told


def post(port: int, path: str, requests: Sequence[Sent], at_once: int) -> list[Answer]:
    """Send all over ``at_once`` connections that stay open; return the answers, in any order."""
    written = [one.written(path) for one in requests]
    shares = [written[place::at_once] for place in range(at_once)]
    with ThreadPoolExecutor(at_once) as pool:
        answered = list(pool.map(lambda share: _one_after_another(port, share), shares))
    return [one for share in answered for one in share]


def _one_after_another(port: int, requests: Sequence[bytes]) -> list[Answer]:
    answers = []
    with socket.create_connection(("127.0.0.1", port), LONGEST) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            start = time.perf_counter()
            connection.sendall(request)
            with HTTPResponse(connection, method="POST") as response:
                response.begin()
                body = response.read()
            answers.append(Answer(response.status, body, time.perf_counter() - start))
    return answers
