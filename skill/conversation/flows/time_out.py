"""The time-out: called by one voice, with a time to come back, and a calm way in again."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.answers import Floor, Ready, Returned
from skill.conversation.flows.breathing import guided
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, remember, say, wait
from skill.household.models import TimeOutTaken


@flow("time_out", starts_on={"TimeOutIntent": {}, "MoreTimeIntent": {}}, leaves=True)
def time_out(duration: str = "") -> Steps:
    """Part until the agreed time, breathe if they like, and come back gently."""
    due = yield recall("return_time", duration=duration)
    yield remember(TimeOutTaken(due["at"]))
    heard = yield ask(f"time_out.called{due['said']}", Returned(due["at"]), **due)

    longer = 0
    while True:
        wants = heard["wants"] if heard else "quiet"
        if wants == "breathe":
            plan = yield recall("breathing", short=True, **_breath(heard))
            yield from guided(plan)
            left = yield recall("time_left", at=due["at"])
            heard = yield wait("time_out.after_breath", Returned(due["at"]), **left)
        elif wants == "more":
            wanted = heard["duration"]
            due = yield recall(
                "return_time", duration=wanted, more=True, since=due["at"], times=longer
            )
            longer += 1
            yield remember(TimeOutTaken(due["at"]))
            heard = yield wait(f"time_out.longer{due['said']}", Returned(due["at"]), **due)
        elif wants == "talk":
            left = yield recall("length", minutes=heard["minutes"])
            if (yield ask(f"time_out.{heard['when']}", Ready(), left=left)):
                break
            heard = {"wants": "more", "duration": ""} if heard["when"] != "early" else None
        else:
            left = yield recall("time_left", at=due["at"])
            told = "time_out.left" if wants == "time" else "time_out.quiet"
            heard = yield wait(told, Returned(due["at"]), **left)

    return (yield from re_entry())


@flow("return", starts_on={"ReturnIntent": {}, "TimeLeftIntent": {}}, leaves=True)
def back_without_a_time_out() -> Steps:
    """They come back from a break that we know nothing of, or that is long over."""
    if (yield ask("time_out.unknown", Ready())):
        return (yield from re_entry())
    return say("time_out.another_time")


def re_entry() -> Steps:
    """One issue, a soft start, speaker and listener in turns, a part each, one next step."""
    turns = yield recall("turns")
    yield say("re_entry.start")
    yield ask("re_entry.issue", Floor(seconds=20), **turns[0])
    for turn in turns:
        yield ask("re_entry.speak", Floor(seconds=30), **turn)
        if len(turns) > 1:
            listener = {"to": turn["other"], "other": turn["to"]}
            yield ask("re_entry.hand_back", Floor(seconds=20), **listener)
    for turn in turns:
        yield ask("re_entry.own_part", Floor(seconds=20), **turn)
    yield ask("re_entry.next_step", Floor(seconds=20))
    return say("re_entry.close")


def _breath(heard: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: heard[name] for name in ("pattern", "duration")}
