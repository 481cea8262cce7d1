"""What is noted while the service works: each request and turn, and each call of its parts.

Everything noted goes to `skill.metrics`, where it is said what may not be counted, and why. For a
turn there is one line in the log, too, if the setting `LANTERN_LOG` asks for it, and a trace, if
`LANTERN_TRACES` does.
"""

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

import flask

from skill import metrics, tracing
from skill.channels.alexa.door import Door
from skill.conversation.lantern import Lantern, Turned
from skill.conversation.turn import Act, Heard, Reply, World
from skill.household.redis_store import RedisStore, StoreUnavailable

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


def turned(what: Turned) -> None:
    """Keep what came of a turn until its request has been answered."""
    flask.g.turned = what


def watch(app: flask.Flask) -> None:
    """Have `app` note each request and, if there was one, the turn in it."""
    app.wsgi_app = tracing.traced(app.wsgi_app)  # type: ignore[assignment,method-assign]

    @app.before_request
    def begin() -> None:
        flask.g.began = perf_counter()

    @app.after_request
    def end(response: flask.Response) -> flask.Response:
        where, what = place(), flask.g.get("turned")
        metrics.of(metrics.REQUESTS, where, outcome(response)).inc()
        tracing.note(place=where, outcome=outcome(response))
        if what:
            _note(what, where, response.status_code, perf_counter() - flask.g.began)
        return response


@contextmanager
def watched(channel: str) -> Iterator[None]:
    """Note the turn that is answered meanwhile, if there is one: it does not come as a request."""
    began = perf_counter()
    with tracing.span("request"):
        yield
        what = flask.g.get("turned")
        if what:
            _note(what, channel, 200, perf_counter() - began)


def place() -> str:
    """Return the part of the service that the request is for: a channel, or another blueprint."""
    return flask.request.blueprint or "nowhere"


def outcome(response: flask.Response) -> str:
    """Return `answered`, `limited` (too many requests) or `failed`.

    No status: of a page, it would tell that somebody left it, or asked for a reply of which
    nothing was kept.
    """
    if response.status_code >= 500:
        return "failed"
    return "limited" if response.status_code == 429 else "answered"


def _note(what: Turned, channel: str, status: int, seconds: float) -> None:
    """Note a turn.

    Its id is in the log: Amazon's own id of the request, by which Amazon can be asked about it, or
    a random one. It is new for each turn, and nobody but Amazon can tell whose turn it was.
    """
    hundredths = math.ceil(seconds * 100)
    metrics.of(metrics.TURNS, channel, metrics.flow(what.flow), what.outcome).inc()
    metrics.of(metrics.TURN_SECONDS, channel).observe(hundredths / 100)
    if what.safety:
        metrics.safety.add()
    tracing.note(turn=what.turn_id, flow=metrics.flow(what.flow), turn_outcome=what.outcome)
    log.info(
        "turn %(turn)s: %(channel)s, %(outcome)s, status %(status)d, %(milliseconds)d ms",
        {
            "turn": what.turn_id,
            "channel": channel,
            "outcome": what.outcome,
            "status": status,
            "milliseconds": hundredths * 10,
        },
    )


def _stored(name: str, call: Callable[P, T]) -> Callable[P, T]:
    """Return `call`, a call of the store, timed."""

    @wraps(call)
    def timed(*args: P.args, **options: P.kwargs) -> T:
        how, start = "answered", perf_counter()
        try:
            with tracing.span(name):
                return call(*args, **options)
        except Exception as error:
            how = error.reason if isinstance(error, StoreUnavailable) else "error"
            raise
        finally:
            metrics.of(metrics.STORE_SECONDS, name, how).observe(perf_counter() - start)

    return timed


class WatchedStore(RedisStore):
    """A store whose calls are timed: those that each turn makes, and the question if it is ready.

    The others would tell turns apart, and take as long.
    """

    load = _stored("load", RedisStore.load)
    save = _stored("save", RedisStore.save)
    forget = _stored("save", RedisStore.forget)
    ping = _stored("ready", RedisStore.ping)


class WatchedDoor(Door):
    """A door that tells how long it takes to decide."""

    def admit(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Decide as any door."""
        how, start = "refused", perf_counter()
        try:
            with tracing.span("door"):
                envelope = super().admit(headers, body)
            how = "admitted"
            return envelope
        finally:
            metrics.of(metrics.VERIFICATION_SECONDS, how).observe(perf_counter() - start)


class WatchedLantern(Lantern):
    """A lantern whose calls to the world outside are timed."""

    def hear(self, heard: Heard, world: World) -> Reply:
        """Answer as any lantern."""
        return super().hear(heard, _WatchedWorld(world))


class _WatchedWorld:
    def __init__(self, world: World) -> None:
        self._world = world

    def time_zone(self) -> str:
        start = perf_counter()
        with tracing.span("time_zone"):
            zone = self._world.time_zone()
        _done("time_zone", "found" if zone else "unknown", perf_counter() - start)
        return zone

    def do(self, act: Act) -> Mapping[str, str]:
        start = perf_counter()
        with tracing.span(act.name):
            done = self._world.do(act)
        _done(act.name, done["how"], perf_counter() - start)
        return done


def _done(call: str, how: str, seconds: float) -> None:
    metrics.of(metrics.AMAZON_SECONDS, call, how).observe(seconds)


def sounded(kind: str, source: str, seconds: float) -> None:
    """Note a `voice` or a `sound`: where it came from, and how long that took."""
    metrics.of(metrics.SOUND_SECONDS, kind, source).observe(seconds)
