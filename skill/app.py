"""The one place where the parts are put together."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import flask
from werkzeug.exceptions import HTTPException

from content import load
from skill.channels.alexa import webhook
from skill.channels.alexa.certificates import Certificates
from skill.channels.alexa.door import LARGEST_BODY, Door
from skill.channels.web import text_api
from skill.conversation.lantern import Lantern
from skill.household.redis_store import RedisStore, StoreUnavailable, connect
from skill.household.vault import Vault, secrets_from
from skill.settings import Settings


def now() -> datetime:
    """Return the time; everything below is handed it."""
    return datetime.now(UTC)


def page(name: str) -> str:
    """Return a text for people who run or open the service."""
    return str(load(resources.files("content") / "en" / "pages.toml")[name])


def vault_for(settings: Settings) -> Vault:
    """Return the vault that the settings' secret opens."""
    return Vault(*secrets_from(settings.secret, settings.data_dir))


def create_app(settings: Settings, redis_url: str) -> flask.Flask:
    """Return the application; `redis_url` is that of the settings or of the embedded server."""
    vault = vault_for(settings)
    store = RedisStore(connect(redis_url), vault)
    lantern = Lantern(store)
    app = flask.Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    door = Door(settings.skill_ids, Certificates())
    app.register_blueprint(webhook.blueprint(lantern, door, _named(vault, "alexa"), now))
    app.register_blueprint(text_api.blueprint(lantern, _named(vault, "text"), settings.zone, now))
    app.register_blueprint(_pages(store))
    app.register_error_handler(HTTPException, _refuse)
    return app


def _named(vault: Vault, platform: str) -> Callable[[str], str]:
    return lambda user: vault.household(platform, user)


def _pages(store: RedisStore) -> flask.Blueprint:
    pages = flask.Blueprint("pages", __name__)

    @pages.get("/")
    def home() -> flask.Response:
        return flask.Response(page("home"), content_type="text/plain; charset=utf-8")

    @pages.get("/healthz")
    def healthz() -> str:
        return "ok"

    @pages.get("/readyz")
    def readyz() -> tuple[dict[str, Any], int]:
        try:
            store.ping()
        except StoreUnavailable:
            return {"redis": False}, 503
        return {"redis": True}, 200

    return pages


def _refuse(error: HTTPException) -> tuple[dict[str, Any], int]:
    """Answer an error in one sentence; what went wrong inside is nobody's business outside."""
    return {"error": error.description or error.name}, error.code or 500
