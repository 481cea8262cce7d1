"""The skill manifest: within Amazon's rules, and true to what the code does."""

import json
import re
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from content import LANGUAGES, content
from skill.channels.alexa import webhook
from skill.channels.alexa.answer import PERMISSIONS
from skill.conversation.engine import Talk, turn
from skill.conversation.model import path
from skill.conversation.turn import FALLBACK, Heard, Words
from skill.conversation.understanding import understanding
from skill.household.models import Household

FOLDER = resources.files("interaction_models")
MANIFEST: dict[str, Any] = json.loads((FOLDER / "skill.json").read_text())["manifest"]
PUBLISHED = MANIFEST["publishingInformation"]
LOCALES: Mapping[str, Any] = PUBLISHED["locales"]
PRIVACY = MANIFEST["privacyAndCompliance"]
WAKE = "Alexa, "
NOT_SAID = re.compile(
    r"\b(therap(y|ist|eutic)|treat|diagnos\w+|cure|heal|trauma|rate us|five stars|review us|"
    r"amazon|echo|app)\b",
    re.I,
)


def test_the_locales_are_those_that_we_speak() -> None:
    assert set(LOCALES) == set(PRIVACY["locales"]) == set(LANGUAGES)
    for locale in LOCALES:
        assert path(locale).is_file()


@pytest.mark.parametrize("locale", LOCALES)
def test_lengths(locale: str) -> None:
    told = LOCALES[locale]
    assert 2 <= len(told["name"]) <= 50
    assert len(told["summary"]) <= 160
    assert len(told["description"]) <= 4000
    assert len(told["examplePhrases"]) == 3
    assert told["summary"].endswith(".")
    assert told["description"].endswith(".")
    assert 1 <= len(told["keywords"]) <= 30


@pytest.mark.parametrize("locale", LOCALES)
def test_the_description_claims_no_more_than_there_is(locale: str) -> None:
    told = LOCALES[locale]
    for text in (told["name"], told["summary"], told["description"], *told["keywords"]):
        said = text.replace("It is not therapy", "").replace("not an emergency service", "")
        assert not NOT_SAID.search(said), text
    assert "not therapy" in told["description"]
    assert "adults" in told["description"]
    assert "skill" in told["description"]


def meant(phrase: str) -> Heard:
    """Understand an example phrase as Alexa would: without wake word and invocation name."""
    here = Heard("home", "turn", datetime(2026, 11, 24, 19, 0, tzinfo=UTC), zone="Europe/Berlin")
    said = phrase.removeprefix(WAKE)
    found = re.fullmatch(r"(?:ask|tell|open) evening lantern(?: (?:for|to|that))? ?(.*)", said)
    assert found, f"{phrase}: wake word and invocation name belong together"
    if not found[1]:
        return Heard(here.household, here.turn_id, here.now, kind="launch", zone=here.zone)
    meaning = understanding().understand(found[1])
    return here.means(meaning.intent, meaning.slots)


PHRASES = [phrase for told in LOCALES.values() for phrase in told["examplePhrases"]]
SPOKEN = PHRASES + [
    f"Alexa, {found}"
    for told in LOCALES.values()
    for found in re.findall(r'"Alexa, ([^"]+)"', told["description"])
]


@pytest.mark.parametrize("phrase", SPOKEN)
def test_each_phrase_that_people_are_told_works(phrase: str) -> None:
    assert phrase.startswith(WAKE)
    heard = meant(phrase)
    outcome = turn(heard, Household(), Talk(), content(), lambda words, expecting: (FALLBACK, {}))
    assert outcome.reply
    said = " ".join(part.text for part in outcome.reply.parts if isinstance(part, Words))
    assert heard.intent != FALLBACK
    assert said
    assert ("Welcome" in said) is (heard.kind == "launch")


def test_the_first_phrase_opens_the_skill_and_the_others_do_not() -> None:
    kinds = [meant(phrase).kind for phrase in PHRASES]
    assert kinds == ["launch", "intent", "intent"]


def test_permissions_are_those_that_code_asks_for() -> None:
    assert [one["name"] for one in MANIFEST["permissions"]] == sorted(PERMISSIONS.values())
    assert PRIVACY["usesPersonalInfo"] is True
    for told in PRIVACY["locales"].values():
        assert told["privacyPolicyUrl"].startswith("https://")
        assert told["termsOfUseUrl"].startswith("https://")


def test_events_are_those_that_code_takes() -> None:
    named = {one["eventName"] for one in MANIFEST["events"]["subscriptions"]}
    assert named == {"SKILL_DISABLED"}
    assert webhook.DISABLED == "AlexaSkillEvent.SkillDisabled"


def test_the_endpoints_are_our_webhook() -> None:
    for place in (MANIFEST["apis"]["custom"], MANIFEST["events"]):
        address = place["endpoint"]["uri"]
        assert address.startswith("https://")
        assert address.endswith(webhook.PATH)
        assert "alexa" not in address.split("/")[2], "no host name may speak of the brand"
        assert place["endpoint"]["sslCertificateType"] in ("Trusted", "Wildcard")


def test_compliance() -> None:
    assert MANIFEST["manifestVersion"] == "1.0"
    assert PRIVACY["isExportCompliant"] is True
    assert PRIVACY["isChildDirected"] is False
    assert PRIVACY["allowsPurchases"] is PRIVACY["containsAds"] is False
    assert "usesHealthInfo" not in PRIVACY
    assert PUBLISHED["distributionMode"] == "PUBLIC"
    assert PUBLISHED["isAvailableWorldwide"] is True


def test_reviewers_are_told_how_to_see_it_all() -> None:
    told = PUBLISHED["testingInstructions"]
    for words in ("remind us every evening at eight", "permission", "time out", "check-in"):
        assert words in told


@pytest.mark.parametrize(("kind", "pixels"), [("smallIconUri", 108), ("largeIconUri", 512)])
def test_icons_are_there_in_their_size(kind: str, pixels: int) -> None:
    for told in LOCALES.values():
        file = FOLDER / "assets" / "images" / f"{pixels}.png"
        assert told[kind].endswith(f"/{pixels}.png")
        data = file.read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", data[16:24]) == (pixels, pixels)
