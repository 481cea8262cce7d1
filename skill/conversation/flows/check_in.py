"""The check-in: four small questions, each of the two in turn."""

from collections.abc import Sequence

from skill.conversation.answers import Feeling, Floor, Number
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, remember, say
from skill.household.models import CheckedIn

FAR = 3
"""Of ten: whoever says so, or less, feels far away; then nothing tender comes for a while."""


@flow("check_in", starts_on={"CheckInIntent": {}}, private=True, calm=True)
def check_in() -> Steps:
    """How close, how they are, one thank-you, one wish; then what changed since last time."""
    turns = yield recall("turns")
    yield say("check_in.start")
    closeness = []
    for turn in turns:
        closeness.append((yield ask("check_in.closeness", Number(0, 10), **turn)))
    for turn in turns:
        feeling = yield ask("check_in.feeling", Feeling(), **turn)
        if feeling:
            yield say("check_in.feeling_heard", feeling=feeling)
    for turn in turns:
        yield ask("check_in.thanks", Floor(seconds=20), **turn)
    for turn in turns:
        yield ask("check_in.wish", Floor(seconds=20), **turn)

    now = together(closeness)
    change = yield recall("change", closeness=now)
    yield remember(CheckedIn(now, far(closeness)))
    return say(f"check_in.close_{change}")


def together(closeness: Sequence[int | None]) -> float | None:
    """Return how close the two feel on average; None if it is not for both: it tells of one."""
    told = [one for one in closeness if one is not None]
    return sum(told) / 2 if len(told) == 2 else None


def far(closeness: Sequence[int | None]) -> bool:
    """Say whether one of the two, whichever, feels far away."""
    return any(one is not None and one <= FAR for one in closeness)
