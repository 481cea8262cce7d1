"""From replies to responses, judged by the same rules as everything that Alexa gets."""

import json
from typing import Any

import pytest
from alexa_rules import check
from ask_sdk_core.serialize import DefaultSerializer
from hypothesis import given
from hypothesis import strategies as st

from skill.channels.alexa.answer import LARGEST_CARD, response
from skill.conversation.turn import Pause, Reply, Words

SCOPE = "alexa::alerts:reminders:skill:readwrite"
REQUEST = {"request": {"type": "LaunchRequest"}, "session": {}}
ASKING = Reply(
    (Words("Here we are."), Words("Shall we go on?")), reprompt=(Words("Go on?"),), end=False
)


def rendered(reply: Reply) -> dict[str, Any]:
    """The response as Alexa gets it, found good by the rules."""
    body: dict[str, Any] = DefaultSerializer().serialize(response(reply))
    body = json.loads(json.dumps(body))
    check(REQUEST, {"version": "1.0", "response": body})
    return body


def test_a_question_keeps_the_session_open() -> None:
    """Rules 2.11, 2.26, 2.27, 7.11."""
    assert rendered(ASKING) == {
        "outputSpeech": {"type": "SSML", "ssml": "<speak>Here we are. Shall we go on?</speak>"},
        "reprompt": {"outputSpeech": {"type": "SSML", "ssml": "<speak>Go on?</speak>"}},
        "shouldEndSession": False,
    }


def test_a_statement_ends_the_session() -> None:
    """Rules 2.26, 2.27, 7.11: said outright, and no reprompt even if one came along."""
    assert rendered(Reply((Words("Good night."),), reprompt=(Words("Still there?"),))) == {
        "outputSpeech": {"type": "SSML", "ssml": "<speak>Good night.</speak>"},
        "shouldEndSession": True,
    }


def test_an_open_question_always_has_a_reprompt() -> None:
    """Rule 2.27: without a reprompt of its own, a question is its own."""
    body = rendered(Reply((Words("Shall we?"),), end=False))
    assert body["reprompt"]["outputSpeech"] == body["outputSpeech"]


def test_nothing_to_say() -> None:
    """Rule 2.26: even then the end is said outright."""
    assert rendered(Reply(())) == {"shouldEndSession": True}


@pytest.mark.parametrize(
    "words", ["Tom & Jerry's <3", '</speak><audio src="x"/>', "a\x00b\ufffe", "&amp;", "]]>"]
)
def test_words_are_escaped(words: str) -> None:
    """Rule 2.12."""
    rendered(Reply((Words(words), Words("Good night."))))


@given(st.text(max_size=300))
def test_any_words_make_sound_ssml(words: str) -> None:
    """Rules 2.11, 2.12, 2.17."""
    rendered(Reply((Words(words), Pause(23.5), Words("Good night."))))


def test_long_silences() -> None:
    """Rule 2.16."""
    ssml = rendered(Reply((Pause(23), Words("Good night."))))["outputSpeech"]["ssml"]
    assert ssml.count("<break") == 3


def test_what_is_too_long_to_say_is_not_said() -> None:
    """Rules 2.2, 2.3, 2.10."""
    with pytest.raises(ValueError, match="can be said"):
        response(Reply((Words("a" * 8_000),)))
    with pytest.raises(ValueError, match="can be said"):
        response(Reply((Words("Shall we?"),), (Words("a" * 8_000),), end=False))


def test_asking_for_reminders() -> None:
    """Rules 5.12, 5.13."""
    reply = Reply((Words("For that I need a permission."),), consent="reminders")
    assert rendered(reply) == {
        "outputSpeech": {
            "type": "SSML",
            "ssml": "<speak>For that I need a permission.</speak>",
        },
        "directives": [
            {
                "type": "Connections.SendRequest",
                "name": "AskFor",
                "payload": {
                    "@type": "AskForPermissionsConsentRequest",
                    "@version": "2",
                    "permissionScopes": [{"permissionScope": SCOPE, "consentLevel": "ACCOUNT"}],
                },
                "token": "reminders",
            }
        ],
        "shouldEndSession": True,
    }


def test_asking_for_reminders_ends_the_session_in_any_case() -> None:
    """Rule 5.13: no reprompt of ours, no open session."""
    reply = Reply((Words("Why so."),), (Words("Yes?"),), end=False, consent="reminders")
    assert rendered(reply)["shouldEndSession"] is True


def test_the_permission_card() -> None:
    """Rule 5.14."""
    reply = Reply((Words("Look into your app."),), show={"permission": "reminders"})
    card = rendered(reply)["card"]
    assert card == {"type": "AskForPermissionsConsent", "permissions": [SCOPE]}


def test_the_simple_card() -> None:
    """Rules 2.8, 7.7."""
    reply = Reply((Words("Good night."),), show={"title": "tonight", "text": "What went well?"})
    card = rendered(reply)["card"]
    assert card == {"type": "Simple", "title": "Tonight's question", "content": "What went well?"}


@pytest.mark.parametrize("show", [{"calendar": {"at": "20:00"}}, {}, {"title": "tonight"}])
def test_no_card(show: dict[str, Any]) -> None:
    """Rule 2.8: what has no place on a card makes none."""
    assert "card" not in rendered(Reply((Words("Good night."),), show=show))


@pytest.mark.parametrize("title", ["", "t", "t" * 7_999, "t" * 9_000])
def test_a_card_is_cut_to_its_limit(title: str) -> None:
    """Rule 2.4."""
    reply = Reply((Words("Good night."),), show={"title": title, "text": "x" * 9_000})
    card = rendered(reply)["card"]
    assert len(card["title"]) + len(card["content"]) == LARGEST_CARD


def test_a_card_gives_way_to_speech() -> None:
    """Rule 2.1: what is said counts more than what is shown."""
    long = Words("a" * 7_900)
    reply = Reply((long, Words("Yes?")), (long,), end=False, show={"text": "x" * 8_000})
    assert "card" not in rendered(reply)


def test_emoji_count_by_their_bytes() -> None:
    """Rule 2.1."""
    reply = Reply((Words("Good night."),), show={"text": "\N{CANDLE}" * 7_000})
    assert "card" not in rendered(reply)


SPEECH = {"type": "SSML", "ssml": "<speak>Good night.</speak>"}
QUESTION = {"type": "SSML", "ssml": "<speak>Shall we?</speak>"}
LISTENING = {
    "outputSpeech": QUESTION,
    "reprompt": {"outputSpeech": QUESTION},
    "shouldEndSession": False,
}


def ssml(inner: str) -> dict[str, Any]:
    speech = {"type": "SSML", "ssml": f"<speak>{inner}</speak>"}
    return {"outputSpeech": speech, "shouldEndSession": True}


@pytest.mark.parametrize(
    "body",
    [
        {"outputSpeech": SPEECH},
        {"outputSpeech": SPEECH, "shouldEndSession": None},
        {"outputSpeech": SPEECH, "shouldEndSession": False},
        {"outputSpeech": QUESTION, "shouldEndSession": True},
        {"outputSpeech": QUESTION, "shouldEndSession": False},
        LISTENING | {"shouldEndSession": True},
        LISTENING | {"outputSpeech": SPEECH},
        LISTENING | ssml("Are you? Shall we?") | {"shouldEndSession": False},
        ssml("Tom & Jerry"),
        ssml("a" * 8_000),
        ssml("<b>Good</b>"),
        ssml('<break time="11s"/>'),
        ssml('<break time="soon"/>'),
        ssml("</speak><speak>"),
        ssml("<audio src='http://x.example/a.mp3'/>"),
        ssml("<audio src='soundbank://soundlibrary/a'/>" * 6),
        ssml("Bye.") | {"card": [{"type": "Simple"}]},
        ssml("Bye.") | {"card": {"type": "Simple", "title": "t", "content": "c" * 8_000}},
        ssml("Bye.") | {"card": {"type": "Simple", "title": "t", "content": "<b>c</b>"}},
        ssml("Bye.") | {"directives": [{"type": "AudioPlayer.Play"}]},
        ssml("Bye.") | {"directives": [{"type": "Dialog.Delegate"}]},
        ssml("Bye.") | {"cards": []},
    ],
)
def test_the_rules_find_what_is_wrong(body: dict[str, Any]) -> None:
    """Rules 2.1 to 2.32, 7.11: the checker itself."""
    with pytest.raises(AssertionError):
        check(REQUEST, {"version": "1.0", "response": body})


@pytest.mark.parametrize(
    "kind", ["SessionEndedRequest", "AlexaSkillEvent.SkillEnabled", "AudioPlayer.PlaybackStopped"]
)
def test_the_rules_want_silence(kind: str) -> None:
    """Rules 2.29, 2.33."""
    request = {"request": {"type": kind}, "session": {}}
    check(request, {"version": "1.0", "response": {}})
    for body in (ssml("Bye."), {"shouldEndSession": True}):
        with pytest.raises(AssertionError):
            check(request, {"version": "1.0", "response": body})


def test_the_rules_let_words_with_tags_pass() -> None:
    """Rules 2.16 to 2.22: what Amazon allows."""
    inner = (
        '<amazon:effect name="whispered">Good</amazon:effect><break time="10s"/>'
        '<break strength="weak"/><prosody rate="slow">night.</prosody>'
    )
    check(REQUEST, {"version": "1.0", "response": ssml(inner)})


def test_the_rules_want_stop_to_stop() -> None:
    """Rule 7.21."""
    request = {
        "request": {"type": "IntentRequest", "intent": {"name": "AMAZON.StopIntent"}},
        "session": {},
    }
    check(request, {"version": "1.0", "response": ssml("Good night.")})
    with pytest.raises(AssertionError):
        check(request, {"version": "1.0", "response": LISTENING})
