"""What conversations about items of the library leave behind, in the household and for later."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from test_engine import HEARD, Couple, said
from test_facts import LIBRARY, an_item

from content import content
from content.library import LIGHT, PERSONAL, STAGES, TENDER, Exercise, Gesture, Item
from skill.conversation.engine import Outcome
from skill.conversation.facts import spoken
from skill.household.models import Deed, Evening, Household, has_bit, heard, with_bit

TODAY = "2026-11-24"
OLD = Household(first_day="2026-01-01", evening_of=TODAY, asked=20)
"""A household that has been with us for long."""


FIRST = an_item(LIGHT)


def a_gesture(deeper: int) -> Gesture:
    """Return one whose deeper question is of this depth, and suits everybody."""
    return next(
        one
        for one in LIBRARY.items.values()
        if isinstance(one, Gesture)
        and suits_everybody(LIBRARY.item(one.deeper))
        and LIBRARY.item(one.deeper).depth == deeper
    )


def suits_everybody(item: Item) -> bool:
    """Say whether an item may come on any evening, to any two."""
    tags = (item.stages, item.sensitive, item.season)
    return tags == (STAGES, (), "") and item.minutes <= 10


GENTLE, TO_TENDER = a_gesture(PERSONAL), a_gesture(TENDER)


@pytest.fixture
def couple() -> Couple:
    """Return a couple that has heard a first question tonight."""
    return at_home()


def at_home(home: Household = OLD) -> Couple:
    found = Couple()
    found.home = replace(home, evening=Evening(TODAY, FIRST), recent={TODAY: "A5"})
    return found


def has_heard(couple: Couple, item: str) -> bool:
    day = HEARD.now.date()
    return any(has_bit(bits, item) for bits in heard(couple.home, day))


def tonights(couple: Couple) -> str:
    """Return the id of tonight's question."""
    assert couple.home.evening
    return couple.home.evening.question


# A tender question -------------------------------------------------------------------------


def test_nothing_is_kept_of_a_tender_question_before_they_want_it(couple: Couple) -> None:
    before = couple.home
    outcome = couple.intend("TonightsQuestionIntent", depth="tender")
    assert outcome.reply
    assert not outcome.reply.end
    assert couple.home == before
    for intent in ("AMAZON.HelpIntent", "AMAZON.RepeatIntent", "AMAZON.StopIntent"):
        couple.intend(intent)
    assert couple.home == before


def test_a_tender_question_that_both_want_is_tonights(couple: Couple) -> None:
    couple.intend("TonightsQuestionIntent", depth="tender")
    outcome = couple.intend("AMAZON.YesIntent")
    assert outcome.reply
    assert outcome.reply.end
    one = LIBRARY.item(tonights(couple))
    assert (one.depth, couple.home.asked) == (TENDER, OLD.asked + 1)
    assert has_heard(couple, one.id)
    assert spoken(content(), one) in said(outcome)
    again = couple.intend("TonightsQuestionIntent")
    assert spoken(content(), one) in said(again)
    assert again.reply
    assert again.reply.end


@pytest.mark.parametrize("answer", ["AMAZON.NoIntent", "AMAZON.NextIntent"])
@pytest.mark.parametrize("wish", ["TonightsQuestionIntent", "AnotherQuestionIntent"])
def test_one_that_they_do_not_both_want_is_not_read_and_not_kept(
    couple: Couple, wish: str, answer: str
) -> None:
    couple.intend(wish, depth="tender")
    outcome = couple.intend(answer)
    assert outcome.reply
    assert outcome.reply.end
    one = LIBRARY.item(tonights(couple))
    assert (one.depth, couple.home.asked) == (PERSONAL, OLD.asked + 1)
    quarters = couple.home.quarters.values()
    assert sum(bits.bit_count() for kinds in quarters for bits in kinds.values()) == 1


def test_another_wish_is_heard_instead_of_a_yes(couple: Couple) -> None:
    couple.intend("TonightsQuestionIntent", depth="tender")
    outcome = couple.intend("AnotherQuestionIntent", depth="light")
    assert outcome.reply
    assert outcome.reply.end
    assert LIBRARY.item(tonights(couple)).depth == LIGHT
    assert not couple.talk.stack


# Skip it, love it --------------------------------------------------------------------------


def test_a_question_that_was_skipped_rests_and_was_not_heard(couple: Couple) -> None:
    couple.home = Couple().home
    couple.intend("TonightsQuestionIntent")
    first = tonights(couple)
    couple.intend("SkipQuestionIntent")
    assert couple.home.skipped == {first: TODAY}
    assert not has_heard(couple, first)
    assert tonights(couple) != first
    assert has_heard(couple, tonights(couple))
    assert couple.home.evening == Evening(TODAY, tonights(couple), drawn=2)


def test_they_may_skip_one_after_the_other(couple: Couple) -> None:
    seen = [FIRST]
    for _ in range(6):
        couple.intend("SkipQuestionIntent")
        seen.append(tonights(couple))
    assert len(set(seen)) == len(seen)
    assert set(couple.home.skipped) == set(seen[:-1])


@pytest.mark.parametrize("intent", ["SkipQuestionIntent", "NotForUsIntent"])
def test_instead_of_a_question_that_they_put_away_none_is_tender(
    couple: Couple, intent: str
) -> None:
    couple.home = replace(couple.home, evening=Evening(TODAY, an_item(TENDER)))
    for _ in range(9):
        couple.intend(intent)
        assert LIBRARY.item(tonights(couple)).depth < TENDER


def test_a_question_that_they_loved_is_kept_with_its_day(couple: Couple) -> None:
    for _ in range(2):
        outcome = couple.intend("LoveItIntent")
        assert outcome.reply
        assert outcome.reply.end
        assert couple.home.loved == {FIRST: TODAY}
    assert tonights(couple) == FIRST
    couple.intend("NotForUsIntent")
    assert couple.home.loved == {}


@pytest.mark.parametrize("intent", ["SkipQuestionIntent", "LoveItIntent", "NotForUsIntent"])
def test_without_a_question_tonight_there_is_nothing_to_skip_or_to_love(intent: str) -> None:
    couple = at_home()
    couple.home = before = replace(couple.home, evening=Evening("2026-11-23", FIRST))
    assert "not read you a question tonight" in said(couple.intend(intent))
    assert couple.home == before


# How long they have been together ----------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_kept_and_may_be_forgotten(couple: Couple, stage: str) -> None:
    outcome = couple.intend("StageIntent", stage=stage)
    assert outcome.reply
    assert outcome.reply.end
    assert couple.home.stage == stage
    couple.intend("StageIntent", stage="open")
    assert couple.home.stage == ""


@pytest.mark.parametrize("slots", [{}, {"stage": "hungry"}])
def test_a_stage_that_we_do_not_know_is_asked_for(couple: Couple, slots: dict[str, str]) -> None:
    couple.intend("StageIntent", stage="parents")
    assert "Tell me: we are" in said(couple.intend("StageIntent", **slots))
    assert couple.home.stage == "parents"


# An exercise -------------------------------------------------------------------------------


def begun(couple: Couple) -> tuple[Exercise, Outcome]:
    """Return the exercise that is begun, and what is said to begin with."""
    outcome = couple.intend("ExerciseIntent")
    drawn = next(entry[2] for entry in couple.talk.stack[-1].log if entry[1] == "exercise")
    one = LIBRARY.item(drawn["id"])
    assert isinstance(one, Exercise)
    return one, outcome


def test_an_exercise_is_done_step_by_step(couple: Couple) -> None:
    one, outcome = begun(couple)
    assert one.start in said(outcome)
    assert outcome.reply
    assert not outcome.reply.end
    outcome = couple.intend("AMAZON.YesIntent")
    for step in one.steps:
        assert step in said(outcome)
        assert outcome.reply
        assert outcome.reply.end  # the speaker is quiet while they do it
        outcome = couple.intend("DoneIntent")
    assert one.close in said(outcome)
    assert has_heard(couple, one.id)
    assert not couple.talk.stack


def test_who_is_not_done_gets_more_time_and_may_hear_the_step_again(couple: Couple) -> None:
    one, _ = begun(couple)
    couple.intend("AMAZON.YesIntent")
    assert one.steps[0] in said(couple.intend("AMAZON.RepeatIntent"))
    assert one.steps[1] not in said(couple.intend("AMAZON.NoIntent"))
    couple.intend("AMAZON.StopIntent")
    assert one.steps[0] in said(couple.intend("AMAZON.ResumeIntent"))
    assert one.steps[1] in said(couple.intend("DoneIntent"))


@pytest.mark.parametrize("theme", LIBRARY.themes)
def test_each_theme_has_one_for_whoever_told_nothing_but_that_both_are_here(theme: str) -> None:
    couple = at_home()
    couple.intend("ExerciseIntent", theme=theme)
    couple.intend("AMAZON.NoIntent")
    assert couple.home.deed
    assert LIBRARY.item(couple.home.deed.item).theme == theme


@pytest.mark.parametrize("answer", ["AMAZON.NoIntent", "AMAZON.NextIntent"])
def test_an_exercise_waits_if_they_are_not_ready(couple: Couple, answer: str) -> None:
    one, _ = begun(couple)
    outcome = couple.intend(answer)
    assert outcome.reply
    assert outcome.reply.end
    assert not couple.talk.stack
    assert begun(couple)[0] != one


def test_another_one_after_an_exercise_is_another_exercise(couple: Couple) -> None:
    one, _ = begun(couple)
    couple.intend("AMAZON.NoIntent")
    outcome = couple.intend("AnotherQuestionIntent")
    assert outcome.reply
    assert outcome.reply.flow == "exercise"
    assert one.start not in said(outcome)
    assert tonights(couple) == FIRST


@pytest.mark.parametrize(
    ("home", "says"),
    [
        (replace(OLD, mode="company"), "only for you two"),
        (replace(OLD, mode="kids"), "just the two of you"),
        (replace(OLD, mode="alone"), "Exercises take two"),
    ],
)
def test_an_exercise_takes_the_two_and_nobody_else(home: Household, says: str) -> None:
    couple = at_home(home)
    outcome = couple.intend("ExerciseIntent")
    assert outcome.reply
    assert outcome.reply.end
    assert not couple.talk.stack
    assert couple.home.quarters == {}


def test_an_exercise_does_not_begin_while_a_time_out_lasts(couple: Couple) -> None:
    couple.intend("TimeOutIntent")
    couple.intend("ExerciseIntent")
    assert [frame.flow for frame in couple.talk.stack] == ["time_out"]
    assert couple.home.quarters == {}


# On from a gesture or an exercise ----------------------------------------------------------


def did(couple: Couple, intent: str) -> Gesture | Exercise:
    """Let them hear a gesture or do an exercise; return it."""
    couple.intend(intent)
    if intent == "ExerciseIntent":
        couple.intend("AMAZON.NoIntent")
    assert couple.home.deed
    one = LIBRARY.item(couple.home.deed.item)
    assert isinstance(one, Gesture | Exercise)
    return one


@pytest.mark.parametrize("first", [FIRST, ""])
@pytest.mark.parametrize("intent", ["GestureIntent", "ExerciseIntent"])
@pytest.mark.parametrize("depth", ["lighter", "deeper"])
def test_it_goes_on_with_a_question_of_its_own(intent: str, depth: str, first: str) -> None:
    couple = Couple()
    couple.home = replace(OLD, evening=Evening(TODAY, first) if first else None)
    for _ in range(40):  # not every one leads to a question that fits: some are tender
        question = LIBRARY.item(getattr(did(couple, intent), depth))
        if suits_everybody(question) and question.depth < TENDER:
            break
    outcome = couple.intend("TonightsQuestionIntent", depth=depth)
    assert outcome.reply
    assert outcome.reply.end
    assert spoken(content(), question) in said(outcome)
    assert tonights(couple) == question.id
    assert has_heard(couple, question.id)
    assert couple.home.evening == Evening(TODAY, question.id, drawn=2 if first else 1)
    # From then on it is that question they speak of.
    again = said(couple.intend("TonightsQuestionIntent", depth="lighter"))
    assert question.lighter in again
    assert couple.home.deed is None


def test_deeper_without_a_word_for_it_is_deeper(couple: Couple) -> None:
    couple.home = replace(couple.home, deed=Deed(TODAY, GENTLE.id))
    assert LIBRARY.item(GENTLE.deeper).spoken["ask"] in said(couple.intend("FollowUpIntent"))


@pytest.mark.parametrize(
    "change",
    [
        {"deed": Deed("2026-11-23", GENTLE.id)},  # yesterday's
        {"rested": with_bit({}, GENTLE.deeper)},
        {"quarters": {"2026Q4": with_bit({}, GENTLE.deeper)}},
        {"skipped": {GENTLE.deeper: TODAY}},
        {"mode": "company"},
        {"first_day": TODAY},
    ],
)
def test_one_that_does_not_fit_or_rests_does_not_come(
    couple: Couple, change: dict[str, Any]
) -> None:
    couple.home = replace(couple.home, **({"deed": Deed(TODAY, GENTLE.id)} | change))
    outcome = couple.intend("TonightsQuestionIntent", depth="deeper")
    assert LIBRARY.item(GENTLE.deeper).spoken["ask"] not in said(outcome)
    assert tonights(couple) != GENTLE.deeper


def test_after_something_else_it_is_over(couple: Couple) -> None:
    couple.home = replace(couple.home, deed=Deed(TODAY, GENTLE.id))
    couple.intend("StoryIntent")
    assert couple.home.deed is None


def test_after_four_questions_it_is_enough(couple: Couple) -> None:
    evening = Evening(TODAY, FIRST, drawn=4)
    couple.home = replace(couple.home, evening=evening, deed=Deed(TODAY, GENTLE.id))
    outcome = couple.intend("TonightsQuestionIntent", depth="deeper")
    assert tonights(couple) == FIRST
    assert LIBRARY.item(FIRST).deeper not in said(outcome)


def test_a_tender_one_asks_both(couple: Couple) -> None:
    couple.home = replace(couple.home, deed=Deed(TODAY, TO_TENDER.id))
    outcome = couple.intend("TonightsQuestionIntent", depth="deeper")
    assert outcome.reply
    assert not outcome.reply.end
    outcome = couple.intend("AMAZON.YesIntent")
    assert LIBRARY.item(TO_TENDER.deeper).spoken["ask"] in said(outcome)


# What makes the next days gentle -----------------------------------------------------------


def test_a_day_after_a_time_out_is_calm(couple: Couple) -> None:
    couple.intend("TimeOutIntent", duration="PT30M")
    end = HEARD.now + timedelta(minutes=30)
    assert datetime.fromisoformat(couple.home.calm_until) == end + timedelta(days=1)
    couple.intend("MoreTimeIntent", duration="PT1H")
    later = end + timedelta(days=1, hours=1)
    assert datetime.fromisoformat(couple.home.calm_until) == later


def check_in(couple: Couple, *closeness: str) -> None:
    couple.intend("CheckInIntent")
    for one in closeness:
        couple.intend("RatingIntent", rating=one) if one else couple.intend("AMAZON.NextIntent")
    for _ in range(6):
        couple.intend("AMAZON.NextIntent")
    assert not couple.talk.stack


@pytest.mark.parametrize(
    ("closeness", "far"),
    [
        (("3", "9"), True),
        (("9", "3"), True),
        (("0", ""), True),
        (("", "2"), True),
        (("4", "4"), False),
        (("10", "9"), False),
        (("", ""), False),
    ],
)
def test_a_week_after_one_felt_far_is_gentle(closeness: tuple[str, str], far: bool) -> None:
    couple = at_home()
    check_in(couple, *closeness)
    assert couple.home.gentle_until == ("2026-12-01" if far else "")


def test_nothing_that_is_kept_tells_which_of_the_two_felt_far() -> None:
    one, other = at_home(), at_home()
    check_in(one, "3", "9")
    check_in(other, "9", "3")
    assert one.home.to_json() == other.home.to_json()


def test_a_weekly_check_in_counts_as_well(couple: Couple) -> None:
    couple.intend("WeeklyCheckInIntent")
    while not couple.home.check_ins:
        question = couple.talk.said
        assert question
        rating = "RatingIntent" in question.listening_for
        couple.intend("RatingIntent", rating="2") if rating else couple.intend("AMAZON.NextIntent")
    assert couple.home.gentle_until == "2026-12-01"
