"""One home, several places: a code that joins a speaker and a page."""

from skill.conversation.answers import Code, NotAnAnswer, YesNo
from skill.conversation.answers import code as read_code
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, do, flow, recall, remember, say
from skill.household.models import Parted


@flow("link", starts_on={"LinkIntent": {}}, waits=False)
def link(code: str = "") -> Steps:
    """Show a code where there is a page; take it where it is said.

    Only a speaker takes codes: whoever could open as many pages as they like could guess one.
    """
    if (yield recall("shows_codes")):
        if code:
            return say("link.say_it")
        made = yield do("link.offer")
        return say("link.code", code=made["code"], show={"code": made["code"]})
    code = code or (yield ask("link.which", Code())) or ""
    if not code:
        return say("link.not_now")
    try:
        code = read_code(code)
    except NotAnAnswer:
        return say("link.unknown")
    done = yield do("link.join", code=code)
    return say(f"link.{done['how']}")


@flow("unlink", starts_on={"UnlinkIntent": {}}, waits=False)
def unlink() -> Steps:
    """Part all places again: what is kept stays here, the others begin anew."""
    if not (yield recall("linked")):
        return say("unlink.none")
    if not (yield ask("unlink.confirm", YesNo())):
        return say("unlink.stays")
    yield do("link.part")
    yield remember(Parted())
    return say("unlink.done")
