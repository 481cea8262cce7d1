"""The sheet for the kitchen: on a screen, and on paper."""

import re
from pathlib import Path

import pytest
from chromium import violations
from playwright.sync_api import Browser, Page

PRINTED = Path(__file__).parents[2] / "docs" / "what-to-say.pdf"


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def opened(browser: Browser, url: str, look: str = "", width: int = 820) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "look", "value": look, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/guide")
    return page


@pytest.mark.parametrize("look", ["", "light", "large"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_is_one_sheet(browser: Browser, url: str, paper: str, look: str) -> None:
    page = opened(browser, url, look)
    assert sheets(page.pdf(format=paper)) == 1
    assert sheets(page.pdf(format=paper, scale=1.05)) == 1  # with a font that is a bit larger
    assert sheets(page.pdf(format=paper, scale=2)) > 1  # or the count would prove nothing
    page.context.close()


def test_the_printed_one_is_one_sheet() -> None:
    assert sheets(PRINTED.read_bytes()) == 1


@pytest.mark.parametrize("look", ["", "light", "large", "large-light"])
def test_nothing_stands_in_anyones_way(browser: Browser, url: str, look: str) -> None:
    page = opened(browser, url, look)
    assert violations(page) == []
    page.context.close()


@pytest.mark.parametrize("width", [320, 820, 1440])
@pytest.mark.parametrize("look", ["", "large"])
def test_it_fits(browser: Browser, url: str, width: int, look: str) -> None:
    page = opened(browser, url, look, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("img").first.evaluate("one => one.complete && one.naturalWidth > 0")
    page.context.close()


def test_on_paper_it_is_dark_on_white_and_without_what_only_a_screen_needs(
    browser: Browser, url: str
) -> None:
    page = opened(browser, url)
    page.emulate_media(media="print")
    ink = page.locator("h1").evaluate("one => getComputedStyle(one).color")
    assert max(int(one) for one in re.findall(r"\d+", ink)) < 80
    assert page.get_by_role("link", name="Leave now").is_hidden()
    assert page.get_by_role("link", name="Back to the lantern").is_hidden()
    page.context.close()
