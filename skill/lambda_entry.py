"""AWS Lambda: the same application, called with events. `serverless.yml` names `handler`.

Each process makes the application once, when Lambda starts it; so what is wrong with the settings
is in the log as one sentence, before anybody has said a word.
"""

import os
from collections.abc import Mapping
from typing import Any

from apig_wsgi import make_lambda_handler

from skill import watch
from skill.app import hosted_app
from skill.channels.alexa import webhook

app = hosted_app(os.environ, "LANTERN_REDIS_URL", "LANTERN_SECRET")
_http = make_lambda_handler(app, binary_support=True)


def handler(event: dict[str, Any], context: object) -> Mapping[str, Any]:
    """Answer an event: of a skill that calls the function itself, or an HTTP request as one.

    HTTP requests come from function URLs and from HTTP and REST APIs; none of their events has a
    `request`. Raises for what a skill should not be answered: Lambda then reports an error.
    """
    if "request" in event:
        with app.app_context(), watch.watched(webhook.NAME):
            return webhook.direct(app, event)
    answered: Mapping[str, Any] = _http(event, context)
    return answered
