"""Every prompt that any flow can reach: it is there, it is whole, and it is short enough to hear.

How the flows are walked stands in `tests/flow_walk.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flow_walk import ALL, FULL, MODES, SPEAKER, Spoken, Walk, beginnings, walk

import skill.conversation
from content import MARK, SILENCES
from skill.conversation.phrase import phrase
from skill.conversation.replay import Ask, Offer, Say
from skill.conversation.safety import TIERS
from skill.conversation.steps import FLOWS
from skill.conversation.turn import Part, Pause
from skill.speech.plain import plain
from skill.speech.ssml import ssml

MOST_WORDS = 30
"""Words in one reply: twelve seconds at the pace of a speaker."""

LONGER = {
    "breathe.caution_hold": 45,
    "breathe.caution_478": 70,  # cautions are whole, or no good
    "goal.full": 50,
    "goal.list": 45,
    "goal.which": 45,  # three goals, each with its step
    "jar.again": 60,
    "jar.sunday": 60,
    "jar.waiting": 60,  # thank-yous, at their wish
    "learn.talk": 75,  # a talk of half a minute is what they asked for
    "hard_day.turn": 40,  # the last words for ten minutes
    "weekly.thanks": 35,
    "data.known": 80,  # everything that is kept, at their wish
    "reminder.calendar": 40,  # read on a screen, never spoken
    "support.numbers": 80,  # said twice
    "tonight.begins": 45,  # who begins, after why it is another one than they asked for
    "tonight.touches": 60,  # what it is about, after that and before who begins
}
"""Prompts whose replies may be longer, and how long."""

OF_THE_LIBRARY = {
    "tonight": ("question",),
    "brave": ("question",),
    "gesture": ("gesture",),
    "weekly": ("gesture",),
    "exercise": ("start", "step", "close"),
}
"""Values that are a line of the library: `content.deck_rules` decides how long one may be."""

MOST_SENTENCES_BEFORE_A_QUESTION = 2
MORE_BEFORE = {
    "breathe.go_on": 8,  # the breaths stand between
    "check_in.thanks": 4,  # a feeling is said back first
    "goal.which": 6,  # three goals, each with its step
    "mirror.ready": 4,  # what it is, how long, and the one rule
    "re_entry.issue": 5,  # the one longer opening of a talk
    "time_out.called": 3,  # when to be back, and what to do until then
}

MOST_SILENCE = 240.0
"""Seconds in one reply, as for audio."""


@cache
def prompts(closing: bool) -> dict[str, Ask | Offer | Say]:
    """Return, by prompt, what ends a reply: closing it (True) or asking something (False)."""
    found: dict[str, Ask | Offer | Say] = {}
    for spoken in walk():
        last = spoken.open or spoken.end
        asks = isinstance(last, Offer) or (isinstance(last, Ask) and not last.leave)
        if isinstance(last, Ask | Offer | Say) and asks != closing:
            found.setdefault(last.key, last)
    return found


@cache
def different() -> tuple[Spoken, ...]:
    """Return one reply for each sequence of prompts and values."""
    return tuple(
        {str([(one.key, one.values) for one in told.prompts]): told for told in walk()}.values()
    )


def lines(key: str) -> tuple[str, ...]:
    prompt = ALL.prompts[key]
    return (*prompt.say, *prompt.reprompt, *prompt.help)


def parts_of(spoken: Spoken) -> tuple[Part, ...]:
    """Return what a reply says, in the longest variant of each prompt."""
    longest = [(max(ALL.prompts[one.key].say, key=len), one.values) for one in spoken.prompts]
    return tuple(part for line, values in longest for part in phrase(line, values, ALL))


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!]) ", text)


def without_breaths(spoken: Spoken) -> str:
    """Return the words of a reply; those of breathing and of the library are counted elsewhere."""
    longest = [
        (max(ALL.prompts[one.key].say, key=len), without_lines(one)) for one in spoken.prompts
    ]
    told = (phrase(line.replace("{breath}", ""), values, ALL) for line, values in longest)
    return " ".join(filter(None, map(plain, told)))


def without_lines(one: Say) -> dict[str, Any]:
    """Return the values of a prompt with "It." for each line of the library."""
    lines = OF_THE_LIBRARY.get(one.key.partition(".")[0], ())
    return {name: "It." if name in lines else value for name, value in one.values.items()}


def test_every_prompt_that_a_flow_reaches_is_there_and_has_its_values() -> None:
    for spoken in different():
        for one in spoken.prompts:
            assert one.key in ALL.prompts, f"{spoken.flow} says {one.key}: write it"
            for line in lines(one.key):
                assert phrase(line, one.values, ALL), f"{one.key}: {line!r} says nothing"


def said_by_the_engine() -> Iterator[str]:
    """Yield the prompts that are named in the code around the flows."""
    for file in Path(skill.conversation.__file__).parent.glob("*.py"):
        yield from re.findall(r'"((?:engine|help)\.\w+)"', file.read_text())
    yield from (f"safety.{tier}" for tier in TIERS)


def of_a_mode(key: str) -> str:
    """Return the prompt that `key` stands in for in a mode of the household, "" for others."""
    base, _, mode = key.rpartition(".")
    return base if mode in MODES and base in ALL.prompts else ""


def test_there_are_no_prompts_that_nobody_ever_hears() -> None:
    reached = {one.key for spoken in walk() for one in spoken.prompts}
    reached |= set(said_by_the_engine())
    assert {one for one in ALL.prompts if (of_a_mode(one) or one) not in reached} == set()
    assert set(said_by_the_engine()) <= set(ALL.prompts)


def test_one_alone_is_not_spoken_to_as_two() -> None:
    of_two = re.compile(r"\{(?:to|other|them)\}")
    alone = replace(FULL, mode="alone", linked=())
    spoken = [
        told
        for flow in FLOWS.values()
        for args in beginnings(flow)
        for told in Walk(flow, args, alone, SPEAKER, "").replies()
    ]
    keys = {one.key for told in spoken for one in told.prompts}
    of_asks = {told.open.key for told in spoken if told.open and not told.open.leave}
    wrong = set()
    for key in keys:
        usual, own = ALL.prompts[key], ALL.prompts.get(f"{key}.alone")
        for kind in ("say", "reprompt", "help") if key in of_asks else ("say",):
            lines = getattr(own, kind, ()) or getattr(usual, kind)
            wrong |= {line for line in lines if of_two.search(line)}
    assert wrong == set()


@pytest.mark.parametrize("key", [one for one in ALL.prompts if of_a_mode(one)])
def test_what_is_said_in_a_mode_stands_in_for_the_usual_words(key: str) -> None:
    own, usual = ALL.prompts[key], ALL.prompts[of_a_mode(key)]
    marks = {mark[1] for line in lines(of_a_mode(key)) for mark in MARK.finditer(line)}
    asks = {line.endswith("?") for line in usual.say}
    for line in own.say:
        assert {mark[1] for mark in MARK.finditer(line)} <= marks | SILENCES
        assert {line.endswith("?")} == asks
        assert len(line.split()) <= MOST_WORDS
    assert bool(own.reprompt) <= bool(usual.reprompt)
    assert not any("?" in line for line in own.help)


def test_every_flow_was_walked() -> None:
    assert {spoken.flow for spoken in walk()} == set(FLOWS)


def rendered(key: str, last: Ask | Offer | Say) -> Iterator[str]:
    """Yield each way to say a prompt; a question for the two of them is no question to us."""
    values = without_lines(Say(last.key, last.values))
    yield from (plain(phrase(line, values, ALL)) for line in ALL.prompts[key].say)


def test_a_question_comes_last_and_alone() -> None:
    wrong = [
        (key, said)
        for key, asked in prompts(closing=False).items()
        for said in rendered(key, asked)
        if not (isinstance(asked, Ask) and asked.consent)  # the platform asks, in its own words
        and [one[-1] == "?" for one in sentences(said)] != [False] * said.count(".") + [True]
    ]
    assert not wrong


def test_a_question_has_a_shorter_one_for_those_who_are_silent() -> None:
    wrong = [
        (key, line)
        for key in prompts(closing=False)
        for line in ALL.prompts[key].reprompt or [""]
        if not line.endswith("?") or len(line.split()) > max(8, *map(words, ALL.prompts[key].say))
    ]
    assert not wrong


def test_a_question_has_help_that_asks_nothing_itself() -> None:
    asked = {key: one for key, one in prompts(closing=False).items() if isinstance(one, Ask)}
    helps = {key: ALL.prompts[key].help for key, one in asked.items() if not one.consent}
    assert not [key for key, told in helps.items() if not told or "?" in "".join(told)]


def words(line: str) -> int:
    return len(line.split())


def test_a_reply_that_closes_does_not_ask() -> None:
    closing = prompts(closing=True).items()
    assert not [key for key, last in closing if any("?" in one for one in rendered(key, last))]


def test_a_reply_that_closes_does_not_end_with_a_question_of_theirs() -> None:
    """Whoever hears a question last expects to be listened to."""
    closing = {one for key in prompts(closing=True) for one in (key, *in_modes(key))}
    ends = [line for key in closing for line in ALL.prompts[key].say if line.endswith("{question}")]
    assert not ends


def in_modes(key: str) -> list[str]:
    """Return the prompts that stand in for `key` in a mode of the household."""
    return [f"{key}.{mode}" for mode in MODES if f"{key}.{mode}" in ALL.prompts]


def test_a_reply_is_short() -> None:
    for spoken in different():
        allowed = max([MOST_WORDS, *(LONGER.get(one.key, 0) for one in spoken.prompts)])
        told = without_breaths(spoken)
        assert len(told.split()) <= allowed, f"{[one.key for one in spoken.prompts]}: {told}"


def test_little_is_said_before_a_question() -> None:
    for spoken in different():
        last = spoken.open or spoken.end
        if isinstance(last, Ask | Offer) and last.key in prompts(closing=False):
            before = sentences(without_breaths(spoken))[:-1]
            allowed = MORE_BEFORE.get(last.key, MOST_SENTENCES_BEFORE_A_QUESTION)
            assert len(before) <= allowed, f"{[one.key for one in spoken.prompts]}: {before}"


def test_a_reply_fits_into_one_answer_of_a_speaker() -> None:
    for spoken in different():
        parts = parts_of(spoken)
        ssml(parts)  # raises if it is too long
        assert sum(part.seconds for part in parts if isinstance(part, Pause)) <= MOST_SILENCE


def test_who_comes_back_is_told_of_the_question_that_is_still_open() -> None:
    """Without a name for it the greeting is silent, and a "yes" to that answers the question."""
    waiting = {spoken.flow for spoken in walk() if spoken.open and FLOWS[spoken.flow].waits}
    assert not [flow for flow in waiting if f"flow_{flow}" not in ALL.words]
