"""What the service counts about itself: numbers alone, nothing about anybody.

Prometheus text format. With several workers the counts are shared through the folder that
`PROMETHEUS_MULTIPROC_DIR` names, which `lantern serve` sets up.
"""

import os
import time

import flask
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

TURNS = Counter("lantern_turns", "Turns, by what came of them.", ["outcome"])
REFUSALS = Counter("lantern_refusals", "Requests that were not let in, by reason.", ["reason"])
SECONDS = Histogram(
    "lantern_request_seconds",
    "How long requests took, by address and status.",
    ["endpoint", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8),
)


def turned(outcome: str) -> None:
    """Count a turn: answered, repeated (the same turn again), or trouble."""
    TURNS.labels(outcome).inc()


def refused(reason: str) -> None:
    """Count a request that the door did not let in."""
    REFUSALS.labels(reason).inc()


def time_requests(app: flask.Flask) -> None:
    """Have `app` note how long each request takes."""

    @app.before_request
    def begin() -> None:
        flask.g.began = time.perf_counter()

    @app.after_request
    def end(response: flask.Response) -> flask.Response:
        endpoint = flask.request.endpoint or "unknown"
        taken = time.perf_counter() - flask.g.began
        SECONDS.labels(endpoint, str(response.status_code)).observe(taken)
        return response


def page() -> flask.Response:
    """Return all counts."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return flask.Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
