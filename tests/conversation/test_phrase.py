"""From a prompt and its values to parts: whatever the values are, and however long a breath."""

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import content
from skill.conversation.phrase import COUNTED_ROUNDS, SECONDS_A_WORD, breaths, phrase
from skill.conversation.turn import Part, Pause, Sound, Words

ALL = content()
ANY_TEXT = st.text() | st.text("{}<>&\"' {pause 9}{breath}", max_size=30)


def words_of(parts: tuple[Part, ...]) -> str:
    return " ".join(part.text for part in parts if isinstance(part, Words))


# Values ------------------------------------------------------------------------------------


def test_a_prompt_becomes_words_and_silence() -> None:
    parts = phrase("Hello {name}. {pause 2} {name}, are you there?", {"name": "Sam"}, ALL)
    assert parts == (Words("Hello Sam."), Pause(2), Words("Sam, are you there?"))


def test_a_mark_without_a_value_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="name"):
        phrase("Hello {name}.", {}, ALL)


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_a_value_is_said_and_never_read_as_a_mark(one: str, other: str) -> None:
    values = {"one": one, "other": other}
    parts = phrase("we heard {one}, {pause 3} and {other}.", values, ALL)
    assert [part for part in parts if isinstance(part, Pause)] == [Pause(3.0)]
    wanted = " ".join(f"we heard {one}, and {other}.".split())
    assert words_of(parts).casefold() == wanted.casefold()


@settings(deadline=None)
@given(ANY_TEXT)
def test_words_come_in_one_line_without_needless_space(value: str) -> None:
    for part in phrase("{pause 1} {value} {pause 2} so,  {value}", {"value": value}, ALL):
        if isinstance(part, Words):
            assert part.text
            assert part.text == " ".join(part.text.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{when} I will say it.", "Every evening I will say it."),
        ("Done. {when} I ring.", "Done. Every evening I ring."),
        ("Really? {when}!", "Really? Every evening!"),
        ("I ring {when}.", "I ring every evening."),
    ],
)
def test_a_sentence_that_begins_with_a_value_begins_with_a_capital(text: str, said: str) -> None:
    assert words_of(phrase(text, {"when": "every evening"}, ALL)) == said


def test_a_time_of_day_does_not_end_a_sentence() -> None:
    assert words_of(phrase("I come at {at} sharp.", {"at": "8 p.m."}, ALL)) == (
        "I come at 8 p.m. sharp."
    )


def test_a_feeling_passes_and_nothing_else_does() -> None:
    told = phrase("{feeling}. Thank you. {pause 1} Next.", {"feeling": "sad"}, ALL)
    assert all(part.passing for part in told if isinstance(part, Words))
    told = phrase("{name}. Thank you.", {"name": "Sam"}, ALL)
    assert not any(part.passing for part in told if isinstance(part, Words))


# Breaths -----------------------------------------------------------------------------------


def seconds_of(parts: list[Part]) -> float:
    """Return how long the parts take: pauses, and the words at their usual pace."""
    return sum(
        part.seconds if isinstance(part, Pause) else SECONDS_A_WORD * len(part.text.split())
        for part in parts
    )


@pytest.mark.parametrize("pattern", list(ALL.breaths))
@pytest.mark.parametrize("rounds", [1, 2, 3, 4, 15])
def test_breathing_takes_as_long_as_its_rounds(pattern: str, rounds: int) -> None:
    parts = list(breaths(ALL, pattern, rounds))
    assert seconds_of(parts) == pytest.approx(rounds * ALL.breaths[pattern].seconds)


@pytest.mark.parametrize("pattern", list(ALL.breaths))
def test_the_first_rounds_are_counted_aloud_and_the_rest_only_named(pattern: str) -> None:
    breath = ALL.breaths[pattern]
    counts = ALL.words["counts"].split()
    said = [part.text for part in breaths(ALL, pattern, 4) if isinstance(part, Words)]
    counted: list[str] = []
    for word, seconds in breath.phases:
        counted += [word, *counts[1:seconds]]
    named = [word for word, _ in breath.phases]
    plain = [re.sub(r"[.,]", "", one) for one in said]
    assert plain == counted * COUNTED_ROUNDS + named * (4 - COUNTED_ROUNDS)


@pytest.mark.parametrize("pattern", list(ALL.breaths))
def test_there_are_words_for_every_count(pattern: str) -> None:
    longest = max(seconds for _, seconds in ALL.breaths[pattern].phases)
    assert longest <= len(ALL.words["counts"].split())


@pytest.mark.parametrize("pattern", list(ALL.breaths))
def test_every_word_of_a_breath_has_time_after_it(pattern: str) -> None:
    parts = list(breaths(ALL, pattern, 3))
    for one, after in pairwise(parts):
        assert isinstance(one, Words) != isinstance(after, Words)
    assert all(part.seconds > 0 for part in parts if isinstance(part, Pause))


def test_a_breath_stands_between_the_words_of_its_prompt() -> None:
    values: dict[str, Any] = {"breath": {"pattern": "slow", "rounds": 1}}
    parts = phrase("Now. {pause 2} {breath} {pause 2} Rest.", values, ALL)
    sound = Sound("breathing-slow-1", ALL.breaths["slow"].tone, tuple(breaths(ALL, "slow", 1)))
    assert parts == (Words("Now."), Pause(2), sound, Pause(2), Words("Rest."))


def test_a_quiet_time_is_as_long_without_its_sound() -> None:
    assert phrase("Think. {quiet 45} Well?", {}, ALL) == (
        Words("Think."),
        Sound("quiet-45", "", (Pause(45),)),
        Words("Well?"),
    )
