"""Calls to Amazon's services for skills: reminders, settings, progressive responses.

Address and token come with each request ("Request and Response JSON Reference": System object,
``apiEndpoint`` and ``apiAccessToken``), and live no longer than the answer to it.
"""

import ipaddress
import json
import os
import re
import socket
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

ATTEMPT_SECONDS = 2.0
CALL_SECONDS = 2.4  # with the second attempt
REQUEST_SECONDS = 2.6  # all calls for one request: Alexa waits eight seconds, people do not
PAUSE_SECONDS = 0.2
LARGEST_ANSWER = 512 * 1024
MOST_CALLS = 64

_ENDPOINT = re.compile(r"(?i:(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?)/?")
_under_way = threading.BoundedSemaphore(MOST_CALLS)


class ApiUnreachable(Exception):  # noqa: N818  (it says what is the matter)
    """No answer: a bad address, no connection, too slow or too long.

    Its text names the kind of trouble only: no address, no token, nothing that was sent.
    """


@dataclass(frozen=True)
class Answer:
    """What a service answered: the status, and the JSON of the body or None."""

    status: int
    body: Any


@dataclass(frozen=True)
class Api:
    """Amazon's services for one request: its address and its token.

    Neither is stored or logged. Amazon: use the endpoint of the request, as the right one depends
    on where the customer is; and only the token of the current request.
    """

    endpoint: str
    token: str = field(repr=False)
    _began: float = field(default_factory=time.monotonic, init=False, repr=False, compare=False)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Return the answer of any status, or raise :class:`ApiUnreachable`.

        Waits ``CALL_SECONDS`` at the longest, however the other side behaves, and no longer than
        what other calls for the same request have left of ``REQUEST_SECONDS``. An answer that
        says "later" is asked for once more if there is time.
        """
        now = time.monotonic()
        deadline = min(now + CALL_SECONDS, self._began + REQUEST_SECONDS)
        if deadline - now < PAUSE_SECONDS:
            raise ApiUnreachable("The calls before took all the time there was.")
        request = self._request(method, path, body)
        answer = _attempt(request, min(ATTEMPT_SECONDS, deadline - now))
        if not _worth_repeating(method, answer.status):
            return answer
        left = deadline - time.monotonic() - PAUSE_SECONDS
        if left < PAUSE_SECONDS:
            return answer
        time.sleep(PAUSE_SECONDS)
        try:
            return _attempt(request, left)
        except ApiUnreachable:
            return answer

    def _request(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> requests.PreparedRequest:
        if not self.token:
            raise ApiUnreachable("The request brought no token.")
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Authorization": f"Bearer {self.token}",
            "Connection": "close",
            "User-Agent": "evening-lantern",
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        address = _base(self.endpoint) + path
        try:
            return requests.Request(method, address, headers=headers, data=data).prepare()
        except (ValueError, requests.RequestException) as error:
            fault = type(error).__name__
        # Outside the handler, so that the error, which quotes the header, is not chained.
        raise ApiUnreachable(f"The call cannot be written down: {fault}.")


def _base(endpoint: str) -> str:
    """Check an endpoint: https, or http to this very machine, and nothing behind the port."""
    match = _ENDPOINT.fullmatch(endpoint or "")
    if match is None:
        raise ApiUnreachable("The endpoint is missing or not an address of a service.")
    scheme, host, port = match.groups(default="")
    if scheme.lower() == "http" and not _is_loopback(host):
        raise ApiUnreachable("The endpoint is not https.")
    return f"{scheme}://{host}{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _worth_repeating(method: str, status: int) -> bool:
    """Amazon was busy or faulty. What may have been done already is not asked for again.

    A POST that ended in a 500 or a 504 may have made its reminder nevertheless.
    """
    return status in (429, 503) or (status >= 500 and method != "POST")


def _attempt(request: requests.PreparedRequest, seconds: float) -> Answer:
    """Try once, in a thread of its own: not even a slow name server can then hold the answer up."""
    if not _under_way.acquire(blocking=False):
        raise ApiUnreachable("Too many calls are under way.")
    flight = _Flight(request, seconds)
    try:
        threading.Thread(target=flight.run, daemon=True).start()
    except RuntimeError:
        _under_way.release()
        raise ApiUnreachable("No thread is left.") from None
    try:
        outcome = flight.outcome.result(timeout=seconds)
    except TimeoutError:
        flight.cut()
        raise ApiUnreachable("No answer in time.") from None
    if isinstance(outcome, str):
        raise ApiUnreachable(f"The call failed: {outcome}.")
    return outcome


class _Flight:
    """One attempt, which another thread can cut off, and what came of it."""

    def __init__(self, request: requests.PreparedRequest, seconds: float) -> None:
        self.outcome: Future[Answer | str] = Future()
        self._request = request
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._wire = _Wire()

    def run(self) -> None:
        """Fetch; leave the answer or the name of the fault."""
        try:
            outcome: Answer | str = self._fetch()
        except Exception as error:  # the texts of these may quote what was sent
            outcome = type(error).__name__
        finally:
            _under_way.release()
        self.outcome.set_result(outcome)

    def cut(self) -> None:
        """End the attempt now, wherever it hangs."""
        self._wire.cut()

    def _fetch(self) -> Answer:
        # The adapter alone, without a session: it follows no redirect and reads no .netrc, which
        # could put another name in the token's place.
        with closing(self._wire), self._send() as response:
            return Answer(response.status_code, _parsed(self._read(response)))

    def _send(self) -> requests.Response:
        return self._wire.send(
            self._request,
            stream=True,
            timeout=self._seconds,
            verify=os.environ.get("SSL_CERT_FILE") or certifi.where(),
            proxies=_proxies(str(self._request.url)),
        )

    def _read(self, response: requests.Response) -> bytes:
        data = bytearray()
        # read1 returns what has arrived; read would wait for a peer that drips.
        while piece := response.raw.read1(16 * 1024, decode_content=True):
            data += piece
            if len(data) > LARGEST_ANSWER:
                raise OverflowError
            if time.monotonic() > self._deadline:
                raise TimeoutError
        return bytes(data)


def _proxies(url: str) -> dict[str, str]:
    """The environment's proxy; none with http: a token in clear text must not leave the machine."""
    return get_environ_proxies(url) if url.lower().startswith("https:") else {}


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


class _Wire(HTTPAdapter):
    """An adapter that remembers its connection, so that it can be cut.

    A time limit on a socket starts anew with every byte: a peer that drips its header would keep
    the thread for as long as it likes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._opened: list[Any] = []

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """Return the pool as always, but have it note the connections it opens."""
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        make = pool.ConnectionCls

        def noted(*args: Any, **options: Any) -> Any:
            self._opened.append(make(*args, **options))
            return self._opened[-1]

        pool.ConnectionCls = noted
        return pool

    def cut(self) -> None:
        """Shut the connection down; whoever reads from it sees its end."""
        for connection in self._opened:
            wire = getattr(connection, "sock", None)
            if wire is not None:
                with suppress(OSError):
                    # Not the TLS socket's own method: it takes its state from under the reader.
                    socket.socket.shutdown(wire, socket.SHUT_RDWR)
