"""The rules of the library: each finds a made-up item that breaks it, and leaves a good one be."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_deck import changed, made, record

from content.deck_rules import (
    MOST_OF_A_SHAPE,
    MOST_ONLOOKERS,
    NEVER_TENDER,
    Finding,
    alike,
    findings,
    shape,
)
from content.deck_rules import of_theme as against
from content.library import Item, build

GOOD_ITEMS = [
    build(kind, "A8", record(kind, number))
    for kind, number in (
        ("question", 0),
        ("question", 1),
        ("prompt", 0),
        ("prompt", 1),
        ("gesture", 0),
        ("exercise", 0),
    )
]


def test_a_good_deck_has_no_findings(tmp_path: Path) -> None:
    assert list(findings(made(tmp_path))) == []


def test_findings_come_from_each_item_and_from_all_together(tmp_path: Path) -> None:
    library = made(tmp_path, changed("Fold a sheet in half.", "Fold the sheets in half!"))
    assert [(one.id, one.field) for one in findings(library)] == [("A8X-001", "step 1")]
    library = made(
        tmp_path, changed("Which hat would the storm get", "What would you let go of on")
    )
    assert {one.id for one in findings(library)} == {"A8-002"}


# One item at a time -----------------------------------------------------------------------

Change = Mapping[str, Any]


def found(kind: str, change: Change, theme: str = "A8", number: int = 0) -> list[Finding]:
    """Return the findings of an item that is good but for `change`, among good ones."""
    told = record(kind, number)
    changed = build(kind, theme, told | change)
    items = {one.id: one for one in GOOD_ITEMS if one.id != told["id"]}
    return [one for one in against(theme, {**items, changed.id: changed}) if one.id == changed.id]


def only(kind: str, change: Change, field: str, told: str, number: int = 0) -> None:
    (finding,) = found(kind, change, number=number)
    assert finding.field == field
    assert told in finding.told


@pytest.mark.parametrize(
    "id", ["A7-001", "A8P-001", "A8-1", "A8-0001", "a8-001", "A8-001x", "A8_001", ""]
)
def test_an_id_is_the_theme_the_letter_and_three_digits(id: str) -> None:
    only("question", {"id": id}, "id", "is not A8- and three digits; renumber it")


def test_the_letter_is_that_of_the_format() -> None:
    only("gesture", {"id": "A8X-009"}, "id", "is not A8G- and three digits")
    only("exercise", {"id": "A8G-009"}, "id", "is not A8X- and three digits")
    only("prompt", {"id": "A8-009"}, "id", "is not A8P- and three digits")


def test_no_two_items_have_one_id() -> None:
    one = GOOD_ITEMS[0]
    twice = list(against("A8", {"first": one, "second": one}))
    assert [(found.id, found.field) for found in twice] == [("A8-001", "id")] * 2


@pytest.mark.parametrize("theme", sorted(NEVER_TENDER))
def test_nothing_is_tender_where_a_skill_is_practised(theme: str) -> None:
    tender = build("question", theme, record("question") | {"id": f"{theme}-001", "depth": 3})
    (finding,) = against(theme, {tender.id: tender})
    assert (finding.field, finding.told.split(";")[1]) == ("depth", " make it 2.")


@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize("others", ["company_ok", "kids_ok"])
def test_others_hear_light_ones_only(depth: int, others: str) -> None:
    only("question", {"depth": depth, others: True}, "depth", "others may not hear it")
    assert found("question", {"depth": 1, others: True}) == []


def test_tender_ones_are_not_for_late() -> None:
    only("question", {"depth": 3, "evening_ok": True}, "evening_ok", "not for late")
    assert found("question", {"depth": 2, "evening_ok": True}) == []


@pytest.mark.parametrize("kind", ["gesture", "exercise"])
@pytest.mark.parametrize("name", ["lighter", "deeper"])
@pytest.mark.parametrize("id", ["A8-404", "A8P-001", "What would you like?"])
def test_what_follows_an_act_is_a_question_of_its_theme(kind: str, name: str, id: str) -> None:
    only(kind, {name: id}, name, "no question of its theme; name one")


@pytest.mark.parametrize("kind", ["gesture", "exercise"])
def test_what_follows_an_act_is_for_all_whom_the_act_is_for(kind: str) -> None:
    following = GOOD_ITEMS[0]
    fewer = replace(following, stages=("new", "established"))
    act = build(kind, "A8", record(kind, 0) | {"lighter": following.id, "stages": ["new"]})
    assert list(against("A8", {fewer.id: fewer, act.id: act, "A8-002": GOOD_ITEMS[1]})) == []
    act = replace(act, stages=("new", "parents"))
    (finding,) = against("A8", {fewer.id: fewer, act.id: act, "A8-002": GOOD_ITEMS[1]})
    assert finding.told == "is 'A8-001', which is not for parents; name another."


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"minutes": 7}, "start", "does not say seven minutes"),
        ({"start": "This takes five minutes, in turns."}, "start", "they may stop"),
        ({"steps": ("Sit down.", "Get up.")}, "steps", "are 2; write 3 to 7"),
        ({"steps": ("Breathe.",) * 8}, "steps", "are 8; write 3 to 7"),
    ],
)
def test_an_exercise_says_what_it_takes_in_a_few_steps(
    change: Change, field: str, told: str
) -> None:
    only("exercise", change, field, told)


# One sentence at a time -------------------------------------------------------------------


def asked(text: str) -> list[str]:
    """Return what is told of a question."""
    return [one.told for one in found("question", {"ask": text})]


GOOD_QUESTIONS = [
    "Which color would your kite have?",
    "In what weather do you miss me?",
    "If it rained for a week, what would you bake?",
    "How would you rather spend the hour and the day?",
    "What's the heart of a good Sunday?",
    "What did the herbs on the sill do today?",
    "How much of an exit would you need?",
]
"""Each is near to what some rule looks for."""


@pytest.mark.parametrize("text", GOOD_QUESTIONS)
def test_a_good_question_is_left_alone(text: str) -> None:
    assert asked(text) == []


LONG_WORDS = "What extraordinarily uncharacteristic neighborhood celebrations"

QUESTIONS = {
    "too many words": (f"What {'very ' * 22}good thing is that?", "longer than a breath"),
    "too many characters": (f"{LONG_WORDS} {'unforgettably ' * 6}delight you?", "than a breath"),
    "two commas": ("On a hill, in a storm, which hat goes first?", "more than one comma"),
    "no question mark": ("Tell me about your kite.", "one question mark at the end"),
    "two questions": ("What flies? Which one falls?", "one question mark at the end"),
    "a digit": ("Which 2 kites would you take along?", "use letters"),
    "a dash": ("What would you take - just in case?", "use letters"),
    "quotes": ('What does "home" smell of?', "use letters"),
    "no capital": ("what flies in your head?", "use letters"),
    "two spaces": ("What  flies in your head?", "use letters"),
    "a yes or no": ("Do you like the wind?", "answered by yes or no"),
    "another": ("Could your partner fly a kite?", "answered by yes or no"),
    "one behind a comma": ("When it storms, do you go out?", "answered by yes or no"),
    "two things": ("What do you fly and where do you land?", "asks two things"),
    "why": ("Why does the wind make you laugh?", "asks why"),
    "why behind a comma": ("When it rains, why are you outside?", "asks why"),
    "a gender": ("What does he do when it storms?", "says 'he'; find a word"),
    "a role": ("Which kite would your wife choose?", "says 'wife'; find a word"),
    "therapy": ("What would heal a stormy day?", "says 'heal'; find a word"),
    "blame": ("What is it that you always forget?", "says 'you always'; find a word"),
    "advice": ("What do you think you should pack?", "says 'you should'; find a word"),
    "a secret": ("Which secret would you tell the wind?", "says 'secret'; find a way"),
    "jealousy": ("What makes you jealous on a beach?", "says 'jealous'; find a way"),
    "a phone": ("What is on your partner's phone?", "each keep to their own"),
    "a comparison": ("How windy is it here compared to there?", "says 'compared to'; find a way"),
    "children": ("Which kite would your children choose?", "takes 'children' for granted"),
    "a faith": ("What would you ask in a church?", "takes 'church' for granted"),
    "a drink": ("Which wine goes with a storm?", "takes 'wine' for granted"),
    "a car": ("What do you sing in the car?", "takes 'car' for granted"),
    "a wedding": ("What flew about at your wedding?", "takes 'wedding' for granted"),
}


@pytest.mark.parametrize(("text", "told"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_that_breaks_one_rule_is_found(text: str, told: str) -> None:
    (said,) = asked(text)
    assert told in said


def test_follow_ups_are_looked_at_like_the_question() -> None:
    for name in ("lighter", "deeper"):
        only("question", {name: "Do you like it?"}, name, "answered by yes or no")
        only("prompt", {name: "Do you like it?"}, name, "answered by yes or no")


@pytest.mark.parametrize(
    ("kind", "number", "name", "text", "told"),
    [
        ("prompt", 0, "finish", "The wind reminds me of.", "with nothing at its end"),
        ("prompt", 0, "finish", "the wind reminds me of", "with nothing at its end"),
        ("prompt", 0, "finish", "What I like is?", "with nothing at its end"),
        ("prompt", 1, "notice", "Listen to the window", "one plain sentence with a stop"),
        ("prompt", 1, "notice", "Listen. Then look.", "one plain sentence with a stop"),
        ("prompt", 1, "notice", "What can you hear?", "one plain sentence with a stop"),
        ("gesture", 0, "touch", "Hold hands", "one plain sentence with a stop"),
        ("gesture", 0, "no_touch", "Wave! Then smile.", "one plain sentence with a stop"),
        ("gesture", 0, "apart", "How about a wave?", "one plain sentence with a stop"),
        ("exercise", 0, "close", "Well done!", "write plain sentences"),
        ("exercise", 0, "close", "Well flown: both of you.", "write plain sentences"),
    ],
)
def test_other_formats_have_forms_of_their_own(
    kind: str, number: int, name: str, text: str, told: str
) -> None:
    only(kind, {name: text}, name, told, number)


def test_steps_are_looked_at_one_by_one() -> None:
    steps = ("Sit down.", "Say what you should do.", "Get up.")
    only("exercise", {"steps": steps}, "step 2", "says 'you should'")


def test_an_exercise_may_say_more_than_one_sentence() -> None:
    assert found("exercise", {"close": "Well flown. What a wind was that? Good night."}) == []


def test_what_hurts_some_may_be_named_where_it_is_announced() -> None:
    text = "What would you ask in a church?"
    assert found("question", {"ask": text, "sensitive": ("faith",)}) == []


@pytest.mark.parametrize("stages", [("parents",), ("long-term", "parents")])
def test_parents_may_hear_of_children(stages: tuple[str, ...]) -> None:
    text = "Which kite would your children choose?"
    assert found("question", {"ask": text, "stages": stages}) == []


@pytest.mark.parametrize("stages", [("new", "parents"), ("long-term",)])
def test_others_may_not(stages: tuple[str, ...]) -> None:
    only(
        "question",
        {"ask": "Which kite would your children choose?", "stages": stages},
        "ask",
        "takes 'children' for granted",
    )
    assert found("question", {"ask": "What do you sing in the car?", "stages": ("parents",)})


def test_a_kiss_is_for_gestures_with_touch() -> None:
    assert found("gesture", {"touch": "Kiss a tired forehead."}) == []
    only("gesture", {"no_touch": "Kiss your own hand."}, "no_touch", "takes 'Kiss' for granted")


# All of them together ---------------------------------------------------------------------


def question(number: int, ask: str, lighter: str, deeper: str) -> Item:
    told = {"id": f"A8-{number:03}", "depth": 1, "ask": ask, "lighter": lighter, "deeper": deeper}
    return build("question", "A8", told)


ONE = question(
    1,
    "Which bird sings outside your window at dawn?",
    "What would you call a very loud owl?",
    "When did silence last do you good?",
)


def beside(ask: str, number: int = 2) -> list[Finding]:
    """Return what is found of a question with these words, beside another one."""
    other = question(number, ask, "How fast is a snail?", "Where would you hide from rain?")
    return list(alike([ONE, other]))


def test_two_items_share_no_six_words_in_a_row() -> None:
    (finding,) = beside("In a hotel, which bird sings outside your window all through breakfast?")
    assert (finding.id, finding.field) == ("A8-002", "ask")
    assert finding.told == (
        "shares 'which bird sings outside your window' with A8-001 ask; reword one."
    )
    assert beside("In a hotel, which bird sings outside your door all through breakfast?") == []


def test_a_run_of_small_words_may_stand_anywhere() -> None:
    one = question(
        1,
        "On a cold night, how would you like to be tucked in?",
        "How would you like to be greeted by a goat?",
        "When did silence last do you good?",
    )
    assert list(alike([one])) == []


def test_a_run_may_not_stand_twice_in_one_item() -> None:
    one = question(
        1,
        "Which bird sings outside your window at dawn?",
        "In a hotel, which bird sings outside your window all through breakfast?",
        "When did silence last do you good?",
    )
    (finding,) = alike([one])
    assert (finding.id, finding.field) == ("A8-001", "lighter")


def test_two_sentences_are_not_of_nearly_the_same_words() -> None:
    (finding,) = beside("At dawn, outside your window, sings which bird?")
    assert (finding.id, finding.field) == ("A8-002", "ask")
    assert finding.told == "is nearly A8-001 ask; drop or reword one."


@pytest.mark.parametrize(
    ("ask", "shared", "all_words", "nearly"),
    [
        ("At dawn outside sings of which bird?", 6, 9, True),
        ("At dawn your window sings of which frog?", 6, 10, False),
    ],
)
def test_six_words_of_ten_are_not_too_many(
    ask: str, shared: int, all_words: int, nearly: bool
) -> None:
    one, other = words(ONE.spoken["ask"]), words(ask)
    assert (len(one & other), len(one | other)) == (shared, all_words)
    assert bool(beside(ask)) is nearly


def words(text: str) -> set[str]:
    return set(text.lower().strip("?").split())


SENTENCES = st.lists(
    st.lists(st.sampled_from("abcdefghij"), min_size=3, max_size=9).map(" ".join),
    min_size=2,
    max_size=9,
)


@given(SENTENCES)
def test_comparing_by_rare_words_misses_nothing(sentences: list[str]) -> None:
    items = [
        build("gesture", "A8", record("gesture") | {"id": f"A8G-{number:03}", "touch": text})
        for number, text in enumerate(sentences)
    ]
    said = {one.id for one in alike(items) if one.field == "touch" and "nearly" in one.told}
    sets = [words(text) for text in sentences]
    assert said == {
        f"A8G-{number:03}"
        for number, one in enumerate(sets)
        if any(len(one & other) > 0.6 * len(one | other) for other in sets[:number])
    }


def exercises(**change: Any) -> list[Item]:
    told = {
        "id": "A8X-002",
        "start": "This takes five minutes, in turns. Either of you may stop at any time.",
        "steps": ["Open the window wide.", "Count slow breaths aloud.", "Close it."],
        "close": "Good night, both.",
    }
    return [
        build("exercise", "A8", record("exercise")),
        build("exercise", "A8", record("exercise") | told | change),
    ]


def test_exercises_may_begin_alike_and_not_go_on_alike() -> None:
    assert list(alike(exercises())) == []
    (finding,) = alike(exercises(steps=["Fold in half a sheet.", "Count aloud.", "Close it."]))
    assert (finding.id, finding.field) == ("A8X-002", "step 1")


THINGS = [
    ("amber", "kettle", "hums"),
    ("copper", "lantern", "glows"),
    ("velvet", "curtain", "sways"),
    ("marble", "staircase", "creaks"),
    ("woolen", "blanket", "warms"),
    ("silver", "spoon", "shines"),
    ("paper", "boat", "floats"),
    ("garden", "gate", "squeaks"),
    ("wooden", "clock", "ticks"),
    ("kitchen", "drawer", "sticks"),
]


def built_alike(count: int) -> list[Item]:
    """Return questions of which the first sentences are built alike, each with other words."""
    asks = [f"Which {' '.join(words)} for you?" for words in THINGS[:count]]
    return [
        build("question", "A8", record("question") | {"id": f"A8-{number:03}", "ask": ask})
        for number, ask in enumerate(asks, 1)
    ]


def shapes(items: list[Item]) -> list[Finding]:
    """Return the findings on shapes: the follow-ups of these are the same, which is another."""
    return [one for one in alike(items) if one.field == "shape" and one.told.startswith("'which _")]


def test_ten_sentences_are_not_built_alike() -> None:
    assert len(THINGS) == MOST_OF_A_SHAPE + 1
    assert shapes(built_alike(MOST_OF_A_SHAPE)) == []
    (finding,) = shapes(built_alike(MOST_OF_A_SHAPE + 1))
    assert finding.id == "A8-010"
    assert finding.told == "'which _ for you' is that of 10 sentences; build some anew."


def test_a_theme_asks_only_now_and_then_what_a_stranger_would_say() -> None:
    def told(count: int) -> list[str]:
        asks = ("How would a goat sing it?", "What would an aunt say?", "How do you sing it?")
        items = [
            build("question", "A8", record("question") | {"id": f"A8-{number:03}", "ask": ask})
            for number, ask in enumerate([*asks * (count // 2)], 1)
        ]
        found = against("A8", {one.id: one for one in items})
        return [one.id for one in found if "what somebody would say" in one.told]

    assert told(MOST_ONLOOKERS) == []
    assert told(MOST_ONLOOKERS + 2) == ["A8-007", "A8-008"]


def test_acts_may_be_built_alike() -> None:
    acts = [
        build(
            "gesture",
            "A8",
            record("gesture")
            | {
                "id": f"A8G-{number:03}",
                "touch": f"Warm the {thing}.",
                "no_touch": f"Find a {color} thing.",
                "apart": f"Say how it {does}.",
            },
        )
        for number, (color, thing, does) in enumerate(THINGS, 1)
    ]
    assert [one for one in alike(acts) if one.field == "shape"] == []


def test_things_to_notice_may_be_built_alike() -> None:
    starters = [
        build("prompt", "A8", record("prompt", 1) | {"notice": f"Look at the {' '.join(words)}."})
        for words in THINGS
    ]
    told = [one.told for one in alike(starters) if one.field == "shape"]
    assert not [one for one in told if one.startswith("'_ at the _'")]


@pytest.mark.parametrize(
    ("text", "built"),
    [
        ("Which amber kettle hums for you?", "which _ for you"),
        ("Which kettle hums for you?", "which _ for you"),
        ("WHICH one's humming, and for whom?", "which _ and for whom"),
        ("What would you do?", "what would you do"),
        ("", ""),
    ],
)
def test_a_shape_is_what_is_left_without_the_nouns(text: str, built: str) -> None:
    assert shape(text) == built
