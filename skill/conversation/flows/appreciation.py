"""Thank-yous: said aloud now, or left in the jar for the other one to hear."""

from skill.conversation.answers import Floor, Saying, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, remember, say
from skill.household.models import NoteLeft, NotesHeard


@flow("appreciate", starts_on={"AppreciateIntent": {}})
def appreciate(note: str = "") -> Steps:
    """Say it now, or leave it: read back before it is kept."""
    if not note:
        turns = yield recall("turns")
        later = yield ask("appreciate.later", YesNo(), **turns[0])
        if later is None:
            return say("appreciate.not_kept")
        if not later:
            yield ask("appreciate.aloud", Floor(30), **turns[0])
            return say("appreciate.close_aloud")
        note = yield ask("appreciate.words", Saying("AppreciateIntent", "note"))
    if not note or not (yield ask("appreciate.confirm", YesNo(), words=note)):
        return say("appreciate.not_kept")
    yield remember(NoteLeft(note))
    return say("appreciate.kept")


@flow("jar", starts_on={"ReadAppreciationsIntent": {}}, waits=False)
def open_the_jar() -> Steps:
    """Read what waits, once it is sure that nobody else hears."""
    found = yield recall("jar")
    if not found["count"]:
        return say("jar.empty")
    if (yield recall("others_hear")):
        return say("jar.company")
    if not (yield ask("jar.just_you_two", YesNo())):
        return say("jar.closed")
    yield remember(NotesHeard())
    return say(f"jar.{found['kind']}", notes=found["text"])
