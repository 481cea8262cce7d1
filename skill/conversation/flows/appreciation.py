"""Thank-yous: said aloud now, or left in the jar for the other one to hear."""

from skill.conversation.answers import Floor, Saying, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, flow, recall, remember, say
from skill.household.models import NoteGone, NoteLeft, NotesHeard


@flow("appreciate", starts_on={"AppreciateIntent": {}})
def appreciate(note: str = "") -> Steps:
    """Say it now, or leave it: read back before it is kept."""
    words = yield recall("thanks", words=note)
    if not words:
        turns = yield recall("turns")
        later = yield ask("appreciate.later", YesNo(), **turns[0])
        if later is None:
            return say("appreciate.not_kept")
        if not later:
            yield ask("appreciate.aloud", Floor(30), **turns[0])
            return say("appreciate.close_aloud")
        told = yield ask("appreciate.words", Saying("AppreciateIntent", "note"))
        words = yield recall("thanks", words=told or "")
    if not words:
        return say("appreciate.not_kept")
    line = yield recall("thanks_line", words=words)
    if not (yield ask("appreciate.confirm", YesNo(), line=line)):
        return say("appreciate.not_kept")
    yield remember(NoteLeft(words))
    return say("appreciate.kept")


@flow("jar", starts_on={"ReadAppreciationsIntent": {}}, waits=False, private=True)
def open_the_jar() -> Steps:
    """Read what waits, once it is sure that nobody else hears."""
    found = yield recall("jar")
    if not found["count"]:
        return say("jar.empty")
    if not (yield ask("jar.just_you_two", YesNo())):
        return say("jar.closed")
    yield remember(NotesHeard(tuple(found["words"])))
    return say(f"jar.{found['kind']}", notes=found["text"])


@flow("take_out", starts_on={"TakeOutIntent": {}}, waits=False, private=True)
def take_out_of_the_jar() -> Steps:
    """Take a thank-you out for good: the last one, or one of those before it."""
    latest = yield recall("latest_notes")
    if not latest:
        return say("jar.empty")
    for note in latest:
        if (yield ask("take_out.this", YesNo(), line=note["line"])):
            yield remember(NoteGone(note["words"]))
            return say("take_out.gone")
    return say("take_out.none")
