"""Every setting, once: its name, its default, what it is for, and whether it is a secret."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
import tzlocal

from content import helplines
from skill import tracing


class SettingsError(ValueError):
    """A setting is wrong. The message names it, what is wrong, and what to do."""


@dataclass(frozen=True)
class Setting:
    """One environment variable. `NAME_FILE` may name a file that holds its value instead."""

    name: str
    default: str
    help: str
    secret: bool = False


_RATE_LIMIT = "60 per minute"

SETTINGS = (
    Setting(
        "LANTERN_REDIS_URL",
        "",
        "Where Redis is (redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://). "
        "Unset: an embedded server starts.",
        secret=True,
    ),
    Setting("LANTERN_DATA_DIR", "", "Folder of the embedded server and of the secret key."),
    Setting(
        "LANTERN_SECRET",
        "",
        "Encrypts what is stored and names households. To change it, put the new one in front of "
        "the old, with a comma between. Unset: a key file in the data folder.",
        secret=True,
    ),
    Setting(
        "LANTERN_ALEXA_SKILL_ID",
        "",
        "Ids of the skills that may call /alexa, comma-separated. Unset: none may.",
    ),
    Setting(
        "LANTERN_PUBLIC_URL",
        "",
        "The https:// address under which Alexa reaches this service, to fetch its sounds. Unset: "
        "speakers count the breaths aloud.",
    ),
    Setting(
        "LANTERN_CONTACT",
        "",
        "Who runs this service and where to write to them, as /privacy and /terms tell it.",
    ),
    Setting(
        "LANTERN_COUNTRY",
        "",
        "Country whose helplines are read out (US, GB, ...). Unset: that of the locale.",
    ),
    Setting(
        "LANTERN_RATE_LIMIT",
        _RATE_LIMIT,
        "Requests that one address may make to /text; off for load tests.",
    ),
    Setting(
        "LANTERN_PROXIES",
        "0",
        "How many proxies of yours stand in front: their X-Forwarded-For is believed.",
    ),
    Setting(
        "LANTERN_METRICS_TOKEN",
        "",
        "Whoever sends it as a bearer token may read /metrics. Unset: this machine alone may.",
        secret=True,
    ),
    Setting(
        "LANTERN_LOG",
        "",
        "plain or json: a line for each turn, too, with its time and channel, on standard error. "
        "Unset: what goes wrong alone, in plain lines.",
    ),
    Setting(
        "LANTERN_TRACES",
        "",
        "Where traces go: the http:// or https:// address of an OpenTelemetry collector. Needs the "
        "extra `tracing`. Unset: nothing is traced.",
    ),
    Setting("LANTERN_TIME_ZONE", "", "IANA time zone of text and terminal. Unset: this machine's."),
)


@dataclass(frozen=True)
class Settings:
    """The settings of this process."""

    values: Mapping[str, str]
    sources: Mapping[str, str]
    """Setting to where its value came from: environment, file or default."""

    def __repr__(self) -> str:
        """Name the sources alone: values may be secret."""
        return f"Settings({dict(self.sources)})"

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from the environment; raises `SettingsError`."""
        settings, faults = cls.read(environ)
        for fault in faults.values():
            raise SettingsError(fault)
        return settings

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> tuple["Settings", Mapping[str, str]]:
        """Read the settings, and what is wrong: name to a sentence; such have their default."""
        values, sources, faults = {}, {}, {}
        for one in SETTINGS:
            try:
                values[one.name], sources[one.name] = _read(one, environ)
                if one.name in _CHECKS:
                    _CHECKS[one.name](values[one.name])
            except SettingsError as error:
                faults[one.name] = str(error)
                values[one.name], sources[one.name] = one.default, "default"
        return cls(values, sources), faults

    @property
    def redis_url(self) -> str:
        """Return the address of Redis, "" for the embedded server."""
        return self.values["LANTERN_REDIS_URL"]

    @property
    def data_dir(self) -> Path:
        """Return the data folder."""
        told = self.values["LANTERN_DATA_DIR"]
        return Path(told or platformdirs.user_data_dir("evening-lantern")).expanduser()

    @property
    def secret(self) -> str:
        """Return the secret, "" if the key file is to be used."""
        return self.values["LANTERN_SECRET"]

    @property
    def skill_ids(self) -> frozenset[str]:
        """Return the ids of the skills that may call us."""
        told = self.values["LANTERN_ALEXA_SKILL_ID"].split(",")
        return frozenset(one.strip() for one in told if one.strip())

    @property
    def public_url(self) -> str:
        """Return the address of the service as others see it, without a last slash; "" if none."""
        return self.values["LANTERN_PUBLIC_URL"].rstrip("/")

    @property
    def contact(self) -> str:
        """Return who runs the service and where to write, "" if that is not told."""
        return self.values["LANTERN_CONTACT"]

    @property
    def zone(self) -> str:
        """Return the time zone of the channels that cannot ask for one."""
        return _zone(self.values["LANTERN_TIME_ZONE"])

    @property
    def country(self) -> str:
        """Return the country whose helplines are read out, "" for that of the locale."""
        return self.values["LANTERN_COUNTRY"].upper()

    @property
    def rate_limit(self) -> str:
        """Return how much one address may ask of the text API."""
        return self.values["LANTERN_RATE_LIMIT"]

    @property
    def proxies(self) -> int:
        """Return how many proxies of ours stand in front."""
        return int(self.values["LANTERN_PROXIES"])

    @property
    def metrics_token(self) -> str:
        """Return the token that opens /metrics to other machines."""
        return self.values["LANTERN_METRICS_TOKEN"]

    @property
    def log(self) -> str:
        """Return the kind of lines for each turn, "plain" or "json"; "" for none."""
        return self.values["LANTERN_LOG"]

    @property
    def traces(self) -> str:
        """Return the address that traces are sent to, "" for none."""
        return self.values["LANTERN_TRACES"]


def _check_data_dir(told: str) -> None:
    try:
        Path(told).expanduser()
    except RuntimeError as error:
        raise SettingsError(
            f"LANTERN_DATA_DIR: there is no home folder {told.split('/')[0]!r}; "
            "name the folder from / on."
        ) from error


def _check_proxies(told: str) -> None:
    if not re.fullmatch(r"[0-9]{1,2}", told):
        raise SettingsError(
            f"LANTERN_PROXIES: {told!r} is not a number of proxies; "
            "use 0 if nothing stands in front."
        )


def _check_log(told: str) -> None:
    if told not in ("", "plain", "json"):
        raise SettingsError(
            f"LANTERN_LOG: {told!r} is no kind of line; use plain or json, or unset it."
        )


def _check_country(told: str) -> None:
    if told and told.upper() not in helplines():
        raise SettingsError(
            f"LANTERN_COUNTRY: there are no helplines for {told.upper()!r} in "
            f"content/helplines.toml; use one of {', '.join(helplines())}, or add it there."
        )


def _check_rate_limit(told: str) -> None:
    if told in (_RATE_LIMIT, "off"):
        return
    import limits  # only where it is needed: a fresh process has half a second

    try:
        (rate,) = limits.parse_many(told)
    except ValueError:
        rate = None
    if rate is None or rate.amount < 1:
        raise SettingsError(
            f"LANTERN_RATE_LIMIT: {told!r} is not one rate that lets anybody in; "
            'use something like "60 per minute", or off.'
        )


def _check_public_url(told: str) -> None:
    if told and not is_https(told.rstrip("/")):
        raise SettingsError(
            "LANTERN_PUBLIC_URL: this is no address that Alexa can fetch from; "
            "use one such as https://lantern.example.com."
        )


def _check_traces(told: str) -> None:
    if told and not re.match(r"https?://[^/\s]", told):
        raise SettingsError(
            "LANTERN_TRACES: this is no address of a collector; "
            "use one such as http://127.0.0.1:4318, or unset it."
        )
    if told and not tracing.installed():
        raise SettingsError(
            "LANTERN_TRACES: OpenTelemetry is not installed; "
            'install the extra with pip install "evening-lantern[tracing]", or unset it.'
        )


def _check_zone(told: str) -> None:
    try:
        ZoneInfo(_zone(told))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"LANTERN_TIME_ZONE: {_zone(told)!r} is not a time zone; "
            "use a name such as Europe/Berlin."
        ) from error


def _zone(told: str) -> str:
    return told or tzlocal.get_localzone_name() or "UTC"


_CHECKS: Mapping[str, Callable[[str], None]] = {
    "LANTERN_DATA_DIR": _check_data_dir,
    "LANTERN_PROXIES": _check_proxies,
    "LANTERN_COUNTRY": _check_country,
    "LANTERN_RATE_LIMIT": _check_rate_limit,
    "LANTERN_PUBLIC_URL": _check_public_url,
    "LANTERN_TIME_ZONE": _check_zone,
    "LANTERN_LOG": _check_log,
    "LANTERN_TRACES": _check_traces,
}


_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])")


def is_https(address: str) -> bool:
    """Say whether this is an https:// address of a name with a dot, with nothing after its path."""
    try:
        told = urlsplit(address)
        port_is_there = told.port != 0
    except ValueError:
        return False
    host = _HOST.fullmatch(told.hostname or "")
    more = told.query or told.fragment or told.username
    return told.scheme == "https" and bool(host) and port_is_there and not more


def _read(setting: Setting, environ: Mapping[str, str]) -> tuple[str, str]:
    if environ.get(setting.name):
        return environ[setting.name], "environment"
    file = environ.get(f"{setting.name}_FILE")
    if not file:
        return setting.default, "default"
    try:
        return Path(file).read_text(encoding="utf-8").strip(), "file"
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{setting.name}_FILE: the file it names cannot be read ({type(error).__name__}); "
            "check its path and its rights."
        ) from error
