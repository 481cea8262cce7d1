"""Amazon's hosts on loopback: a CONNECT proxy that ends TLS itself and answers from a table.

    with AmazonProxy(authority, ["s3.amazonaws.com", "api.amazonalexa.com"]) as proxy:
        proxy.routes["s3.amazonaws.com", "/echo.api/cert.pem"] = (200, {}, authority.chain)
        monkeypatch.setenv("https_proxy", proxy.url)
        ...
        assert proxy.calls["s3.amazonaws.com", "/echo.api/cert.pem"] == 1

The client must trust ``authority.root``. A route's key is (host, path); a path that ends in ``*``
stands for all paths that begin so; a query is looked up with the path, then left off. A route's
value is (status, headers, body), or a function (method, path, headers, body) that returns such a
triple; header names come to it in lower case. A body may be bytes, or an iterable of bytes, which
is sent piece by piece. A status of None sends the body alone, so a test can write a broken answer.
No route answers 404; a host that was not named answers the CONNECT with 502. ``proxy.hang`` is a
route that stays silent until the proxy closes; ``proxy.drip(data)`` is a body that arrives byte by
byte.
"""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from authority import Authority

Answer = tuple[int | None, Mapping[str, str], bytes | Iterable[bytes]]
Route = Answer | Callable[[str, str, dict[str, str], bytes], Answer]


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    host: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class AmazonProxy:
    """The proxy; a context manager. It listens while the context lasts."""

    def __init__(self, authority: Authority, hosts: Iterable[str] = ("s3.amazonaws.com",)) -> None:
        self.routes: dict[tuple[str, str], Route] = {}
        self.calls: Counter[tuple[str, str]] = Counter()
        self.received: list[Received] = []
        self.closing = threading.Event()
        self.contexts = {host: authority.server_context(host) for host in hosts}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """What ``https_proxy`` must be set to."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def hang(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """As a route: never answer."""
        self.closing.wait()
        return (None, {}, b"")

    def drip(self, data: bytes, pause: float = 0.05) -> Iterator[bytes]:
        """As a body: one byte at a time."""
        for position in range(len(data)):
            if self.closing.wait(pause):
                return
            yield data[position : position + 1]

    def answer(self, call: Received) -> Answer:
        """Count a request and find its answer."""
        bare = call.path.partition("?")[0]
        with self._lock:
            self.calls[call.host, bare] += 1
            self.received.append(call)
        route = self._route(call.host, call.path) or self._route(call.host, bare)
        if route is None:
            return (404, {}, b"")
        return route(call.method, call.path, call.headers, call.body) if callable(route) else route

    def _route(self, host: str, path: str) -> Route | None:
        if (host, path) in self.routes:
            return self.routes[host, path]
        for (name, pattern), route in list(self.routes.items()):
            if name == host and pattern.endswith("*") and path.startswith(pattern[:-1]):
                return route
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them, and none outlives its test
    proxy: AmazonProxy
    request_queue_size = 64

    def __init__(self, *args: Any) -> None:
        self.connections: set[socket.socket] = set()
        super().__init__(*args)

    def hang_up(self) -> None:
        """End what idle or hanging clients keep open."""
        for connection in list(self.connections):
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that give up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    host = ""

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def do_CONNECT(self) -> None:
        self.host = self.path.partition(":")[0].lower()
        context = self.server.proxy.contexts.get(self.host)
        if context is None:
            self.send_error(502)
            return
        self.send_response(200)
        self.end_headers()
        plain = self.connection
        try:
            self.connection = context.wrap_socket(plain, server_side=True)
        except OSError:
            self.close_connection = True
            return
        finally:
            self.server.connections.discard(plain)
        self.server.connections.add(self.connection)
        self.rfile.close()
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        with suppress(OSError, ValueError):
            super().finish()
        self.connection.close()  # the TLS socket; the server closes only the one it accepted

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Received(self.host, self.command, self.path, headers, self.rfile.read(length))
        status, fields, body = self.server.proxy.answer(call)
        with suppress(OSError):
            self._send(status, fields, body)

    def __getattr__(self, name: str) -> Any:
        """Serve every method alike: the library looks for do_GET, do_POST and so on."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _send(
        self, status: int | None, fields: Mapping[str, str], body: bytes | Iterable[bytes]
    ) -> None:
        pieces = [body] if isinstance(body, bytes) else body
        if status is None or not isinstance(body, bytes):
            self.close_connection = True
        if status is not None:
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name, value)
            if isinstance(body, bytes):
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
