"""A locale that we do not speak costs nothing: a stranger may name any."""

from content import DEFAULT_LOCALE, content, spoken
from skill.conversation.model import model
from skill.conversation.safety import safety
from skill.conversation.understanding import understanding


def test_all_that_is_kept_for_a_locale_is_kept_once() -> None:
    for kept in (content, model, safety, understanding):
        assert kept("xx-XX") is kept("yy-YY") is kept(DEFAULT_LOCALE)


def test_what_we_speak_is_spoken() -> None:
    assert spoken("en-US") == "en-US"
    assert spoken("") == spoken("en-US-with-more") == DEFAULT_LOCALE
