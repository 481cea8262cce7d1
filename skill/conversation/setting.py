"""What facts are taken from: the household, the turn, the content and the time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from content import Content
from skill.conversation.turn import Heard
from skill.household.models import Household

EVENING_ENDS = 4
"""The hour at which an evening's question makes way for the next: nobody's evening is over at
midnight."""

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

    @property
    def local(self) -> datetime:
        """Return the time on the household's wall clock."""
        zone = self.heard.zone or _LOCALE_ZONES.get(self.heard.locale, "UTC")
        return self.heard.now.astimezone(ZoneInfo(zone))

    @property
    def evening(self) -> date:
        """Return the date on which this evening began."""
        return (self.local - timedelta(hours=EVENING_ENDS)).date()

    @property
    def mode(self) -> str:
        """Return how they want us to behave: "" as ever."""
        over = self.home.mode_until and self.evening.isoformat() >= self.home.mode_until
        return "" if over else self.home.mode
