"""Items as they will be heard."""

import subprocess
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_deck import made
from served import LANTERN

from content import Content, content
from content.library import Starter, Theme
from content.preview import heard, lines, seconds, theme

ALL = content()
THEMES = list(ALL.library.themes.values())


@pytest.fixture
def told(tmp_path: Path) -> Content:
    """A made-up deck, with our own small words around it."""
    words = resources.files("content") / "en" / "words.toml"
    (tmp_path / "words.toml").write_bytes(words.read_bytes())
    made(tmp_path)
    return Content(tmp_path)


def preview(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [LANTERN, "content", "preview", *words], capture_output=True, text=True, check=False
    )


# Which theme ------------------------------------------------------------------------------


@pytest.mark.parametrize("one", THEMES, ids=lambda one: str(one.code))
def test_a_theme_is_found_by_code_and_by_each_of_its_names(one: Theme) -> None:
    for named in (one.code, one.code.lower(), one.name, one.name.upper(), *one.also):
        assert theme(ALL.library, named) == one


@pytest.mark.parametrize("named", ["", "Z9", "kites", "A"])
def test_what_is_no_theme_is_none(named: str) -> None:
    assert theme(ALL.library, named) is None


def test_a_theme_is_read_by_code_or_by_name() -> None:
    one = next(one for one in THEMES if " " in one.name)
    by_code, by_name = preview(one.code), preview(*one.name.split())
    assert by_code.stdout == by_name.stdout
    assert by_code.stdout.startswith(f"{one.code} {one.name}\n")
    for item in ALL.library.of_theme(one.code).values():
        assert f"{item.id}, " in by_code.stdout


def test_a_theme_that_is_not_there_says_which_there_are() -> None:
    said = preview("flying", "kites")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("lantern: 'flying kites' is no theme; name one of A1 ")
    assert all(f"{one.code} {one.name}" in said.stderr for one in THEMES)


# How long it takes ------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["one", "kite", "in", "autumn"]), min_size=1, max_size=20)


@given(WORDS, WORDS)
def test_seconds_grow_with_words(some: list[str], more: list[str]) -> None:
    assert 0 < seconds(" ".join(some)) < seconds(" ".join([*some, *more]))


def test_a_minute_has_about_155_words() -> None:
    assert seconds("word " * 155) == pytest.approx(60)


def test_a_rest_takes_time_and_a_stop_more() -> None:
    told = [seconds(text) for text in ("Look up now", "Look up, now", "Look up now.")]
    assert told == sorted(set(told))
    assert seconds("And you?") == seconds("And you.")


# What is said -----------------------------------------------------------------------------


def test_a_sentence_to_finish_is_heard_as_a_question(told: Content) -> None:
    (name, text), *follow_ups = heard(told, told.library.item("A8P-001"))
    assert name == "finish"
    asked, _, sentence = text.partition("? ")
    assert asked
    assert sentence == "The wind reminds me of …"
    assert dict(follow_ups) == {
        "lighter": "Where does it mess up your hair the most?",
        "deeper": "What was in the air that day?",
    }


def test_a_thing_to_notice_is_heard_with_a_question_after_it(told: Content) -> None:
    name, text = next(heard(told, told.library.item("A8P-002")))
    assert name == "notice"
    sentence, _, asked = text.partition(". ")
    assert sentence == "Listen to the window for a moment"
    assert asked.endswith("?")


@pytest.mark.parametrize("id", ["A8-001", "A8G-001", "A8X-001"])
def test_everything_else_is_heard_as_it_is_written(told: Content, id: str) -> None:
    item = told.library.item(id)
    assert dict(heard(told, item)) == item.spoken


def test_every_prompt_of_ours_asks_something() -> None:
    starters = [one for one in ALL.library.items.values() if isinstance(one, Starter)]
    assert starters
    assert not [one.id for one in starters if next(heard(ALL, one))[1].count("?") != 1]


def test_each_item_is_read_with_what_sets_it_apart_and_its_seconds(told: Content) -> None:
    read = list(lines(told, "A8"))
    titles = [one for one in read if one.startswith("A8")]
    assert titles == [
        "A8-001, light, 10 minutes",
        "A8-002, tender, touches loss, 10 minutes",
        "A8P-001, personal, 10 minutes",
        "A8P-002, light, for new, parents, 10 minutes",
        "A8G-001, light",
        "A8X-001, light, 5 minutes",
    ]
    said = "Which color would your kite have?"
    assert read[1] == f"  ask       {seconds(said):4.1f} s  {said}"
    assert read[4] == ""
