"""What the service counts about itself: numbers alone, nothing about anybody.

A service at home has one couple, and one of the two may read its counts; a number that rises then
tells the other one what was done while they were away. So no count may tell a turn from another by
what two people would keep to themselves:

- Safety is an aggregate alone, see `Batches`: it never shows at home. Where many are served, it
  tells that the check still answers after a release, and how often it is needed.
- Conversations are told apart only if they say nothing of how two people fare: `TOLD`. All others
  are "other": "support" and "forget us" as well as "help", "stop" and the check-in.
- Leaving the page, or a reply that is no longer there, counts as any other request.
- Erasing a household counts as saving it.
- Turns take a number of hundredths of a second: how long exactly depends on what was said.

Prometheus text format. With several workers the counts are shared through the folder that
`PROMETHEUS_MULTIPROC_DIR` names, which `lantern serve` sets up.
"""

import os
import secrets
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import flask
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

TOLD = frozenset(("tonights_question", "gesture", "good_news", "learn", "story", "unplugged"))
"""The conversations that are counted by name: a way to spend an evening, and no more."""

SHORT = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
"""Seconds, for what a turn may do several times."""

LONG = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8)
"""Seconds, for what people wait for; after eight of them Alexa gives up."""

TURNS = Counter(
    "lantern_turns",
    "Turns, by channel, conversation and outcome.",
    ["channel", "flow", "outcome"],
)
TURN_SECONDS = Histogram(
    "lantern_turn_seconds",
    "How long turns took, from request to answer, rounded up to hundredths.",
    ["channel"],
    buckets=LONG,
)
REQUESTS = Counter(
    "lantern_requests",
    "Requests, by the part of the service they were for, and outcome.",
    ["place", "outcome"],
)
VERIFICATION_SECONDS = Histogram(
    "lantern_verification_seconds",
    "How long the door took to let a request of Alexa's in, or not.",
    ["outcome"],
    buckets=SHORT,
)
REFUSALS = Counter("lantern_refusals", "Requests that the door did not let in.", ["reason"])
CERTIFICATES = Counter(
    "lantern_certificates", "Downloads of Amazon's certificate, by outcome.", ["outcome"]
)
STORE_SECONDS = Histogram(
    "lantern_store_seconds",
    "How long it took to load and save households in Redis, by outcome.",
    ["call", "outcome"],
    buckets=SHORT,
)
AMAZON_SECONDS = Histogram(
    "lantern_amazon_seconds",
    "How long reminders, timers and time zones took at Amazon, by outcome.",
    ["call", "outcome"],
    buckets=LONG,
)
SOUND_SECONDS = Histogram(
    "lantern_sound_seconds",
    "How long voices and sounds took, by where they came from.",
    ["kind", "source"],
    buckets=LONG,
)
SAFETY = Counter(
    "lantern_safety_batches",
    "Batches of some four hundred turns of a day that were answered for somebody's safety.",
)
WORKERS = Counter("lantern_workers_started", "Processes that were started to answer requests.")
BUILD = Gauge(
    "lantern_build_info", "The release that runs.", ["version"], multiprocess_mode="mostrecent"
)


@cache
def of(metric: Any, *labels: str) -> Any:
    """Return the part of `metric` that counts for `labels`; prometheus_client takes longer."""
    return metric.labels(*labels)


LEAST, MOST = 100, 300
"""How much a batch may take to fill."""


class Batches:
    """Counts only in batches, and only those that fill within a day (UTC) in one process.

    What has not filled is in no file and no count, and is gone at midnight. What has shows on the
    next day. Each is counted or left out by lot, and how much fills a batch is drawn by lot, from
    `LEAST` to `MOST`: so one couple fills none, and whoever tries to fill one, to see whether
    somebody else was there too, cannot know what they see.
    """

    def __init__(self, counter: Counter, clock: Callable[[], float] = time.time) -> None:
        self._counter = counter
        self._clock = clock
        self._lock = threading.Lock()
        self._day = self._full = 0
        self._missing = _lot()

    def add(self) -> None:
        """Count one more, or not."""
        today = int(self._clock() // 86_400)
        with self._lock:
            if today != self._day:
                self._counter.inc(self._full)
                self._day, self._full, self._missing = today, 0, _lot()
            self._missing -= secrets.randbelow(2)
            if not self._missing:
                self._full, self._missing = self._full + 1, _lot()


def _lot() -> int:
    return LEAST + secrets.randbelow(MOST - LEAST + 1)


safety = Batches(SAFETY)
"""The turns that were answered for somebody's safety."""


def flow(name: str) -> str:
    """Return the name under which a conversation may be counted."""
    return name if name in TOLD else "other"


def refused(reason: str) -> None:
    """Count a request that the door did not let in."""
    of(REFUSALS, reason).inc()


def fetched(outcome: str) -> None:
    """Count a download of a certificate: `proven`, or why it was not."""
    of(CERTIFICATES, outcome).inc()


def keep_folder() -> None:
    """See that the folder is there in which all workers count.

    Whoever cleans up behind people who have logged out may take it away (logind.conf, RemoveIPC).
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        os.makedirs(folder, mode=0o700, exist_ok=True)


def page() -> flask.Response:
    """Return all counts."""
    from importlib.metadata import version  # it takes long to load, and few processes are asked

    keep_folder()
    BUILD.labels(version("evening-lantern")).set(1)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return flask.Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
