"""How soon the page is there, and what it weighs: `.venv/bin/python benchmarks/page.py`

In Chromium, with nothing kept from before, beside a page of the same service that holds one
sentence: the ratio of the two is what our words, style and script cost. Needs Chromium.
"""

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from chromium import chromium
from playwright.sync_api import Browser
from served import Served

TIMES = 15
PAGES = {"one sentence": "/healthz", "the page": "/", "what to say": "/guide"}
FIRST_PAINT = """() => new Promise((found) => new PerformanceObserver((list) =>
  found(list.getEntriesByName("first-contentful-paint")[0].startTime)
).observe({ type: "paint", buffered: true }))"""
WEIGHT = """() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
  .reduce((sum, one) => sum + one.transferSize, 0)"""


def opened(browser: Browser, address: str) -> tuple[float, int]:
    """Return the milliseconds to the first words of a page, and the bytes that were sent."""
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    found = page.evaluate(FIRST_PAINT), page.evaluate(WEIGHT)
    context.close()
    return found


def main() -> None:
    """Open each page in turn, many times, and print the table."""
    took: dict[str, list[float]] = {name: [] for name in PAGES}
    sent: dict[str, int] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        Served(Path(folder), LANTERN_RATE_LIMIT="off") as served,
        chromium() as browser,
    ):
        for _ in range(TIMES):
            for name, path in PAGES.items():
                paint, sent[name] = opened(browser, served.url + path)
                took[name].append(paint)
    least = statistics.median(took["one sentence"])
    print(f"{'':14}{'first paint ms':>16}{'slowest':>10}{'ratio':>8}{'bytes':>9}")
    for name, times in took.items():
        median = statistics.median(times)
        print(f"{name:14}{median:16.0f}{max(times):10.0f}{median / least:8.2f}{sent[name]:9}")


if __name__ == "__main__":
    main()
