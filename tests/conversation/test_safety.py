"""The safety check: what is said when somebody may not be safe, and what is not kept."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from content import Cues, content, helplines
from skill.conversation.engine import Outcome, Talk, turn
from skill.conversation.hearing import Hearing, Impression
from skill.conversation.safety import TIERS, Safety, plain
from skill.conversation.turn import Heard
from skill.conversation.understanding import understanding
from skill.household.models import Household
from skill.speech.plain import plain as text_of


class NoEar(Hearing):
    """Finds nothing worrying and nothing harmless: cues alone decide."""

    def of(self, text: str) -> Impression:
        return Impression(0.0, "")


def no_ear() -> NoEar:
    return NoEar("en-US")


HEARD = Heard("home", "turn", datetime(2026, 11, 24, 19, 0, tzinfo=UTC), zone="Europe/Berlin")
WORDS = {
    "danger": "my husband has a gun",
    "hard": "my wife slapped me",
}


def answered(talk: Talk, **heard: Any) -> Outcome:
    def understand(words: str, expecting: Any) -> Any:
        meaning = understanding().understand(words, expecting)
        return meaning.intent, meaning.slots

    stored = Talk.from_json(json.loads(json.dumps(talk.to_json())))
    return turn(replace(HEARD, **heard), Household(), stored, content(), understand)


def said(outcome: Outcome) -> str:
    assert outcome.reply
    return text_of(outcome.reply.parts)


@pytest.mark.parametrize("intent", ["SayIntent", "SetNamesIntent", "AMAZON.StopIntent", "Unknown"])
@pytest.mark.parametrize(("tier", "words"), WORDS.items())
def test_every_intent_and_slot_passes_the_check(intent: str, tier: str, words: str) -> None:
    for heard in ({"slots": {"words": words}}, {"said": (words,), "slots": {"words": "an id"}}):
        outcome = answered(Talk(), intent=intent, **heard)
        assert said(outcome)[:20] == content().prompts[f"safety.{tier}"].say[0][:20]


@pytest.mark.parametrize(
    ("tier", "as_if"), [("hard", "SafetyIntent"), ("danger", "AMAZON.StopIntent")]
)
def test_what_is_stored_is_what_an_ordinary_wish_leaves(tier: str, as_if: str) -> None:
    before = Talk()
    answered_before = answered(before, intent="BreatheIntent").talk
    answered_before.stack.clear()
    found = answered(answered_before, kind="words", words=WORDS[tier])
    usual = answered(answered_before, intent=as_if)
    kept, ordinary = found.talk.to_json(), usual.talk.to_json()
    for talk in (kept, ordinary):
        talk["said"].pop("intent")
    assert kept == ordinary
    assert found.passing
    assert found.home == Household()


def test_its_words_never_reach_what_is_stored() -> None:
    reply = answered(Talk(), kind="words", words=WORDS["hard"]).reply
    assert reply
    assert reply.to_json()["parts"] == []


def test_there_are_words_for_every_tier() -> None:
    assert set(content().cues.tiers) <= set(TIERS)
    for tier in TIERS:
        assert content().prompts[f"safety.{tier}"].say


def test_numbers_are_those_of_the_country() -> None:
    british = answered(Talk(), kind="words", words=WORDS["danger"], country="GB")
    assert "9 9 9" in said(british)
    unknown = answered(Talk(), kind="words", words=WORDS["danger"], country="XX")
    assert "your local emergency number" in said(unknown)
    assert {"emergency", "abuse", "crisis"} <= set(helplines()["US"])


LISTS = {"who": ["he", "my (wife|partner)"]}


@pytest.mark.parametrize(
    ("cue", "words", "found"),
    [
        ("<who> hit me", "My wife hit me.", True),
        ("<who> hit me", "the white hit me", False),
        ("<who> (hit|hits) [and kicked] me", "he hits and kicked me", True),
        ("<who> .. knife", "He's got a knife!", True),
        ("<who> .. knife", "he is in the room next to the kitchen with a knife", False),
        ("i want to die", "I wanna die", True),
        ("he will not stop", "he won't stop", True),
        ("he will not stop", "he wont stop", True),
    ],
)
def test_how_cues_are_read(cue: str, words: str, found: bool) -> None:
    assert bool(Safety(lambda: Cues(LISTS, (), {"hard": [cue]}), no_ear).tier([words])) is found


def test_no_cue_reaches_across_a_figure_of_speech() -> None:
    check = Safety(lambda: Cues({}, ["hits the gym"], {"hard": ["he .. me", "hits"]}), no_ear)
    assert check.tier(["he hits the gym with me"]) == ""


def test_the_most_pressing_tier_decides() -> None:
    check = Safety(
        lambda: Cues({}, (), {"mild": ["drunk"], "danger": ["gun"], "hard": ["hit"]}), no_ear
    )
    assert check.tier(["drunk", "he hit me with a gun"]) == "danger"


def test_a_sign_that_means_nothing_is_named() -> None:
    with pytest.raises(ValueError, match="means nothing"):
        Safety(lambda: Cues({}, (), {"hard": ["he hit me!>"]}), no_ear).tier(["x"])


def test_plain_words() -> None:
    assert plain("He\u2019s   HITTING me\u2014again!!") == "he is hitting me again "
