"""What a household keeps, in Redis: encrypted, expiring, and saved as a whole or not at all.

Whoever reads Redis sees how many households there are, when each was here last, and which of its
lists are long; nothing of what is in them, and nobody's name.

The keys of a household share one hash tag, so a Redis Cluster holds them together:

    lantern:{household}:home    hash: rev, writer, data (the sealed household), and part:<name>
                                for what of it is long, each sealed for itself (see `Closed`)
    lantern:{household}:talk    the sealed running conversation
    lantern:{household}:turns   hash: turn -> the sealed reply it was given
    lantern:{household}:times   sorted set: turn -> the second in which its reply expires
    lantern:{household}:linked  instead of the others: the household that this one has joined
    lantern:{household}:tries   how many codes it has tried lately

And while somebody shows a code:

    lantern:code:<code>         the household that shows it

And for a moment, when somebody asks whether anything can be kept:

    lantern:ready               nothing
"""

import json
import secrets
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import redis
from circuitbreaker import CircuitBreaker
from redis import exceptions
from redis.sentinel import SentinelConnectionPool

from skill.household.address import Cluster
from skill.household.models import READ_LATER
from skill.household.vault import Unreadable, Vault

HOME_SECONDS = 400 * 24 * 3600
TURN_SECONDS = 300

CODE_SECONDS = 600
MOST_TRIES = 5
"""Codes that one household may try in `CODE_SECONDS`."""
_LOWEST_CODE, _CODES = 100_000, 900_000  # no leading zero: spoken as a number it would be lost

READY_MILLISECONDS = 1000

REPLICAS_SECONDS = 0.3
"""How long an answer waits for one replica of a Cluster or behind Sentinel to have it, too."""

# A Redis that failed so often in a row is left alone for a moment: turns are then answered at
# once instead of each waiting for it, and it is not overrun when it comes back.
FAILURES = 5
REST_SECONDS = 1

# `writer` is new for each save: when an answer got lost and redis-py sends the same save again,
# that is seen here instead of being taken for someone else's save.
# The first write comes before all else: a full Redis refuses it, and so the whole save.
_SAVE = """
if redis.call('EXISTS', KEYS[5]) == 1 then return 0 end
local rev, expected = redis.call('HGET', KEYS[1], 'rev') or '0', ARGV[1]
if redis.call('HGET', KEYS[1], 'writer') == ARGV[2] then return 1 end
if rev ~= expected then return 0 end
redis.call('HSET', KEYS[1], 'rev', expected + 1, 'writer', ARGV[2], 'data', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])

local apart = {}
for place = 10, #ARGV, 2 do
  apart[ARGV[place]] = true
  if ARGV[place + 1] ~= '' then
    redis.call('HSET', KEYS[1], ARGV[place], ARGV[place + 1])
  end
end
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(name, 1, 5) == 'part:' and not apart[name] then
    redis.call('HDEL', KEYS[1], name)
  end
end

if ARGV[5] == '' then
  redis.call('DEL', KEYS[2])
else
  redis.call('SET', KEYS[2], ARGV[5], 'EX', ARGV[6])
end

local now = tonumber(redis.call('TIME')[1])
for _, turn in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now)) do
  redis.call('HDEL', KEYS[3], turn)
end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now)

if ARGV[8] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[7], ARGV[8])
  redis.call('ZADD', KEYS[4], now + ARGV[9], ARGV[7])
  redis.call('EXPIRE', KEYS[3], ARGV[9])
  redis.call('EXPIRE', KEYS[4], ARGV[9])
end
return 1
"""

_LOAD = """
local linked = redis.call('GET', KEYS[5])
if linked then
  redis.call('EXPIRE', KEYS[5], ARGV[2])
  return {{}, false, false, linked}
end
local expires = redis.call('ZSCORE', KEYS[4], ARGV[1])
local reply = false
if expires and tonumber(expires) > tonumber(redis.call('TIME')[1]) then
  reply = redis.call('HGET', KEYS[3], ARGV[1])
end
return {redis.call('HGETALL', KEYS[1]), redis.call('GET', KEYS[2]), reply, false}
"""

# The revision goes on counting for a while, without any data: a turn that was under way when its
# household was forgotten can then not bring it back, not even after the household began anew.
_FORGET = """
local rev = redis.call('HGET', KEYS[1], 'rev') or 0
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
redis.call('HSET', KEYS[1], 'rev', rev + 1)
redis.call('EXPIRE', KEYS[1], ARGV[1])
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
  redis.call('ZADD', KEYS[4], redis.call('TIME')[1] + ARGV[1], ARGV[2])
  redis.call('EXPIRE', KEYS[3], ARGV[1])
  redis.call('EXPIRE', KEYS[4], ARGV[1])
end
"""


_COUNT = """
local made = redis.call('INCR', KEYS[1])
if made == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return made
"""


SMALL = 400
"""Bytes up to which what is kept for long is stored as it is: packing more of them pays."""

FEW = 24
"""Values up to which a part of a household is stored with the rest of it: leaving more of them
closed pays."""

_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class StoreUnavailable(Exception):  # noqa: N818
    """Redis cannot be used just now. The message is one sentence and holds no secret.

    ``reason`` is a short word for metrics and logs: a key of ``SENTENCES``.
    """

    def __init__(self, reason: str, kind: str = "") -> None:
        super().__init__(SENTENCES[reason].format(kind=kind))
        self.reason = reason


SENTENCES = {
    "refused": "Redis refuses the user name or the password.",
    "forbidden": "Redis does not let this user do what is needed.",
    "loading": "Redis is still loading its data.",
    "late": "Redis did not answer in time.",
    "unreachable": "Redis cannot be reached.",
    "full": "Redis is full.",
    "read-only": "This Redis server is a read-only replica.",
    "disk": "Redis cannot write its data to disk.",
    "replicas": "Redis has too few replicas to accept a write.",
    "left-alone": "Redis has failed repeatedly and is left alone for a moment.",
    "codes": "No code is free just now.",
    "error": "Redis answered with an error ({kind}).",
}
"""Why Redis cannot be used: a word for programs, and a sentence for people."""


@dataclass(frozen=True)
class Loaded:
    """What is stored about a household, at one moment."""

    rev: int  # 0 for a household never seen
    home: dict[str, Any] | None  # the household, None if it is new or was forgotten; see `Closed`
    talk: dict[str, Any] | None  # the running conversation, None when there is none or it expired
    reply: dict[str, Any] | None  # what this turn was answered before, None if it was not
    linked: str = ""  # the household that this one has joined: all is kept there, nothing here


class Closed:
    """A long part of a household, such as its thank-yous: stored apart, and opened when called.

    Most turns need none of them, so a turn costs in the tenth year what it does on the first
    evening. Saved again as it is, it stays where it is.
    """

    def __init__(self, key: str, old: bool, opened: Callable[[], Any]) -> None:
        """`key` is the household's; `opened` opens it, or raises Unreadable.

        `old` is True if it was sealed with an older secret: then it is sealed anew when saved.
        """
        self.key = key
        self.old = old
        self._opened = opened

    def __call__(self) -> Any:
        """Return what is stored. Raises Unreadable."""
        return self._opened()


class RedisStore:
    """Keeps households in Redis. Safe to share between threads and across a fork.

    `home_seconds` is how long a household is kept after its last save, `turn_seconds` how long
    the reply to a turn is. Every method raises StoreUnavailable when Redis cannot be used.
    """

    def __init__(
        self,
        client: redis.Redis,
        vault: Vault,
        home_seconds: int = HOME_SECONDS,
        turn_seconds: int = TURN_SECONDS,
    ) -> None:
        self._client = client
        self._vault = vault
        self._home_seconds = home_seconds
        self._turn_seconds = turn_seconds
        self._scripts: dict[str, Any] = {}  # prepared when first run: a Cluster is looked for then
        self._breaker = CircuitBreaker(
            failure_threshold=FAILURES,
            recovery_timeout=REST_SECONDS,
            expected_exception=(
                exceptions.ConnectionError,
                exceptions.TimeoutError,
                exceptions.RedisClusterException,
            ),
        )

    def load(self, household: str, turn_id: str) -> Loaded:
        """What is stored about a household, and the reply to this turn if it had one.

        Raises Unreadable if it was stored with another secret or altered since.
        """
        keys, turn = _keys(household), self._vault.turn(household, turn_id)
        with self._reached():
            home, talk, reply, linked = self._run(_LOAD, keys, [turn, self._home_seconds])
        if linked:
            return Loaded(0, None, None, None, linked.decode("ascii"))
        stored = dict(zip(home[::2], home[1::2], strict=True))
        return Loaded(
            rev=int(stored.get(b"rev", 0)),
            home=self._home(stored, keys[0]),
            talk=self._opened(talk, keys[1]),
            reply=self._opened(reply, f"{keys[2]}:{turn}"),
        )

    def save(
        self,
        household: str,
        *,
        rev: int,
        home: dict[str, Any],
        talk: dict[str, Any] | None,
        talk_seconds: int,
        turn_id: str,
        reply: dict[str, Any] | None,
    ) -> bool:
        """Store all of it and keep the household for another `home_seconds`.

        `rev` is the one that was loaded. If someone else saved (or forgot the household) since,
        nothing is stored and the answer is False: load again. A conversation of None is deleted,
        a reply of None is not stored. What of `home` is still the `Closed` that was loaded stays
        stored as it is. After StoreUnavailable it is not known whether it was stored; loading the
        same turn again tells. Raises ValueError if `talk_seconds` is not positive although there
        is a conversation.
        """
        if talk is not None and talk_seconds <= 0:
            raise ValueError(f"A conversation cannot be kept for {talk_seconds} seconds.")
        keys, turn = _keys(household), self._vault.turn(household, turn_id)
        core, apart = self._in_parts(home, keys[0])
        args: list[str | int | bytes] = [
            rev,
            secrets.token_bytes(12),
            self._vault.seal(_packed(_bytes(core)), keys[0]),
            self._home_seconds,
            self._sealed(talk, keys[1]),
            talk_seconds,
            turn,
            self._sealed(reply, f"{keys[2]}:{turn}"),
            self._turn_seconds,
        ]
        for field, sealed in apart.items():
            args += [field, sealed]
        with self._reached():
            return bool(self._kept(_SAVE, keys, args))

    def _in_parts(
        self, home: Mapping[str, Any], key: str
    ) -> tuple[dict[str, Any], Mapping[str, bytes]]:
        """Return what is stored together, and field to what is apart: b"" if it stays as it is."""
        core: dict[str, Any] = {}
        apart: dict[str, bytes] = {}
        for name, value in home.items():
            field = f"part:{name}"
            if isinstance(value, Closed):
                if value.key == key and not value.old:
                    apart[field] = b""
                    continue
                value = value()
            if name in READ_LATER and _is_long(value):
                apart[field] = self._vault.seal(_packed(_bytes(value)), f"{key}:{field}")
            else:
                core[name] = value
        return core, apart

    def _home(self, stored: Mapping[bytes, bytes], key: str) -> dict[str, Any] | None:
        """Return a household with its parts closed."""
        home = self._opened(stored.get(b"data"), key)
        if home is None:
            return None
        # All is sealed anew together, so the rest tells of the parts, too.
        old = self._vault.is_old(stored[b"data"], key)
        for field, sealed in stored.items():
            of_part, _, name = field.decode("ascii").partition(":")
            if of_part == "part":
                opened = partial(self._unsealed, sealed, f"{key}:part:{name}")
                home[name] = Closed(key, old, opened)
        return home

    def forget(
        self, household: str, turn_id: str = "", reply: dict[str, Any] | None = None
    ) -> None:
        """Erase everything of a household at once, stored replies too.

        What stays for `turn_seconds` is a counter by which turns still under way are refused, and
        the `reply` to the turn that asked for it, if that may come again.
        """
        keys, turn = _keys(household), self._vault.turn(household, turn_id)
        args: list[str | int | bytes] = [
            self._turn_seconds,
            turn,
            self._sealed(reply, f"{keys[2]}:{turn}"),
        ]
        for joined in self._joined(keys[0]):
            with self._reached():
                self._client.delete(_keys(joined)[4])
        with self._reached():
            self._kept(_FORGET, keys, args)

    def _joined(self, key: str) -> Sequence[str]:
        """Return the households that joined the one under `key`: they go with it."""
        with self._reached():
            stored = self._client.hget(key, "data")
        try:
            home = self._opened(stored if isinstance(stored, bytes) else None, key)
        except Unreadable:
            return ()
        return tuple(home.get("linked", ())) if home else ()

    def offer_code(self, household: str) -> str:
        """Return six digits by which another household can join this one's, for ten minutes."""
        for _ in range(10):
            code = str(_LOWEST_CODE + secrets.randbelow(_CODES))
            with self._reached():
                if self._client.set(f"lantern:code:{code}", household, ex=CODE_SECONDS, nx=True):
                    return code
        raise StoreUnavailable("codes")

    def claim_code(self, code: str, household: str) -> str | None:
        """Return the household that shows `code`, "" if none does.

        None after five tries of `household` within ten minutes.
        """
        tries = f"lantern:{{{household}}}:tries"
        with self._reached():
            made = int(self._run(_COUNT, [tries], [CODE_SECONDS]))
        if made > MOST_TRIES:
            return None
        with self._reached():
            found = self._client.get(f"lantern:code:{code}")
        return found.decode("ascii") if isinstance(found, bytes) else ""

    def link(self, code: str, household: str, target: str) -> None:
        """Let `household` join `target`: what it kept is gone, all is kept there from now on."""
        keys = _keys(household)
        with self._reached():
            pipe = self._client.pipeline(transaction=True)
            pipe.delete(*keys)
            pipe.set(keys[4], target, ex=self._home_seconds)
            pipe.execute()
            self._client.delete(f"lantern:code:{code}")

    def part(self, household: str) -> None:
        """Let all that have joined `household` begin anew on their own."""
        with self._reached():
            for joined in self._joined(_keys(household)[0]):
                self._client.delete(_keys(joined)[4])

    def ping(self) -> None:
        """Return if Redis takes what is written; raise StoreUnavailable if it does not.

        A server may answer and yet not write: a replica, a full one, one whose disk is. So it is
        given something, for a moment: a full disk is noticed by nothing less. Whoever asks again
        meanwhile has nothing written.
        """
        with self._reached():
            self._client.set("lantern:ready", b"", nx=True, px=READY_MILLISECONDS)

    def _run(self, script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        if script not in self._scripts:
            self._scripts[script] = self._client.register_script(script)
        return self._scripts[script](keys=keys, args=args)

    def _kept(self, script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run a script that writes, and wait until a replica has it, where there should be one.

        Redis answers before its replicas know (Redis documentation, "WAIT"): a primary that dies
        right then would take with it what was acknowledged. If no replica is there in time, the
        answer is given all the same: after a fail-over there is none for a while. A script may
        run twice, so one whose primary has just changed is run again on the new one.
        """
        if isinstance(self._client, Cluster):
            try:
                return self._waited(self._client.node(keys[0]), script, keys, args)
            except (exceptions.ConnectionError, exceptions.TimeoutError, exceptions.ResponseError):
                self._client.look_again()
                return self._waited(self._client.node(keys[0]), script, keys, args)
        if isinstance(self._client.connection_pool, SentinelConnectionPool):
            return self._waited(self._client, script, keys, args)
        return self._run(script, keys, args)

    @staticmethod
    def _waited(node: redis.Redis, script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        pipe = node.pipeline(transaction=False)
        pipe.eval(script, len(keys), *keys, *args)
        pipe.wait(1, int(REPLICAS_SECONDS * 1000))
        return pipe.execute()[0]

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Call Redis, unless it has just failed again and again."""
        if self._breaker.opened:
            raise StoreUnavailable("left-alone")
        with as_unavailable(), self._breaker:
            yield

    def _sealed(self, value: dict[str, Any] | None, name: str) -> bytes:
        """Return what is kept for minutes: not packed, which takes longer than it saves."""
        return b"" if value is None else self._vault.seal(_bytes(value), name)

    def _opened(self, sealed: bytes | None, name: str) -> dict[str, Any] | None:
        if sealed is None:
            return None
        value = self._unsealed(sealed, name)
        if not isinstance(value, dict):
            raise Unreadable
        return value

    def _unsealed(self, sealed: bytes, name: str) -> Any:
        try:
            data = self._vault.open(sealed, name)
            return json.loads(data if data[:1] in (b"{", b"[") else zlib.decompress(data))
        except (ValueError, zlib.error):
            raise Unreadable from None


def _is_long(part: Any) -> bool:
    """Say whether a list or an object has more than `FEW` values, those within it counted too."""
    values, left = 0, [part]
    while left and values <= FEW:
        one = left.pop()
        if isinstance(one, list | dict):
            left.extend(one.values() if isinstance(one, dict) else one)
        else:
            values += 1
    return values > FEW


def _bytes(value: Any) -> bytes:
    return _json(value).encode("utf-8", "surrogatepass")


def _packed(data: bytes) -> bytes:
    return zlib.compress(data, 1) if len(data) > SMALL else data


def kept(client: redis.Redis) -> Iterator[tuple[str, bytes]]:
    """Yield the households that are kept: the name each is sealed under, and itself.

    Raises StoreUnavailable.
    """
    with as_unavailable():
        for key in client.scan_iter(match="lantern:{*}:home", count=1000):
            sealed: Any = client.hget(key, "data")
            if sealed:
                yield key.decode(), sealed


def _keys(household: str) -> list[str]:
    parts = ("home", "talk", "turns", "times", "linked", "tries")
    return [f"lantern:{{{household}}}:{part}" for part in parts]


@contextmanager
def as_unavailable() -> Iterator[None]:
    """Turn what redis-py raises into StoreUnavailable, which says it in one sentence."""
    try:
        yield
    except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
        raise _why(error) from error
    except exceptions.RedisClusterException as error:
        raise StoreUnavailable("unreachable") from error
    except exceptions.RedisError as error:
        # Not chained: some servers repeat the command they refuse, password included.
        raise _why(error) from None


def _why(error: exceptions.RedisError) -> StoreUnavailable:
    kinds: list[tuple[type[exceptions.RedisError], str]] = [
        (exceptions.AuthenticationError, "refused"),
        (exceptions.ClusterDownError, "unreachable"),
        (exceptions.NoPermissionError, "forbidden"),
        (exceptions.BusyLoadingError, "loading"),
        (exceptions.TimeoutError, "late"),
        (exceptions.ConnectionError, "unreachable"),
        (exceptions.OutOfMemoryError, "full"),
        (exceptions.ReadOnlyError, "read-only"),
    ]
    for kind, reason in kinds:
        if isinstance(error, kind):
            return StoreUnavailable(reason)
    # Before Redis 7, what fails inside a script has no class of its own; a few never have one.
    words = {
        "unauthenticated": "refused",  # of a long command
        "OOM": "full",
        "MISCONF": "disk",
        "READONLY": "read-only",
        "NOREPLICAS": "replicas",
    }
    for word, reason in words.items():
        if word in str(error):
            return StoreUnavailable(reason)
    return StoreUnavailable("error", type(error).__name__)
