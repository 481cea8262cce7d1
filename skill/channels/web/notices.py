"""What is kept, and the terms: two pages for whoever wants to know before they begin.

Amazon, "Skill Manifest Schema" (privacyAndCompliance): both open without a login. Their words are
Markdown files of `content`, which are read as they are where the code is read.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import flask
from markupsafe import Markup

from skill.channels.web.page import chosen_look

PRIVACY, TERMS = "/privacy", "/terms"


def blueprint(
    notices: Mapping[str, str], words: Mapping[str, Any], contact: str
) -> flask.Blueprint:
    """Return the blueprint with `/privacy` and `/terms`.

    ``notices`` are their texts in Markdown, by name; ``contact`` says who runs the service, "" if
    they do not.
    """
    routes = flask.Blueprint("notices", __name__, template_folder="templates")

    def page(name: str, other: str) -> str:
        title, _, text = notices[name].removeprefix("# ").partition("\n")
        return flask.render_template(
            "notice.html",
            words=words,
            look=chosen_look(),
            title=title,
            text=_html(text),
            contact=contact,
            other=other,
        )

    @routes.get(PRIVACY)
    def privacy() -> str:
        return page("privacy", "terms")

    @routes.get(TERMS)
    def terms() -> str:
        return page("terms", "privacy")

    return routes


@cache
def _html(text: str) -> Markup:
    """Return Markdown as HTML. Tags in the text are shown, not obeyed."""
    from markdown_it import MarkdownIt  # only here: a fresh process has no time for it

    return Markup(MarkdownIt("js-default").render(text))
