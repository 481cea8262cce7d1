"""What tells which wish a sentence sounds like."""

import pytest

from skill.conversation.model import model
from skill.conversation.turn import FALLBACK
from skill.conversation.wishes import wishes

HEARD = wishes("en-US")


def test_what_was_learned_are_wishes_that_there_are() -> None:
    assert set(HEARD.of("good evening")) <= set(model().intents)


def test_together_they_are_one() -> None:
    assert sum(HEARD.of("what shall we talk about").values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("let us pause this argument for a while", "TimeOutIntent"),
        ("please ring us on tuesday evenings so that we say something kind", "SetReminderIntent"),
        ("inhale and exhale together with you for a bit", "BreatheIntent"),
        ("how much does a liter of milk cost", FALLBACK),
    ],
)
def test_other_words_for_a_wish_sound_like_it(words: str, intent: str) -> None:
    told = HEARD.of(words)
    assert max(told, key=told.__getitem__) == intent


@pytest.mark.parametrize("words", ["", " ", "\N{GRINNING FACE}", "x" * 5000])
def test_anything_can_be_heard(words: str) -> None:
    assert set(HEARD.of(words)) == set(HEARD.of("good evening"))
