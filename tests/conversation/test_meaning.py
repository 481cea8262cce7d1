"""Sentences as numbers: near meanings are near, and nothing that is said or typed can break it."""

import numpy as np
import pytest

from skill.conversation.hearing import PART, hearing
from skill.conversation.meaning import meaning


def near(one: str, other: str) -> float:
    first, second = meaning().of(one), meaning().of(other)
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


@pytest.mark.parametrize(
    ("said", "alike", "other"),
    [
        ("he hit me last night", "my husband punched me yesterday", "we hit the road at night"),
        ("i feel lonely", "nobody is there for me", "the train is late"),
        ("let us plan a holiday", "where shall we travel this summer", "she took my keys"),
    ],
)
def test_what_means_the_same_is_near(said: str, alike: str, other: str) -> None:
    assert near(said, alike) > near(said, other)


def test_the_same_words_are_the_same_numbers() -> None:
    said = "good evening you two"
    assert np.array_equal(meaning().of(said), meaning().of(said))
    assert near("GOOD evening, you two", "good evening , you two") > 0.999


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\N{WHITE SMILING FACE}",
        "\N{ARABIC LETTER ALEF}" * 50,
        "a" * 10_000,
        "word " * 3_000,
        "[CLS] [SEP] [PAD]",
        "\x00\x01\ud800",
        "<speak>&amp;</speak>",
    ],
)
def test_nothing_breaks_it(text: str) -> None:
    assert np.isfinite(meaning().of(text)).all()


def test_a_part_of_a_long_text_is_heard() -> None:
    around = "we had soup and bread and then we watched a film about a garden " * 6
    worried = f"{around} my husband beats me when he drinks and i am scared {around}"
    assert len(worried.split()) > 3 * PART
    assert hearing("en-US").of(worried).worry > hearing("en-US").of(around).worry
    assert hearing("en-US").of(around).worry < 0


def test_too_few_words_make_no_impression() -> None:
    assert hearing("en-US").of("help me").tier == ""
    assert hearing("en-US").of("").worry < -1
