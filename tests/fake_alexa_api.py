"""Amazon's services for skills on loopback: reminders, settings, progressive responses.

    with FakeAlexaApi() as amazon:
        amazon.settings["System.timeZone"] = "Europe/Berlin"
        api = Api(amazon.url, amazon.token)
        ...
        assert amazon.calls[-1].body["trigger"]["timeZoneId"] == "Europe/Berlin"
        assert list(amazon.reminders.values()) == [...]

It behaves as Amazon's pages say ("Reminders REST API Reference", "Alexa Settings API") and as far
as they were readable; where they were not, it refuses rather than accepts:

- every call needs ``Authorization: Bearer <token>``, else 401;
- ``/v1/alerts/reminders`` needs ``granted`` (else 401) and, to create, a device that ``holds``
  reminders (else 403) and fewer than ``most_reminders`` (else 403);
- a reminder with an unreadable or zoned time, a deprecated recurrence, or no text is a 400;
- ``/v1/alerts/timers`` needs ``granted`` as well, and to create: a device that ``holds`` timers,
  fewer than ten, a label of its own, at most two hours, and one kind of operation;
- ``settings`` are the device's; one that is not set is a 204;
- ``/v1/directives`` takes a progressive response with a 204;
- all else is a 404.

``calls`` records what arrived, in order. To break things, put functions into ``faults``; each is
asked, with the call, before Amazon is, and returns an answer or None:

    amazon.faults.append(failing(503))                      # always
    amazon.faults.append(failing(429, times=1))             # once
    amazon.faults.append(failing(403, "SOME_CODE", method="POST"))
    amazon.faults.append(answering(b"<html>"))              # garbage
    amazon.faults.append(answering(b"{}", status=302, headers={"Location": "..."}))
    amazon.faults.append(hanging), (dripping_header), (dripping_body), (hanging_up)

A fault with ``after=True`` lets Amazon act first: the reminder is made and the answer lost.

``answer`` has the shape of a route of ``amazon_proxy``, so the same fake can stand behind TLS and
Amazon's own host names: ``proxy.routes["api.amazonalexa.com", "/*"] = amazon.answer``.
"""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

# Status (None: the body is the whole answer, headers and all), headers, body.
Triple = tuple[int | None, Mapping[str, str], bytes | Iterable[bytes]]

REMINDERS = "/v1/alerts/reminders"
TIMERS = "/v1/alerts/timers"
MOST_TIMERS = 10
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?")
_RULE = re.compile(
    r"FREQ=(DAILY|WEEKLY;BYDAY=(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*)"
    r";BYHOUR=(1?\d|2[0-3]);BYMINUTE=[1-5]?\d;BYSECOND=0;INTERVAL=1;"
)
_SETTING = re.compile(r"/v2/devices/([^/]+)/settings/([^/]+)")


@dataclass(frozen=True)
class Call:
    """One request as it arrived; ``body`` is its JSON, or None."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


Fault = Callable[["FakeAlexaApi", Call], Triple | None]


@dataclass
class FakeAlexaApi:
    """The services; a context manager, which listens at ``url`` while it lasts."""

    token: str = "in-session-token"
    granted: bool = True
    holds: bool = True
    most_reminders: int = 250
    settings: dict[str, Any] = field(default_factory=lambda: {"System.timeZone": "Europe/Berlin"})
    reminders: dict[str, dict[str, Any]] = field(default_factory=dict)
    timers: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._made = 0
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """What a request's ``apiEndpoint`` must be."""
        assert self._server is not None, "only within the context"
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def made(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Triple:
        """Answer one request; the names of its headers are in lower case."""
        call = Call(method, path, headers, _json(body))
        self.calls.append(call)
        for fault in list(self.faults):
            triple = fault(self, call)
            if triple is not None:
                return triple
        return self.act(call)

    def act(self, call: Call) -> Triple:
        """Do as Amazon does."""
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return _error(401, "UNAUTHORIZED")
        setting = _SETTING.fullmatch(call.path)
        if setting and call.method == "GET":
            return self._setting(unquote(setting[2]))
        if call.path == "/v1/directives" and call.method == "POST":
            return _empty(204)
        if call.path.startswith(TIMERS):
            return self._timer(call, unquote(call.path.removeprefix(TIMERS).strip("/")))
        path, _, token = call.path.partition(f"{REMINDERS}/")
        if call.path != REMINDERS and (path or not token):
            return _error(404, "NOT_FOUND")
        if not self.granted:
            return _error(401, "UNAUTHORIZED")
        with self._lock:
            return self._one(call, unquote(token)) if token else self._collection(call)

    def _timer(self, call: Call, token: str) -> Triple:
        if not self.granted:
            return _error(401, "UNAUTHORIZED")
        if call.method == "GET" and not token:
            timers = list(self.timers.values())
            return _ok({"totalCount": len(timers), "timers": timers, "nextToken": None})
        if call.method == "DELETE" and token:
            return _empty(200) if self.timers.pop(token, None) else _error(404, "TIMER_NOT_FOUND")
        if call.method != "POST" or token:
            return _error(405, "METHOD_NOT_ALLOWED")
        if not self.holds:
            return _error(403, "DEVICE_NOT_SUPPORTED")
        if len(self.timers) >= MOST_TIMERS:
            return _error(403, "MAX_TIMERS_EXCEEDED")
        fault = fault_of_timer(call.body, self.timers.values())
        if fault:
            return _error(400, fault)
        self._made += 1
        made = {"id": f"timer-{self._made}", "status": "ON", **call.body}
        self.timers[made["id"]] = made
        return _ok(made)

    def _setting(self, name: str) -> Triple:
        return _ok(self.settings[name]) if name in self.settings else _empty(204)

    def _collection(self, call: Call) -> Triple:
        if call.method == "GET":
            alerts = list(self.reminders.values())
            return _ok({"totalCount": str(len(alerts)), "alerts": alerts, "links": None})
        if call.method != "POST":
            return _error(405, "METHOD_NOT_ALLOWED")
        if not self.holds:
            return _error(403, "DEVICE_NOT_SUPPORTED")
        if len(self.reminders) >= self.most_reminders:
            return _error(403, "MAX_REMINDERS_EXCEEDED")
        self._made += 1
        return self._write(f"alert-{self._made}", call.body)

    def _one(self, call: Call, token: str) -> Triple:
        if token not in self.reminders:
            return _error(404, "ALERT_NOT_FOUND")
        match call.method:
            case "GET":
                return _ok(self.reminders[token])
            case "PUT":
                return self._write(token, call.body)
            case "DELETE":
                del self.reminders[token]
                return _empty(200)
        return _error(405, "METHOD_NOT_ALLOWED")

    def _write(self, token: str, body: Any) -> Triple:
        fault = fault_of_reminder(body)
        if fault:
            return _error(400, fault)
        version = int(self.reminders.get(token, {}).get("version", 0)) + 1
        about = {
            "alertToken": token,
            "createdTime": "2026-11-23T12:00:00.000Z",
            "updatedTime": "2026-11-23T12:00:00.000Z",
            "status": "ON",
            "version": str(version),
        }
        kept = {name: body[name] for name in ("trigger", "alertInfo", "pushNotification")}
        self.reminders[token] = about | kept
        return _ok(about | {"href": f"{REMINDERS}/{token}"})


def fault_of_reminder(body: Any) -> str:
    """Say what Amazon would have against a recurring reminder; "" if nothing."""
    try:
        trigger = body["trigger"]
        recurrence = trigger["recurrence"]
        times = [body["requestTime"], recurrence["startDateTime"]]
        times += [trigger["scheduledTime"]] if "scheduledTime" in trigger else []
        content = body["alertInfo"]["spokenInfo"]["content"]
        checks = {
            "INVALID_TRIGGER": trigger["type"] == "SCHEDULED_ABSOLUTE",
            "INVALID_TIME_FORMAT": all(_LOCAL_TIME.fullmatch(each) for each in times),
            "INVALID_TIME_ZONE": "/" in trigger["timeZoneId"],
            "DEPRECATED_RECURRENCE": not {"freq", "byDay"} & recurrence.keys(),
            "INVALID_RECURRENCE": bool(recurrence["recurrenceRules"])
            and all(_RULE.fullmatch(rule) for rule in recurrence["recurrenceRules"]),
            "INVALID_ALERT_INFO": bool(content)
            and all(one["locale"] and one["text"] for one in content),
            "INVALID_PUSH": body["pushNotification"]["status"] in ("ENABLED", "DISABLED"),
        }
    except (KeyError, TypeError, AttributeError) as error:
        return f"MISSING: {error}"
    return next((code for code, holds in checks.items() if not holds), "")


def fault_of_timer(body: Any, running: Iterable[Mapping[str, Any]]) -> str:
    """Say what Amazon would have against a timer; "" if nothing."""
    try:
        length = re.fullmatch(r"PT(\d+)M", body["duration"])
        label = body["timerLabel"]
        acts = body["triggeringBehavior"]
        operation = acts["operation"]
        told = operation["textToAnnounce"]
        checks = {
            "INVALID_DURATION": length is not None and 0 < int(length[1]) <= 120,
            "INVALID_LABEL": 0 < len(label) <= 256,
            "DUPLICATE_LABEL": all(one["timerLabel"] != label for one in running),
            "INVALID_DISPLAY": body["creationBehavior"]["displayExperience"]["visibility"]
            in ("VISIBLE", "HIDDEN"),
            "INVALID_OPERATION": operation["type"] == "ANNOUNCE",
            "INVALID_TEXT": bool(told) and all(one["locale"] and one["text"] for one in told),
            "INVALID_NOTIFICATION": acts["notificationConfig"]["playAudible"] in (True, False),
        }
    except (KeyError, TypeError, AttributeError) as error:
        return f"MISSING: {error}"
    return next((code for code, holds in checks.items() if not holds), "")


def failing(
    status: int, code: str = "ANY", times: int = 10**6, method: str = "", *, after: bool = False
) -> Fault:
    """Make a fault: this status and error code, for the first ``times`` calls of ``method``."""
    left = [times]

    def fault(amazon: FakeAlexaApi, call: Call) -> Triple | None:
        if method not in ("", call.method) or left[0] == 0:
            return None
        left[0] -= 1
        if after:
            amazon.act(call)
        return _error(status, code)

    return fault


def answering(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None, method: str = ""
) -> Fault:
    """Make a fault: just this answer, to all calls or those of ``method``."""
    return lambda amazon, call: (
        (status, headers or {}, body) if method in ("", call.method) else None
    )


def hanging(amazon: FakeAlexaApi, call: Call) -> Triple:
    """A fault: nothing comes until the fake closes."""
    amazon.closing.wait()
    return (None, {}, b"")


def hanging_up(amazon: FakeAlexaApi, call: Call) -> Triple:
    """A fault: the connection ends without an answer."""
    return (None, {}, b"")


def dripping_header(amazon: FakeAlexaApi, call: Call) -> Triple:
    """A fault: the header arrives byte by byte, for ever."""
    return (None, {}, _drip(amazon, b"HTTP/1.1 200 OK\r\nX-Endless: "))


def dripping_body(amazon: FakeAlexaApi, call: Call) -> Triple:
    """A fault: the body arrives byte by byte, for ever."""
    return (200, {"Content-Type": "application/json"}, _drip(amazon, b'"'))


def _drip(amazon: FakeAlexaApi, start: bytes) -> Iterator[bytes]:
    yield start
    while not amazon.closing.wait(0.02):
        yield b"x"


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _ok(body: Any) -> Triple:
    return (200, {"Content-Type": "application/json"}, json.dumps(body).encode())


def _empty(status: int) -> Triple:
    return (status, {}, b"")


def _error(status: int, code: str) -> Triple:
    body = json.dumps({"code": code, "message": f"About {code}."}).encode()
    return (status, {"Content-Type": "application/json"}, body)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them, and none outlives its test
    request_queue_size = 64

    def __init__(self, amazon: FakeAlexaApi) -> None:
        self.amazon = amazon
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def hang_up(self) -> None:
        """End what idle or hanging clients keep open."""
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that give up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        with suppress(OSError, ValueError):
            super().finish()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, fields, answer = self.server.amazon.answer(self.command, self.path, headers, body)
        with suppress(OSError):
            self._send(status, fields, answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  (the library's naming)

    def _send(
        self, status: int | None, fields: Mapping[str, str], body: bytes | Iterable[bytes]
    ) -> None:
        whole = isinstance(body, bytes)
        self.close_connection = self.close_connection or status is None or not whole
        if status is not None:
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name, value)
            if whole and status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
        for piece in [body] if whole else body:
            self.wfile.write(piece)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
