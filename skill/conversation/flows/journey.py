"""How far they have come, told kindly: no score, no streak."""

from skill.conversation.answers import YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, say


@flow("journey", starts_on={"JourneyIntent": {}}, waits=False, private=True)
def our_journey() -> Steps:
    """Evenings counted, closeness over time, and after a year the year."""
    told = yield recall("journey")
    if told["new"]:
        return say("journey.beginning")
    shown = {"title": "journey", "plot": told["plot"]}
    yield say("journey.counts", **told)
    closeness = f"journey.closeness_{told['closeness']}"
    if not told["a_year"]:
        return say(closeness, show=shown)
    yield say(closeness)
    if (yield ask("journey.year", YesNo())):
        return say("journey.year_told", show=shown, **told)
    return say("journey.close", show=shown)
