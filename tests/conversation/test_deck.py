"""Which question comes next."""

from dataclasses import replace
from datetime import UTC, datetime

from content import content
from skill.conversation.deck import draw
from skill.household.models import Evening, Household, NewRound, QuestionHeard, Rested

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
ALL = content()


def read(home: Household, question: str) -> Household:
    return QuestionHeard(Evening("2026-11-24", question)).apply(home, NOW)


def test_no_question_comes_again_while_unheard_ones_are_left() -> None:
    home, seen = Household(), set()
    for _ in ALL.questions:
        drawn = draw(ALL, home, "a house", "", (1, 2, 3))
        assert not drawn.new_round
        assert drawn.question.id not in seen
        seen.add(drawn.question.id)
        home = read(home, drawn.question.id)
    assert seen == set(ALL.questions)
    again = draw(ALL, home, "a house", "", (1, 2, 3))
    assert set(again.new_round) == set(ALL.questions)
    assert home.evening
    assert again.question.id != home.evening.question
    fresh = NewRound(again.new_round).apply(home, NOW)
    assert not any(fresh.heard.values())


def test_five_evenings_have_five_themes() -> None:
    home, themes = Household(), []
    for _ in range(5):
        drawn = draw(ALL, home, "a house", "", (1, 2))
        themes.append(drawn.question.theme)
        home = read(home, drawn.question.id)
    assert len(set(themes)) == 5


def test_two_houses_have_their_own_order() -> None:
    orders = set()
    for house in ("one", "two", "three"):
        orders.add(draw(ALL, Household(), house, "", (1, 2)).question.id)
    assert len(orders) > 1


def test_a_theme_and_a_depth_are_kept_to_while_they_last() -> None:
    home = Household()
    light = [one for one in ALL.themes["A5"].questions if one.depth == 1]
    for _ in light:
        drawn = draw(ALL, home, "a house", "A5", (1,))
        assert (drawn.question.theme, drawn.question.depth) == ("A5", 1)
        assert not drawn.widened
        home = read(home, drawn.question.id)
    assert draw(ALL, home, "a house", "A5", (1,)).widened


def test_what_is_not_for_us_never_comes() -> None:
    home = Household()
    for _ in range(3 * len(ALL.questions)):
        drawn = draw(ALL, home, "a house", "", (1, 2, 3))
        assert drawn.question.id != "A7-001"
        home = NewRound(drawn.new_round).apply(home, NOW)
        home = read(
            replace(home, rested=Rested("A7-001").apply(home, NOW).rested), drawn.question.id
        )
