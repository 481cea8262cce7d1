"""What facts are taken from: the household, the turn, the content and the time."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from importlib import resources
from zoneinfo import ZoneInfo

from content import Content
from content.library import SEASONS
from skill.conversation.turn import Heard
from skill.household.models import Household

EVENING_ENDS = 4
"""The hour at which an evening's question makes way for the next: nobody's evening is over at
midnight."""

LATE_HOUR = 22
"""Nothing tender from here on, and nothing that stirs."""

FIRST_WEEK = timedelta(days=7)
"""Light questions only."""

SEASONAL = 23.5
"""Degrees of latitude: between the tropics there are no four seasons."""

# Until a household's zone is known, the evening ends by the clock of where most speakers of its
# locale live. Times that are said aloud or set are never taken from here.
_LOCALE_ZONES = {"en-US": "America/New_York"}


@dataclass(frozen=True)
class Setting:
    """What facts are taken from."""

    content: Content
    home: Household
    heard: Heard
    waiting: str
    """The flow that waits below the one that asks, "" if none does."""

    @cached_property
    def local(self) -> datetime:
        """Return the time on the household's wall clock."""
        zone = self.heard.zone or _LOCALE_ZONES.get(self.heard.locale, "UTC")
        return self.heard.now.astimezone(ZoneInfo(zone))

    @cached_property
    def evening(self) -> date:
        """Return the date on which this evening began."""
        return (self.local - timedelta(hours=EVENING_ENDS)).date()

    @property
    def season(self) -> str:
        """Return the season where they are; "" where nobody knows, or it has none of the four."""
        sign = _hemisphere(self.heard.zone)
        quarter = (self.local.month % 12 // 3 + (2 if sign < 0 else 0)) % 4
        return SEASONS[quarter - 1] if sign else ""

    @property
    def late(self) -> bool:
        """Say whether it is after ten at night."""
        return not EVENING_ENDS <= self.local.hour < LATE_HOUR

    @property
    def new_here(self) -> bool:
        """Say whether this is their first week."""
        first = self.home.first_day or self.evening.isoformat()
        return self.evening - date.fromisoformat(first) < FIRST_WEEK

    @property
    def calm(self) -> bool:
        """Say whether a time-out ended less than a day ago, or lasts."""
        until = self.home.calm_until
        return bool(until) and self.heard.now < datetime.fromisoformat(until)

    @property
    def far(self) -> bool:
        """Say whether one of the two said lately that they feel far away."""
        return self.home.gentle_until > self.evening.isoformat()

    @property
    def apart(self) -> bool:
        """Say whether they are not in one place, tonight or ever."""
        return self.mode == "apart" or self.home.stage == "long-distance"

    @property
    def mode(self) -> str:
        """Return how they want us to behave: "" as ever."""
        over = self.home.mode_until and self.evening.isoformat() >= self.home.mode_until
        return "" if over else self.home.mode


@cache
def _hemisphere(zone: str) -> int:
    """Return 1 for a time zone in the north, -1 in the south, 0 between the tropics or unknown.

    By the place that tzdata's table of zones gives for it, as in "DE  +5230+01322  Europe/Berlin".
    """
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        found = re.match(r"[A-Z]{2}\t([+-]\d{2})(\d{2})\S*\t(\S+)", line)
        if found and found[3] == zone:
            degrees = int(found[1]) + int(f"{found[1][0]}{found[2]}") / 60
            return 0 if abs(degrees) <= SEASONAL else 1 if degrees > 0 else -1
    return 0
