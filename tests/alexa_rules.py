"""Amazon's rules for one response, as far as a machine can judge them.

    check(request_envelope, response_body)

Both are plain JSON values. It asserts what "Request and Response JSON Reference", "SSML
Reference", "Manage the Skill Session and Session Attributes" and the session management test of
the certification ask for; an AssertionError says what is wrong.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

EMPTY = {"version": "1.0", "response": {}}

HARD_LIMIT = 120_000
BUDGET = 24_000
LONGEST_SPEECH = 7_999
LARGEST_CARD = 8_000
LARGEST_ATTRIBUTES = 4_096
LONGEST_BREAK = 10.0
MOST_SOUNDS = 5

TAGS = {
    "speak",
    "p",
    "s",
    "break",
    "audio",
    "emphasis",
    "lang",
    "phoneme",
    "prosody",
    "say-as",
    "sub",
    "voice",
    "w",
    "amazon:effect",
    "amazon:emotion",
    "amazon:domain",
    "alexa:name",
}
STRENGTHS = {"none", "x-weak", "weak", "medium", "strong", "x-strong"}
CARDS = {
    "Simple": {"title", "content"},
    "Standard": {"title", "text", "image"},
    "LinkAccount": set(),
    "AskForPermissionsConsent": {"permissions"},
}
RENDER = "Alexa.Presentation.APL.RenderDocument"
FIELDS = {"outputSpeech", "card", "reprompt", "directives", "shouldEndSession"}
LEAVING = {"AMAZON.StopIntent", "AMAZON.NavigateHomeIntent"}

# Nothing at all may be said in answer to these; most come outside of a session.
SILENT = re.compile(
    r"SessionEndedRequest|CanFulfillIntentRequest|System\.ExceptionEncountered|Messaging\..*"
    r"|AlexaSkillEvent\..*|Reminders\..*|AudioPlayer\..*|PlaybackController\..*"
)


def check(request_envelope: dict[str, Any], response: dict[str, Any]) -> None:
    """Assert that ``response`` is a good answer to ``request_envelope``."""
    request = request_envelope["request"]
    _check_envelope(response)
    body = response["response"]
    if SILENT.fullmatch(request["type"]):
        assert response == EMPTY, "this request must be answered with nothing"
        return
    if "session" not in request_envelope and request["type"] != "Connections.Response":
        assert body == {}, "nothing may be said outside of a session"
    _check_card(body.get("card"))
    said = _text_of(body.get("outputSpeech"))
    repeated = _text_of(body.get("reprompt", {}).get("outputSpeech"))
    consent = _check_directives(body, _has_screen(request_envelope))
    if said is not None or consent or "card" in body:
        _check_session(body, said or "", repeated)
    if request.get("intent", {}).get("name") in LEAVING:
        assert body["shouldEndSession"] is True, "stop must stop"
        assert "?" not in (said or ""), "whoever stops is asked nothing"


def _check_envelope(response: dict[str, Any]) -> None:
    unknown = response.keys() - {"version", "response", "sessionAttributes", "userAgent"}
    assert not unknown, f"unknown fields {unknown}"
    assert response["version"] == "1.0", "the version is 1.0"
    whole = json.dumps(response, ensure_ascii=False).encode("utf-8")
    assert len(whole) <= BUDGET <= HARD_LIMIT, f"the response has {len(whole)} bytes"
    attributes = response.get("sessionAttributes", {})
    assert len(json.dumps(attributes)) <= LARGEST_ATTRIBUTES, "the attributes are too large"
    unknown = response["response"].keys() - FIELDS
    assert not unknown, f"unknown fields {unknown}"
    assert None not in response["response"].values(), "null is not absence"


# The session ----------------------------------------------------------------------------


def _check_session(body: dict[str, Any], said: str, repeated: str | None) -> None:
    """A question is followed by listening, and nothing else is.

    What is not there counts as an end: that is left to the device when there is something to touch.
    """
    ends = body.get("shouldEndSession", True if _to_touch(body) else None)
    assert isinstance(ends, bool), "shouldEndSession must be there, true or false"
    asks = said.rstrip(" \"')\u201d\u2019").endswith("?")
    if ends:
        assert not asks, f"a question, and nobody listens: {said[-80:]!r}"
        assert "reprompt" not in body, "a reprompt, and nobody listens"
        return
    assert asks, f"listening, but nothing was asked: {said[-80:]!r}"
    assert said.count("?") == 1, f"more than one question: {said!r}"
    assert repeated, "an open session needs a reprompt"


def _has_screen(request_envelope: dict[str, Any]) -> bool:
    device = request_envelope.get("context", {}).get("System", {}).get("device", {})
    return "Alexa.Presentation.APL" in device.get("supportedInterfaces", {})


def _to_touch(body: dict[str, Any]) -> bool:
    """Say whether there is something on a screen to touch: only then may the session hang on."""
    shown = [one for one in body.get("directives", ()) if one["type"] == RENDER]
    return any(one["datasources"]["lantern"].get("buttons") for one in shown)


def _check_directives(body: dict[str, Any], has_screen: bool) -> bool:
    """Check the directives and say whether one of them asks for a permission."""
    directives = body.get("directives", [])
    consent = [one for one in directives if one["type"] == "Connections.SendRequest"]
    dialog = [one for one in directives if one["type"].startswith("Dialog.")]
    shown = [one for one in directives if one["type"] == RENDER]
    assert len(consent) + len(dialog) + len(shown) == len(directives), "one that we do not use"
    assert len(shown) <= has_screen, "a picture, and no screen for it"
    for one in shown:
        _check_picture(one)
    assert len([one for one in dialog if one["type"] != "Dialog.UpdateDynamicEntities"]) <= 1
    assert not dialog or body.get("shouldEndSession") is False, "a dialog needs an open session"
    for one in consent:
        _check_consent(one, body)
    assert len(consent) <= 1, "one permission at a time"
    return bool(consent)


def _check_picture(directive: dict[str, Any]) -> None:
    """Rules 6.1 to 6.5."""
    assert directive.keys() == {"type", "token", "document", "datasources"}
    assert directive["token"].startswith("lantern:")
    document = directive["document"]
    assert (document["type"], document["version"]) == ("APL", "1.4")
    assert document["mainTemplate"]["parameters"] == ["payload"]
    assert "http" not in json.dumps(directive), "nothing is to be fetched"


def _check_consent(directive: dict[str, Any], body: dict[str, Any]) -> None:
    assert directive["name"] == "AskFor"
    assert isinstance(directive["token"], str)
    payload = directive["payload"]
    assert payload["@type"] == "AskForPermissionsConsentRequest"
    assert payload["@version"] == "2"
    assert payload["permissionScopes"], "which permission?"
    for scope in payload["permissionScopes"]:
        assert scope["permissionScope"].startswith("alexa::")
        assert scope["consentLevel"] in ("ACCOUNT", "PERSON")
    assert "reprompt" not in body, "Alexa asks, not we"
    assert body["shouldEndSession"] is True


# Speech ---------------------------------------------------------------------------------


def _text_of(speech: Any) -> str | None:
    """Check a speech object and return its words, without tags; None if there is no speech."""
    if speech is None:
        return None
    unknown = speech.keys() - {"type", "text", "ssml", "playBehavior"}
    assert not unknown, f"unknown fields {unknown}"
    if speech["type"] == "PlainText":
        text = speech["text"]
        assert isinstance(text, str)
        assert 0 < len(text) <= LONGEST_SPEECH, "the speech is empty or too long"
        return text.strip()
    assert speech["type"] == "SSML"
    return _text_of_ssml(speech["ssml"])


def _text_of_ssml(ssml: str) -> str:
    assert len(ssml) <= LONGEST_SPEECH, f"the speech has {len(ssml)} characters"
    try:
        # The prefixes are Amazon's, and are not declared in a speech.
        root = ElementTree.fromstring(f'<_ xmlns:amazon="amazon" xmlns:alexa="alexa">{ssml}</_>')
    except ElementTree.ParseError as error:
        raise AssertionError(f"the SSML is not well-formed: {error}") from None
    assert [one.tag for one in root] == ["speak"], "one speak element, and nothing else"
    assert not (root.text or "").strip(), "text before the speak element"
    assert not (root[0].tail or "").strip(), "text behind the speak element"
    elements = list(_elements(root[0]))
    for tag, attributes in elements:
        _check_tag(tag, attributes)
    assert [tag for tag, _ in elements].count("speak") == 1
    assert [tag for tag, _ in elements].count("audio") <= MOST_SOUNDS, "too many sounds"
    return " ".join("".join(root[0].itertext()).split())


def _elements(root: ElementTree.Element) -> Iterator[tuple[str, dict[str, str]]]:
    for element in root.iter():
        yield re.sub(r"\{(\w+)\}", r"\1:", element.tag), element.attrib


def _check_tag(tag: str, attributes: dict[str, str]) -> None:
    assert tag in TAGS, f"<{tag}> is no tag that Alexa knows"
    if tag == "break":
        _check_break(attributes)
    if tag == "audio":
        assert re.match(r"https://|soundbank://soundlibrary/", attributes.get("src", ""))
    if tag == "amazon:effect":
        assert attributes == {"name": "whispered"}
    if tag == "amazon:emotion":
        assert attributes.get("name") in ("excited", "disappointed")
        assert attributes.get("intensity") in ("low", "medium", "high")


def _check_break(attributes: dict[str, str]) -> None:
    assert len(attributes) == 1, "a break has a time or a strength"
    if "strength" in attributes:
        assert attributes["strength"] in STRENGTHS
        return
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", attributes.get("time", ""))
    assert match, "a break of an unreadable length"
    seconds = float(match[1]) / (1000 if match[2] == "ms" else 1)
    assert seconds <= LONGEST_BREAK, f"a break of {seconds} s"


# Cards ----------------------------------------------------------------------------------


def _check_card(card: Any) -> None:
    if card is None:
        return
    assert isinstance(card, dict), "one card at most"
    assert card["type"] in CARDS, "an unknown card"
    unknown = card.keys() - CARDS[card["type"]] - {"type"}
    assert not unknown, f"unknown fields {unknown}"
    images = list(card.get("image", {}).values())
    texts = [card[name] for name in ("title", "content", "text") if name in card]
    assert sum(map(len, texts + images)) <= LARGEST_CARD, "the card is too large"
    for text in texts:
        assert not re.search(r"<[a-zA-Z/!?]", text), "a card shows no mark-up"
    for image in images:
        assert image.startswith("https://")
        assert len(image) <= 2_000
    if card["type"] == "AskForPermissionsConsent":
        assert card["permissions"]
        assert all(scope.startswith("alexa::") for scope in card["permissions"])
