"""What an examination finds: one line for each thing that was looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from skill.channels.alexa.door import TOLERANCE

_NOTICEABLE = timedelta(seconds=20)


class State(StrEnum):
    """How it is with something."""

    OK = "ok"
    WARNING = "warning"
    """It works, or cannot be told from here; somebody should look."""
    BROKEN = "broken"


MARKS: Mapping[State, str] = {State.OK: "✓", State.WARNING: "!", State.BROKEN: "✗"}
PLAIN_MARKS: Mapping[State, str] = {State.OK: "+", State.WARNING: "!", State.BROKEN: "x"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. Neither text holds a secret."""

    check: str
    """A short name that stays, for programs: "redis.disk"."""
    state: State
    what: str
    """One sentence."""
    remedy: str = ""
    """What to do, in one sentence; "" where nothing is to be done."""

    def line(self, marks: Mapping[State, str] = MARKS) -> str:
        """Return it as people read it."""
        return " ".join(filter(None, (marks[self.state], self.what, self.remedy)))


def ok(check: str, what: str) -> Finding:
    """Return what is as it should be."""
    return Finding(check, State.OK, what)


def warning(check: str, what: str, remedy: str) -> Finding:
    """Return what somebody should look at."""
    return Finding(check, State.WARNING, what, remedy)


def broken(check: str, what: str, remedy: str) -> Finding:
    """Return what does not work."""
    return Finding(check, State.BROKEN, what, remedy)


def clock(check: str, apart: timedelta, whose: str) -> Finding:
    """Compare our clock with another: `apart` is how far ours is ahead of `whose`.

    A clock that is off by more than `TOLERANCE` makes us refuse every request of Alexa.
    """
    seconds = round(abs(apart) / timedelta(seconds=1))
    told = f"This machine's clock and {whose} are {seconds} seconds apart."
    remedy = "Let this machine set its clock by the network (NTP)."
    if abs(apart) >= TOLERANCE:
        return broken(check, told, remedy)
    if abs(apart) >= _NOTICEABLE:
        return warning(check, told, remedy)
    return ok(check, f"This machine's clock agrees with {whose}.")
