"""The door of the webhook: what Alexa signed for us gets in, and nothing else does."""

import base64
import inspect
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from amazon_proxy import AmazonProxy
from authority import CERTIFICATE_PATH, CERTIFICATE_URL, Authority, rsa_key
from authority import signature as signed_with
from cryptography.hazmat.primitives import hashes
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from skill.channels.alexa.certificates import Certificates
from skill.channels.alexa.door import DEEPEST_NESTING, LARGEST_BODY, Door, Refused

S3 = "s3.amazonaws.com"
OURS, STAGE, FOREIGN = "amzn1.ask.skill.ours", "amzn1.ask.skill.stage", "amzn1.ask.skill.foreign"
EVENTS = [
    "AlexaSkillEvent.SkillEnabled",
    "AlexaSkillEvent.SkillDisabled",
    "AlexaSkillEvent.SkillPermissionChanged",
    "AlexaSkillEvent.SkillPermissionAccepted",
    "AlexaSkillEvent.SkillAccountLinked",
]
Headers = dict[str, str]
Spoil = Callable[[Headers], object]


@pytest.fixture
def certificates(amazon: AmazonProxy) -> Certificates:
    return Certificates()


@pytest.fixture
def door(certificates: Certificates) -> Door:
    return Door(frozenset({OURS, STAGE}), certificates)


def ago(seconds: float) -> str:
    moment = datetime.now(UTC) - timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def envelope(kind: str = "LaunchRequest", stamp: object = None, skill: object = OURS) -> Any:
    application = {"applicationId": skill}
    return {
        "version": "1.0",
        "session": {"new": True, "sessionId": "s", "application": application, "user": {}},
        "context": {"System": {"application": application, "user": {"userId": "u"}}},
        "request": {"type": kind, "requestId": "r", "timestamp": stamp or ago(0), "locale": "en"},
    }


def dumped(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def refusal(door: Door, headers: Headers, body: bytes) -> str:
    with pytest.raises(Refused) as caught:
        door.admit(headers, body)
    assert caught.value.reason in str(caught.value)
    return caught.value.reason


def signed_refusal(door: Door, authority: Authority, body: bytes) -> str:
    return refusal(door, authority.sign(body), body)


# What gets in


def test_rule_1_25_a_signed_request_gets_in(door: Door, authority: Authority) -> None:
    body = dumped(envelope())
    assert door.admit(authority.sign(body), body) == json.loads(body)


def test_rule_1_18_two_requests_make_one_fetch(
    door: Door, authority: Authority, amazon: AmazonProxy
) -> None:
    for _ in range(2):
        body = dumped(envelope())
        door.admit(authority.sign(body), body)
    assert amazon.calls[S3, CERTIFICATE_PATH] == 1


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_rule_1_6_header_names_in_any_case(
    case: Callable[[str], str], door: Door, authority: Authority
) -> None:
    body = dumped(envelope())
    assert door.admit({case(k): v for k, v in authority.sign(body).items()}, body)


def test_rule_1_17_the_raw_bytes_are_what_is_signed(door: Door, authority: Authority) -> None:
    """Odd spacing, letters beyond ASCII, escapes: none survives a parse and a new dump."""
    content = envelope()
    content["request"]["words"] = "Zärtlichkeit \u2764 日本"
    spaced = json.dumps(content, indent=3, ensure_ascii=False).replace('":', '" :\t')
    body = b"\r\n" + spaced.encode() + b"  "
    assert body != dumped(json.loads(body))
    assert door.admit(authority.sign(body), body)["request"]["words"] == "Zärtlichkeit \u2764 日本"
    escaped = json.dumps(content).replace("/", "\\/").encode()
    assert door.admit(authority.sign(escaped), escaped)["request"]["words"]


def test_rule_3_1_unknown_kinds_of_request_get_in(door: Door, authority: Authority) -> None:
    """What to do with them is not for the door to say."""
    body = dumped(envelope("Alexa.Something.New"))
    assert door.admit(authority.sign(body), body)["request"]["type"] == "Alexa.Something.New"


# Size and kind


@pytest.mark.parametrize("size", [0, LARGEST_BODY + 1, 10 * LARGEST_BODY])
def test_size(size: int, door: Door, authority: Authority, amazon: AmazonProxy) -> None:
    assert signed_refusal(door, authority, size * b" ") == "size"
    assert not amazon.received


def test_size_at_its_limit(door: Door, authority: Authority) -> None:
    body = dumped(envelope()).ljust(LARGEST_BODY)
    assert door.admit(authority.sign(body), body)


@pytest.mark.parametrize(
    "value", ["application/json", "application/json;charset=UTF-8", "Application/JSON ; a=b"]
)
def test_content_type(value: str, door: Door, authority: Authority) -> None:
    body = dumped(envelope())
    assert door.admit({**authority.sign(body), "Content-Type": value}, body)


@pytest.mark.parametrize("value", ["", "text/plain", "application/jsonp", "x; application/json"])
def test_other_content_types(value: str, door: Door, authority: Authority) -> None:
    body = dumped(envelope())
    assert refusal(door, {**authority.sign(body), "Content-Type": value}, body) == "content-type"


# The headers


def other_key(headers: Headers) -> None:
    headers["Signature-256"] = signed_with(dumped(envelope()), rsa_key(1), hashes.SHA256())


def sha1_in_place_of_256(headers: Headers) -> None:
    headers["Signature-256"] = headers.pop("Signature")


SPOILT: dict[str, tuple[str, Spoil]] = {
    "1.5 SHA-1 only": ("no-signature", lambda h: h.pop("Signature-256")),
    "1.5 SHA-1 in the new header": ("signature", sha1_in_place_of_256),
    "1.7 no URL header": ("no-cert-url", lambda h: h.pop("SignatureCertChainUrl")),
    "1.7 empty URL header": ("no-cert-url", lambda h: h.update(SignatureCertChainUrl="")),
    "1.7 blank URL header": ("no-cert-url", lambda h: h.update(SignatureCertChainUrl=" ")),
    "1.7 empty signature": ("no-signature", lambda h: h.update({"Signature-256": ""})),
    "1.7 signature not Base64": ("signature", lambda h: h.update({"Signature-256": "<>!"})),
    "1.7 Base64 with blanks": (
        "signature",
        lambda h: h.update(
            {"Signature-256": h["Signature-256"][:8] + " " + h["Signature-256"][8:]}
        ),
    ),
    "1.7 Base64 cut short": (
        "signature",
        lambda h: h.update({"Signature-256": h["Signature-256"][:-3]}),
    ),
    "1.7 no ASCII": ("signature", lambda h: h.update({"Signature-256": "\u00e9\u0131"})),
    "1.26 wrong certificate URL": (
        "cert-url",
        lambda h: h.update(SignatureCertChainUrl="https://example.com/echo.api/cert.pem"),
    ),
    "1.26 certificate not there": (
        "cert-fetch",
        lambda h: h.update(SignatureCertChainUrl=f"https://{S3}/echo.api/missing.pem"),
    ),
    "1.26 invalid signature": (
        "signature",
        lambda h: h.update({"Signature-256": base64.b64encode(256 * b"s").decode()}),
    ),
    "1.26 short signature": ("signature", lambda h: h.update({"Signature-256": "AAAA"})),
    "1.26 long signature": (
        "signature",
        lambda h: h.update({"Signature-256": base64.b64encode(9000 * b"s").decode()}),
    ),
    "1.26 signed with the wrong certificate": ("signature", other_key),
    "no headers at all": ("content-type", lambda h: h.clear()),
}


@pytest.mark.parametrize("name", SPOILT)
def test_rules_1_5_1_7_1_26_spoilt_headers(name: str, door: Door, authority: Authority) -> None:
    reason, spoil = SPOILT[name]
    body = dumped(envelope())
    headers = authority.sign(body)
    spoil(headers)
    assert refusal(door, headers, body) == reason


@pytest.mark.parametrize("name", ["SignatureCertChainUrl", "Signature-256", "Content-Type"])
@pytest.mark.parametrize("second", ["", "nonsense", None])
def test_doubled_headers(
    name: str, second: str | None, door: Door, authority: Authority, amazon: AmazonProxy
) -> None:
    """As two entries, and joined with a comma, as a WSGI server does."""
    body = dumped(envelope())
    headers = authority.sign(body)
    other = headers[name] if second is None else second
    assert refusal(door, {**headers, name.lower(): other}, body) == "doubled-header"
    assert refusal(door, {**headers, name: f"{headers[name]},{other}"}, body) == "doubled-header"
    assert refusal(door, {**headers, name: f"{other}, {headers[name]}"}, body) == "doubled-header"
    assert not amazon.received


@pytest.mark.parametrize(
    "bypass",
    [
        {"X-Simulator-Bypass": "1"},
        {"X-Skip-Verification": "true", "X-Debug": "1"},
        {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "localhost"},
        {"X-Original-URL": "/healthz", "X-HTTP-Method-Override": "GET"},
        {"Authorization": "Bearer anything"},
    ],
)
def test_rule_1_27_no_header_opens_the_door(
    bypass: Headers, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FLASK_DEBUG", "DEBUG", "TESTING", "LANTERN_DEBUG", "ASK_VERIFY_REQUESTS"):
        monkeypatch.setenv(name, "false" if name.startswith("ASK") else "1")
    headers = {"Content-Type": "application/json", **bypass}
    assert refusal(door, headers, dumped(envelope())) == "no-cert-url"


def test_rule_1_27_no_setting_opens_the_door() -> None:
    """There is nothing to switch: the door takes the skills and the certificates.

    These take a clock, and somebody who hears of downloads.
    """
    assert list(inspect.signature(Door).parameters) == ["skill_ids", "certificates"]
    assert list(inspect.signature(Door.admit).parameters) == ["self", "headers", "body"]
    assert list(inspect.signature(Certificates).parameters) == ["now", "fetched"]


# The signature


@pytest.mark.parametrize("position", [0, 40, -1])
def test_rule_1_17_a_tampered_body(position: int, door: Door, authority: Authority) -> None:
    body = dumped(envelope())
    tampered = bytearray(body)
    tampered[position] ^= 1
    assert refusal(door, authority.sign(body), bytes(tampered)) == "signature"


@pytest.mark.parametrize("extra", [b" ", b"\n", b"\0", b"{}"])
def test_rule_1_17_not_a_byte_more(extra: bytes, door: Door, authority: Authority) -> None:
    body = dumped(envelope())
    assert refusal(door, authority.sign(body), body + extra) == "signature"
    assert refusal(door, authority.sign(body), extra + body) == "signature"


def test_rule_1_24_junk_is_refused_for_its_signature_before_it_is_parsed(
    door: Door, authority: Authority
) -> None:
    headers = authority.sign(b"something else")
    assert refusal(door, headers, b"no JSON") == "signature"
    assert refusal(door, headers, 60_000 * b"[") == "signature"


def test_rule_1_14_a_chain_of_another_authority(
    door: Door, authority: Authority, amazon: AmazonProxy
) -> None:
    """Well signed in itself, by someone we have no reason to trust."""
    amazon.routes[S3, "/echo.api/other.pem"] = (200, {}, Authority("Other").chain)
    body = dumped(envelope())
    headers = authority.sign(body, url=f"https://{S3}/echo.api/other.pem")
    assert refusal(door, headers, body) == "chain"


def test_a_malformed_signature_costs_no_download(
    door: Door, authority: Authority, amazon: AmazonProxy
) -> None:
    body = dumped(envelope())
    refusal(door, {**authority.sign(body), "Signature-256": "no Base64!"}, body)
    assert not amazon.received


# The JSON


def deep(levels: int) -> bytes:
    """An envelope that is ``levels`` deep: itself, then lists."""
    return dumped(envelope())[:-1] + b', "d": ' + (levels - 1) * b"[" + (levels - 1) * b"]" + b"}"


NOT_JSON = {
    "nothing": b" ",
    "no JSON": b"hello",
    "cut short": dumped(envelope())[:-1],
    "something after it": dumped(envelope()) + b"{}",
    "a list": b"[" + dumped(envelope()) + b"]",
    "a string": b'"hello"',
    "a number": b"1",
    "null": b"null",
    "not UTF-8": dumped(envelope()).replace(b"locale", b"loc\xe4le"),
    "UTF-16": json.dumps(envelope()).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + dumped(envelope()),
    "an encoded surrogate": dumped(envelope()).replace(b"locale", b"\xed\xa0\x80"),
    "half a surrogate pair": dumped(envelope()).replace(b"locale", b"\\ud800"),
    "half a pair in capitals": dumped(envelope()).replace(b"locale", b"\\uDC00"),
    "a doubled key": b'{"request": 1, ' + dumped(envelope())[1:],
    "a doubled key inside": dumped(envelope()).replace(b'"requestId"', b'"type": 1, "requestId"'),
    "a doubled key in other letters": dumped(envelope()).replace(
        b'"locale"', b'"\\u0074ype": "A", "locale"'
    ),
    "not a number": dumped(envelope()).replace(b"true", b"NaN"),
    "infinity": dumped(envelope()).replace(b"true", b"Infinity"),
    "minus infinity": dumped(envelope()).replace(b"true", b"-Infinity"),
    "a number beyond all bounds": dumped(envelope()).replace(b"true", b"1e999"),
    "a number of too many digits": dumped(envelope()).replace(b"true", 9000 * b"9"),
    "a comment": dumped(envelope()) + b"// hello",
    "one level too deep": deep(DEEPEST_NESTING + 1),
    "far too deep": deep(60_000),
    "only brackets": 100_000 * b"[",
    "only objects": 20_000 * b'{"a":',
    "brackets after an open string": b'"' + 60_000 * b"[",
    "an open string of escapes": b'{"' + 60_000 * b'\\"',
    "quotes": 100_000 * b'"',
    "closing first": 1000 * b"]" + 1000 * b"[",
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_rule_1_24_signed_but_not_a_sound_object(
    name: str, door: Door, authority: Authority
) -> None:
    assert signed_refusal(door, authority, NOT_JSON[name]) == "json"


def test_deep_but_not_too_deep(door: Door, authority: Authority) -> None:
    body = deep(DEEPEST_NESTING)
    assert door.admit(authority.sign(body), body)


def test_brackets_in_strings_do_not_count(door: Door, authority: Authority) -> None:
    content = envelope()
    content["request"]["words"] = 100 * '[{"\\'
    body = dumped(content)
    assert door.admit(authority.sign(body), body)


def test_whole_surrogate_pairs_and_plain_numbers_pass(door: Door, authority: Authority) -> None:
    content = envelope()
    content["request"].update(words="\U0001f56f", number=1.5, large=10**20)
    body = json.dumps(content).encode()
    assert b"\\ud83d" in body
    assert door.admit(authority.sign(body), body)["request"]["words"] == "\U0001f56f"


def test_a_refusal_does_not_quote_the_body(door: Door, authority: Authority) -> None:
    for body in (b'{"secret": "dear diary"', dumped({"secret": "dear diary", "request": 1})):
        with pytest.raises(Refused) as caught:
            door.admit(authority.sign(body), body)
        error: BaseException | None = caught.value
        while error:
            assert "diary" not in f"{error} {error.args} {vars(error)}"
            error = error.__cause__


# The timestamp


@pytest.mark.parametrize("seconds", [149, -149, 0])
def test_rule_1_20_within_150_seconds_both_ways(
    seconds: int, door: Door, authority: Authority
) -> None:
    # One second's grace for a slow machine, on the side where time works against the test.
    body = dumped(envelope(stamp=ago(seconds - 1 if seconds > 0 else seconds)))
    assert door.admit(authority.sign(body), body)


@pytest.mark.parametrize("seconds", [151, -152, 180, 86_400, -86_400])
@pytest.mark.parametrize("kind", ["LaunchRequest", "IntentRequest", "Reminders.ReminderCreated"])
def test_rule_1_20_beyond_150_seconds(
    seconds: int, kind: str, door: Door, authority: Authority
) -> None:
    body = dumped(envelope(kind, stamp=ago(seconds)))
    assert signed_refusal(door, authority, body) == "stale"


@pytest.mark.parametrize("kind", EVENTS)
def test_rule_1_21_skill_events_may_be_an_hour_old(
    kind: str, door: Door, authority: Authority
) -> None:
    body = dumped(envelope(kind, stamp=ago(59 * 60)))
    assert door.admit(authority.sign(body), body)
    assert signed_refusal(door, authority, dumped(envelope(kind, stamp=ago(3601)))) == "stale"


@pytest.mark.parametrize("kind", EVENTS)
def test_rules_1_20_and_1_21_skill_events_do_not_come_from_the_future(
    kind: str, door: Door, authority: Authority
) -> None:
    assert signed_refusal(door, authority, dumped(envelope(kind, stamp=ago(-152)))) == "stale"


@pytest.mark.parametrize(
    "kind",
    [
        "LaunchRequest",
        "AlexaSkillEvent.SkillAccountUnlinked",
        "AlexaSkillEvent.ProactiveSubscriptionChanged",
        "alexaskillevent.skillenabled",
        "",
        None,
        7,
        [EVENTS[0]],
        {EVENTS[0]: EVENTS[0]},
    ],
)
def test_rule_1_21_nothing_else_may(kind: Any, door: Door, authority: Authority) -> None:
    assert signed_refusal(door, authority, dumped(envelope(kind, stamp=ago(180)))) == "stale"


@pytest.mark.parametrize(
    "stamp",
    [
        "yesterday",
        " ",
        "2026-13-45T99:99:99Z",
        "0000-00-00T00:00:00Z",
        12345,
        1.5e12,
        True,
        ["2026-01-01T00:00:00Z"],
        {"at": "2026-01-01T00:00:00Z"},
        "2026-01-01",
        "2026-01-01T00:00:00+99:00",
        "\u0662\u0660\u0662\u0666-01-01T00:00:00Z",
    ],
)
def test_rule_1_20_unreadable_timestamps(stamp: object, door: Door, authority: Authority) -> None:
    assert signed_refusal(door, authority, dumped(envelope(stamp=stamp))) == "timestamp"


def test_rule_1_20_a_timestamp_without_a_zone(door: Door, authority: Authority) -> None:
    """Fresh on the clock of this machine, and nobody knows on which other."""
    stamp = datetime.now(UTC).replace(tzinfo=None).isoformat()
    assert signed_refusal(door, authority, dumped(envelope(stamp=stamp))) == "timestamp"


@pytest.mark.parametrize("request_part", [None, 1, "LaunchRequest", [], {}, {"timestamp": None}])
def test_rule_1_20_no_timestamp(request_part: object, door: Door, authority: Authority) -> None:
    content = envelope()
    content["request"] = request_part
    assert signed_refusal(door, authority, dumped(content)) == "timestamp"
    del content["request"]
    assert signed_refusal(door, authority, dumped(content)) == "timestamp"


@pytest.mark.parametrize("zone", ["+00:00", "+02:00", "-09:30"])
def test_rule_1_20_other_zones(zone: str, door: Door, authority: Authority) -> None:
    there = datetime.strptime(zone, "%z").tzinfo
    stamp = datetime.now(there).isoformat(timespec="seconds")
    assert stamp.endswith(zone)
    body = dumped(envelope(stamp=stamp))
    assert door.admit(authority.sign(body), body)


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_rule_1_20_the_ends_of_time(stamp: str, door: Door, authority: Authority) -> None:
    assert signed_refusal(door, authority, dumped(envelope(stamp=stamp))) == "stale"


# The skill


@pytest.mark.parametrize("skill", [OURS, STAGE])
def test_rule_1_23_each_of_our_skills(skill: str, door: Door, authority: Authority) -> None:
    body = dumped(envelope(skill=skill))
    assert door.admit(authority.sign(body), body)


@pytest.mark.parametrize(
    "skill", [FOREIGN, "", None, 5, [OURS], {"id": OURS}, OURS.upper(), f"{OURS} ", f"{OURS},x"]
)
def test_rule_1_22_another_skill(skill: object, door: Door, authority: Authority) -> None:
    assert signed_refusal(door, authority, dumped(envelope(skill=skill))) == "skill-id"


@pytest.mark.parametrize("session_skill", [FOREIGN, STAGE, None, 5, [OURS]])
def test_rule_1_22_the_two_ids_differ(
    session_skill: object, door: Door, authority: Authority
) -> None:
    content = envelope()
    content["session"]["application"] = {"applicationId": session_skill}
    assert signed_refusal(door, authority, dumped(content)) == "skill-id"


@pytest.mark.parametrize("session", ["s", 1, [], {"application": None}, {"application": OURS}])
def test_rule_1_22_a_session_of_another_shape(
    session: object, door: Door, authority: Authority
) -> None:
    assert signed_refusal(door, authority, dumped({**envelope(), "session": session})) == "skill-id"


@pytest.mark.parametrize("session", [None, {}, {"sessionId": "s"}])
def test_rules_1_22_and_3_3_no_session_or_one_without_an_application(
    session: object, door: Door, authority: Authority
) -> None:
    body = dumped({**envelope(), "session": session})
    assert door.admit(authority.sign(body), body)
    content = envelope("AlexaSkillEvent.SkillEnabled")
    del content["session"]
    body = dumped(content)
    assert door.admit(authority.sign(body), body)


@pytest.mark.parametrize("levels", [0, 1, 2, 3])
@pytest.mark.parametrize("instead", ["absent", None, [], OURS])
def test_rule_1_22_no_id_in_the_context(
    levels: int, instead: object, door: Door, authority: Authority
) -> None:
    """The session's id does not stand in for it."""
    content = json.loads(dumped(envelope()))  # so that context and session share nothing
    at, path = content, ["context", "System", "application", "applicationId"]
    for key in path[:levels]:
        at = at[key]
    if instead == "absent" or (levels == 3 and instead == OURS):
        del at[path[levels]]
    else:
        at[path[levels]] = instead
    assert signed_refusal(door, authority, dumped(content)) == "skill-id"


def test_rule_1_23_without_skill_ids_nothing_gets_in(
    certificates: Certificates, authority: Authority
) -> None:
    closed = Door(frozenset(), certificates)
    for skill in (OURS, "", None):
        assert signed_refusal(closed, authority, dumped(envelope(skill=skill))) == "skill-id"


# Whatever comes


ANYTHING = settings(
    max_examples=150,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NAMES = ["Content-Type", "content-type", "SignatureCertChainUrl", "Signature-256", "Signature", ""]
VALUES = ["application/json", CERTIFICATE_URL, f"https://{S3}/echo.api/x.pem", "AAAA", "=", ","]


def admits_or_refuses(door: Door, headers: Headers, body: bytes) -> None:
    """Let pass what the door may do with anything at all: nothing but Refused is raised."""
    with suppress(Refused):
        assert isinstance(door.admit(headers, body), dict)


@ANYTHING
@given(
    headers=st.dictionaries(
        st.sampled_from(NAMES) | st.text(), st.sampled_from(VALUES) | st.text(), max_size=8
    ),
    body=st.binary(max_size=300),
)
def test_any_headers_and_bytes(headers: Headers, body: bytes, door: Door) -> None:
    admits_or_refuses(door, headers, body)


@ANYTHING
@given(url=st.text(), signature=st.text())
@example(url="\ud800", signature="\ud800")
def test_any_url_and_signature(url: str, signature: str, door: Door, authority: Authority) -> None:
    headers = {**authority.sign(b"{}"), "SignatureCertChainUrl": url}
    admits_or_refuses(door, headers, b"{}")
    headers = {**authority.sign(b"{}"), "Signature-256": signature}
    admits_or_refuses(door, headers, b"{}")


@ANYTHING
@given(body=st.binary(max_size=300) | st.text(alphabet='{}[]":,\\u0dD8neE.+-19', max_size=300))
def test_any_signed_bytes(body: bytes | str, door: Door, authority: Authority) -> None:
    raw = body.encode() if isinstance(body, str) else body
    admits_or_refuses(door, authority.sign(raw), raw)


@ANYTHING
@given(content=JSON)
def test_any_signed_json(content: object, door: Door, authority: Authority) -> None:
    body = json.dumps(content).encode()
    admits_or_refuses(door, authority.sign(body), body)


@ANYTHING
@given(
    path=st.sampled_from(
        [
            ("request",),
            ("request", "type"),
            ("request", "timestamp"),
            ("session",),
            ("session", "application"),
            ("session", "application", "applicationId"),
            ("context",),
            ("context", "System"),
            ("context", "System", "application"),
            ("context", "System", "application", "applicationId"),
        ]
    ),
    content=JSON | st.datetimes(timezones=st.timezones() | st.none()).map(datetime.isoformat),
)
def test_anything_in_any_place_of_an_envelope(
    path: tuple[str, ...], content: object, door: Door, authority: Authority
) -> None:
    whole = json.loads(dumped(envelope()))
    at = whole
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = content
    body = json.dumps(whole).encode()
    admits_or_refuses(door, authority.sign(body), body)
