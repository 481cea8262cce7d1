"""What is said of the public address: a real service behind real TLS, good and bad."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from authority import DAY, Authority, Issued
from flask import Flask
from werkzeug.serving import make_server

from skill.app import create_app
from skill.doctor.findings import State
from skill.doctor.public import examined, in_date
from skill.settings import Settings

Serve = Callable[..., str]


@pytest.fixture
def serve(
    authority: Authority, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Serve]:
    """Serve an app (by default: ours) with a certificate, and return its address."""
    roots = tmp_path / "roots.pem"
    roots.write_bytes(authority.root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    with ExitStack() as stack:

        def start(leaf: Issued | None = None, app: Flask | None = None, whole: bool = True) -> str:
            leaf = leaf or authority.issue("localhost")
            file = tmp_path / "leaf.pem"
            file.write_bytes(leaf.pem_with_key() + (authority.intermediate.pem if whole else b""))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file)
            ours = create_app(Settings.load({"LANTERN_DATA_DIR": str(tmp_path)}), redis_url)
            return stack.enter_context(served(app or ours, context))

        yield start


@contextmanager
def served(app: Flask, context: ssl.SSLContext | None) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    threading.Thread(target=server.serve_forever).start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def states(address: str) -> dict[str, State]:
    """Return what was found, but that the port is not 443, as it never is here."""
    found = {one.check: one.state for one in examined(address)}
    assert found.pop("public.port") is State.BROKEN
    return found


def only(address: str) -> str:
    """Return the one thing that was found, which is broken, and said to be mended."""
    _, found = examined(address)
    assert (found.check, found.state) == ("public.certificate", State.BROKEN), found.what
    assert found.remedy
    return found.what


def test_all_is_well(serve: Serve) -> None:
    found = states(serve())
    assert set(found.values()) == {State.OK}
    assert set(found) == {"public.certificate", "public.health", "public.alexa", "public.pages"}


def test_a_prefix_that_is_not_ours(serve: Serve) -> None:
    assert states(serve() + "/elsewhere")["public.health"] is State.BROKEN


def test_something_else_answers_there(serve: Serve) -> None:
    stranger = Flask("stranger")
    stranger.add_url_rule("/healthz", "health", lambda: "fine")
    stranger.add_url_rule("/alexa", "alexa", lambda: "{}", methods=["POST"])
    found = states(serve(app=stranger))
    assert found["public.health"] is State.OK
    assert {found["public.alexa"], found["public.pages"]} == {State.BROKEN}


def test_a_certificate_of_another_name(serve: Serve, authority: Authority) -> None:
    assert "does not name it" in only(serve(authority.issue("other.example")))


def test_a_certificate_that_has_ended(serve: Serve, authority: Authority) -> None:
    old = authority.issue("localhost", starts=datetime.now(UTC) - 40 * DAY, lasts=30 * DAY)
    assert "has expired" in only(serve(old))


def test_a_certificate_of_tomorrow(serve: Serve, authority: Authority) -> None:
    early = authority.issue("localhost", starts=datetime.now(UTC) + DAY)
    assert "is not valid yet" in only(serve(early))


def test_a_chain_with_a_gap(serve: Serve) -> None:
    assert "leads to no authority" in only(serve(whole=False))


def test_a_certificate_signed_by_itself(serve: Serve, authority: Authority) -> None:
    assert "signed by itself" in only(serve(authority.issue("localhost", issuer=None)))


def test_no_tls_at_all(redis_url: str, tmp_path: Path) -> None:
    app = create_app(Settings.load({"LANTERN_DATA_DIR": str(tmp_path)}), redis_url)
    with served(app, None) as address:
        assert "does not speak HTTPS" in only(address)


def test_nobody_there() -> None:
    with socket.socket() as taken:  # nobody else gets its port, and it does not listen
        taken.bind(("127.0.0.1", 0))
        assert "Nothing listens" in only(f"https://localhost:{taken.getsockname()[1]}")


def test_a_name_that_cannot_be_looked_up_offline_is_not_called_wrong() -> None:
    (found,) = examined("https://nowhere.invalid")
    assert found.check == "public.certificate"
    assert found.state is not State.OK
    assert found.remedy


@pytest.mark.parametrize(
    ("lasts", "left", "state"),
    [
        (90 * DAY, 60 * DAY, State.OK),
        (90 * DAY, 20 * DAY, State.WARNING),
        (6 * DAY, 3 * DAY, State.OK),
        (6 * DAY, 1 * DAY, State.WARNING),
    ],
)
def test_one_that_is_renewed_late_is_told_in_time(
    lasts: timedelta, left: timedelta, state: State
) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    ends = now + left
    said = "%b %d %H:%M:%S %Y GMT"
    certificate = {
        "notBefore": (ends - lasts).strftime(said),
        "notAfter": ends.strftime(said),
        "subjectAltName": (("DNS", "*.example.com"),),
    }
    found = in_date(certificate, now)
    assert found.state is state
    assert state is State.WARNING or "--wildcard" in found.what
