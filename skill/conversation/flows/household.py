"""What we know about them: names, everything, nothing."""

from skill.conversation.answers import Name, Names, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, do, flow, recall, remember, say
from skill.household.models import Forgotten, Named, StageTold

STAGES = ("new", "established", "long-term", "long-distance", "parents")
"""Those of the library: a platform may hand on any word."""

OPEN = "open"
"""The stage of who will not say."""


@flow("set_names", starts_on={"SetNamesIntent": {}})
def set_names(first: str = "", second: str = "") -> Steps:
    """Take two names, and read them back before they are kept."""
    names: list[str] | None = [first, second]
    if first and not second:
        other = yield ask("names.other", Name(), first=first)
        names = [first, other] if other else None
    elif not first:
        names = yield ask("names.which", Names())
    if names is None or not (yield ask("names.confirm", YesNo(), first=names[0], second=names[1])):
        return say("names.not_kept")
    yield remember(Named(tuple(names)))
    return say("names.kept", first=names[0], second=names[1])


@flow("stage", starts_on={"StageIntent": {}}, leaves=True)
def tell_stage(stage: str = "") -> Steps:
    """Take how long they have been together, or how they live: questions are chosen by it."""
    if stage not in (*STAGES, OPEN):
        return say("stage.which")
    yield remember(StageTold("" if stage == OPEN else stage))
    return say(f"stage.{stage.replace('-', '_')}")


@flow("data", starts_on={"DataIntent": {}})
def what_we_know() -> Steps:
    """Say in plain words what is kept, and what never is; where there is a screen, show it all."""
    known = yield recall("known")
    return say("data.known", show={"data": known["data"]}, **known)


@flow("forget_us", starts_on={"ForgetUsIntent": {}}, waits=False)
def forget_us() -> Steps:
    """Erase everything, once they said yes."""
    if not (yield ask("forget.confirm", YesNo())):
        return say("forget.kept")
    found = yield recall("reminders", days="")
    left = False
    for reminder in found["kept"]:
        gone = yield do("reminder.cancel", token=reminder["token"])
        left = left or gone["how"] not in ("cancelled", "gone")
    yield remember(Forgotten())
    return say("forget.done_but_reminders" if left else "forget.done")
