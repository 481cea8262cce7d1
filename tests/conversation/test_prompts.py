"""What prompts must be to be heard well: `lantern content check` decides it, and is put to test."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from spelling import british

from content import MARK, Prompt, content
from content.prompt_rules import ALLOWED, OFTEN, findings, values

ALL = content()
LINES = [
    (key, kind, line)
    for key, prompt in ALL.prompts.items()
    for kind in ("say", "reprompt", "help")
    for line in getattr(prompt, kind)
]

HOT = ("time_out.", "re_entry.")
HOT_WORDS = 30


def told(findings: Iterator[tuple[str, object]]) -> None:
    found = [f"{key}: {what}" for key, what in findings]
    assert not found, "\n".join(found)


def test_prompts_keep_the_rules() -> None:
    assert list(findings(ALL.prompts)) == []


GOOD = Prompt(("Shall we begin, {to}?", "Ready, {to}?"), ("Ready?",), ("Yes begins it.",))


def test_a_good_prompt_is_left_alone() -> None:
    assert not [one for one in findings({"x.y": GOOD}) if "x.y" in one]


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        (replace(GOOD, say=("Shall we begin!",)), "plain sentence"),
        (replace(GOOD, say=("Shall  we begin?",)), "plain sentence"),
        (replace(GOOD, say=("Shall we begin",)), "plain sentence"),
        (replace(GOOD, say=("Shall we {begin?",)), "mend the braces"),
        (replace(GOOD, say=("Say 12345 to me.",)), "long number"),
        (replace(GOOD, say=("Ask her first.",)), "'her'"),
        (replace(GOOD, help=("You should say yes.",)), "'should'"),
        (replace(GOOD, say=("This is therapy.",)), "'therapy'"),
        (replace(GOOD, say=("One, two, three, or four?",)), "choices"),
        (replace(GOOD, say=(f"{'word ' * 25}end.",)), "one breath"),
        (replace(GOOD, say=("Ready, {to}?", "Ready, {other}?")), "other values"),
        (replace(GOOD, say=("Ready? Say yes.",)), "question last"),
        (replace(GOOD, say=("Ready? Both of you?",)), "question last"),
        (replace(GOOD, say=("Ready?", "ready?")), "twice"),
        (replace(GOOD, reprompt=("Say yes.",)), "short question"),
        (replace(GOOD, reprompt=(f"{'word ' * 13}?".replace(" ?", "?"),)), "short question"),
        (replace(GOOD, help=("What else?",)), "help"),
        (replace(GOOD, help=(f"{'word ' * 12}stop. {'word ' * 13}stop.",)), "help"),
    ],
)
def test_what_is_against_the_rules_is_found(spoilt: Prompt, says: str) -> None:
    assert [
        one for one in findings({"x.y": spoilt}) if one.startswith("prompts, x.y") and says in one
    ]


def test_what_is_heard_often_wants_three_variants() -> None:
    often = min(OFTEN)
    few = [one for one in findings({often: GOOD}) if one.startswith(f"prompts, {often}:")]
    assert few == [f"prompts, {often}: is heard often and has 2 variants; write 3."]


def test_what_is_allowed_is_still_said() -> None:
    for key, word in ALLOWED.items():
        assert any(word in line for one, _, line in LINES if one == key), f"{key}: drop it there"


def test_prompts_are_spelled_as_in_the_united_states() -> None:
    told((key, word) for key, _, line in LINES for word in british(line))


def test_small_words_are_spelled_as_in_the_united_states() -> None:
    told((key, word) for key, line in ALL.words.items() for word in british(line))


def test_a_hot_moment_has_few_words() -> None:
    told(
        (key, line)
        for key, _, line in LINES
        if key.startswith(HOT) and len(MARK.sub(" ", line).split()) > HOT_WORDS
    )


def test_a_hot_moment_has_time_to_talk_before_the_question() -> None:
    """Where the floor is theirs, silence comes before we ask whether all was said."""
    given = [key for key in ALL.prompts if key.startswith("re_entry.")]
    floors = [key for key in given if not key.startswith(("re_entry.start", "re_entry.close"))]
    told(
        (key, line)
        for key in floors
        for line in ALL.prompts[key].say
        if not re.search(r"[.] \{pause (20|30)\} [^.]+\?$", line)
    )


def test_a_feeling_is_said_back_in_one_place_only() -> None:
    assert {key for key, _, line in LINES if "feeling" in values(line)} == {
        "check_in.feeling_heard"
    }
