"""Shared goals: a wish, what it brings, what may get in the way, and a plan for that."""

from skill.conversation.answers import Floor, Number, Ready, Saying, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, remember, say
from skill.household.models import GoalGone, GoalKept


@flow("add_goal", starts_on={"AddGoalIntent": {}}, private=True, calm=True)
def add_goal(goal: str = "") -> Steps:
    """Wish, outcome, obstacle, plan: under four minutes, kept only with a yes."""
    found = yield recall("goals")
    if found["full"]:
        return say("goal.full", goals=found["spoken"])
    wish = goal or (yield ask("goal.wish", Saying("AddGoalIntent", "goal")))
    if not wish:
        return say("goal.not_kept")
    yield ask("goal.outcome", Floor(20), wish=wish)
    yield ask("goal.obstacle", Floor(20))
    step = (yield ask("goal.plan", Saying("GoalProgressIntent", "goal"))) or ""
    confirm = "goal.confirm" if step else "goal.confirm_without_step"
    if not (yield ask(confirm, YesNo(), wish=wish, step=step)):
        return say("goal.not_kept")
    yield remember(GoalKept(wish, step))
    return say("goal.kept")


@flow("list_goals", starts_on={"ListGoalsIntent": {}}, leaves=True, private=True)
def list_goals() -> Steps:
    """Say their goals, each with its next step."""
    found = yield recall("goals")
    if not found["goals"]:
        return say("goal.none")
    shown = {"title": "goals", "rows": [one["wish"] for one in found["goals"]]}
    return say("goal.list", show=shown, goals=found["spoken"])


@flow("goal_progress", starts_on={"GoalProgressIntent": {}}, private=True)
def goal_progress(goal: str = "") -> Steps:
    """Reached, still on the way, or let go: any of them is fine."""
    found = yield recall("goals", named=goal)
    if not found["goals"]:
        return say("goal.none")
    which = found["goals"]
    place = 1
    if len(which) > 1:
        place = yield ask("goal.which", Number(1, len(which)), goals=found["spoken"])
    if place is None:
        return say("goal.as_it_is")
    return (yield from progress(which[place - 1]["wish"]))


def progress(wish: str) -> Steps:
    """Ask how one goal is going, and keep, move on or let go of it."""
    reached = yield ask("goal.reached", Ready(), wish=wish)
    if reached:
        yield remember(GoalGone(wish, reached=True))
        return say("goal.celebrate")
    keep = yield ask("goal.keep", YesNo(), wish=wish)
    if keep is False:
        yield remember(GoalGone(wish, reached=False))
        return say("goal.let_go")
    step = yield ask("goal.next_step", Saying("GoalProgressIntent", "goal"))
    if not step:
        return say("goal.as_it_is")
    yield remember(GoalKept(wish, step))
    return say("goal.onward", step=step)
