"""Two rounds for an easy evening: good news, and stories."""

from skill.conversation.answers import Floor
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, remember, say
from skill.household.models import ItemHeard, NewRound


@flow("good_news", starts_on={"GoodNewsIntent": {}})
def good_news() -> Steps:
    """Each tells one good thing; the other asks two curious questions before anything else."""
    turns = yield recall("turns")
    for turn in turns:
        yield ask("good_news.tell", Floor(30), **turn)
        if len(turns) > 1:
            yield ask("good_news.wonder", Floor(30), to=turn["other"], other=turn["to"])
    return say("good_news.close")


@flow("story", starts_on={"StoryIntent": {}}, another=True)
def story_round() -> Steps:
    """Each tells a small story; the other asks about one detail."""
    story = yield recall("story")
    if story["new_round"]:
        yield remember(NewRound(tuple(story["new_round"])))
    yield remember(ItemHeard(story["id"]))
    turns = yield recall("turns")
    for turn in turns:
        yield ask("story.tell", Floor(45), story=story["text"], **turn)
        if len(turns) > 1:
            yield ask("story.detail", Floor(25), to=turn["other"], other=turn["to"])
    return say("story.close")
