"""What the decks and the small words must be, and `lantern content check` does not decide."""

import re
from collections import Counter
from collections.abc import Iterable

import pytest
from spelling import british

from content import Question, content
from content.check import problems
from content.slots import slot_values

ALL = content()
TEXTS = [
    (f"{one.id} {name}", getattr(one, name))
    for one in ALL.questions.values()
    for name in ("ask", "lighter", "deeper")
]

NEVER_TENDER = {"B3", "E1", "E2", "E3", "F1", "F2"}
"""Themes that practise a skill or touch old hurts."""

ASSUMED = re.compile(
    r"\b(children|kids?|baby|son|daughter|mother|father|mom|dad|parents?|mum|grand\w+|sister"
    r"|brother|church|god|pray\w*|christmas|easter|wedding|married|marriage|honeymoon|anniversary"
    r"|wine|beer|drunk|drinking|alcohol|car|driv\w+|boss|office|salary|money|sex\w*|kiss\w*)\b",
    re.IGNORECASE,
)
"""What not every couple has or does; a question that needs it carries a tag, and says so."""

UNSAFE = re.compile(
    r"\b(dare|dares|secrets?|jealous\w*|cheat\w*|affair|ultimatum|leave me|break up|breakup"
    r"|punish\w*|threat\w*|guilt\w*|ashamed|shame|hate\w*|revenge"
    r"|rate your partner|compared? to)\b",
    re.IGNORECASE,
)
"""No dares, no secrets to extract, no jealousy, no threats."""


def none(findings: Iterable[tuple[str, object]]) -> None:
    found = [f"{place}: {what}" for place, what in findings]
    assert not found, "\n".join(found)


def test_the_checked_rules_hold() -> None:
    assert problems() == []


def test_questions_are_spelled_as_in_the_united_states() -> None:
    none((place, word) for place, text in TEXTS for word in british(text))


def test_what_is_said_back_is_spelled_as_in_the_united_states() -> None:
    """The first name of a slot value is spoken; the others are only understood."""
    none(
        (f"{kind} {value}", names[0])
        for kind, values in slot_values().items()
        for value, names in values.items()
        if british(names[0])
    )


def test_no_question_takes_a_way_of_life_for_granted() -> None:
    none((place, found[0]) for place, text in TEXTS for found in ASSUMED.finditer(text))


def test_no_question_is_a_trap() -> None:
    none((place, found[0]) for place, text in TEXTS for found in UNSAFE.finditer(text))


def test_nobody_has_to_justify_themselves() -> None:
    none((place, text) for place, text in TEXTS if re.search(r"(^|, )why\b", text, re.IGNORECASE))


def test_most_questions_are_of_one_short_breath() -> None:
    short = [place for place, text in TEXTS if len(text.split()) <= 16]
    assert len(short) >= 0.9 * len(TEXTS)


def test_questions_begin_in_many_ways() -> None:
    openers = Counter(text.split()[0] for _, text in TEXTS)
    assert len(openers) >= 20
    assert openers.most_common(1)[0][1] <= 0.4 * len(TEXTS)


def test_there_are_twenty_six_themes() -> None:
    assert len(ALL.themes) == 26
    assert Counter(code[0] for code in ALL.themes) == {
        "A": 7, "B": 3, "C": 4, "D": 2, "E": 4, "F": 4, "G": 2
    }  # fmt: skip


@pytest.mark.parametrize("code", list(ALL.themes))
def test_every_theme_lasts_a_while_at_every_depth(code: str) -> None:
    depths = Counter(one.depth for one in ALL.themes[code].questions)
    assert depths[1] >= 4
    assert depths[2] >= 3
    assert (depths[3] >= 2) != (code in NEVER_TENDER)


def test_the_first_week_has_light_questions_from_many_themes() -> None:
    light = [one for one in ALL.questions.values() if one.depth == 1]
    assert len({one.theme for one in light}) == len(ALL.themes)
    assert len(light) >= 4 * 7


@pytest.mark.parametrize("code", list(ALL.themes))
def test_questions_are_numbered_upwards(code: str) -> None:
    """A number is a bit in what a household has heard: the bits stay few, and mean one thing."""
    numbers = [int(one.id.partition("-")[2]) for one in ALL.themes[code].questions]
    assert numbers == sorted(set(numbers))


def test_follow_ups_are_questions_of_their_own() -> None:
    def alike(one: Question) -> bool:
        return len({one.ask, one.lighter, one.deeper}) < 3

    assert not [one.id for one in ALL.questions.values() if alike(one)]


def test_names_that_people_say_are_plain_lower_case_words() -> None:
    none(
        (f"{kind} {value}", name)
        for kind, values in slot_values().items()
        for value, names in values.items()
        for name in names
        if not re.fullmatch(r"[a-z']+( [a-z']+)*", name)
    )


def test_small_words_are_there_for_every_day() -> None:
    assert {f"day_{day}" for day in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")} <= set(ALL.words)
    assert len(ALL.words["counts"].split()) == 10


def test_every_breath_with_holds_has_a_caution() -> None:
    for breath in ALL.breaths.values():
        words = [word for word, _ in breath.phases]
        assert ("Hold" in words) == bool(breath.caution)
        assert not breath.caution or breath.caution in ALL.prompts
    assert ALL.breaths["478"].most_rounds == 4


def test_breathing_in_a_time_out_is_six_breaths_a_minute_without_holds() -> None:
    slow = ALL.breaths["slow"]
    assert slow.phases == (("In", 4), ("Out", 6))
    assert slow.seconds * 6 == 60
