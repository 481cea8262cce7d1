"""What the settings say, and what they lack."""

import difflib
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from content import DEFAULT_LOCALE
from content.check import old_numbers
from skill.doctor.findings import Finding, broken, ok, warning
from skill.household.vault import KEY_FILE, SHORTEST_SECRET, listed
from skill.settings import SETTINGS, Settings

_SKILL_ID = re.compile(r"amzn1\.ask\.skill\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

LEAST_BITS = 80
"""What a secret should be worth, so that trying takes longer than anybody has."""


def examined(
    settings: Settings, faults: Mapping[str, str], environ: Mapping[str, str], today: date
) -> Iterator[Finding]:
    """Yield what is found about the settings of `environ`; `faults` are those that are wrong."""
    amiss = [broken("settings", sentence, "") for sentence in faults.values()]
    amiss += [*unknown(environ), *told_twice(environ)]
    yield from amiss or [ok("settings", "Each setting that is made is one that we know.")]
    yield secret(settings)
    yield from skills(settings)
    if settings.public_url:
        yield from public(settings)
    yield from numbers(settings, today)


def unknown(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Name the variables that look like settings and are none."""
    ours = "LANTERN_"
    known = [f"{one.name.removeprefix(ours)}{end}" for one in SETTINGS for end in ("", "_FILE")]
    for name in sorted(environ):
        if name.startswith(ours) and name.removeprefix(ours) not in known:
            near = difflib.get_close_matches(name.removeprefix(ours), known, 1)
            remedy = f"Did you mean {ours}{near[0]}?" if near else "Nothing reads it; unset it."
            yield warning("settings", f"{name} is no setting.", remedy)


def told_twice(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Name the settings that are made by a value and by a file."""
    for one in SETTINGS:
        file = f"{one.name}_FILE"
        if environ.get(one.name) and environ.get(file):
            yield warning(
                "settings",
                f"{one.name} and {file} are both set; the file is not read.",
                "Unset one.",
            )


def secret(settings: Settings) -> Finding:
    """Say where the secret comes from, and whether it is a good one."""
    if not settings.secret.strip():
        return _key_file(settings)
    source = settings.sources["LANTERN_SECRET"]
    given = listed(settings.secret.encode("utf-8", "surrogateescape"))
    if not given or min(map(len, given)) < SHORTEST_SECRET:
        return broken(
            "secret", f"LANTERN_SECRET has less than {SHORTEST_SECRET} characters.", _NEW_SECRET
        )
    if min(map(bits, given)) < LEAST_BITS:
        return warning("secret", "LANTERN_SECRET is easy to guess.", _IN_FRONT)
    return ok("secret", f"The secret comes from the {source}, and is a long one.")


_NEW_SECRET = "Make one with `openssl rand -base64 32`."
_IN_FRONT = f"{_NEW_SECRET[:-1]}, and put it in front of the old one, with a comma between."


def _key_file(settings: Settings) -> Finding:
    file = settings.data_dir / KEY_FILE
    found = _amiss(file)
    if found:
        return found
    if settings.redis_url:
        return warning(
            "secret",
            f"The secret is in {file}; another machine could not read what is kept in Redis.",
            "Set LANTERN_SECRET to what is in the file, on all of them.",
        )
    if not file.exists():
        return ok("secret", f"A secret is made at the first start, in {file}; keep a copy of it.")
    return ok("secret", f"The secret is kept in {file}; nothing can be read without it.")


def _amiss(file: Path) -> Finding | None:
    """Return what is wrong with a key file that is there."""
    try:
        mode, told = file.stat().st_mode, listed(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        return broken(
            "secret",
            f"The secret in {file} cannot be read ({error.strerror}).",
            "Run this as the user who runs the service, or correct LANTERN_DATA_DIR.",
        )
    if not told or min(map(len, told)) < SHORTEST_SECRET:
        return broken(
            "secret",
            f"The secret in {file} has less than {SHORTEST_SECRET} characters.",
            "Put your copy of it back.",
        )
    if mode & 0o077:
        return warning("secret", f"Others on this machine can read {file}.", f"chmod 600 {file}")
    return None


def bits(secret: bytes) -> float:
    """Return what a secret is worth at most: its length, in the characters that it is made of."""
    return len(secret) * math.log2(max(len(set(secret)), 1))


def skills(settings: Settings) -> Iterator[Finding]:
    """Say which skills may call."""
    wrong = sorted(one for one in settings.skill_ids if not _SKILL_ID.fullmatch(one))
    for one in wrong:
        yield broken(
            "alexa.skill",
            f"LANTERN_ALEXA_SKILL_ID: {one!r} is no skill's id.",
            "It looks like amzn1.ask.skill.12345678-1234-1234-1234-123456789abc; "
            "`ask deploy` and the developer console show it.",
        )
    if not settings.skill_ids:
        yield warning(
            "alexa.skill",
            "No skill may call /alexa.",
            "Set LANTERN_ALEXA_SKILL_ID, unless page, text and terminal are all that you want.",
        )
    elif not wrong:
        yield ok("alexa.skill", f"Skills that may call /alexa: {len(settings.skill_ids)}.")


def public(settings: Settings) -> Iterator[Finding]:
    """Say what a service lacks that others can reach."""
    if not settings.contact:
        yield warning(
            "contact",
            "/privacy and /terms do not say who runs this service.",
            "Set LANTERN_CONTACT to a name and an e-mail address.",
        )
    if not settings.proxies:
        yield warning(
            "proxies",
            "Whatever ends HTTPS for LANTERN_PUBLIC_URL is not counted as a proxy, so all visitors "
            "share one rate limit.",
            "Set LANTERN_PROXIES to 1.",
        )


def numbers(settings: Settings, today: date) -> Iterator[Finding]:
    """Say whose helplines are read out, and which numbers should be verified again."""
    country = settings.country or DEFAULT_LOCALE[-2:]
    old = old_numbers(today)
    yield from (warning("helplines", sentence, "") for sentence in old)
    if not old:
        yield ok("helplines", f"Helplines of {country} are read out; each was verified lately.")
