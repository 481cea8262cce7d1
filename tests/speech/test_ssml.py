"""SSML and plain text of the same parts: the same words, and inside what a speaker can say."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import content
from skill.conversation.facts import STRETCH
from skill.conversation.phrase import phrase
from skill.conversation.turn import Part, Pause, Sound, Words
from skill.speech.plain import plain
from skill.speech.ssml import LONGEST_BREAK, LONGEST_SPEECH, ssml

ALL = content()

LONGEST_PROMPT = {"name": "four seven eight breathing", "left": "20 minutes"}
MOST_SECONDS_OF_SILENCE = 240
"""What Amazon allows for audio within one reply; silence between words should not be longer."""

NASTY = st.text() | st.text("<>&\"'/=;!-[]{} speakbrk\x00\x07\x1b\ufffe\uffff", max_size=60)
PARTS = st.lists(
    st.builds(Words, NASTY) | st.builds(Pause, st.floats(0, 45, allow_nan=False)), max_size=12
)


def stripped(spoken: str) -> str:
    return "".join(ElementTree.fromstring(spoken).itertext())


def without_what_xml_cannot_carry(text: str) -> str:
    """Return `text` as XML may carry it: no control characters, one kind of line end."""
    kept = [one for one in text if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff")]
    kept = [one for one in kept if not "\ud800" <= one <= "\udfff"]
    return "".join(kept).replace("\r\n", "\n").replace("\r", "\n")


@given(PARTS)
def test_without_its_tags_it_is_the_plain_text(parts: Sequence[Part]) -> None:
    assert stripped(ssml(parts)) == without_what_xml_cannot_carry(plain(parts))


@given(PARTS)
def test_nothing_but_breaks_stands_between_the_words(parts: Sequence[Part]) -> None:
    speak = ElementTree.fromstring(ssml(parts))
    assert speak.tag == "speak"
    assert not speak.attrib
    for one in speak:
        assert (one.tag, list(one.attrib), list(one)) == ("break", ["time"], [])
        assert one.attrib["time"].removesuffix("ms").isdigit()


@given(PARTS)
def test_silence_is_as_long_as_asked_in_breaks_of_ten_seconds_at_most(
    parts: Sequence[Part],
) -> None:
    asked = sum(part.seconds for part in parts if isinstance(part, Pause))
    breaks = silences(ssml(parts))
    assert all(one <= LONGEST_BREAK for one in breaks)
    assert sum(breaks) == pytest.approx(asked, abs=0.001 * len(parts))


def silences(spoken: str) -> list[float]:
    told = ElementTree.fromstring(spoken).iter("break")
    return [int(one.attrib["time"].removesuffix("ms")) / 1000 for one in told]


SOUND = Sound("breathing-slow-2", "Breathe & follow.", (Words("In."), Pause(4)))


def test_a_sound_is_played_where_there_is_an_address() -> None:
    parts = (Words("Now."), Pause(2), SOUND, Words("Rest."))
    assert ssml(parts, sounds="https://a.example/sound") == (
        '<speak>Now.<break time="2000ms"/> Breathe &amp; follow.'
        '<audio src="https://a.example/sound/breathing-slow-2.mp3"/> Rest.</speak>'
    )


def test_without_an_address_what_stands_in_for_it_is_said() -> None:
    assert ssml((Words("Now."), SOUND)) == '<speak>Now. In.<break time="4000ms"/></speak>'
    assert plain((Words("Now."), SOUND)) == "Now. In."


def test_in_a_low_voice_no_sound_is_played_for_it_would_be_loud() -> None:
    assert "<audio" not in ssml((SOUND,), soft=True, sounds="https://a.example/sound")


def test_a_quiet_sound_needs_no_words() -> None:
    told = ssml((Sound("quiet-45", "", (Pause(45),)), Words("Well?")), sounds="https://a.example")
    assert told == '<speak><audio src="https://a.example/quiet-45.mp3"/>Well?</speak>'


@given(NASTY)
def test_a_value_of_a_prompt_never_becomes_markup(value: str) -> None:
    spoken = ssml(phrase("{name}, are you there? {pause 2} Yes, {name}?", {"name": value}, ALL))
    assert [one.tag for one in ElementTree.fromstring(spoken)] == ["break"]


def test_markup_that_somebody_says_is_read_out() -> None:
    told = '</speak><audio src="x"/> & {pause 9}'
    assert stripped(ssml([Words(told)])) == told


def test_what_is_too_long_to_say_is_a_mistake() -> None:
    room = LONGEST_SPEECH - len("<speak></speak>")
    assert len(ssml([Words("a" * room)])) == LONGEST_SPEECH
    with pytest.raises(ValueError, match="8000 characters"):
        ssml([Words("a" * (room + 1))])
    with pytest.raises(ValueError, match="characters"):
        ssml([Words("&" * (room // 5 + 1))])  # each takes five: what counts is what is sent


def breathing(pattern: str) -> list[str]:
    """Return the longest replies with a stretch of this pattern, as SSML."""
    breath = ALL.breaths[pattern]
    rounds = min(int(STRETCH.total_seconds()) // breath.seconds, breath.most_rounds or 99)
    values: dict[str, Any] = {"breath": {"pattern": pattern, "rounds": rounds}, **LONGEST_PROMPT}
    before = [longest("breathe.start"), *([longest(breath.caution)] if breath.caution else [])]
    return [
        ssml([part for line in (*before, *lines) for part in phrase(line, values, ALL)])
        for lines in (
            (longest("breathe.stretch"), longest("breathe.go_on")),
            (longest("breathe.last_stretch"), longest("breathe.close")),
        )
    ]


def longest(key: str) -> str:
    return max(ALL.prompts[key].say, key=len)


@pytest.mark.parametrize("pattern", list(ALL.breaths))
def test_the_longest_stretch_of_a_breath_can_be_said_in_one_reply(pattern: str) -> None:
    for spoken in breathing(pattern):
        assert len(spoken) <= LONGEST_SPEECH
        assert sum(silences(spoken)) < MOST_SECONDS_OF_SILENCE
