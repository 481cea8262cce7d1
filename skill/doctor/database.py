"""What Redis is, and whether what it is given stays."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import redis
from redis.sentinel import SentinelConnectionPool

from skill.app import vault_for
from skill.doctor.findings import Finding, State, broken, clock, ok, warning
from skill.household.address import connect
from skill.household.embedded import ServerFailed, ServerMissing, running
from skill.household.redis_store import StoreUnavailable, as_unavailable, kept
from skill.household.vault import KeyMissing, Unreadable
from skill.settings import Settings

OLDEST = (6, 2)
"""The oldest version that the tests run with."""

NEARLY_FULL = 0.9

# A script, as each turn is one; the key is gone by itself.
_PROBE = "return redis.call('SET', KEYS[1], '1', 'EX', 1)"

_REMEDIES = {
    "unreachable": "Start it, or correct LANTERN_REDIS_URL.",
    "late": "See whether it is overloaded, or behind a firewall.",
    "refused": "Correct them in LANTERN_REDIS_URL.",
    "forbidden": (
        "Allow it the keys lantern:* and the commands of @read, @write, @scripting, @transaction "
        "and @connection."
    ),
    "loading": "Wait a moment and run this again.",
    "full": "Give it more memory (maxmemory).",
    "disk": "Make room on its disk, and look into its log.",
    "read-only": "Name its primary in LANTERN_REDIS_URL.",
}

Info = Mapping[str, Any]
"""What the command INFO tells."""


def examined(settings: Settings) -> Iterator[Finding]:
    """Yield what is found about Redis; the embedded server runs meanwhile, if there is no other."""
    try:
        with running(settings.redis_url, settings.data_dir) as url:
            client = connect(url)
            yield from server(client, embedded=not settings.redis_url)
            yield from opened(client, settings)
    except (ServerMissing, ServerFailed) as error:
        yield broken("redis", str(error), "")
    except ValueError as error:
        yield broken("redis", f"LANTERN_REDIS_URL: {error}", "")


def server(client: redis.Redis, embedded: bool) -> Iterator[Finding]:
    """Yield what is found about the server, or servers, behind `client`."""
    info = _info(client)
    if info and info.get("redis_mode") == "sentinel":
        yield broken(
            "redis",
            "LANTERN_REDIS_URL names a Sentinel, which keeps nothing itself.",
            "Name the server that keeps the data.",
        )
        return
    taken = writing(client)
    yield taken
    if info:
        yield ok("redis", f"Redis is {_kind(client, info, embedded)}.")
        yield version(info)
        yield disk(info, _setting(client, "save"), _setting(client, "appendfsync"))
        yield eviction(info)
        yield memory(info)
    elif taken.state is State.OK:
        yield warning(
            "redis",
            "Redis tells nothing about itself: neither its disk nor its memory could be checked.",
            "Allow this user the command INFO.",
        )
    if not embedded and taken.state is State.OK:
        yield time(client)


def _info(client: redis.Redis) -> Info | None:
    try:
        with as_unavailable():
            told = client.info()
    except StoreUnavailable:
        return None
    assert isinstance(told, Mapping)
    return told


def _kind(client: redis.Redis, info: Info, embedded: bool) -> str:
    if embedded:
        return "the embedded server"
    if info.get("redis_mode") == "cluster":
        return "a Cluster"
    pool = getattr(client, "connection_pool", None)
    return "a server found by Sentinel" if isinstance(pool, SentinelConnectionPool) else "a server"


def version(info: Info) -> Finding:
    """Say whether it is one that we know."""
    told = str(info.get("redis_version", ""))
    numbers = tuple(int(one) for one in told.split(".")[:2] if one.isdecimal())
    if numbers < OLDEST:
        return warning(
            "redis.version",
            f"Redis is version {told or 'unknown'}; nobody has tried one before "
            f"{'.'.join(map(str, OLDEST))}.",
            "Use a newer one.",
        )
    return ok("redis.version", f"Redis is version {told}.")


def writing(client: redis.Redis) -> Finding:
    """Write a key, as a turn does."""
    try:
        with as_unavailable():
            client.eval(_PROBE, 1, "lantern:doctor")
    except StoreUnavailable as error:
        return _unusable("redis.writing", error)
    return ok("redis.writing", "Redis takes what is to be kept.")


def opened(client: redis.Redis, settings: Settings) -> Iterator[Finding]:
    """Say whether the secret opens what is kept, if anything is."""
    check = "redis.secret"
    try:
        found = next(kept(client), None)
        if found is None:
            return
        name, sealed = found
        vault_for(settings, client).open(sealed, name)
        yield ok(check, "The secret opens what is kept in Redis.")
    except Unreadable:
        yield broken(
            check,
            "What is kept in Redis was sealed with another secret.",
            "Put the old one back: behind the new one, with a comma between.",
        )
    except KeyMissing as error:
        yield broken(check, str(error), "")
    except (StoreUnavailable, OSError, ValueError):
        return  # that is told where Redis, or the secret, is looked at


def _unusable(check: str, error: StoreUnavailable) -> Finding:
    return broken(check, str(error), _REMEDIES.get(error.reason, "Look into its log."))


def _setting(client: redis.Redis, name: str) -> str | None:
    """Return a setting of the server; None if it does not tell."""
    try:
        with as_unavailable():
            told = client.config_get(name)
    except StoreUnavailable:  # services that run Redis for others often forbid the question
        return None
    assert isinstance(told, Mapping)
    return str(told[name]) if name in told else None


def disk(info: Info, snapshots: str | None, synced: str | None) -> Finding:
    """Say whether what is kept outlives the server.

    `snapshots` is its setting `save`, "" for never; `synced` is `appendfsync`. None: not told.
    """
    check = "redis.disk"
    if {info.get(f"{one}_status", "ok") for one in ("aof_last_write", "rdb_last_bgsave")} != {"ok"}:
        return broken(
            check, "Redis could not write to its disk.", "Make room there, and look into its log."
        )
    if info.get("aof_enabled") and synced in ("everysec", "no"):
        return warning(
            check,
            "Redis answers before its disk has what was said: a power cut takes the last seconds.",
            "Set `appendfsync always` in its configuration.",
        )
    if info.get("aof_enabled"):
        return ok(check, "Redis writes down each change.")
    if snapshots is None:
        return warning(
            check,
            "Redis does not tell whether anything is written to its disk.",
            "Ask whoever runs it for an append-only file, or for backups.",
        )
    if snapshots:
        return warning(
            check,
            "Redis writes snapshots only: if it dies, what came after the last one is lost.",
            "Set `appendonly yes` in its configuration.",
        )
    return broken(
        check,
        "Redis writes nothing to its disk: when it ends, everything is forgotten.",
        "Set `appendonly yes` in its configuration.",
    )


def eviction(info: Info) -> Finding:
    """Say whether a full Redis throws away what is kept: all of it has an end, `volatile` too."""
    policy = info.get("maxmemory_policy")
    if policy == "noeviction":
        return ok("redis.eviction", "A full Redis throws nothing away.")
    told = (
        "Redis does not tell what it does"
        if policy is None
        else f"Redis throws data away ({policy})"
    )
    return warning(
        "redis.eviction",
        f"{told} when it is full; a household may be lost.",
        "Set `maxmemory-policy noeviction` in its configuration.",
    )


def memory(info: Info) -> Finding:
    """Say how much of its memory is used."""
    used = int(info.get("used_memory", 0))
    most = int(info.get("maxmemory", 0) or info.get("total_system_memory", 0))
    told = f"Redis uses {used / 1e6:,.0f} MB" + (f" of {most / 1e6:,.0f} MB." if most else ".")
    if most and used >= most * NEARLY_FULL:
        return warning("redis.memory", told, "Give it more memory (maxmemory).")
    return ok("redis.memory", told)


def time(client: redis.Redis) -> Finding:
    """Compare our clock with that of Redis."""
    try:
        with as_unavailable():
            seconds, micros = client.time()  # type: ignore[misc]  # no promise: not awaited
    except StoreUnavailable as error:
        return _unusable("clock.redis", error)
    theirs = datetime.fromtimestamp(seconds + micros / 1e6, UTC)
    return clock("clock.redis", datetime.now(UTC) - theirs, "that of Redis")
