"""The one place where the parts are put together."""

import hmac
import logging.config
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any

import flask
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from content import content, load
from skill import logs, metrics, tracing, watch
from skill.channels.alexa import webhook
from skill.channels.alexa.certificates import Certificates
from skill.channels.alexa.door import LARGEST_BODY
from skill.channels.web import notices, sounds, text_api
from skill.channels.web import page as web_page
from skill.household.address import connect
from skill.household.redis_store import StoreUnavailable, kept
from skill.household.vault import KeyMissing, Vault, is_there, secrets_from
from skill.rate_limit import RateLimit
from skill.settings import Settings, SettingsError
from skill.speech.aloud import Aloud
from skill.speech.tracks import Tracks
from skill.watch import WatchedDoor, WatchedLantern, WatchedStore

if TYPE_CHECKING:
    import redis
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REST = 60
"""Seconds after which whoever asked too much may ask again."""

HTML = "text/html"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "media-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer carries: no inline script, no frame, no trace in a cache."""

HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000")
"""What it carries besides where it went out over HTTPS."""


def now() -> datetime:
    """Return the time; everything below is handed it."""
    return datetime.now(UTC)


def page(name: str) -> str:
    """Return a text for people who run or open the service."""
    return str(load(resources.files("content") / "en" / "pages.toml")[name])


def _page_words() -> dict[str, Any]:
    """Return the words of the web page and, as "guide", of the sheet that it links to."""
    folder = resources.files("content") / "en"
    return load(folder / "page.toml") | {"guide": load(folder / "guide.toml")}


def vault_for(settings: Settings, client: "redis.Redis") -> Vault:
    """Return the vault that the settings' secret opens; where there is none, one is made.

    But not if `client` says that it has households: a new secret would find nobody again, and be
    taken for the old one. Raises ValueError, or OSError if the key file cannot be read or made.
    """
    if not is_there(settings.secret, settings.data_dir) and _has_households(client):
        raise KeyMissing(settings.data_dir)
    return Vault(*secrets_from(settings.secret, settings.data_dir))


def _has_households(client: "redis.Redis") -> bool:
    try:
        return any(kept(client))
    except StoreUnavailable:
        return False


def hosted_app(environ: Mapping[str, str], *needed: str) -> flask.Flask:
    """Return the application for a process that somebody else starts, with its log set up.

    `needed` are settings that have to be set. Raises SettingsError, which names what is wrong.
    """
    settings = Settings.load(environ)
    for name in needed:
        if not settings.values[name]:
            raise SettingsError(
                f"{name}: it has to be set here, as nothing starts or keeps it for this process; "
                "docs/hosting.md tells where from."
            )
    logging.config.dictConfig(logs.config(settings.log))
    return create_app(settings, settings.redis_url)


def create_app(settings: Settings, redis_url: str) -> flask.Flask:
    """Return the application; `redis_url` is that of the settings or of the embedded server."""
    if settings.traces:
        tracing.start(settings.traces)
    client = connect(redis_url)
    vault = vault_for(settings, client)
    store = WatchedStore(client, vault)
    lantern = WatchedLantern(store, watch.turned, settings.country)
    app = flask.Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    watch.watch(app)
    door = WatchedDoor(settings.skill_ids, Certificates(fetched=metrics.fetched))
    app.register_blueprint(
        webhook.blueprint(
            lantern,
            door,
            _named(vault, "alexa"),
            now,
            metrics.refused,
            watch.turned,
            sounds=settings.public_url and settings.public_url + sounds.PATH,
        )
    )
    tracks = Tracks(settings.data_dir / "sounds", partial(watch.sounded, "sound"))
    app.register_blueprint(sounds.blueprint(tracks))
    limited = _limited(RateLimit(client, settings.rate_limit), _named(vault, "address"))
    named, words = _named(vault, "text"), _page_words()
    for channel in (
        text_api.blueprint(lantern, named, settings.zone, now),
        web_page.blueprint(
            lantern,
            named,
            settings.zone,
            now,
            words,
            content().breaths,
            Aloud(settings.data_dir / "audio", partial(watch.sounded, "voice")),
        ),
    ):
        channel.before_request(limited)
        app.register_blueprint(channel)
    app.register_blueprint(notices.blueprint(content().notices, _page_words(), settings.contact))
    app.register_blueprint(_pages(store, settings.metrics_token))
    app.register_error_handler(HTTPException, _refusing(words))
    guarded = _guarded(app.wsgi_app)
    if settings.proxies:
        guarded = ProxyFix(guarded, x_for=settings.proxies, x_proto=settings.proxies)
    app.wsgi_app = guarded  # type: ignore[assignment, method-assign]
    return app


def _limited(limit: RateLimit, address: Callable[[str], str]) -> Callable[[], None]:
    """Return a check before each turn: one address may not crowd out the others.

    Addresses are counted under a name that tells nothing about them.
    """

    def check() -> None:
        # Looking costs little; a turn does, and making its sound.
        about_a_turn = flask.request.method == "POST" or "turn_id" in (
            flask.request.view_args or {}
        )
        if about_a_turn and not limit.allows(address(flask.request.remote_addr or "")):
            raise TooManyRequests("That was a lot at once; please wait a minute.", retry_after=REST)

    return check


def _guarded(app: "WSGIApplication") -> "WSGIApplication":
    """Have every answer tell browsers to trust this service with as little as it needs."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        secure = environ["wsgi.url_scheme"] == "https"
        guards = [*HEADERS.items(), HTTPS_ONLY] if secure else HEADERS.items()

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            there = {name.lower() for name, _ in headers}
            missing = [guard for guard in guards if guard[0].lower() not in there]
            return start_response(status, headers + missing, *error)

        return app(environ, start)

    return answer


def _named(vault: Vault, platform: str) -> Callable[[str], str]:
    return lambda user: vault.household(platform, user)


def _pages(store: WatchedStore, metrics_token: str) -> flask.Blueprint:
    pages = flask.Blueprint("service", __name__)

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

    @pages.get("/openapi.json")
    def openapi() -> flask.Response:
        told = (resources.files("skill.channels.web") / "openapi.json").read_bytes()
        return flask.Response(told, content_type="application/json")

    @pages.get("/metrics")
    def counts() -> flask.Response:
        if not _may_count(metrics_token):
            flask.abort(404)
        return metrics.page()

    return pages


def _may_count(token: str) -> bool:
    """Let this machine read the counts, or whoever has the token: they tell who is refused."""
    sent = flask.request.headers.get("Authorization", "")
    if token:
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    forwarded = "X-Forwarded-For" in flask.request.headers
    return flask.request.remote_addr in ("127.0.0.1", "::1") and not forwarded


def _refusing(words: Mapping[str, Any]) -> Callable[[HTTPException], Response]:
    """Answer an error in one sentence: on a page to whoever reads pages, else as JSON.

    What went wrong inside is nobody's business outside.
    """

    def refuse(error: HTTPException) -> Response:
        answer = error.get_response()  # with the headers that belong to it, such as Retry-After
        if flask.request.accept_mimetypes.best_match(("application/json", HTML)) == HTML:
            answer.content_type = f"{HTML}; charset=utf-8"
            answer.set_data(web_page.refusal(words, answer.status_code))
        else:
            answer.content_type = "application/json"
            answer.set_data(flask.json.dumps({"error": error.description or error.name}))
        return answer

    return refuse
