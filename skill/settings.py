"""Every setting, once: its name, its default, what it is for, and whether it is a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
import tzlocal

from content import helplines


class SettingsError(ValueError):
    """A setting is wrong. The message names it, what is wrong, and what to do."""


@dataclass(frozen=True)
class Setting:
    """One environment variable. `NAME_FILE` may name a file that holds its value instead."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting(
        "LANTERN_REDIS_URL",
        "",
        "Where Redis is (redis://, rediss:// or unix://). Unset: an embedded server starts.",
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
        "LANTERN_COUNTRY",
        "",
        "Country whose helplines are read out (US, GB, ...). Unset: that of the locale.",
    ),
    Setting(
        "LANTERN_RATE_LIMIT",
        "60 per minute",
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
        read = {one.name: _read(one, environ) for one in SETTINGS}
        settings = cls(
            {name: value for name, (value, _) in read.items()},
            {name: source for name, (_, source) in read.items()},
        )
        settings._check_zone()
        settings._check_public_url()
        settings._check_numbers()
        settings._check_log()
        return settings

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
    def zone(self) -> str:
        """Return the time zone of the channels that cannot ask for one."""
        return self.values["LANTERN_TIME_ZONE"] or tzlocal.get_localzone_name() or "UTC"

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

    def _check_log(self) -> None:
        if self.log not in ("", "plain", "json"):
            raise SettingsError(
                f"LANTERN_LOG: {self.log!r} is no kind of line; use plain or json, or unset it."
            )

    def _check_numbers(self) -> None:
        if not self.values["LANTERN_PROXIES"].isdecimal():
            raise SettingsError(
                f"LANTERN_PROXIES: {self.values['LANTERN_PROXIES']!r} is not a number of proxies; "
                "use 0 if nothing stands in front."
            )
        if self.country and self.country not in helplines():
            raise SettingsError(
                f"LANTERN_COUNTRY: there are no helplines for {self.country!r} in "
                f"content/helplines.toml; use one of {', '.join(helplines())}, or add it there."
            )
        if self.sources["LANTERN_RATE_LIMIT"] != "default":
            self._check_rate_limit()

    def _check_rate_limit(self) -> None:
        import limits  # only where it is needed: a fresh process has half a second

        try:
            self.rate_limit == "off" or limits.parse(self.rate_limit)
        except ValueError as error:
            raise SettingsError(
                f"LANTERN_RATE_LIMIT: {self.rate_limit!r} is not a rate; "
                'use something like "60 per minute", or off.'
            ) from error

    def _check_public_url(self) -> None:
        if self.public_url and not _is_https(self.public_url):
            raise SettingsError(
                "LANTERN_PUBLIC_URL: this is no address that Alexa can fetch from; "
                "use one such as https://lantern.example.com."
            )

    def _check_zone(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SettingsError(
                f"LANTERN_TIME_ZONE: {self.zone!r} is not a time zone; "
                "use a name such as Europe/Berlin."
            ) from error


def _is_https(address: str) -> bool:
    try:
        told = urlsplit(address)
    except ValueError:
        return False
    more = told.query or told.fragment or told.username
    return told.scheme == "https" and bool(told.hostname) and not more


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
