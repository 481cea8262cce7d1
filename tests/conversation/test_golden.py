"""The conversations of the last release go on with today's flows.

`golden/` holds a log of each flow as the last release wrote it. A service that is updated finds
such logs in its store, with people in the middle of them; so today's flow must ask what they
answer.

If a test here fails, a flow has changed under running conversations. Where the old answers still
mean the same, change the flow so that it accepts them. Where they do not, raise the `version` of
the flow, which lets go of its old conversations, and only then write its log anew:

    PYTHONPATH=tests .venv/bin/python tests/conversation/test_golden.py

That writes the logs of flows that are new or whose version has risen, and leaves the others alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flow_walk import ALL, NO, OLD, SPEAKER, TALK, YES, intent

from skill.conversation import facts
from skill.conversation.replay import Ask, Diverged, Do, GoOn, Log, Offer, Say, Stand, run
from skill.conversation.setting import Setting
from skill.conversation.steps import FLOWS
from skill.conversation.turn import Heard

GOLDEN = Path(__file__).parent / "golden"

DONE = intent("DoneIntent")
LATER = replace(TALK, now=SPEAKER.now + timedelta(minutes=30))
RE_ENTRY = [DONE] * 8


def acted(word: str) -> Heard:
    return replace(YES, kind="outcome", intent="", words=word, slots={"token": "t"})


def rated(rating: str) -> Heard:
    return intent("RatingIntent", rating=rating)


def consented(word: str) -> Heard:
    return replace(YES, kind="consent", intent="", words=word)


TALKS: Mapping[str, tuple[Mapping[str, Any], Sequence[Heard]]] = {
    "about": ({}, []),
    "add_goal": ({"goal": ""}, [
        intent("AddGoalIntent", goal="walk on sundays"), DONE, DONE,
        intent("SayIntent", words="shoes by the door"), YES,
    ]),
    "after_fight": ({}, [YES, *[DONE] * 6, YES, *[DONE] * 7]),
    "agreement": ({}, [
        intent("TimeOutIntent", duration="PT30M"), DONE, DONE,
        intent("SayIntent", words="pineapple"), YES,
    ]),
    "appreciate": ({"note": ""}, [YES, intent("AppreciateIntent", note="the soup"), YES]),
    "brave_step": ({}, [
        YES, intent("AnotherQuestionIntent", depth="lighter"), DONE, DONE,
    ]),
    "breathe": ({"pattern": "slow", "duration": "PT5M"}, [YES]),
    "cancel_reminder": ({"days": ""}, [YES, acted("cancelled"), acted("gone")]),
    "change_reminder": ({"time": "", "days": ""}, [
        intent("ChangeReminderIntent", days="sunday"),
        intent("ChangeReminderIntent", time="21:00"), YES, acted("permission_needed"),
        consented("accepted"), acted("changed"),
    ]),
    "check_in": ({}, [
        rated("7"), rated("8"), intent("FeelingIntent", feeling="calm"),
        intent("AMAZON.NextIntent"), DONE, DONE, DONE, DONE,
    ]),
    "data": ({}, []),
    "exercise": ({"theme": "A2"}, [YES, *[DONE] * 7]),
    "friends_eye": ({}, [DONE, DONE, DONE]),
    "gesture": ({"way": "touch"}, []),
    "goal_progress": ({"goal": ""}, []),
    "good_news": ({}, [DONE] * 4),
    "hard_day": ({"kind": ""}, [intent("SupportIntent", kind="comfort"), DONE, DONE]),
    "i_statement": ({}, [
        intent("SayIntent", felt="ignored"),
        intent("SayIntent", felt="lonely when you never call"),
        intent("SayIntent", felt="lonely on fridays, and i would like a call"),
    ]),
    "jar": ({}, []),
    "journey": ({}, []),
    "learn": ({"topic": "listening"}, []),
    "link": ({"code": ""}, [intent("LinkIntent", code="482913"), acted("joined")]),
    "list_goals": ({}, []),
    "love_it": ({}, []),
    "mirror": ({"practice": "mirroring"}, [YES, *[DONE] * 14]),
    "mode": ({"mode": "quiet"}, []),
    "need": ({}, [YES, *[DONE] * 4]),
    "forget_us": ({}, [YES, acted("cancelled"), acted("down")]),
    "list_reminders": ({}, []),
    "not_for_us": ({}, []),
    "return": ({}, [YES, *RE_ENTRY]),
    "set_names": ({"first": "", "second": ""}, [
        intent("SetNamesIntent", first="Sam", second="Alex"), YES,
    ]),
    "set_reminder": ({"time": "", "days": "weekdays"}, [
        intent("SetReminderIntent", time="20:00"), YES, acted("permission_needed"),
        consented("denied"),
    ]),
    "skip": ({}, []),
    "stage": ({"stage": "long-distance"}, []),
    "story": ({}, [DONE] * 4),
    "take_out": ({}, []),
    "unlink": ({}, []),
    "support": ({}, [YES]),
    "time_out": ({"duration": "PT30M"}, [
        intent("BreatheIntent"), intent("MoreTimeIntent", duration="PT5M"), NO, LATER, YES,
        *RE_ENTRY,
    ]),
    "tonights_question": ({"theme": "", "depth": "tender", "turn": "another"}, [NO]),
    "unplugged": ({"duration": "PT20M"}, [YES, acted("permission_needed"),
        consented("accepted"), acted("created"),
    ]),
    "weekly_check_in": ({}, [DONE, DONE, DONE, YES, DONE, rated("7"), rated("8"), DONE, DONE]),
    "welcome": ({}, [YES]),
}  # fmt: skip
"""What each flow begins with, and what is heard from then on, until the flow ends."""


def place(stand: Stand) -> str:
    """Return in words where a flow stands."""
    match stand.open or stand.end:
        case Ask(key=key) | Offer(key=key) | Say(key=key):
            return key
        case Do(act=act):
            return act.name
        case GoOn():
            return "(goes on with what waits below)"
        case other:
            raise ValueError(f"{other} has no name; give it one.")


def record(flow: str) -> Mapping[str, Any]:
    """Hold a conversation with today's flow, and return its log."""
    args, talk = TALKS[flow]
    log: Log = []
    for heard in (None, *talk):
        now = replace(SPEAKER, now=heard.now) if heard else SPEAKER
        setting = Setting(ALL, OLD, now, waiting="check_in" if flow == "welcome" else "")
        stand = run(
            FLOWS[flow].run,
            args,
            log,
            heard,
            partial(facts.recall, setting),
            lambda effect: None,
        )
        assert not stand.missed
        log = stand.log
    version = FLOWS[flow].version
    return {"flow": flow, "version": version, "args": args, "log": log, "then": place(stand)}


def golden(flow: str) -> dict[str, Any]:
    file = GOLDEN / f"{flow}.json"
    assert file.exists(), f"{flow} is new: add it to TALKS, and write its log as told above"
    told: dict[str, Any] = json.loads(file.read_text())
    return told


def replay(told: Mapping[str, Any], log: Log) -> Stand:
    """Run today's flow over `log`; what it recalls beyond the log is what was recalled then."""
    rest = iter([entry[2] for entry in told["log"][len(log) :] if entry[0] == "recall"])
    flow = FLOWS[told["flow"]].run
    return run(flow, told["args"], log, None, lambda *_: next(rest), lambda effect: None)


@pytest.mark.parametrize("flow", sorted(FLOWS))
def test_a_conversation_of_the_last_release_goes_on(flow: str) -> None:
    told = golden(flow)
    assert told["version"] == FLOWS[flow].version, "the version has risen: write the log anew"
    stand = replay(told, told["log"])
    assert stand.log == told["log"], "today's flow wants to know more than the log tells"
    assert place(stand) == told["then"]


@pytest.mark.parametrize("flow", sorted(FLOWS))
def test_it_goes_on_from_wherever_they_were(flow: str) -> None:
    told = golden(flow)
    for length in range(len(told["log"])):
        stand = replay(told, told["log"][:length])
        same = len(stand.log)
        assert stand.log == json.loads(json.dumps(told["log"][:same]))
        assert place(stand) == (told["log"][same][1] if same < len(told["log"]) else told["then"])


@pytest.mark.parametrize("flow", sorted(FLOWS))
def test_a_log_that_answers_something_else_is_noticed(flow: str) -> None:
    told = golden(flow)
    for changed in range(len(told["log"])):
        log = [list(entry) for entry in told["log"]]
        log[changed][1] = "a question of long ago"
        with pytest.raises(Diverged, match="a question of long ago"):
            replay(told, log)


def test_every_log_belongs_to_a_flow() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(FLOWS)


if __name__ == "__main__":
    for name, conversation in FLOWS.items():
        path = GOLDEN / f"{name}.json"
        if not path.exists() or json.loads(path.read_text())["version"] < conversation.version:
            path.write_text(json.dumps(record(name), indent=1, ensure_ascii=False) + "\n")
            print(f"written: {path.relative_to(Path.cwd())}")
