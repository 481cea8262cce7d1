"""A skill on Amazon's Python packages, as their documentation has one written.

Runs in the environment that `install.official_python` makes: Flask, ask-sdk-core, and
ask-sdk-webservice-support with its own verification of signature and timestamp. It knows its
answers from the file that `ANSWERS` names. With `STATE` it keeps each account's last turns in that
Redis, as plain JSON, through the persistence adapter that the SDK has for the purpose.

As a script it answers the one request on its standard input.
"""

import json
import os
import sys
from typing import Any

from ask_sdk_core.attributes_manager import AbstractPersistenceAdapter
from ask_sdk_core.dispatch_components import AbstractRequestHandler
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_core.skill_builder import CustomSkillBuilder
from ask_sdk_core.utils import is_intent_name, is_request_type
from ask_sdk_model import RequestEnvelope, Response
from ask_sdk_model.ui import SimpleCard
from ask_sdk_webservice_support.verifier import VerificationException
from ask_sdk_webservice_support.webservice_handler import WebserviceSkillHandler
from flask import Flask, jsonify, request

KEPT_TURNS = 12
KEPT_SECONDS = 400 * 24 * 3600


class InRedis(AbstractPersistenceAdapter):
    def __init__(self, url: str) -> None:
        import redis  # without state nobody waits for it

        self.client = redis.Redis.from_url(url)

    def get_attributes(self, request_envelope: RequestEnvelope) -> dict[str, Any]:
        return json.loads(self.client.get(self.key(request_envelope)) or "{}")

    def save_attributes(
        self, request_envelope: RequestEnvelope, attributes: dict[str, Any]
    ) -> None:
        self.client.set(self.key(request_envelope), json.dumps(attributes), ex=KEPT_SECONDS)

    def delete_attributes(self, request_envelope: RequestEnvelope) -> None:
        self.client.delete(self.key(request_envelope))

    def key(self, envelope: RequestEnvelope) -> str:
        return f"official-python:{envelope.context.system.user.user_id}"


class Says(AbstractRequestHandler):
    """Answers one kind of request with one answer."""

    def __init__(self, name: str, answer: dict[str, Any], remembers: bool) -> None:
        self.name = name
        self.answer = answer
        self.remembers = remembers
        is_launch = name == "LaunchRequest"
        self.is_asked = is_request_type(name) if is_launch else is_intent_name(name)

    def can_handle(self, handler_input: HandlerInput) -> bool:
        return self.is_asked(handler_input)

    def handle(self, handler_input: HandlerInput) -> Response:
        if self.remembers:
            attributes = handler_input.attributes_manager
            kept = attributes.persistent_attributes
            asked = handler_input.request_envelope.request
            turn = [self.name, asked.request_id, asked.timestamp.isoformat()]
            kept["turns"] = [*kept.get("turns", ()), turn][-KEPT_TURNS:]
            attributes.save_persistent_attributes()
        answer, builder = self.answer, handler_input.response_builder
        builder.speak(answer["outputSpeech"]["ssml"])
        if "reprompt" in answer:
            builder.ask(answer["reprompt"]["outputSpeech"]["ssml"])
        if "card" in answer:
            builder.set_card(SimpleCard(answer["card"]["title"], answer["card"]["content"]))
        return builder.set_should_end_session(answer["shouldEndSession"]).response


def skill() -> WebserviceSkillHandler:
    state = os.environ.get("STATE", "")
    builder = CustomSkillBuilder(persistence_adapter=InRedis(state) if state else None)
    builder.skill_id = os.environ["SKILL_ID"]
    with open(os.environ["ANSWERS"], encoding="utf-8") as file:
        for name, answer in json.load(file).items():
            builder.add_request_handler(Says(name, answer, bool(state)))
    return WebserviceSkillHandler(builder.create())


app = Flask(__name__)
handler = skill()


@app.post("/alexa")
def alexa() -> Any:
    try:
        body = request.get_data(as_text=True)
        return jsonify(handler.verify_request_and_dispatch(dict(request.headers), body))
    except VerificationException:
        return "", 400


@app.get("/healthz")
def healthz() -> str:
    return "ok"


if __name__ == "__main__":
    sent = json.load(sys.stdin)
    answered = app.test_client().post("/alexa", data=sent["body"], headers=sent["headers"])
    print(answered.get_data(as_text=True), flush=True)
