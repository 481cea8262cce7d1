"""Traces: how long each part of a turn took, for whoever looks into one that was slow.

OpenTelemetry, as an extra (`evening-lantern[tracing]`); `LANTERN_TRACES` names where traces go, by
OTLP over HTTP. A trace has a span for the request and, in it, one for each part that
`skill.watch` times. A span has the id of the turn, as the log does, and what `skill.metrics` allows
to be counted. It never has words, a household or an address, and none of an exception's text.

A trace begins here: what a request claims about traces of others is not believed.
"""

import importlib.util
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NONE: AbstractContextManager[None] = nullcontext()
_tracer: Any = None


def installed() -> bool:
    """Say whether the packages of the extra are there."""
    try:
        return importlib.util.find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


def start(address: str) -> None:
    """Send traces to a collector at `address` from now on; `installed` has to be true."""
    global _tracer
    from importlib.metadata import version

    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    release = version("evening-lantern")
    named = Resource.create({"service.name": "evening-lantern", "service.version": release})
    provider = TracerProvider(resource=named)
    exporter = OTLPSpanExporter(endpoint=f"{address.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("skill")


def span(name: str) -> AbstractContextManager[None]:
    """Return a span for what is done within; nothing if there are no traces."""
    return _span(name) if _tracer else _NONE


@contextmanager
def _span(name: str) -> Iterator[None]:
    from opentelemetry.trace import StatusCode

    # An exception may quote what people said, so its text is not recorded.
    with _tracer.start_as_current_span(
        name, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except Exception:
            current.set_status(StatusCode.ERROR)
            raise


def note(**told: str) -> None:
    """Say more about the span that is open."""
    if _tracer:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes(
            {f"lantern.{name}": value for name, value in told.items()}
        )


def traced(app: "WSGIApplication") -> "WSGIApplication":
    """Return a WSGI application with a span for each request."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with span("request"):
            return app(environ, start_response)

    return answer
