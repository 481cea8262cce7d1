"""What stands on the sheet for the kitchen is true, and puts nobody at risk."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from content import helplines, load
from skill.app import create_app
from skill.conversation.understanding import understanding
from skill.household.redis_store import HOME_SECONDS
from skill.settings import Settings

ROOT = Path(__file__).parents[2]
GUIDE = load(ROOT / "content" / "en" / "guide.toml")
SAID = [(phrase, intent) for part in GUIDE["parts"] for phrase, intent in part["say"].items()]
MODEL = json.loads((ROOT / "interaction_models" / "en-US.json").read_text(encoding="utf-8"))
NAME = MODEL["interactionModel"]["languageModel"]["invocationName"]


@pytest.fixture
def web(redis_url: str, client: Any, tmp_path: Path) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_RATE_LIMIT": "off"}
    return create_app(Settings.load(environ), redis_url).test_client()


@pytest.mark.parametrize(("phrase", "intent"), SAID)
def test_each_phrase_is_understood_as_what_it_is_printed_for(phrase: str, intent: str) -> None:
    if intent == "LaunchRequest":
        assert phrase == f"Alexa, open {NAME}"
        return
    words = re.sub(f"^Alexa, (ask|tell) {NAME} (for )?", "", phrase)
    assert not words.startswith("Alexa")
    meaning = understanding().understand(words)
    assert (meaning.intent, meaning.confidence > 0.8) == (intent, True)


def test_it_has_what_a_couple_needs() -> None:
    assert {
        "LaunchRequest",
        "TonightsQuestionIntent",
        "CheckInIntent",
        "TimeOutIntent",
        "ReturnIntent",
        "AppreciateIntent",
        "BreatheIntent",
        "SetReminderIntent",
        "AddGoalIntent",
        "ModeIntent",
        "DataIntent",
        "ForgetUsIntent",
        "SafetyIntent",
        "AMAZON.HelpIntent",
        "AMAZON.StopIntent",
    } <= {intent for _, intent in SAID}


def test_everything_on_it_is_shown(web: FlaskClient) -> None:
    page = unescape(web.get("/guide").text)
    for part in GUIDE["parts"]:
        assert all(f"<q>{phrase}</q>" in page for phrase in part["say"])
        assert part["name"] in page
        assert part.get("note", "") in page
    assert all(part["text"] in page for part in GUIDE["about"])
    assert 'href="/guide"' in web.get("/").text
    assert 'href="/leave"' in page


def test_it_tells_nothing_of_the_couple(web: FlaskClient) -> None:
    stranger = web.get("/guide")
    assert "Set-Cookie" not in stranger.headers
    web.post("/say", data={"text": "call us Annabelle and Zacharias"})
    web.post("/say", data={"text": "yes"})
    assert web.get("/guide").text == stranger.text


def test_it_names_no_number_that_may_not_be_seen_by_everybody(web: FlaskClient) -> None:
    page = web.get("/guide").text
    numbers = {line.number for lines in helplines().values() for line in lines.values()}
    assert not [one for one in numbers if re.search(rf"\b{re.escape(one)}\b", page)]


def test_what_is_kept_ends_when_it_says(web: FlaskClient) -> None:
    assert f"ends {HOME_SECONDS // 86_400} days after" in web.get("/guide").text
