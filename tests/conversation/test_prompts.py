"""What prompts must be to be heard well, and `lantern content check` does not decide."""

import re
from collections.abc import Iterator

import pytest
from spelling import british

from content import MARK, content

ALL = content()
LINES = [
    (key, kind, line)
    for key, prompt in ALL.prompts.items()
    for kind in ("say", "reprompt", "help")
    for line in getattr(prompt, kind)
]

NOT_FOR_EVERYONE = re.compile(
    r"\b(he|she|his|her|him|hers|husband|wife|boyfriend|girlfriend|spouse|married|marriage"
    r"|heal|healing|trauma|therapy|therapist|therapeutic|disorder|toxic|narcissist|attachment"
    r"|anxiety|depress\w*|stress\w*|symptom|treat\w*|cure\w*|diagnos\w*|studies|proven"
    r"|you always|you never|should|must|have to|ought|fault|blame|fail\w*|wrong|streak|score)\b",
    re.IGNORECASE,
)
"""Gender and therapy, and words that push or keep count."""

ALLOWED = {
    "about.not": "therapist",  # we are none
    "engine.lost_leave": "fault",  # ours
    "re_entry.hand_back": "have to",  # they do not
    "safety.hard": "fault",  # it is not theirs
}

HOT = ("time_out.", "re_entry.")
HOT_WORDS = 30

EVERY_EVENING = [
    "welcome.back",
    "tonight.read",
    "tonight.same",
    "tonight.another",
    "engine.goodbye",
    "engine.missed",
    "engine.lost",
    "check_in.start",
    "check_in.feeling_heard",
    "breathe.start",
    "breathe.close",
]
"""Heard so often that one way to say it would wear out."""


def words(line: str) -> list[str]:
    return MARK.sub(" ", line).split()


def told(findings: Iterator[tuple[str, object]]) -> None:
    found = [f"{key}: {what}" for key, what in findings]
    assert not found, "\n".join(found)


def test_prompts_are_plain_sentences() -> None:
    told(
        (key, line)
        for key, _, line in LINES
        if not re.fullmatch(r"[A-Za-z0-9 ,.;:?'-]+", MARK.sub("x", line))
        or not re.search(r"([.?]|\{pause \d+\}|\{breath\}|\{\w+\})$", line)
        or re.search(r"  |\.\.| [.,?;:]|\b[A-Z]{2,}\b|\b(e\.g|i\.e|etc)\b", MARK.sub("x", line))
    )


def test_nobody_is_shouted_at() -> None:
    told((key, line) for key, _, line in LINES if "!" in line)


def test_numbers_are_short_enough_to_be_heard() -> None:
    told((key, line) for key, _, line in LINES if re.search(r"\d{3}", MARK.sub("", line)))


def test_prompts_fit_every_couple_and_promise_no_therapy() -> None:
    told(
        (key, f"{found[0]!r} in {line!r}")
        for key, _, line in LINES
        for found in NOT_FOR_EVERYONE.finditer(line)
        if found[0].lower() != ALLOWED.get(key)
    )


def test_what_is_allowed_is_still_said() -> None:
    for key, word in ALLOWED.items():
        assert any(word in line for one, _, line in LINES if one == key), f"{key}: drop it above"


def test_prompts_are_spelled_as_in_the_united_states() -> None:
    told((key, word) for key, _, line in LINES for word in british(line))


def test_small_words_are_spelled_as_in_the_united_states() -> None:
    told((key, word) for key, line in ALL.words.items() for word in british(line))


def test_a_hot_moment_has_few_words() -> None:
    told(
        (key, line)
        for key, _, line in LINES
        if key.startswith(HOT) and len(words(line)) > HOT_WORDS
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


def test_what_is_said_into_silence_is_short() -> None:
    told((key, line) for key, kind, line in LINES if kind == "reprompt" and len(words(line)) > 12)


def test_help_is_short() -> None:
    told((key, line) for key, kind, line in LINES if kind == "help" and len(words(line)) > 25)


@pytest.mark.parametrize("key", EVERY_EVENING)
def test_what_is_heard_often_has_more_than_one_way_to_say_it(key: str) -> None:
    assert len(set(ALL.prompts[key].say)) >= 2


def test_variants_differ() -> None:
    told(
        (key, kind)
        for key, prompt in ALL.prompts.items()
        for kind in ("say", "reprompt", "help")
        if len({line.casefold() for line in getattr(prompt, kind)}) != len(getattr(prompt, kind))
    )


def test_variants_need_the_same_values() -> None:
    told(
        (key, line)
        for key, prompt in ALL.prompts.items()
        for line in prompt.say
        if values(line) != values(prompt.say[0])
    )


def values(line: str) -> set[str]:
    return {mark[1] for mark in MARK.finditer(line)} - {"pause"}


def test_a_feeling_is_said_back_in_one_place_only() -> None:
    assert {key for key, _, line in LINES if "feeling" in values(line)} == {
        "check_in.feeling_heard"
    }


def test_nobody_has_to_remember_more_than_three_choices() -> None:
    told(
        (key, line)
        for key, _, line in LINES
        for sentence in re.split(r"(?<=[.?]) ", MARK.sub("x", line))
        if ", or " in sentence and sentence.count(",") > 2
    )
