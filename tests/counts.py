"""What a service counts, before and after something was done.

counts = Counts(web)
web.post("/text", json={"text": "help"})
assert counts.rose() == {...}
"""

import re
from collections.abc import Mapping

from flask.testing import FlaskClient

LENGTHS = re.compile(r"_(?:bucket|sum|created)(?:\{|$)")
"""How long things took is another matter than how often they were done."""

READING = 'lantern_requests_total{outcome="answered",place="service"}'
"""What reading the counts itself adds to them."""


class Counts:
    """The counts of a service, from now on."""

    def __init__(self, web: FlaskClient) -> None:
        self._web = web
        self._before = read(web)

    def rose(self) -> dict[str, float]:
        """Return what has been counted since, and by how much."""
        now = read(self._web)
        rises = {name: value - self._before.get(name, 0) for name, value in now.items()}
        return {name: rise for name, rise in rises.items() if rise and name != READING}


def read(web: FlaskClient) -> Mapping[str, float]:
    """Return our counts by name and labels."""
    page = web.get("/metrics").get_data(as_text=True)
    lines = [line.rpartition(" ") for line in page.splitlines() if line.startswith("lantern_")]
    return {name: float(value) for name, _, value in lines if not LENGTHS.search(name)}
