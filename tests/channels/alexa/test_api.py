"""Calls to Amazon's services: where to, with what, for how long, and what may come back."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from amazon_proxy import AmazonProxy
from authority import Authority
from fake_alexa_api import (
    FakeAlexaApi,
    Fault,
    answering,
    dripping_body,
    dripping_header,
    failing,
    hanging,
    hanging_up,
)
from served import until

from skill.channels.alexa import api as module
from skill.channels.alexa.api import Answer, Api, ApiUnreachable

HOST = "api.amazonalexa.com"
ZONE = "/v2/devices/d/settings/System.timeZone"


@pytest.fixture
def amazon() -> Iterator[FakeAlexaApi]:
    with FakeAlexaApi() as fake:
        yield fake


@pytest.fixture
def api(amazon: FakeAlexaApi) -> Api:
    return Api(amazon.url, amazon.token)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the patience, for tests that wait it out."""
    monkeypatch.setattr(module, "ATTEMPT_SECONDS", 0.5)
    monkeypatch.setattr(module, "CALL_SECONDS", 0.7)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.05)


def no_flights() -> None:
    """Wait for the attempts' threads to end."""
    until(lambda: not any(one.name.endswith("(run)") for one in threading.enumerate()))


def test_an_answer_has_status_and_json(api: Api) -> None:
    assert api.call("GET", ZONE) == Answer(200, "Europe/Berlin")


def test_address_and_token_are_those_of_the_request(amazon: FakeAlexaApi) -> None:
    """Rule 5.1."""
    amazon.token = "another"
    assert Api(amazon.url, "another").call("GET", ZONE).status == 200
    assert Api(amazon.url, "stale").call("GET", ZONE).status == 401
    assert [call.headers["authorization"] for call in amazon.calls] == [
        "Bearer another",
        "Bearer stale",
    ]


def test_a_trailing_slash_of_the_endpoint_is_no_part_of_the_path(amazon: FakeAlexaApi) -> None:
    """Rule 5.1."""
    Api(amazon.url + "/", amazon.token).call("GET", ZONE)
    assert amazon.calls[0].path == ZONE


def test_a_body_is_sent_as_json(api: Api, amazon: FakeAlexaApi) -> None:
    answer = api.call("POST", "/v1/directives", {"speech": "Grüß dich"})
    assert answer == Answer(204, None)
    assert amazon.calls[0].body == {"speech": "Grüß dich"}
    assert amazon.calls[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "api.amazonalexa.com",
        "ftp://api.amazonalexa.com",
        "http://api.amazonalexa.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "https://",
        "https://user@api.amazonalexa.com",
        "https://user:secret@api.amazonalexa.com",
        "https://api.amazonalexa.com/base",
        "https://api.amazonalexa.com?x=1",
        "https://api.amazonalexa.com#x",
        "https://api.amazonalexa.com\\@example.com",
        "https://api.amazonalexa.com:port",
        "https://api.amazon alexa.com",
        "https://api.amazonalexa.com\n",
        "https://api.amazonalexa.com:99999",
        "https://..",
    ],
)
def test_an_odd_endpoint_is_not_called(endpoint: str) -> None:
    """Rule 5.1: https, and plain http to this machine only."""
    with pytest.raises(ApiUnreachable):
        Api(endpoint, "token").call("GET", ZONE)


@pytest.mark.parametrize("endpoint", ["http://localhost:1", "http://[::1]:1", "HTTP://127.0.0.1:1"])
def test_plain_http_to_this_machine_is_tried(endpoint: str) -> None:
    with pytest.raises(ApiUnreachable, match="ConnectionError"):
        Api(endpoint, "token").call("GET", ZONE)


@pytest.mark.parametrize("token", ["", "a\r\nHost: example.com", "snow☃man"])
def test_without_a_usable_token_nothing_is_sent(amazon: FakeAlexaApi, token: str) -> None:
    """A call without one would be answered 401, and read as a permission that is missing."""
    with pytest.raises(ApiUnreachable):
        Api(amazon.url, token).call("GET", ZONE)
    assert amazon.calls == []


def test_an_endpoint_that_is_missing_altogether() -> None:
    with pytest.raises(ApiUnreachable):
        Api(None, "token").call("GET", ZONE)  # type: ignore[arg-type]


@pytest.mark.parametrize("token", ["s3cret", "s3cret\r\nX: y", "s3cret☃"])
@pytest.mark.usefixtures("quick")
def test_token_and_body_appear_nowhere(
    amazon: FakeAlexaApi, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    """Rule 5.1: never stored, never logged, not in an error or anything chained to it."""
    caplog.set_level(logging.DEBUG)
    amazon.faults.append(hanging_up)
    api = Api(amazon.url, token)
    with pytest.raises(ApiUnreachable) as caught:
        api.call("POST", "/v1/directives", {"speech": "whisper"})
    seen = f"{api!r} {caplog.text}"
    error: BaseException | None = caught.value
    while error is not None:
        seen += f" {error!r}"
        error = error.__cause__ or error.__context__
    assert "s3cret" not in seen
    assert "whisper" not in seen


@pytest.mark.parametrize("fault", [hanging, dripping_header, dripping_body])
def test_a_slow_service_is_given_two_seconds(api: Api, amazon: FakeAlexaApi, fault: Fault) -> None:
    """Rule 5.2: and no thread stays behind. Without a limit this would never end."""
    amazon.faults.append(fault)
    start = time.monotonic()
    with pytest.raises(ApiUnreachable):
        api.call("GET", ZONE)
    assert time.monotonic() - start > 1.9
    no_flights()


@pytest.mark.usefixtures("quick")
def test_a_service_that_takes_no_connection(amazon: FakeAlexaApi) -> None:
    """Rule 5.2."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        with pytest.raises(ApiUnreachable):
            Api(f"http://127.0.0.1:{deaf.getsockname()[1]}", "token").call("GET", ZONE)
        no_flights()


@pytest.mark.usefixtures("quick")
def test_a_slow_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 5.2: resolving a name knows no time limit of its own."""
    done = threading.Event()

    def resolve(*args: object, **options: object) -> list[object]:
        done.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(ApiUnreachable):
        Api("https://api.amazonalexa.com", "token").call("GET", ZONE)
    done.set()
    no_flights()


def test_calls_do_not_pile_up(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_under_way", threading.BoundedSemaphore(1))
    assert api.call("GET", ZONE).status == 200  # and gives its place back
    no_flights()
    module._under_way.acquire()
    with pytest.raises(ApiUnreachable, match="Too many"):
        api.call("GET", ZONE)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_one_repetition_when_amazon_says_later(api: Api, amazon: FakeAlexaApi, status: int) -> None:
    """Rule 5.2."""
    amazon.faults.append(failing(status, times=1))
    assert api.call("GET", ZONE) == Answer(200, "Europe/Berlin")
    assert len(amazon.calls) == 2


@pytest.mark.parametrize("status", [429, 500])
def test_only_one_repetition(api: Api, amazon: FakeAlexaApi, status: int) -> None:
    """Rule 5.2."""
    amazon.faults.append(failing(status))
    assert api.call("GET", ZONE).status == status
    assert len(amazon.calls) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_no_repetition_of_what_will_not_change(api: Api, amazon: FakeAlexaApi, status: int) -> None:
    """Rule 5.2."""
    amazon.faults.append(failing(status, "SOME_CODE"))
    answer = api.call("GET", ZONE)
    assert answer == Answer(status, {"code": "SOME_CODE", "message": "About SOME_CODE."})
    assert len(amazon.calls) == 1


@pytest.mark.parametrize(("status", "calls"), [(429, 2), (503, 2), (500, 1), (504, 1)])
def test_what_may_have_been_created_is_not_created_again(
    api: Api, amazon: FakeAlexaApi, status: int, calls: int
) -> None:
    """Rule 5.2, with care: a POST that broke halfway may have done its work."""
    amazon.faults.append(failing(status))
    api.call("POST", "/v1/directives", {})
    assert len(amazon.calls) == calls


def test_no_repetition_without_time_for_it(
    api: Api, amazon: FakeAlexaApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 5.2."""

    def late(amazon: FakeAlexaApi, call: object) -> tuple[int, dict[str, str], bytes]:
        amazon.closing.wait(0.25)
        return (503, {}, b"")

    monkeypatch.setattr(module, "CALL_SECONDS", 0.3)
    amazon.faults.append(late)
    assert api.call("GET", ZONE).status == 503
    assert len(amazon.calls) == 1


@pytest.mark.usefixtures("quick")
def test_a_repetition_that_hangs_leaves_the_first_answer(api: Api, amazon: FakeAlexaApi) -> None:
    """Rule 5.2: and both together keep to the limit."""
    amazon.faults += [failing(429, times=1), hanging]
    assert api.call("GET", ZONE).status == 429


def test_all_calls_for_one_request_share_its_time(
    api: Api, amazon: FakeAlexaApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that hangs leaves no time for the reminder itself: people wait for an answer."""
    monkeypatch.setattr(module, "REQUEST_SECONDS", 0.5)
    amazon.faults.append(hanging)
    for _ in range(2):
        with pytest.raises(ApiUnreachable):
            api.call("GET", ZONE)
    assert len(amazon.calls) == 1


@pytest.mark.parametrize(
    "garbage", [b"", b"<html>", b'{"cut": ', b"\xff\xfe\x00", b"[" * 100_000, b'"\xc3"']
)
def test_garbage_is_an_answer_without_a_body(
    api: Api, amazon: FakeAlexaApi, garbage: bytes
) -> None:
    amazon.faults.append(answering(garbage))
    assert api.call("GET", ZONE) == Answer(200, None)


def test_a_flood_is_cut_off(api: Api, amazon: FakeAlexaApi) -> None:
    amazon.faults.append(answering(b'"' + b"x" * module.LARGEST_ANSWER + b'"'))
    with pytest.raises(ApiUnreachable, match="OverflowError"):
        api.call("GET", ZONE)


def test_a_redirect_is_not_followed(api: Api, amazon: FakeAlexaApi) -> None:
    """Else the token would go where the other side says."""
    with FakeAlexaApi() as elsewhere:
        amazon.faults.append(answering(b"", status=302, headers={"Location": elsewhere.url + ZONE}))
        assert api.call("GET", ZONE) == Answer(302, None)
        assert elsewhere.calls == []


def test_a_connection_that_breaks(api: Api, amazon: FakeAlexaApi) -> None:
    amazon.faults.append(hanging_up)
    with pytest.raises(ApiUnreachable, match="ConnectionError"):
        api.call("GET", ZONE)
    assert len(amazon.calls) == 1


def test_a_netrc_file_does_not_replace_the_token(
    api: Api, amazon: FakeAlexaApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "netrc"
    file.write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(file))
    assert api.call("GET", ZONE).status == 200


def test_a_proxy_is_not_asked_for_this_machine(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert api.call("GET", ZONE).status == 200


@pytest.fixture
def proxy(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[AmazonProxy]:
    """Amazon's own host name, behind TLS and the proxy that the environment names."""
    with AmazonProxy(authority, [HOST]) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        yield proxy


@pytest.fixture
def trusted(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "root.pem"
    file.write_bytes(authority.root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.mark.usefixtures("trusted")
def test_tls_through_the_proxy_with_the_trust_of_the_environment(
    amazon: FakeAlexaApi, proxy: AmazonProxy
) -> None:
    """Rule 5.1: the host is the request's own."""
    proxy.routes[HOST, "/*"] = amazon.answer
    assert Api(f"https://{HOST}", amazon.token).call("GET", ZONE).body == "Europe/Berlin"
    assert proxy.calls[HOST, ZONE] == 1


@pytest.mark.parametrize("file", [None, "", "/nowhere/at/all.pem"])
def test_other_authorities_are_not_trusted(
    amazon: FakeAlexaApi, proxy: AmazonProxy, monkeypatch: pytest.MonkeyPatch, file: str | None
) -> None:
    """With no file named, certifi's; with one that is not there, none."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    if file is not None:
        monkeypatch.setenv("SSL_CERT_FILE", file)
    proxy.routes[HOST, "/*"] = amazon.answer
    with pytest.raises(ApiUnreachable, match=r"SSLError|OSError"):
        Api(f"https://{HOST}", amazon.token).call("GET", ZONE)
    assert amazon.calls == []


@pytest.mark.usefixtures("trusted", "quick")
def test_slow_tls_is_cut_off_as_well(amazon: FakeAlexaApi, proxy: AmazonProxy) -> None:
    """Rule 5.2."""
    proxy.routes[HOST, "/*"] = (200, {}, proxy.drip(b"x" * 1000, pause=0.02))
    with pytest.raises(ApiUnreachable):
        Api(f"https://{HOST}", amazon.token).call("GET", ZONE)
    no_flights()
