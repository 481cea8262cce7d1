"""The web companion as a browser without scripts would use it: forms sent, pages read."""

import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from content import content, load
from content.library import Question, Starter
from skill.app import create_app
from skill.channels.web.page import breathing_css, buttons, plot
from skill.conversation.facts import spoken
from skill.conversation.glance import Felt
from skill.conversation.understanding import understanding
from skill.settings import Settings

WORDS = load(Path(__file__).parents[2] / "content" / "en" / "page.toml")


@pytest.fixture
def web(redis_url: str, client: Any, tmp_path: Path) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "off"}
    return create_app(Settings.load(environ), redis_url).test_client()


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form, as a browser sends them."""
    form = page[page.index('<form id="talk"') :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found if name not in ("light", "large")}


def bubbles(page: str) -> list[str]:
    found = re.findall(r'<p class="bubble \w+".*?</span>(.*?)</p>', page, re.DOTALL)
    return [unescape(one) for one in found]


def labels(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'name="pick" value="([^"]*)"', page)]


class Reader:
    """Someone who reads a page and presses its buttons."""

    def __init__(self, web: FlaskClient) -> None:
        self.web = web
        self.page = web.get("/").text

    def say(self, text: str) -> str:
        answer = self.web.post("/say", data={**fields(self.page), "text": text})
        assert answer.status_code == 200
        self.page = answer.text
        return bubbles(self.page)[-1]

    def press(self, label: str) -> str:
        assert label in labels(self.page), f"no button says {label!r}"
        answer = self.web.post("/say", data={**fields(self.page), "text": "", "pick": label})
        assert answer.status_code == 200
        self.page = answer.text
        return bubbles(self.page)[-1]


def question(page: str) -> str:
    found = re.search(r'class="question">(.*?)</', page)
    assert found
    return unescape(found[1])


def test_tonights_question_stands_there_before_anyone_asks(web: FlaskClient) -> None:
    reader = Reader(web)
    shown = question(reader.page)
    items = content().library.items.values()
    assert shown in {spoken(content(), one) for one in items if isinstance(one, Question | Starter)}
    assert shown in reader.press("Tonight's question")
    assert question(web.get("/").text) == shown


def test_a_visitor_without_a_cookie_has_one_question_and_keeps_it(web: FlaskClient) -> None:
    shown = {question(web.get("/").text) for _ in range(3)}
    assert len(shown) == 1
    assert "Set-Cookie" not in web.get("/").headers
    reader = Reader(web)
    reader.say("hello")
    assert question(web.get("/").text) in shown
    assert shown.pop() in reader.press("Tonight's question")


def test_a_check_in_by_buttons(web: FlaskClient) -> None:
    reader = Reader(web)
    assert reader.press("Check in").endswith("?")
    for _ in range(30):
        if "7" in labels(reader.page):
            break
        reader.press(next(one for one in ("Yes", "Done", "Skip") if one in labels(reader.page)))
    assert [str(one) for one in range(11)] == labels(reader.page)[:11]
    assert reader.press("7")


def test_a_time_out_and_the_way_back(web: FlaskClient) -> None:
    reader = Reader(web)
    assert reader.press("Take a time-out")
    for _ in range(4):
        if "We're back" in labels(reader.page):
            break
        reader.press("No")
    assert reader.press("We're back")


def test_breathing_moves_the_circle(web: FlaskClient) -> None:
    reader = Reader(web)
    reader.press("Breathe with us")
    assert 'class="breath breath-slow"' in reader.page
    reader.press("Stop")
    assert "breath-slow" not in reader.page


def test_names_and_notes_are_text_and_never_markup(web: FlaskClient) -> None:
    reader = Reader(web)
    reader.say('<script>alert(1)</script><img src=x onerror="x">')
    reader.say("thank you </p><h1>")
    assert "<script>alert" not in reader.page
    assert "<img src=x" not in reader.page
    assert reader.page.count("<h1") == 1


def test_the_last_turns_stay_on_the_page_and_nowhere_else(web: FlaskClient, client: Any) -> None:
    reader = Reader(web)
    reader.say("purple elephants")
    assert "purple elephants" in bubbles(reader.page)
    assert "purple elephants" not in web.get("/").text
    for _ in range(6):
        reader.say("repeat that")
    assert len(bubbles(reader.page)) == 8
    kept = [client.dump(key) or b"" for key in client.scan_iter()]
    assert not any(b"purple" in one for one in kept)


def test_what_may_harm_if_it_is_seen_is_gone_with_the_next_word(web: FlaskClient) -> None:
    reader = Reader(web)
    reader.say("check in")
    asked = reader.say("he hit me last night and i am scared")
    assert bubbles(reader.page) == [asked]
    assert "he hit me" not in reader.page
    numbers = reader.press("Yes")
    assert bubbles(reader.page) == [numbers]
    reader.say("tonight's question")
    assert asked not in reader.page
    assert numbers not in reader.page


def test_it_is_gone_while_redis_is_down_too(tmp_path: Path) -> None:
    settings = Settings.load({"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "off"})
    reader = Reader(create_app(settings, "redis://127.0.0.1:1/0").test_client())
    reader.say("check in")
    told = reader.say("he hit me last night and i am scared")
    assert bubbles(reader.page) == [told]
    reader.say("tonight's question")
    assert told not in reader.page


@pytest.mark.parametrize("word", ["stop", "never mind"])
def test_a_word_to_stop_clears_the_page(web: FlaskClient, word: str) -> None:
    reader = Reader(web)
    before = reader.say("take a time-out")
    said = reader.say(word)
    assert bubbles(reader.page) == [said]
    assert before not in reader.page


@pytest.mark.parametrize("told", ["", "{", "[1]", '[["x", "y"]]', '[["you"]]', "[" * 9_000])
def test_bubbles_that_are_not_ours_are_left_out(web: FlaskClient, told: str) -> None:
    answer = web.post("/say", data={"text": "hello", "told": told})
    assert answer.status_code == 200
    assert len(bubbles(answer.text)) == 2


def test_the_same_form_twice_is_one_turn(web: FlaskClient) -> None:
    reader = Reader(web)
    reader.press("Check in")
    sent = {**fields(reader.page), "text": "yes"}
    assert bubbles(web.post("/say", data=sent).text) == bubbles(web.post("/say", data=sent).text)


def test_a_code_for_the_speaker(web: FlaskClient) -> None:
    assert re.search(r"\d \d \d|\d{3}", Reader(web).press("Link our speaker"))


def test_all_that_is_kept_can_be_saved_and_forgotten(web: FlaskClient) -> None:
    reader = Reader(web)
    reader.press("What do you know about us")
    assert 'download="evening-lantern.json"' in reader.page
    reader.press("Forget us")
    reader.press("Yes")
    assert "download" not in reader.page


def test_a_reminder_is_a_calendar_file(web: FlaskClient) -> None:
    reader = Reader(web)
    reader.press("Remind us")
    reader.say("eight in the evening")
    for _ in range(3):
        if "evening-moment.ics" in reader.page or "Yes" not in labels(reader.page):
            break
        reader.press("Yes")
    assert "data:text/calendar;base64," in reader.page


def test_what_was_said_can_be_heard(web: FlaskClient) -> None:
    reader = Reader(web)
    reader.press("Check in")
    found = re.search(r'data-sound="([^"]+)"', reader.page)
    assert found
    whole = web.get(found[1], buffered=True)
    assert whole.mimetype == "audio/mpeg"
    assert len(whole.data) > 10_000
    assert "private" in whole.headers["Cache-Control"]
    part = web.get(found[1], headers={"Range": "bytes=0-99"}, buffered=True)
    assert part.status_code == 206
    assert part.data == whole.data[:100]
    web.delete_cookie("evening")
    assert web.get(found[1]).status_code == 404


@pytest.mark.parametrize("turn_id", ["x", "nothing-was-said", "%2e%2e"])
def test_there_is_no_sound_of_what_was_not_said(web: FlaskClient, turn_id: str) -> None:
    assert web.get(f"/aloud/{turn_id}.mp3").status_code == 404


def test_the_way_out_is_on_every_page(web: FlaskClient) -> None:
    reader = Reader(web)
    assert 'href="/leave"' in reader.page
    reader.press("Check in")
    assert 'href="/leave"' in reader.page
    answer = web.get("/leave")
    assert answer.status_code == 303
    assert answer.location == WORDS["leave_to"]
    assert answer.headers["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://a.b"}],
)
def test_forms_from_elsewhere_are_refused(web: FlaskClient, headers: dict[str, str]) -> None:
    for address in ("/say", "/look"):
        answer = web.post(address, data={"text": "forget us"}, headers=headers)
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def refused(answer: TestResponse, status: int) -> str:
    """Return the sentence of a small page that leads back."""
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert '<a class="button" href="/">' in answer.text
    assert 'href="/leave"' in answer.text
    return question(answer.text)


def test_a_refused_form_of_a_browser_is_a_calm_page(web: FlaskClient) -> None:
    headers = {**BROWSER, "Sec-Fetch-Site": "cross-site"}
    answer = web.post("/say", data={"text": "hello"}, headers=headers)
    assert refused(answer, 403) == WORDS["refused"]["403"]
    long = web.post("/say", data={"text": "x" * 1_000_000}, headers=BROWSER)
    assert refused(long, 413) == WORDS["refused"]["413"]
    assert refused(web.get("/nowhere", headers=BROWSER), 404) == WORDS["refused"]["404"]
    assert refused(web.get("/say", headers=BROWSER), 405) == WORDS["refused"]["other"]


def test_whoever_asks_too_much_reads_when_to_go_on(
    redis_url: str, client: Any, tmp_path: Path
) -> None:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "1 per hour"}
    web = create_app(Settings.load(environ), redis_url).test_client()
    answers = [web.post("/say", data={"text": "hello"}, headers=BROWSER) for _ in range(2)]
    assert answers[0].status_code == 200
    assert refused(answers[1], 429) == WORDS["refused"]["429"]
    assert answers[1].headers["Retry-After"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "", "application/json, text/html"])
def test_programs_are_refused_in_json(web: FlaskClient, accept: str) -> None:
    answer = web.get("/say", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (405, "application/json")
    assert set(answer.get_json()) == {"error"}
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("headers", [{"Origin": "null"}, {"Origin": "http://localhost"}, {}])
def test_forms_of_ours_are_taken(web: FlaskClient, headers: dict[str, str]) -> None:
    answer = web.post("/say", data={"text": "hello"}, headers=headers)
    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_large_print_and_day_colors_are_kept(web: FlaskClient) -> None:
    assert web.post("/look", data={"large": "1"}).status_code == 303
    assert '<html lang="en" class="large">' in web.get("/").text
    web.post("/look", data={"large": "1", "light": "1"})
    assert '<html lang="en" class="large light">' in web.get("/").text
    web.post("/look", data={})
    assert '<html lang="en" class="">' in web.get("/").text


def test_without_redis_there_is_still_a_question_and_a_kind_word(tmp_path: Path) -> None:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "off"}
    web = create_app(Settings.load(environ), "redis://127.0.0.1:1/0").test_client()
    assert question(web.get("/").text)
    answer = web.post("/say", data={"text": "check in"})
    assert answer.status_code == 200
    assert bubbles(answer.text)[-1]


def test_what_belongs_to_the_page_is_ours(web: FlaskClient) -> None:
    page = web.get("/").text
    for address in re.findall(r'(?:href|src)="([^"#]+)"', page):
        assert address.startswith("/")
        if address != "/leave":
            assert web.get(address, buffered=True).status_code == 200
    assert "<style" not in page
    assert "style=" not in page
    assert not re.search(r"\son\w+=", page)
    kept = re.search(r"KEPT = (\[.*?\])", web.get("/sw.js", buffered=True).text)
    assert kept
    assert {web.get(one, buffered=True).status_code for one in json.loads(kept[1])} == {200}
    assert question(web.get("/offline").text)
    assert web.get("/manifest.webmanifest").get_json(force=True)["icons"]


@pytest.mark.parametrize("label", [*WORDS["menu"], *WORDS["more"], *WORDS["private"]])
def test_a_button_of_the_menu_is_understood(label: str) -> None:
    assert understanding("en-US").understand(label).intent != "AMAZON.FallbackIntent"


@pytest.mark.parametrize("intent", WORDS["answers"])
def test_a_button_that_answers_is_understood(intent: str) -> None:
    for label in WORDS["answers"][intent]:
        meaning = understanding("en-US").understand(label, (intent,))
        assert meaning.intent == intent, label


def test_no_buttons_where_nothing_was_asked() -> None:
    assert buttons(None, WORDS) == []


def test_the_breath_of_the_circle_is_that_of_the_words() -> None:
    css = breathing_css(content().breaths)
    for breath in content().breaths.values():
        assert f"breath-{breath.id} {breath.seconds}s linear infinite" in css
    assert "40.000% { transform: scale(1) } 100.000%" in css  # in for four, out for six


def test_the_plot() -> None:
    def felt(day: int, closeness: float) -> Felt:
        return Felt(date(2026, 11, day), f"November {day}", closeness)

    assert plot([]) == plot([felt(1, 5.0)]) == plot([felt(1, 5.0), felt(1, 6.0)]) == []
    points = plot([felt(1, 0.0), felt(2, 5.0), felt(2, 6.0), felt(11, 10.0)])
    assert [(one.x, one.y) for one in points] == [(0, 80), (30, 40), (30, 32), (300, 0)]
    assert points[1].felt == felt(2, 5.0)


def test_the_breath_can_be_heard_and_other_answers_be_listened_to(web: FlaskClient) -> None:
    reader = Reader(web)
    reader.say("Breathe with us")
    [address] = re.findall(r'id="listen" data-sound="([^"]+)"', reader.page)
    assert re.fullmatch(r"/sound/breathing-slow-\d+\.mp3", address)
    assert web.get(address).content_type == "audio/mpeg"
    reader.say("Stop")
    [address] = re.findall(r'id="listen" data-sound="([^"]+)"', reader.page)
    assert address.startswith("/aloud/")


def test_there_is_a_quiet_sound_for_the_room(web: FlaskClient) -> None:
    [address] = re.findall(r'id="room"[^>]* data-sound="([^"]+)"', web.get("/").text)
    assert web.get(address).content_type == "audio/mpeg"
