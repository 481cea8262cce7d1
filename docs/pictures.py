"""The pictures of the docs, taken of the real thing: `make pictures`

A service on loopback with its embedded Redis, a couple with some weeks behind them, and Chromium.
It is always the same evening there, so that a picture changes only when the page does.
"""

import logging
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser
from werkzeug.serving import make_server

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from chromium import chromium, press
from kept import keep

from skill import app
from skill.household.embedded import EmbeddedRedis
from skill.household.models import CheckIn, Goal, Household, Note
from skill.settings import Settings

DOCS = Path(__file__).parent
STATIC = DOCS.parent / "skill" / "channels" / "web" / "static"
EVENING = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
FELT = {"2026-09-04": 5.0, "2026-09-18": 6.5, "2026-10-02": 6.0, "2026-10-23": 7.5, "2026-11-13": 8}
HOME = Household(
    visits=9,
    first_day="2026-09-01",
    check_ins=tuple(CheckIn(day, closeness) for day, closeness in FELT.items()),
    notes=(Note("2026-11-13", "the soup on Tuesday"), Note("2026-11-19", "the quiet morning")),
    goals=(Goal("2026-10-02", "Walk the coast path", "look up the train"),),
)


@dataclass(frozen=True)
class Picture:
    """A file, the size of the screen in pixels, how the page looks, and what was done before."""

    file: Path
    width: int
    height: int
    look: str = ""
    pressed: Sequence[str] = ()
    unfolded: str = ""

    @property
    def couple(self) -> str:
        """Return the id of those whose page it is: each picture has its own two."""
        return f"the-couple-of-{self.file.stem}"


PICTURES = (
    Picture(DOCS / "page.png", 820, 1010),
    Picture(DOCS / "page-320.png", 320, 640),
    Picture(DOCS / "page-1440.png", 1440, 900),
    Picture(DOCS / "check-in.png", 820, 1010, "light", ("Check in", "7")),
    Picture(DOCS / "breathing.png", 820, 1010, pressed=("Breathe with us",)),
    Picture(DOCS / "ours.png", 820, 1300, "light", ("A small gesture",), unfolded="Ours"),
    Picture(STATIC / "guide.png", 640, 445, "light"),
)


@contextmanager
def one_evening() -> Iterator[str]:
    """Yield the address of a service in which it is `EVENING`."""
    logging.getLogger("werkzeug").setLevel("ERROR")
    app.now = lambda: EVENING
    with tempfile.TemporaryDirectory() as folder, EmbeddedRedis(Path(folder)) as redis_url:
        settings = Settings.load(
            {
                "LANTERN_DATA_DIR": folder,
                "LANTERN_SECRET": "the secret of the pictures",
                "LANTERN_TIME_ZONE": "Europe/Berlin",
            }
        )
        server = make_server("127.0.0.1", 0, app.create_app(settings, redis_url), threaded=True)
        threading.Thread(target=server.serve_forever).start()
        for picture in PICTURES:
            keep(settings, redis_url, picture.couple, HOME)
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def take(browser: Browser, url: str, picture: Picture) -> None:
    """Press what is to be pressed, and take the picture."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height}, service_workers="block"
    )
    for name, value in (("evening", picture.couple), ("look", picture.look)):
        context.add_cookies([{"name": name, "value": value, "url": url}])
    page = context.new_page()
    page.goto(url)
    for label in picture.pressed:
        press(page, label)
    if picture.unfolded:
        page.get_by_text(picture.unfolded, exact=True).click()
    page.screenshot(path=picture.file, animations="disabled")
    context.close()


def main() -> None:
    """Take every picture, and print the sheet."""
    with one_evening() as url, chromium() as browser:
        for picture in PICTURES:
            take(browser, url, picture)
        page = browser.new_page()
        page.goto(f"{url}/guide")
        sheet = page.pdf(format="A4", tagged=True)
        # The day on which it was printed is no part of it.
        (DOCS / "what-to-say.pdf").write_bytes(re.sub(rb"\(D:\d{14}", b"(D:20261120183000", sheet))


if __name__ == "__main__":
    main()
