"""Cues: how they are written, what they find, and that none is overlooked."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import content
from skill.conversation.cues import Cues
from skill.conversation.safety import plain

LISTS = {"partner": ["he", "she", "my <other>"], "other": ["(wife|husband)", "better half"]}

TEXTS = Path(__file__).parents[1] / "safety"


@pytest.mark.parametrize(
    ("cue", "text", "found"),
    [
        ("<partner> [just] (hit|slapped) .. me", "she hit me", True),
        (
            "<partner> [just] (hit|slapped) .. me",
            "my better half just slapped the cat and me",
            True,
        ),
        ("<partner> [just] (hit|slapped) .. me", "my better half just slapped", False),
        ("<partner> [just] (hit|slapped) .. me", "we hit me", False),
        ("my partner's [old] gun", "my partners gun", True),
        ("on (my|our) (own|side [of it])", "i am on my side", True),
        ("on (my|our) (own|side [of it])", "i am on my sidewalk", False),
        ("me", "home", False),
        ("yes|no", "no", True),
    ],
)
def test_a_cue_is_found(cue: str, text: str, found: bool) -> None:
    assert Cues([cue], LISTS).found(plain(text)) is found


def test_the_first_in_the_text_is_taken_out_and_of_two_there_the_first_tried() -> None:
    cues = Cues(["killing it", "is killing", "killing it softly"], {})
    assert cues.without("he is killing it softly killing it ", "# ") == "he # it softly # "
    assert cues.without("nothing of it ", "# ") == "nothing of it "


@pytest.mark.parametrize(
    "cue",
    [
        "he <hit me",
        "he hit] me",
        "[just] ..",
        "",
        "he (hit me",
        "he hit) me",
        "he [hit me)",
        "<nobody> hit",
    ],
)
def test_a_cue_that_cannot_be_read_is_refused(cue: str) -> None:
    with pytest.raises(ValueError, match=r"^The cue .*\.$"):
        Cues([cue], LISTS)


def texts() -> list[str]:
    """Return all sentences by which the safety check is measured."""
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, str):
            found.append(plain(value))
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                walk(one)

    for file in TEXTS.glob("*.toml"):
        walk(tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def test_each_cue_is_looked_up_by_words_that_it_needs() -> None:
    """What is found by trying all cues on a text is found by those that share a word with it."""
    told = content().cues
    for cues in (told.harmless, *told.tiers.values()):
        looked_up = Cues(cues, told.lists)
        whole = re.compile(rf"(?<!\w)(?:{'|'.join(looked_up.patterns)})")
        for text in texts():
            assert looked_up.found(text) == bool(whole.search(text)), text
            assert looked_up.without(text, " # ") == whole.sub(" # ", text), text


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "me", "#"]), max_size=8)
PARTS = st.recursive(
    st.sampled_from(["a", "b", "c", "me", ".."]),
    lambda part: st.one_of(
        st.lists(part, min_size=1, max_size=3).map(" ".join),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        part.map(lambda one: f"[{one}]"),
    ),
    max_leaves=6,
)


@given(st.lists(PARTS.map(lambda part: f"d {part}") | PARTS, min_size=1, max_size=4), WORDS)
def test_however_cues_are_made_none_is_overlooked(cues: list[str], words: list[str]) -> None:
    try:
        looked_up = Cues(cues, {})
    except ValueError:
        return
    text = "".join(f"{word} " for word in words)
    whole = re.compile(rf"(?<!\w)(?:{'|'.join(looked_up.patterns)})")
    assert looked_up.without(text, "! ") == whole.sub("! ", text)
