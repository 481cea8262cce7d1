"""The web companion in a real browser: clicked, typed, read aloud, offline, and left at once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import press, violations
from kept import keep
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import Served, until

from skill.household.embedded import EmbeddedRedis
from skill.household.models import CheckIn, Household
from skill.settings import Settings

SIZES = {"phone": (320, 640), "tablet": (820, 1180), "desk": (1440, 900)}
LARGEST_PAGE = 40_000
"""Bytes of the page with all that belongs to it."""


@pytest.fixture
def room(browser: Browser) -> Iterator[BrowserContext]:
    width, height = SIZES["tablet"]
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context
    context.close()


@pytest.fixture
def page(room: BrowserContext, url: str) -> Iterator[Page]:
    """A page that has been opened; nothing may go wrong in it, or be fetched from elsewhere."""
    opened = room.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    opened.on("request", lambda one: None if one.url.startswith(url) else wrong.append(one.url))
    opened.goto(url)
    yield opened
    assert wrong == []


def test_tonights_question(page: Page) -> None:
    question = page.locator(".question").inner_text()
    assert question in press(page, "Tonight's question")
    assert page.locator(".question").inner_text() == question


def test_a_check_in(page: Page) -> None:
    press(page, "Check in")
    press(page, "7")
    for _ in range(30):
        if not page.get_by_role("button", name="Skip", exact=True).count():
            break
        press(page, "Skip")
    assert page.get_by_role("button", name="Check in", exact=True).count()


def test_a_time_out_with_breathing_and_the_way_back(page: Page) -> None:
    assert "time-out" in press(page, "Take a time-out").lower()
    press(page, "Yes")
    motion = "e => getComputedStyle(e).animationName"
    assert page.locator(".breath").evaluate(motion) == "breath-slow"
    page.get_by_label("Say something").fill("we're back")
    assert press(page, "Send")


def test_the_breath_is_heard_and_the_circle_moves_with_it(page: Page) -> None:
    press(page, "Breathe with us")
    with page.expect_response(lambda one: "/sound/breathing-" in one.url) as answer:
        page.get_by_role("button", name="Listen", exact=True).click()
    assert answer.value.status in (200, 206)
    # The tone plays for real; the circle is where the tone is.
    until(lambda: page.evaluate("sound.currentTime > 1"))
    apart = page.evaluate(
        "sound.currentTime - document.querySelector('.breath').getAnimations()[0].currentTime / 1e3"
    )
    assert abs(apart) < 1
    press(page, "Stop")
    assert page.evaluate("sound.paused")


def test_a_quiet_sound_goes_on_through_the_talk_until_it_is_turned_off(page: Page) -> None:
    button = page.get_by_role("button", name="Quiet sound", exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    until(lambda: page.evaluate("room.currentTime > 0.2"))
    press(page, "A small gesture")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert not page.evaluate("room.paused")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("room.paused")


def test_a_thank_you_for_the_jar(page: Page) -> None:
    press(page, "Leave a thank-you")
    for _ in range(3):
        if page.get_by_text("Lantern: ").count() and page.locator("text=/jar|kept/i").count():
            break
        page.get_by_label("Say something").fill("thank you for the soup")
        press(page, "Send")
    page.get_by_text("Ours", exact=True).click()
    assert page.get_by_text(re.compile("thank-you")).first.is_visible()


def test_how_close_they_felt_over_the_weeks(room: BrowserContext, served: Served) -> None:
    days = {"2026-09-07": 4.0, "2026-09-14": 6.5, "2026-10-05": 5.0, "2026-11-02": 8.0}
    home = Household(check_ins=tuple(CheckIn(day, felt) for day, felt in days.items()))
    with EmbeddedRedis(served.folder) as redis_url:
        keep(Settings.load(served.environment), redis_url, "some-weeks-together", home)
    room.add_cookies([{"name": "evening", "value": "some-weeks-together", "url": served.url}])
    page = room.new_page()
    page.goto(served.url)
    page.get_by_text("Ours", exact=True).click()
    line = page.locator("figure polyline")
    assert line.is_visible()
    assert str(line.get_attribute("points")).split() == [
        "0.0,48.0",
        "37.5,28.0",
        "150.0,40.0",
        "300.0,16.0",
    ]
    expect(page.locator("figure")).to_contain_text("from September 7 to November 2: 4 check-ins")
    expect(page.get_by_role("listitem")).to_have_text(
        [
            "September 7: 4 of 10",
            "September 14: 6.5 of 10",
            "October 5: 5 of 10",
            "November 2: 8 of 10",
        ]
    )
    assert violations(page) == []


@pytest.mark.parametrize("look", ["", "light", "large", "large-light"])
def test_nothing_stands_in_anyones_way(room: BrowserContext, url: str, look: str) -> None:
    room.add_cookies([{"name": "look", "value": look, "url": url}])
    page = room.new_page()
    page.goto(url)
    assert violations(page) == []
    press(page, "Breathe with us")
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []


@pytest.mark.parametrize("size", SIZES)
def test_it_fits(browser: Browser, url: str, size: str, tmp_path: Path) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(url)
    for label in ("Check in", "5", "Stop", "Breathe with us"):
        press(page, label)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.get_by_role("link", name="Leave now").is_visible()
        shown = page.locator(".breathing" if label == "Breathe with us" else "#last").bounding_box()
        header = page.locator("header").bounding_box()
        assert shown
        assert header
        assert shown["y"] >= header["y"] + header["height"]
        small = page.locator("main button:visible").evaluate_all(
            "all => all.filter(e => e.getBoundingClientRect().height < 44).length"
        )
        assert small == 0
    assert len(page.screenshot(path=tmp_path / f"{size}.png")) > 5_000
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_what_is_kept_and_the_terms_fit_and_can_be_read_by_all(
    page: Page, url: str, size: str
) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    for address in ("/privacy", "/terms"):
        page.goto(url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.get_by_role("link", name="Leave now").is_visible()
        assert violations(page) == []


def test_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "leave"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("check in")
    page.keyboard.press("Enter")
    expect(page.locator("#last")).to_be_focused()
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText"))
        if reached[-1] == "7":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.you").last).to_contain_text("7")


@pytest.mark.parametrize("way", ["click", "escape"])
def test_leaving_is_instant(browser: Browser, url: str, way: str) -> None:
    context = browser.new_context(service_workers="block")
    context.route(re.compile("^https://"), lambda one: one.fulfill(body="<title>Elsewhere</title>"))
    page = context.new_page()
    page.goto(url)
    press(page, "Check in")
    if way == "click":
        page.get_by_role("link", name="Leave now").click()
    else:
        for _ in range(3):
            page.keyboard.press("Escape")
    expect(page).to_have_title("Elsewhere")
    page.go_back()
    assert url not in page.url
    context.close()


def test_with_the_network_gone_there_is_a_question_and_a_breath(
    room: BrowserContext, url: str
) -> None:
    page = room.new_page()
    page.goto(url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.evaluate("caches.match('/offline').then((found) => found.text())")
    room.set_offline(True)
    page.reload()
    assert page.locator(".question").inner_text().endswith(("?", ".", "…"))
    assert page.locator(".breath").is_visible()
    assert page.locator(".breath").evaluate("e => getComputedStyle(e).borderRadius") == "50%"


def test_whoever_wants_no_motion_has_none(browser: Browser, url: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(url)
    press(page, "Breathe with us")
    motion = page.locator(".breath").evaluate("e => getComputedStyle(e).animationName")
    assert motion == "none"
    context.close()


def test_without_scripts(browser: Browser, url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    press(page, "Check in")
    press(page, "7")
    page.get_by_role("button", name="Large print").click()
    expect(page.locator("html")).to_have_class(re.compile("large"))
    assert page.locator("#listen").is_hidden()
    context.close()


def test_what_was_said_is_played(page: Page) -> None:
    press(page, "Check in")
    with page.expect_response(re.compile(r"/aloud/.+\.mp3")) as played:
        page.get_by_role("button", name="Listen").click()
    assert played.value.status in (200, 206)


def test_it_is_light(room: BrowserContext, url: str) -> None:
    page = room.new_page()
    sizes: dict[str, int] = {}
    page.on("response", lambda one: sizes.update({one.url: len(one.body())}) if one.ok else None)
    page.goto(url, wait_until="networkidle")
    assert len(sizes) >= 4
    assert sum(sizes.values()) < LARGEST_PAGE
