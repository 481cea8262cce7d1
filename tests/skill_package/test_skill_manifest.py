"""The skill manifest: its form, what it promises, and what is replaced before it is sent.

Each check takes a manifest and yields what is wrong with it. A spoilt copy shows that it looks.
"""

import json
import re
import struct
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator
from model_rules import invocation_name

from content import LANGUAGES, content
from skill.channels.alexa import answer, screens, webhook
from skill.conversation.engine import Talk, turn
from skill.conversation.lantern import Lantern
from skill.conversation.model import model, path
from skill.conversation.turn import FALLBACK, Abilities, Act, Heard, Reply, Words
from skill.conversation.understanding import understanding
from skill.household.models import Household
from skill.household.redis_store import RedisStore
from skill.skill_package import filled_in

Told = Mapping[str, Any]
Check = Callable[[Told], Iterator[str]]
Spoil = Callable[[Any], object]

FOLDER = resources.files("interaction_models")
IMAGES = FOLDER / "assets" / "images"
TOLD: dict[str, Any] = json.loads((FOLDER / "skill.json").read_text(encoding="utf-8"))

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:evening-lantern:live"
PACKAGED: dict[str, dict[str, Any]] = {
    "a host of one's own": filled_in("https://lantern.family.org"),
    "a shared host": filled_in("https://lantern.fly.dev"),
    "a certificate for a domain": filled_in("https://lantern.family.org", wildcard=True),
    "Lambda": filled_in("https://lantern.family.org", FUNCTION),
}
"""Where it runs to the manifest that is sent to Amazon."""

EVENING = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)

CATEGORIES = ("SELF_IMPROVEMENT", "FRIENDS_AND_FAMILY", "NOVELTY")
"""Those of Amazon's categories that would be true of this skill ("Skill Manifest Schema")."""

PERMISSIONS = frozenset(
    (
        "alexa::alerts:reminders:skill:readwrite",
        "alexa::alerts:timers:skill:readwrite",
        "alexa::devices:all:notifications:write",
        "alexa::profile:given_name:read",
        "alexa::profile:name:read",
    )
)
"""Those of Amazon's permissions that could be of use (ask-smapi-model 1.36, PermissionName)."""

INTERFACES = ["ALEXA_PRESENTATION_APL", "VIDEO_APP"]
"""Those of Amazon's interfaces that could be of use (ask-smapi-model 1.36)."""

SHARED_HOSTS = ("herokuapp.com", "azurewebsites.net", "run.app", "onrender.com", "fly.dev")
"""Services whose certificate stands for all their customers: Amazon calls it a wildcard."""

PLACEHOLDER = re.compile(r"\bexample\.(com|org|net)\b|\.(example|invalid|test)\b|\bTODO\b|\bTBD\b")

CONNECTORS = r"(?:to|for|that|about|whether|and|if)"


def _object(needs: Mapping[str, Any], may: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**needs, **(may or {})},
        "required": list(needs),
        "additionalProperties": False,
    }


def _by_locale(form: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "minProperties": 1, "additionalProperties": form}


def _text(longest: int, shortest: int = 1) -> dict[str, Any]:
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def _list_of(items: Mapping[str, Any], least: int = 1, most: int = 100) -> dict[str, Any]:
    return {
        "type": "array",
        "items": items,
        "minItems": least,
        "maxItems": most,
        "uniqueItems": True,
    }


_FLAG = {"type": "boolean"}
_URL = {"type": "string", "pattern": r"^https://[a-z0-9.-]+/", "maxLength": 2000}
_HOST = _object({"uri": _URL, "sslCertificateType": {"enum": ["Trusted", "Wildcard"]}})
_ARN = _object({"uri": {"type": "string", "pattern": r"^arn:aws:lambda:"}})
_ENDPOINT = {"anyOf": [_HOST, _ARN]}
_SHOWN = _object(
    {
        "name": _text(50, 2),
        "summary": _text(160),
        "description": _text(4000),
        "examplePhrases": _list_of(_text(200), 3, 3),
        "keywords": _list_of(_text(50), 1, 30),
        "smallIconUri": _text(2000),
        "largeIconUri": _text(2000),
    }
)
FORM = Draft202012Validator(
    _object(
        {
            "manifest": _object(
                {
                    "manifestVersion": {"const": "1.0"},
                    "publishingInformation": _object(
                        {
                            "category": {"enum": list(CATEGORIES)},
                            "isAvailableWorldwide": _FLAG,
                            "distributionMode": {"const": "PUBLIC"},
                            "testingInstructions": _text(4000),
                            "locales": _by_locale(_SHOWN),
                        },
                        {"distributionCountries": _list_of({"pattern": "^[A-Z]{2}$"}, 0)},
                    ),
                    "privacyAndCompliance": _object(
                        {
                            "allowsPurchases": {"const": False},
                            "usesPersonalInfo": {"const": True},
                            "isChildDirected": {"const": False},
                            "isExportCompliant": {"const": True},
                            "containsAds": {"const": False},
                            "locales": _by_locale(
                                _object({"privacyPolicyUrl": _URL, "termsOfUseUrl": _URL})
                            ),
                        }
                    ),
                    "apis": _object(
                        {
                            "custom": _object(
                                {
                                    "endpoint": _ENDPOINT,
                                    "interfaces": _list_of(_object({"type": {"enum": INTERFACES}})),
                                }
                            )
                        }
                    ),
                    "permissions": _list_of(_object({"name": {"enum": sorted(PERMISSIONS)}})),
                    "events": _object(
                        {
                            "endpoint": _ENDPOINT,
                            "subscriptions": _list_of(_object({"eventName": _text(100)})),
                        }
                    ),
                }
            )
        }
    )
)


def _published(told: Told) -> Any:
    return told["manifest"]["publishingInformation"]


def _shown(told: Told) -> Iterator[tuple[str, Any]]:
    """Yield each locale and what its store page shows."""
    yield from _published(told)["locales"].items()


# Amazon's rules ---------------------------------------------------------------------------


def form(told: Told) -> Iterator[str]:
    """Every part is there, in its form and its length; nothing is there that we do not use.

    Amazon, "Skill Manifest Schema". An interface, an account to be linked or health information
    would be such parts; so would a certificate that we signed ourselves.
    """
    yield from (f"{error.json_path}: {error.message}" for error in FORM.iter_errors(told))


def countries(told: Told) -> Iterator[str]:
    """A skill is for all countries, or it names some (Amazon, "Skill Manifest Schema")."""
    published = _published(told)
    if published["isAvailableWorldwide"] is bool(published.get("distributionCountries")):
        yield "it is for all countries, or it names some"


def locales(told: Told) -> Iterator[str]:
    """Store page, privacy page and model are there in each language that we speak.

    Amazon, "Develop Skills in Multiple Languages".
    """
    private = told["manifest"]["privacyAndCompliance"]["locales"]
    for what, have in (("store page", dict(_shown(told))), ("privacy page", private)):
        yield from (f"{one}: {what}" for one in have.keys() ^ LANGUAGES.keys())
    yield from (f"{one}: no model" for one, _ in _shown(told) if not path(one).is_file())


def hosts(told: Told) -> Iterator[str]:
    """Addresses do not use Amazon's names, and a host shared with others says so.

    Amazon, "Policy Requirements for Alexa Skills" (trademarks) and "Host a Custom Skill as a Web
    Service" (certificates).
    """
    manifest = told["manifest"]
    for place in (manifest["apis"]["custom"], manifest["events"]):
        endpoint = place["endpoint"]
        address = urlsplit(endpoint["uri"])
        if address.scheme == "arn":  # Lambda listens to nobody else
            continue
        host = address.hostname or ""
        if address.path != webhook.PATH or address.port not in (None, 443):
            yield f"{endpoint['uri']} is not where the webhook listens"
        if host.endswith(SHARED_HOSTS) and endpoint["sslCertificateType"] != "Wildcard":
            yield f"{host} shares its certificate"
    for where, text in _texts(told):
        if text.startswith("https:") and re.search("alexa|amazon|echo", urlsplit(text).netloc):
            yield f"{where}: the host speaks of the brand"


def wording(told: Told) -> Iterator[str]:
    """Whole sentences; a skill and not an app; nothing for children; nobody else's name.

    Amazon, "Troubleshoot Common Certification Failures" (description) and "Policy Requirements
    for Alexa Skills" (trademarks, child-directed skills, advertising).
    """
    for locale, told_there in _shown(told):
        for name in ("summary", "description"):
            sentences = re.split(r"(?<=[.!])\s+", told_there[name])
            if not all(re.fullmatch(r'["A-Z].*\.', one) for one in sentences):
                yield f"{locale}, {name}: not in whole sentences"
        for text in (
            told_there["name"],
            told_there["summary"],
            told_there["description"],
            *told_there["keywords"],
        ):
            if found := NOT_SAID.search(text):
                yield f"{locale}: says {found[0]!r}"


NOT_SAID = re.compile(
    r"\b(apps?|alexa skill|kids?|child(?:ren)?|teens?|bab(?:y|ies)|amazon|echo|therapists?|cures?|"
    r"treats?|treatment|diagnos\w+|heals?|depress\w+|anxiety|stars?|reviews?|best|free|"
    r"love languages?|gottman)\b",
    re.I,
)


# Spoken examples --------------------------------------------------------------------------


def wish(phrase: str, locale: str) -> str | None:
    """Return what is asked for after wake word and invocation name: "" to open the skill.

    None if that is not how a skill is called. Amazon, "Understand How Users Invoke Custom Skills".
    """
    called = invocation(locale)
    found = re.fullmatch(
        rf"Alexa, (?:(?:open|start|launch) {called}|(?:ask|tell) {called}(?: {CONNECTORS})? (.+))",
        phrase,
    )
    return (found[1] or "") if found else None


def invocation(locale: str) -> str:
    told = json.loads(path(locale).read_text(encoding="utf-8"))
    return str(told["interactionModel"]["languageModel"]["invocationName"])


def phrases(told: Told) -> Iterator[str]:
    """The first example calls the skill by its name; all lead to an intent, by one of its samples.

    Amazon, "Functional Testing for a Custom Skill": wake word and invocation name belong together,
    each example is a sample, and each gets an answer that is no welcome but to the one that opens.
    """
    for locale, told_there in _shown(told):
        for place, phrase in enumerate(told_there["examplePhrases"]):
            wanted = wish(phrase, locale)
            if wanted is None:
                yield f"{phrase!r} does not call the skill"
            elif wanted == "" and place:
                yield f"{phrase!r} opens the skill once more"
            elif wanted and not _is_sample(wanted, locale):
                yield f"{phrase!r} is no sample"


def _is_sample(words: str, locale: str) -> bool:
    return any(words in intent.samples for intent in model(locale).intents.values())


def examples(told: Told) -> Iterator[str]:
    """Whatever the store page tells people to say works the first time, word for word."""
    for locale, told_there in _shown(told):
        written = re.findall(r'"([^"]*)"', told_there["description"])
        if not written:
            yield f"{locale}: the description names nothing to say"
        for phrase in (*told_there["examplePhrases"], *written):
            wanted = wish(phrase, locale)
            if wanted is None or (wanted and not _is_answered(wanted, locale)):
                yield f"{phrase!r} gets no answer of its own"


def _is_answered(words: str, locale: str) -> bool:
    """Say whether the first turn of a session is understood, and answered with what was asked."""
    meaning = understanding(locale).understand(words)
    here = Heard("home", "turn", EVENING, zone="Europe/Berlin", locale=locale, new_session=True)
    heard = here.means(meaning.intent, meaning.slots)
    there = content(locale)
    reply = turn(heard, Household(), Talk(), there, lambda said, wanted: (FALLBACK, {})).reply
    if reply is None or meaning.intent == FALLBACK:
        return False
    said = spoken(reply)
    general = [
        line
        for key, prompt in there.prompts.items()
        if key.startswith(("welcome.", "engine."))
        for line in prompt.say
    ]
    # Either it is done and the session closes, or there is a question for the silence.
    return bool(said) and said not in general and (reply.end or bool(reply.reprompt))


def spoken(reply: Reply) -> str:
    return " ".join(part.text for part in reply.parts if isinstance(part, Words)).strip()


FEATURES: Mapping[str, str] = {
    "question": "TonightsQuestionIntent",
    "check-in": "CheckInIntent",
    "time out": "TimeOutIntent",
    "breathing": "BreatheIntent",
    "way back": "ReturnIntent",
    "reminders": "SetReminderIntent",
}
"""What the description speaks of, and where that is."""


def features(told: Told) -> Iterator[str]:
    """The description speaks of all that there is (Amazon, "Functional Testing")."""
    for locale, told_there in _shown(told):
        for words, intent in FEATURES.items():
            if words not in told_there["description"] or intent not in model(locale).intents:
                yield f"{locale}: {words} is not described, or not there"


def instructions(told: Told) -> Iterator[str]:
    """Reviewers are told how to reach reminders, the permission, what is kept, and the end of it.

    Amazon, "Alexa Reminders Guidelines for Usage" and "Functional Testing for a Custom Skill".
    """
    told_them = _published(told)["testingInstructions"]
    for words in ("account", "remind", "permission", "time out", "check-in", "forget us", "device"):
        if words not in told_them:
            yield f"nothing about {words!r}"
    for phrase in re.findall(r'"(Alexa[^"]*)"', told_them):
        if wish(phrase, "en-US") is None:
            yield f"{phrase!r} does not call the skill"


# Code and manifest ------------------------------------------------------------------------


def permissions(told: Told) -> Iterator[str]:
    """What code asks for is declared, and nothing else (Amazon, "Configure Permissions")."""
    declared = {one["name"] for one in told["manifest"]["permissions"]}
    yield from declared ^ set(answer.PERMISSIONS.values())


def interfaces(told: Told) -> Iterator[str]:
    """Pictures are sent, so their interface is declared (Amazon, "APL Interface Reference")."""
    declared = {one["type"] for one in told["manifest"]["apis"]["custom"]["interfaces"]}
    sent = screens.RENDER.rpartition(".")[0]
    yield from declared ^ {sent.replace(".", "_").upper()}


def events(told: Told) -> Iterator[str]:
    """The events that the webhook takes, and no other (Amazon, "Add Events to Your Skill")."""
    named = {one["eventName"] for one in told["manifest"]["events"]["subscriptions"]}
    yield from named ^ {_in_the_manifest(webhook.DISABLED)}


def _in_the_manifest(event: str) -> str:
    """Write "AlexaSkillEvent.SkillDisabled", as it comes, as SKILL_DISABLED."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", event.partition(".")[2]).upper()


def icons(told: Told) -> Iterator[str]:
    """Both icons lie in the package, as PNG files of 108 and 512 pixels.

    Amazon, "Skill Package API Reference" and "Define Skill Store Details and Availability".
    """
    for locale, told_there in _shown(told):
        for name, pixels in (("smallIconUri", 108), ("largeIconUri", 512)):
            found = re.fullmatch(r"file://assets/images/([\w-]+\.png)", told_there[name])
            file = IMAGES / found[1] if found else None
            if file is None or not file.is_file():
                yield f"{locale}: {told_there[name]} is not in the package"
            else:
                yield from (
                    f"{told_there[name]} {one}" for one in picture(file.read_bytes(), pixels)
                )


def picture(data: bytes, pixels: int) -> Iterator[str]:
    """A whole PNG file, square, in true colour."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        yield "is no PNG file"
        return
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", data[16:29])
    if (width, height) != (pixels, pixels):
        yield f"has {width} by {height} pixels"
    if depth != 8 or colour not in (2, 6):
        yield "is not in true colour"
        return
    try:
        lines = zlib.decompress(_image_data(data))
    except (zlib.error, struct.error, ValueError) as error:
        yield f"cannot be read: {error}"
        return
    if len(lines) != height * (1 + width * (3 if colour == 2 else 4)):
        yield "is cut short"


def _image_data(data: bytes) -> bytes:
    """Return the compressed lines of a PNG file; `ValueError` where a checksum is wrong."""
    found, place = b"", 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        chunk = data[place + 4 : place + 8 + length]
        (sum_there,) = struct.unpack(">I", data[place + 8 + length : place + 12 + length])
        if zlib.crc32(chunk) != sum_there:
            raise ValueError("a checksum is wrong")
        found += chunk[4:] if chunk[:4] == b"IDAT" else b""
        place += 12 + length
    return found


# What is to be replaced -------------------------------------------------------------------

TO_REPLACE = {
    "apis.custom.endpoint.uri",
    "events.endpoint.uri",
    *(
        f"privacyAndCompliance.locales.{locale}.{name}"
        for locale in LANGUAGES
        for name in ("privacyPolicyUrl", "termsOfUseUrl")
    ),
}
"""Where the manifest holds nobody's address, until `lantern package` writes a service's own."""


def _texts(told: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield where each text of the manifest stands, and the text."""
    if isinstance(told, str):
        yield place.removeprefix("manifest."), told
    for name, part in told.items() if isinstance(told, dict) else ():
        yield from _texts(part, f"{place}.{name}" if place else name)
    for number, part in enumerate(told if isinstance(told, list) else ()):
        yield from _texts(part, f"{place}[{number}]")


def placeholders(told: Told) -> Mapping[str, str]:
    """Return where an address or a text stands in for one that nobody here can know."""
    return {place: text for place, text in _texts(told) if PLACEHOLDER.search(text)}


def test_what_must_be_replaced_before_it_is_sent_is_known() -> None:
    found = placeholders(TOLD)
    assert found.keys() <= TO_REPLACE, "a new placeholder: list it here, and let it be filled in"
    for text in found.values():
        assert urlsplit(text).hostname == "lantern.example.com", "all of them are one host"


@pytest.mark.parametrize("told", PACKAGED.values(), ids=PACKAGED)
def test_nothing_is_left_to_replace_in_a_package(told: Told) -> None:
    assert placeholders(told) == {}


@pytest.mark.parametrize("told", PACKAGED.values(), ids=PACKAGED)
def test_a_package_differs_from_what_is_kept_in_addresses_alone(told: Told) -> None:
    kept, sent = dict(_texts(TOLD)), dict(_texts(told))
    types = {f"{part}.endpoint.sslCertificateType" for part in ("apis.custom", "events")}
    differ = {place for place in kept.keys() | sent.keys() if kept.get(place) != sent.get(place)}
    assert differ - types == TO_REPLACE


@pytest.mark.parametrize(
    ("text", "stands_in"),
    [
        ("https://lantern.example.com/privacy", True),
        ("https://lantern.example/terms", True),
        ("https://lantern.invalid/terms", True),
        ("TODO: describe it", True),
        ("https://eveninglantern.org/privacy", False),
        ("A test of patience, for example.", False),
    ],
)
def test_placeholders_are_seen(text: str, stands_in: bool) -> None:
    told = deepcopy(TOLD)
    _published(told)["locales"]["en-US"]["summary"] = text
    place = "publishingInformation.locales.en-US.summary"
    assert (place in placeholders(told)) is stands_in


# ------------------------------------------------------------------------------------------


CHECKS: tuple[Check, ...] = (
    form,
    countries,
    locales,
    hosts,
    wording,
    phrases,
    examples,
    features,
    instructions,
    permissions,
    interfaces,
    events,
    icons,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("where", ["as it is kept", *PACKAGED])
def test_the_manifest_keeps(check: Check, where: str) -> None:
    assert list(check(PACKAGED.get(where, TOLD))) == []


def _en(told: Any) -> Any:
    return _published(told)["locales"]["en-US"]


def _privacy(told: Any) -> Any:
    return told["manifest"]["privacyAndCompliance"]


def _set(name: str, value: Any) -> Spoil:
    return lambda told: _en(told).update({name: value})


def _phrase(place: int, phrase: str) -> Spoil:
    return lambda told: _en(told)["examplePhrases"].__setitem__(place, phrase)


def _described(text: str) -> Spoil:
    return lambda told: _en(told).update(description=f"{_en(told)['description']} {text}")


def _endpoint(**changes: str) -> Spoil:
    return lambda told: told["manifest"]["apis"]["custom"]["endpoint"].update(changes)


def _also(kind: str, name: str, value: str) -> Spoil:
    def spoil(told: Any) -> None:
        part = told["manifest"][kind]
        (part["subscriptions"] if kind == "events" else part).append({name: value})

    return spoil


SPOILT: tuple[tuple[Check, str, Spoil], ...] = (
    (form, "a long name", _set("name", "Lantern " * 7)),
    (form, "a long summary", _set("summary", "Warm. " * 30)),
    (form, "a long description", _set("description", "Warm. " * 700)),
    (form, "two examples", lambda told: _en(told)["examplePhrases"].pop()),
    (form, "four examples", lambda told: _en(told)["examplePhrases"].append("Alexa, help")),
    (form, "one keyword too many", _set("keywords", [f"word {n}" for n in range(31)])),
    (form, "no category", lambda told: _published(told).update(category="COUPLES")),
    (form, "for children", lambda told: _privacy(told).update(isChildDirected=True)),
    (form, "no personal information", lambda told: _privacy(told).update(usesPersonalInfo=False)),
    (form, "not to be exported", lambda told: _privacy(told).update(isExportCompliant=False)),
    (form, "health information", lambda told: _privacy(told).update(usesHealthInfo=True)),
    (
        form,
        "no privacy page",
        lambda told: _privacy(told)["locales"]["en-US"].pop("privacyPolicyUrl"),
    ),
    (form, "a certificate of our own", _endpoint(sslCertificateType="SelfSigned")),
    (form, "in the clear", _endpoint(uri="http://lantern.example.com/alexa")),
    (
        form,
        "sounds that we do not play",
        lambda told: told["manifest"]["apis"]["custom"].update(
            interfaces=[{"type": "AUDIO_PLAYER"}]
        ),
    ),
    (form, "a permission misspelled", _also("permissions", "name", "alexa:alerts:reminders")),
    (
        countries,
        "all, and some",
        lambda told: _published(told).update(distributionCountries=["US"]),
    ),
    (countries, "none", lambda told: _published(told).update(isAvailableWorldwide=False)),
    (
        locales,
        "a language more",
        lambda told: _published(told)["locales"].update({"de-DE": _en(told)}),
    ),
    (locales, "no privacy page", lambda told: _privacy(told)["locales"].clear()),
    (hosts, "another path", _endpoint(uri="https://lantern.example.com/")),
    (hosts, "another port", _endpoint(uri="https://lantern.example.com:8443/alexa")),
    (hosts, "the brand in a host", _endpoint(uri="https://alexa.lantern.example.com/alexa")),
    (hosts, "a shared host", _endpoint(uri="https://lantern.fly.dev/alexa")),
    (wording, "no sentence", _described("and more")),
    (wording, "an app", _described("The best app.")),
    (wording, "for children", _set("keywords", ["kids"])),
    (wording, "the brand", _set("name", "Evening Lantern Alexa Skill")),
    (phrases, "no wake word", _phrase(1, "ask evening lantern for tonight's question")),
    (phrases, "no name", _phrase(1, "Alexa, tonight's question")),
    (phrases, "another name", _phrase(0, "Alexa, open morning lantern")),
    (phrases, "opened twice", _phrase(2, "Alexa, start evening lantern")),
    (phrases, "no sample", _phrase(2, "Alexa, ask evening lantern for a bit of rain")),
    (examples, "not understood", _phrase(2, "Alexa, ask evening lantern for the weather in Rome")),
    (
        examples,
        "not understood, further down",
        _described('Say "Alexa, ask evening lantern for rain".'),
    ),
    (examples, "nothing to say", _set("description", "Evening Lantern is a skill.")),
    (
        examples,
        "lost",
        lambda told: _en(told)["examplePhrases"].append("Alexa, ask evening lantern to resume"),
    ),
    (features, "nothing about breathing", _set("description", "A question each evening.")),
    (instructions, "none", lambda told: _published(told).update(testingInstructions="None.")),
    (
        instructions,
        "no name",
        lambda told: _published(told).update(
            testingInstructions=_published(told)["testingInstructions"] + ' Say "Alexa, help".'
        ),
    ),
    (
        interfaces,
        "none",
        lambda told: told["manifest"]["apis"]["custom"]["interfaces"].clear(),
    ),
    (permissions, "one more", _also("permissions", "name", "alexa::profile:given_name:read")),
    (permissions, "none", lambda told: told["manifest"]["permissions"].clear()),
    (events, "one more", _also("events", "eventName", "SKILL_ENABLED")),
    (events, "none", lambda told: told["manifest"]["events"]["subscriptions"].clear()),
    (icons, "one that is not there", _set("smallIconUri", "file://assets/images/107.png")),
    (icons, "one elsewhere", _set("smallIconUri", "https://lantern.example.com/images/108.png")),
    (icons, "out of the package", _set("smallIconUri", "file://assets/images/../../skill.png")),
    (icons, "the small one for the large", _set("largeIconUri", "file://assets/images/108.png")),
)


@pytest.mark.parametrize(
    ("check", "spoil"),
    [pytest.param(check, spoil, id=f"{check.__name__}: {name}") for check, name, spoil in SPOILT],
)
def test_a_spoilt_manifest_is_found_out(check: Check, spoil: Spoil) -> None:
    told = deepcopy(TOLD)
    assert list(check(told)) == []
    spoil(told)
    assert list(check(told))


def test_each_check_has_found_something_out() -> None:
    assert {check for check, _, _ in SPOILT} == set(CHECKS)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    return data[:60] + bytes([data[60] ^ 1]) + data[61:]


@pytest.mark.parametrize(
    "spoil", [_cut, _flipped, lambda data: b"GIF89a" + data], ids=["cut", "flipped", "no PNG"]
)
def test_a_spoilt_picture_is_found_out(spoil: Callable[[bytes], bytes]) -> None:
    data = (IMAGES / "108.png").read_bytes()
    assert list(picture(data, 108)) == []
    assert list(picture(spoil(data), 108))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_invocation_name_is_the_name_of_the_skill(locale: str) -> None:
    """Amazon, "Choose the Invocation Name": people say what they read."""
    assert list(invocation_name(invocation(locale))) == []
    assert dict(_shown(TOLD))[locale]["name"].lower() == invocation(locale)


# The testing instructions, as a reviewer follows them -------------------------------------


ABILITIES = Abilities(reminders=True, timers=True, screen=True)


@dataclass
class Device:
    """A device in Berlin that holds reminders."""

    done: list[str] = field(default_factory=list)

    def time_zone(self) -> str:
        return "Europe/Berlin"

    def do(self, act: Act) -> Mapping[str, str]:
        self.done.append(act.name)
        how = {"reminder.create": "created", "reminder.cancel": "cancelled"}[act.name]
        return {"how": how, "token": "token"}


def test_the_testing_instructions_work_in_the_order_in_which_they_stand(store: RedisStore) -> None:
    """Amazon, "Functional Testing for a Custom Skill"."""
    lantern, device, now = Lantern(store), Device(), EVENING
    listens: tuple[str, ...] = ()
    followed = []
    for phrase in re.findall(r'"([^"]+)"', _published(TOLD)["testingInstructions"]):
        words = wish(phrase, "en-US") if phrase.startswith("Alexa") else phrase
        here = Heard("home", str(uuid.uuid4()), now, abilities=ABILITIES)
        meaning = understanding().understand(words or "", listens)
        heard = here.means(meaning.intent, meaning.slots)
        if not words:
            heard = Heard("home", here.turn_id, now, kind="launch", abilities=here.abilities)
        reply = lantern.hear(heard, device)
        talk = store.load("home", "none").talk
        assert spoken(reply), phrase
        assert heard.kind == "launch" or meaning.intent != FALLBACK, phrase
        assert not talk or talk["misses"] == 0, phrase
        listens, now = reply.listening_for, now + timedelta(seconds=20)
        followed.append(meaning.intent)
    assert device.done == ["reminder.create", "reminder.cancel"]
    assert store.load("home", "none").home is None, "everything is forgotten"
    assert {"AMAZON.HelpIntent", "AMAZON.StopIntent", "TimeOutIntent"} <= set(followed)
