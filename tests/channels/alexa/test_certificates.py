"""From certificate URL to public key, over real HTTP: the URL, the fetch, the chain, the cache."""

import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
from amazon_proxy import AmazonProxy, Answer
from authority import (
    CERTIFICATE_PATH,
    CERTIFICATE_URL,
    DAY,
    SIGNER,
    Authority,
    Issued,
    chain,
    rsa_key,
)
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from skill.channels.alexa import certificates as module
from skill.channels.alexa.certificates import Certificates, Untrusted, certificate_address

S3 = "s3.amazonaws.com"
BASE = f"https://{S3}/echo.api/"


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def certificates(amazon: AmazonProxy) -> Certificates:
    return Certificates()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up sooner, to keep the tests short."""
    monkeypatch.setattr(module, "GIVE_UP_AFTER", 0.4)


def refusal(certificates: Certificates, url: str = CERTIFICATE_URL) -> str:
    with pytest.raises(Untrusted) as caught:
        certificates.key(url)
    return caught.value.reason


def publish(amazon: AmazonProxy, *issued: Issued) -> None:
    amazon.routes[S3, CERTIFICATE_PATH] = (200, {}, chain(*issued))


# The URL


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "HTTPS://s3.amazonaws.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com:443/echo.api/echo-api-cert.pem",
        "https://S3.AMAZONAWS.COM/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/./echo.api/./echo-api-cert.pem",
        "https://s3.amazonaws.com/../../echo.api/x/../echo-api-cert.pem",
    ],
)
def test_rule_1_12_good_urls_are_one_address(url: str) -> None:
    assert certificate_address(url) == "https://s3.amazonaws.com/echo.api/echo-api-cert.pem"


BAD_URLS = {
    "1.8 plain http": "http://s3.amazonaws.com/echo.api/cert.pem",
    "1.8 other scheme": "file://s3.amazonaws.com/echo.api/cert.pem",
    "1.8 no scheme": "//s3.amazonaws.com/echo.api/cert.pem",
    "1.9 other host": "https://notamazon.com/echo.api/cert.pem",
    "1.9 longer host": "https://s3.amazonaws.com.example.com/echo.api/cert.pem",
    "1.9 host with a prefix": "https://evils3.amazonaws.com/echo.api/cert.pem",
    "1.9 subdomain": "https://bucket.s3.amazonaws.com/echo.api/cert.pem",
    "1.9 dot at the end": "https://s3.amazonaws.com./echo.api/cert.pem",
    "1.9 any character for a dot": "https://s3-amazonaws.com/echo.api/cert.pem",
    "1.9 user": "https://user@s3.amazonaws.com/echo.api/cert.pem",
    "1.9 user and password": "https://a:b@s3.amazonaws.com/echo.api/cert.pem",
    "1.9 our host as the user": "https://s3.amazonaws.com@example.com/echo.api/cert.pem",
    "1.9 our host as the password": "https://a:s3.amazonaws.com@example.com/echo.api/cert.pem",
    "1.9 backslash": "https://example.com\\@s3.amazonaws.com/echo.api/cert.pem",
    "1.10 capitals": "https://s3.amazonaws.com/EcHo.aPi/cert.pem",
    "1.10 all capitals": "https://s3.amazonaws.com/ECHO.API/cert.pem",
    "1.10 other path": "https://s3.amazonaws.com/invalid.path/cert.pem",
    "1.10 short path": "https://s3.amazonaws.com/cert",
    "1.10 no path": "https://s3.amazonaws.com",
    "1.10 longer bucket": "https://s3.amazonaws.com/echo.apis/cert.pem",
    "1.10 climbs out": "https://s3.amazonaws.com/echo.api/../cert",
    "1.10 climbs out at the end": "https://s3.amazonaws.com/echo.api/cert/../../other/..",
    "1.10 climbs out in per cent signs": "https://s3.amazonaws.com/echo.api/%2e%2e/other/c.pem",
    "1.10 climbs out in backslashes": "https://s3.amazonaws.com/echo.api/..\\..\\other/c.pem",
    "1.10 doubled slash": "https://s3.amazonaws.com//echo.api/cert.pem",
    "1.11 other port": "https://s3.amazonaws.com:563/echo.api/cert.pem",
    "1.11 port zero": "https://s3.amazonaws.com:0/echo.api/cert.pem",
    "1.11 no number": "https://s3.amazonaws.com:https/echo.api/cert.pem",
    "1.11 far too big": "https://s3.amazonaws.com:443443443/echo.api/cert.pem",
    "1.12 empty": "",
    "1.12 no URL": "nothing of the kind",
    "1.12 broken": "https://[s3.amazonaws.com/echo.api/cert.pem",
    "1.13 query": "https://s3.amazonaws.com/echo.api/cert.pem?n=1",
    "1.13 fragment": "https://s3.amazonaws.com/echo.api/cert.pem#1",
    "1.13 space before": " https://s3.amazonaws.com/echo.api/cert.pem",
    "1.13 line end after": "https://s3.amazonaws.com/echo.api/cert.pem\n",
    "1.13 line end within": "https://s3.amazonaws.com/echo.api/cert.pem\r\nHost: example.com",
    "1.13 tab within": "https://s3.amazon\taws.com/echo.api/cert.pem",
    "1.13 no ASCII": "https://s3.amazonaws.com/echo.api/cert\u00e9.pem",
    "1.13 nearly our host": "https://\uff53\uff13.amazonaws.com/echo.api/cert.pem",
    # A letter that some case rules fold to an ASCII s.
    "1.13 long s": "https://\u017f3.amazonaws.com/echo.api/cert.pem",
    "1.13 long": "https://s3.amazonaws.com/echo.api/" + 600 * "a",
    "1.13 doubled header": f"{CERTIFICATE_URL},{CERTIFICATE_URL}",
}


@pytest.mark.parametrize("url", BAD_URLS.values(), ids=BAD_URLS.keys())
def test_rules_1_8_to_1_13_bad_urls_are_never_fetched(
    url: str, certificates: Certificates, amazon: AmazonProxy
) -> None:
    assert refusal(certificates, url) == "cert-url"
    assert not amazon.received


# The fetch


def test_rule_1_25_a_good_chain_gives_its_key(
    certificates: Certificates, authority: Authority
) -> None:
    key = certificates.key(CERTIFICATE_URL)
    assert key.public_numbers() == rsa_key().public_key().public_numbers()


def test_rule_1_13_what_is_fetched_is_the_plain_address(
    certificates: Certificates, amazon: AmazonProxy
) -> None:
    certificates.key("HTTPS://S3.amazonaws.com:443/x/../echo.api/./echo-api-cert-99.pem")
    (call,) = amazon.received
    assert (call.host, call.method, call.path) == (S3, "GET", CERTIFICATE_PATH)
    assert "authorization" not in call.headers
    assert "cookie" not in call.headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_rule_1_13_redirects_are_not_followed(
    status: int, certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    amazon.routes[S3, "/echo.api/other.pem"] = (200, {}, authority.chain)
    amazon.routes[S3, CERTIFICATE_PATH] = (status, {"Location": f"{BASE}other.pem"}, b"")
    assert refusal(certificates) == "cert-fetch"
    assert len(amazon.received) == 1


@pytest.mark.parametrize("status", [201, 204, 400, 403, 404, 500, 503])
def test_rule_1_19_any_answer_but_200_is_a_refusal(
    status: int, certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    amazon.routes[S3, CERTIFICATE_PATH] = (status, {}, b"" if status == 204 else authority.chain)
    assert refusal(certificates) == "cert-fetch"


@pytest.mark.usefixtures("hurried")
def test_rule_1_13_a_silent_peer_is_given_up(
    certificates: Certificates, amazon: AmazonProxy
) -> None:
    amazon.routes[S3, CERTIFICATE_PATH] = amazon.hang
    assert refusal(certificates) == "cert-fetch"


@pytest.mark.usefixtures("hurried")
def test_rule_1_13_a_dripping_body_is_given_up(
    certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    amazon.routes[S3, CERTIFICATE_PATH] = (200, {}, amazon.drip(authority.chain))
    assert refusal(certificates) == "cert-fetch"
    assert_ends(certificates)


@pytest.mark.usefixtures("hurried")
def test_rule_1_13_a_dripping_header_is_given_up_and_cut_off(
    certificates: Certificates, amazon: AmazonProxy
) -> None:
    header = b"HTTP/1.1 200 OK\r\nX-Slow: " + 10_000 * b"a"
    amazon.routes[S3, CERTIFICATE_PATH] = (None, {}, amazon.drip(header))
    assert refusal(certificates) == "cert-fetch"
    assert_ends(certificates)


def assert_ends(certificates: Certificates) -> None:
    """The download holds its thread and its place no longer than the caller waited, or nearly."""
    ended = threading.Event()
    for _ in range(100):
        if not certificates._flights:
            return
        ended.wait(0.1)
    pytest.fail("The download goes on.")


@pytest.mark.parametrize("declared", [True, False])
def test_rule_1_13_a_large_file_is_refused(
    declared: bool, certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    large = authority.chain + 70_000 * b"\n"
    amazon.routes[S3, CERTIFICATE_PATH] = (200, {}, large if declared else iter([large]))
    assert refusal(certificates) == "cert-fetch"


def test_rule_1_13_an_endless_file_is_not_read_to_its_end(
    certificates: Certificates, amazon: AmazonProxy
) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while not amazon.closing.is_set():
            sent += 1
            yield 65_536 * b"\n"

    amazon.routes[S3, CERTIFICATE_PATH] = (200, {}, endless())
    assert refusal(certificates) == "cert-fetch"
    assert sent < 1000


def test_rule_1_13_a_compressed_file_is_not_unpacked(
    certificates: Certificates, amazon: AmazonProxy
) -> None:
    amazon.routes[S3, CERTIFICATE_PATH] = (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b" + b"0")
    assert refusal(certificates) == "chain"


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n"])
def test_rule_1_19_a_broken_answer_is_a_refusal(
    answer: bytes, certificates: Certificates, amazon: AmazonProxy
) -> None:
    amazon.routes[S3, CERTIFICATE_PATH] = (None, {}, answer)
    assert refusal(certificates) in {"cert-fetch", "chain"}


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "http://127.0.0.1:notaport", "no proxy"])
def test_rule_1_19_no_connection_is_a_refusal(
    proxy: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    assert refusal(certificates) == "cert-fetch"


def test_rule_1_13_the_download_itself_must_be_trusted(
    amazon: AmazonProxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(Authority("Other").root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    assert refusal(Certificates()) == "cert-fetch"
    assert not amazon.received


# The chain


def signers(authority: Authority) -> dict[str, tuple[Issued, ...]]:
    """Every kind of chain that must not pass."""
    now = datetime.now(UTC)
    middle = authority.intermediate
    other = Authority("Other")
    own = authority.issue(SIGNER, issuer=None)
    old_middle = authority.issue(
        "Old Intermediate", issuer=authority.root, ca=True, starts=now - 9 * DAY, lasts=8 * DAY
    )
    no_issuer = authority.issue("No Issuer", names=["example.com"], key=rsa_key(2))
    return {
        "1.14 self-signed": (own,),
        "1.14 self-signed before a good chain": (own, authority.signer, middle),
        "1.14 missing intermediate": (authority.signer,),
        "1.14 other root": (other.signer, other.intermediate, other.root),
        "1.14 wrong issuer": (authority.signer, other.intermediate),
        "1.14 same name, other key": (
            authority.issue(SIGNER, issuer=Issued(middle.certificate, other.intermediate.key)),
            middle,
        ),
        "1.14 issued by a leaf": (authority.issue(SIGNER, issuer=no_issuer), no_issuer, middle),
        "1.14 intermediate first": (middle, authority.signer),
        "1.14 root first": (authority.root, middle, authority.signer),
        "1.15 expired": (authority.issue(SIGNER, starts=now - 9 * DAY, lasts=8 * DAY), middle),
        "1.15 not yet valid": (authority.issue(SIGNER, starts=now + DAY), middle),
        "1.15 expired intermediate": (authority.issue(SIGNER, issuer=old_middle), old_middle),
        "1.16 other name": (authority.issue("x", names=["example.com"]), middle),
        "1.16 only the common name": (authority.issue(SIGNER, names=["example.com"]), middle),
        "1.16 no names": (authority.issue(SIGNER, names=None), middle),
        "1.16 wildcard": (authority.issue("x", names=["*.amazon.com"]), middle),
        "1.16 name within a longer one": (
            authority.issue("x", names=[f"{SIGNER}.example.com"]),
            middle,
        ),
        "1.16 parent": (authority.issue("x", names=["amazon.com"]), middle),
        "1.14 not for signing": (authority.issue(SIGNER, signs=False), middle),
        "1.14 for clients": (
            authority.issue(SIGNER, uses=[ExtendedKeyUsageOID.CLIENT_AUTH]),
            middle,
        ),
        "1.14 for code": (
            authority.issue(SIGNER, uses=[ExtendedKeyUsageOID.CODE_SIGNING]),
            middle,
        ),
        "1.5 no RSA key": (
            authority.issue(SIGNER, key=ec.generate_private_key(ec.SECP256R1())),
            middle,
        ),
        "1.13 too many certificates": (authority.signer, *(10 * [middle])),
    }


BAD_CHAINS = list(signers(Authority("Names")))


@pytest.fixture(scope="module")
def bad_chains(authority: Authority) -> dict[str, tuple[Issued, ...]]:
    return signers(authority)


@pytest.mark.parametrize("name", BAD_CHAINS)
def test_rules_1_14_to_1_16_bad_chains(
    name: str,
    bad_chains: dict[str, tuple[Issued, ...]],
    certificates: Certificates,
    amazon: AmazonProxy,
) -> None:
    publish(amazon, *bad_chains[name])
    assert refusal(certificates) == "chain"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<Error><Code>AccessDenied</Code></Error>",
        b"-----BEGIN CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
        2000 * b"-----BEGIN CERTIFICATE-----\n",
        bytes(range(256)),
    ],
)
def test_rule_1_14_what_is_no_certificate(
    content: bytes, certificates: Certificates, amazon: AmazonProxy
) -> None:
    amazon.routes[S3, CERTIFICATE_PATH] = (200, {}, content)
    assert refusal(certificates) == "chain"


def test_rule_1_14_the_first_certificate_must_be_readable(
    certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    amazon.routes[S3, CERTIFICATE_PATH] = (200, {}, broken + authority.chain)
    assert refusal(certificates) == "chain"


def four(authority: Authority) -> tuple[Issued, ...]:
    """Alexa's real shape: the last of four is issued by a root that no store knows any more."""
    gone = authority.issue("Long Gone Root", issuer=None, ca=True)
    old = authority.issue("Old Root", issuer=gone, ca=True)
    crossed = authority.issue(
        authority.root.name, issuer=old, ca=True, key=authority.root.key, lasts=365 * DAY
    )
    return (authority.signer, authority.intermediate, crossed, old)


def test_rule_1_14_four_certificates_whose_last_issuer_no_store_knows(
    certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    """The path is built to a living root; the file's own end leads nowhere."""
    publish(amazon, *four(authority))
    assert certificates.key(CERTIFICATE_URL)


@pytest.mark.parametrize("order", [(2, 1, 3), (3, 2, 1), (3, 1, 2), (1,)])
def test_rule_1_14_the_others_may_come_in_any_order(
    order: tuple[int, ...], certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    leaf, *others = four(authority)
    publish(amazon, leaf, *(others[place - 1] for place in order))
    assert certificates.key(CERTIFICATE_URL)


def test_rule_1_14_the_root_may_come_along_and_unreadable_others_are_left_out(
    certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    amazon.routes[S3, CERTIFICATE_PATH] = (
        200,
        {},
        b"subject=echo-api.amazon.com\n" + authority.chain + broken + authority.root.pem,
    )
    assert certificates.key(CERTIFICATE_URL)


@pytest.mark.parametrize("names", [["alexa.example", SIGNER], ["ECHO-API.amazon.com"]])
def test_rule_1_16_one_of_several_names_in_any_case(
    names: list[str], certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    publish(amazon, authority.issue("x", names=names), authority.intermediate)
    assert certificates.key(CERTIFICATE_URL)


# The trust anchors


def test_without_a_file_named_the_anchors_are_certifis(monkeypatch: pytest.MonkeyPatch) -> None:
    """They load without a warning, although one of the roots makes the parser warn."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert Certificates()._trust_file == certifi.where()
    assert not caught
    monkeypatch.setenv("SSL_CERT_FILE", "")
    assert Certificates()._trust_file == certifi.where()


def test_the_file_is_the_one_named_when_the_object_was_made(
    amazon: AmazonProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates = Certificates()
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    assert certificates.key(CERTIFICATE_URL)
    assert refusal(Certificates()) == "cert-fetch"


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_useless_file_of_anchors_stops_the_start(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = tmp_path / "roots.pem"
    if content is not None:
        roots.write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    with pytest.raises(ValueError, match="trusted certificates"):
        Certificates()


# The cache


def test_rule_1_18_two_requests_make_one_fetch(
    certificates: Certificates, amazon: AmazonProxy
) -> None:
    first = certificates.key(CERTIFICATE_URL)
    assert certificates.key(f"https://S3.amazonaws.com:443{CERTIFICATE_PATH}") is first
    assert amazon.calls[S3, CERTIFICATE_PATH] == 1


def test_rule_1_18_a_bad_chain_is_not_kept(amazon: AmazonProxy, authority: Authority) -> None:
    clock = Clock()
    certificates = Certificates(clock)
    publish(amazon, authority.signer)
    assert refusal(certificates) == "chain"
    assert not certificates._kept
    clock.ahead = module.REFUSE_FOR + timedelta(seconds=1)
    publish(amazon, authority.signer, authority.intermediate)
    assert certificates.key(CERTIFICATE_URL)


def test_rule_1_18_a_key_is_fetched_again_after_some_hours(
    amazon: AmazonProxy, authority: Authority
) -> None:
    clock = Clock()
    certificates = Certificates(clock)
    certificates.key(CERTIFICATE_URL)
    clock.ahead = module.KEEP_FOR - timedelta(minutes=1)
    certificates.key(CERTIFICATE_URL)
    assert amazon.calls[S3, CERTIFICATE_PATH] == 1
    other = authority.issue(SIGNER, key=rsa_key(1))
    publish(amazon, other, authority.intermediate)
    clock.ahead = module.KEEP_FOR + timedelta(minutes=1)
    assert certificates.key(CERTIFICATE_URL).public_numbers() == (
        rsa_key(1).public_key().public_numbers()
    )
    assert amazon.calls[S3, CERTIFICATE_PATH] == 2


@pytest.mark.parametrize("ends", ["leaf", "intermediate"])
def test_rules_1_15_and_1_18_dates_are_checked_on_each_use(
    ends: str, amazon: AmazonProxy, authority: Authority
) -> None:
    clock = Clock()
    certificates = Certificates(clock)
    short = timedelta(hours=26)  # they all start a day ago
    middle = authority.issue(
        "Short", issuer=authority.root, ca=True, lasts=short if ends != "leaf" else 30 * DAY
    )
    leaf = authority.issue(SIGNER, issuer=middle, lasts=short if ends == "leaf" else 30 * DAY)
    publish(amazon, leaf, middle)
    assert certificates.key(CERTIFICATE_URL)
    clock.ahead = timedelta(hours=2, minutes=1)
    assert refusal(certificates) == "chain"


def test_rule_1_15_a_kept_key_is_not_used_before_its_time(
    amazon: AmazonProxy, authority: Authority
) -> None:
    """A clock that was set back."""
    clock = Clock()
    certificates = Certificates(clock)
    assert certificates.key(CERTIFICATE_URL)
    clock.ahead = -2 * DAY
    assert refusal(certificates) == "chain"


def test_rule_1_18_the_cache_is_bounded(
    amazon: AmazonProxy, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    amazon.routes[S3, "/echo.api/*"] = (200, {}, authority.chain)
    certificates = Certificates()
    for number in range(6):
        certificates.key(f"{BASE}{number}.pem")
    assert len(certificates._kept) == 3
    assert f"{BASE}5.pem" in certificates._kept


def test_rule_1_18_single_flight(
    certificates: Certificates, amazon: AmazonProxy, authority: Authority
) -> None:
    everyone = threading.Barrier(13)

    def slowly(*_: object) -> Answer:
        everyone.wait(10)
        amazon.closing.wait(0.2)
        return (200, {}, authority.chain)

    def ask(_: int) -> object:
        # The download holds until all twelve have asked, or are about to.
        threading.Thread(target=everyone.wait, args=(10,)).start()
        return certificates.key(CERTIFICATE_URL)

    amazon.routes[S3, CERTIFICATE_PATH] = slowly
    with ThreadPoolExecutor(12) as pool:
        keys = list(pool.map(ask, range(12)))
    assert len(set(map(id, keys))) == 1
    assert amazon.calls[S3, CERTIFICATE_PATH] == 1


# Floods


def test_rule_1_13_a_flood_of_bad_urls_is_bounded_and_delays_nobody(
    certificates: Certificates, amazon: AmazonProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = certificates.key(CERTIFICATE_URL)
    monkeypatch.setattr(module, "GIVE_UP_AFTER", 0.4)
    amazon.routes[S3, "/echo.api/bad*"] = amazon.hang
    with ThreadPoolExecutor(30) as pool:
        flood = list(
            pool.map(lambda number: refusal(certificates, f"{BASE}bad{number}.pem"), range(60))
        )
        assert certificates.key(CERTIFICATE_URL) is key
    assert "cert-busy" in flood
    assert set(flood) == {"cert-busy", "cert-fetch"}
    assert amazon.calls[S3, CERTIFICATE_PATH] == 1
    assert certificates._waiting == 0
    # However slow this machine is, the sixty were not all fetched.
    assert len(amazon.received) - 1 < 60


def test_rule_1_13_never_more_than_a_few_downloads_at_once(
    certificates: Certificates, amazon: AmazonProxy
) -> None:
    release = threading.Event()

    def held(*_: object) -> Answer:
        release.wait(10)
        return (404, {}, b"")

    amazon.routes[S3, "/echo.api/bad*"] = held
    urls = [f"{BASE}bad{number}.pem" for number in range(module.MOST_DOWNLOADS)]
    with ThreadPoolExecutor(len(urls)) as pool:
        waiting = [pool.submit(refusal, certificates, url) for url in urls]
        while len(certificates._flights) < len(urls):
            release.wait(0.01)
        assert refusal(certificates, f"{BASE}one-more.pem") == "cert-busy"
        release.set()
        assert {each.result(10) for each in waiting} == {"cert-fetch"}


def test_rule_1_13_never_more_than_some_threads_wait(
    certificates: Certificates, amazon: AmazonProxy
) -> None:
    release = threading.Event()

    def held(*_: object) -> Answer:
        release.wait(10)
        return (404, {}, b"")

    amazon.routes[S3, "/echo.api/bad.pem"] = held
    url = f"{BASE}bad.pem"
    with ThreadPoolExecutor(module.MOST_WAITING) as pool:
        waiting = [pool.submit(refusal, certificates, url) for _ in range(module.MOST_WAITING)]
        while certificates._waiting < module.MOST_WAITING:
            release.wait(0.01)
        assert refusal(certificates, url) == "cert-busy"
        release.set()
        assert {each.result(10) for each in waiting} == {"cert-fetch"}


def test_rule_1_18_a_flood_does_not_keep_a_known_key_from_its_refresh(
    amazon: AmazonProxy,
) -> None:
    clock = Clock()
    certificates = Certificates(clock)
    certificates.key(CERTIFICATE_URL)
    clock.ahead = module.KEEP_FOR + timedelta(minutes=1)
    amazon.routes[S3, "/echo.api/bad*"] = amazon.hang
    urls = [f"{BASE}bad{number}.pem" for number in range(module.MOST_DOWNLOADS)]
    with ThreadPoolExecutor(len(urls)) as pool:
        waiting = [pool.submit(refusal, certificates, url) for url in urls]
        while len(certificates._flights) < len(urls):
            amazon.closing.wait(0.01)
        assert certificates.key(CERTIFICATE_URL)
        assert {each.result(10) for each in waiting} == {"cert-fetch"}


def test_rule_1_13_a_failed_fetch_is_remembered_for_a_moment(amazon: AmazonProxy) -> None:
    clock = Clock()
    certificates = Certificates(clock)
    url, path = f"{BASE}bad.pem", "/echo.api/bad.pem"
    assert [refusal(certificates, url) for _ in range(3)] == 3 * ["cert-fetch"]
    assert amazon.calls[S3, path] == 1
    clock.ahead = module.REFUSE_FOR + timedelta(seconds=1)
    refusal(certificates, url)
    assert amazon.calls[S3, path] == 2


def test_rule_1_13_the_memory_of_failures_is_bounded(
    certificates: Certificates, amazon: AmazonProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_REFUSED", 3)
    certificates.key(CERTIFICATE_URL)
    for number in range(6):
        assert refusal(certificates, f"{BASE}bad{number}.pem") == "cert-fetch"
    assert len(certificates._refused) == 3
    assert CERTIFICATE_URL in certificates._kept


def test_a_machine_out_of_threads_refuses(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_more)
        assert refusal(certificates) == "cert-busy"
    assert certificates.key(CERTIFICATE_URL)


def test_a_panic_of_the_parser_is_a_refusal(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        """As the parser's own is: no Exception."""

    def panics(_: bytes) -> None:
        raise Panic

    with monkeypatch.context() as patch:
        patch.setattr(module, "load_pem_x509_certificate", panics)
        assert refusal(certificates) == "chain"
    assert not certificates._flights
