"""A couple at home: a clock that moves when the script says so, and every channel."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import flask
import pytest
from amazon_proxy import AmazonProxy
from authority import Authority
from fake_alexa_api import FakeAlexaApi
from talking import SKILL_ID, ZONE, Alexa, Channel, Clock, Terminal, Text

from skill.channels.alexa import webhook
from skill.channels.alexa.certificates import Certificates
from skill.channels.alexa.door import Door
from skill.channels.web import text_api
from skill.conversation.lantern import Lantern
from skill.household.redis_store import RedisStore
from skill.household.vault import Vault


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api() -> Iterator[FakeAlexaApi]:
    with FakeAlexaApi() as api:
        api.settings["System.timeZone"] = ZONE
        api.granted = False
        yield api


@pytest.fixture
def channels(
    store: RedisStore,
    vault: Vault,
    clock: Clock,
    authority: Authority,
    amazon: AmazonProxy,
    api: FakeAlexaApi,
    tmp_path: Path,
) -> Callable[[str], Channel]:
    lantern = Lantern(store)
    app = flask.Flask("talks")
    app.register_blueprint(
        text_api.blueprint(lantern, lambda one: vault.household("text", one), ZONE, clock)
    )
    door = Door(frozenset([SKILL_ID]), Certificates())
    app.register_blueprint(
        webhook.blueprint(lantern, door, lambda one: vault.household("alexa", one), clock)
    )
    client = app.test_client()

    def alexa() -> Alexa:
        household = vault.household("alexa", "user-of-the-tests")
        return Alexa(client, clock, authority, api, store, household)

    made: Mapping[str, Callable[[], Channel]] = {
        "text": lambda: Text(client),
        "terminal": lambda: Terminal(lantern, vault, clock, tmp_path),
        "alexa": alexa,
        "screen": lambda: replace(alexa(), screen=True),
    }
    return lambda name: made[name]()
