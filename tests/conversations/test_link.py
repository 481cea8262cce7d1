"""One home, several places: a page shows a code, the speaker takes it."""

import re
from collections.abc import Callable

import pytest
import redis
from talking import Answer, Channel

from skill.household.redis_store import CODE_SECONDS, MOST_TRIES

Channels = Callable[[str], Channel]


def code_in(answer: Answer) -> str:
    found = re.search(r"\d{6}", answer.said)
    assert found, answer.said
    return found[0]


@pytest.fixture
def page(channels: Channels) -> Channel:
    return channels("text")


@pytest.fixture
def speaker(channels: Channels) -> Channel:
    return channels("alexa")


def linked(page: Channel, speaker: Channel) -> None:
    code = code_in(page.say("link"))
    assert speaker.say(f"link code {code}").said.startswith("You are linked.")


def test_what_the_page_knew_the_speaker_knows(page: Channel, speaker: Channel) -> None:
    page.say("call us kim and robin")
    page.say("yes")
    page.say("leave a thank you for the soup")
    page.say("yes")
    linked(page, speaker)
    known = speaker.say("what do you know about us").said
    assert "Kim and Robin" in known
    assert "Thank-yous in the jar: 1" in known


def test_a_check_in_goes_on_at_the_other_device(page: Channel, speaker: Channel) -> None:
    linked(page, speaker)
    speaker.say("start our check-in")
    assert "Second partner" in speaker.say("seven").said
    assert "First partner, one word" in page.say("eight").said
    assert "Tired." in speaker.say("tired").said


def test_both_see_the_same_evening(page: Channel, speaker: Channel) -> None:
    linked(page, speaker)
    read = speaker.say("tonight's question").said
    question = read.split("?")[0].rpartition(". ")[2]
    assert question in page.say("tonight's question").said


def test_five_tries_and_then_a_pause(page: Channel, speaker: Channel) -> None:
    code = code_in(page.say("link"))
    wrong = "100000" if code != "100000" else "100001"
    for _ in range(MOST_TRIES):
        assert "do not know that code" in speaker.say(f"link code {wrong}").said
    assert "five tries" in speaker.say(f"link code {code}").said


def test_a_code_works_once_and_for_ten_minutes(
    page: Channel, speaker: Channel, channels: Channels, client: redis.Redis
) -> None:
    code = code_in(page.say("link"))
    left = client.ttl(f"lantern:code:{code}")
    assert CODE_SECONDS - 60 < int(left) <= CODE_SECONDS == 600  # type: ignore[arg-type]
    speaker.say(f"link code {code}")
    assert client.keys("lantern:code:*") == []
    assert "do not know that code" in speaker.say(f"link code {code}").said


def test_a_page_takes_no_codes(page: Channel, channels: Channels) -> None:
    """Whoever can open as many pages as they like could guess one."""
    other = channels("text")
    shown = code_in(page.say("link"))
    assert "Pages show codes" in other.say(f"link code {shown}").said
    spaced = " ".join(shown)
    assert "Pages show codes" in other.say(f"link code {spaced}").said


def test_places_part_again(page: Channel, speaker: Channel, client: redis.Redis) -> None:
    """What was kept stays where they say so; the other place begins anew."""
    page.say("call us kim and robin")
    page.say("yes")
    linked(page, speaker)
    speaker.say("unlink us")
    assert speaker.say("yes").said.startswith("Parted.")
    assert [key for key in client.keys("*") if b":linked" in key] == []
    assert "Kim and Robin" in speaker.say("what do you know about us").said
    assert "no names" in page.say("what do you know about us").said
    assert speaker.say("unlink us").said == "No other place is linked to this one."


def test_forget_us_leaves_no_trace_of_the_other_place(
    page: Channel, speaker: Channel, client: redis.Redis
) -> None:
    page.say("call us kim and robin")
    page.say("yes")
    linked(page, speaker)
    page.say("forget us")
    page.say("yes")
    assert [key for key in client.keys("*") if b":linked" in key] == []
    assert "no names" in speaker.say("what do you know about us").said
    assert "no names" in page.say("what do you know about us").said
