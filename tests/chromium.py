"""The real browser; `apt install chromium`."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

expect.set_options(timeout=60_000)  # a busy machine is no fault of the page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a Chromium without a window; its own sandbox is off, as in any container."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "This needs Chromium: apt install chromium"
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def press(page: Page, label: str) -> str:
    """Press a button of the companion and return what is answered."""
    turn = page.locator("input[name=turn]").input_value()
    page.get_by_role("button", name=label, exact=True).first.click()
    expect(page.locator("input[name=turn]")).not_to_have_value(turn)
    return page.locator("#last").inner_text()


def violations(page: Page) -> list[Any]:
    """Return what would stand in somebody's way: each broken rule, and where."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]
