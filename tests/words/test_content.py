"""What the library and the small words must be, and `lantern content check` does not decide."""

import re
from collections import Counter
from collections.abc import Iterable

import pytest
from spelling import british

from content import content
from content.check import problems
from content.deck_rules import NEVER_TENDER
from content.library import Question, Starter
from content.slots import slot_values

ALL = content()
LIBRARY = ALL.library
QUESTIONS = [one for one in LIBRARY.items.values() if isinstance(one, Question)]
TEXTS = [
    (f"{one.id} {name}", text)
    for one in LIBRARY.items.values()
    for name, text in one.spoken.items()
]
ASKED = [
    (f"{one.id} {name}", text)
    for one in LIBRARY.items.values()
    if isinstance(one, Question | Starter)
    for name, text in one.spoken.items()
    if text.endswith("?")
]


def none(findings: Iterable[tuple[str, object]]) -> None:
    found = [f"{place}: {what}" for place, what in findings]
    assert not found, "\n".join(found)


def test_the_checked_rules_hold() -> None:
    assert problems() == []


def test_the_library_is_spelled_as_in_the_united_states() -> None:
    none((place, word) for place, text in TEXTS for word in british(text))


def test_what_is_said_back_is_spelled_as_in_the_united_states() -> None:
    """The first name of a slot value is spoken; the others are only understood."""
    none(
        (f"{kind} {value}", names[0])
        for kind, values in slot_values().items()
        for value, names in values.items()
        if british(names[0])
    )


def test_most_questions_are_of_one_short_breath() -> None:
    short = [place for place, text in ASKED if len(text.split()) <= 16]
    assert len(short) >= 0.9 * len(ASKED)


def test_questions_begin_in_many_ways() -> None:
    openers = Counter(text.split()[0] for _, text in ASKED)
    assert len(openers) >= 20
    assert openers.most_common(1)[0][1] <= 0.4 * len(ASKED)


def test_there_are_twenty_six_themes() -> None:
    assert len(LIBRARY.themes) == 26
    assert Counter(code[0] for code in LIBRARY.themes) == {
        "A": 7, "B": 3, "C": 4, "D": 2, "E": 4, "F": 4, "G": 2
    }  # fmt: skip


@pytest.mark.parametrize("code", LIBRARY.themes)
def test_every_theme_lasts_a_while_at_every_depth(code: str) -> None:
    depths = Counter(one.depth for one in QUESTIONS if one.theme == code)
    assert depths[1] >= 4
    assert depths[2] >= 3
    assert (depths[3] >= 2) != (code in NEVER_TENDER)


def test_the_first_week_has_light_questions_from_many_themes() -> None:
    light = [one for one in QUESTIONS if one.depth == 1]
    assert len({one.theme for one in light}) == len(LIBRARY.themes)
    assert len(light) >= 4 * 7


@pytest.mark.parametrize("code", LIBRARY.themes)
def test_items_are_numbered_upwards(code: str) -> None:
    """A number is a bit in what a household has heard: the bits stay few, and mean one thing."""
    stacks: dict[str, list[int]] = {}
    for id in LIBRARY.of_theme(code):
        stack, _, number = id.partition("-")
        stacks.setdefault(stack, []).append(int(number))
    for numbers in stacks.values():
        assert numbers == sorted(set(numbers))


def test_follow_ups_are_sentences_of_their_own() -> None:
    items = [one for one in LIBRARY.items.values() if isinstance(one, Question | Starter)]
    assert not [one.id for one in items if len(set(one.spoken.values())) < 3]


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
