"""Where Redis is: the addresses that `LANTERN_REDIS_URL` takes, and a client for each.

    redis://host:6379/0                          one server (rediss:// with TLS, unix:///path)
    redis+sentinel://host:26379,host:26379/name  the primary that Sentinels call `name`
    redis+cluster://host:6379,host:6379          a Cluster; of its nodes, some that are there

With a user and a password in front of the hosts: those of the servers. Sentinels that want some,
too, have theirs at the end: `?sentinel_password=...`, with `sentinel_username=...&` before it if
need be. `rediss+sentinel`, for servers and Sentinels, and `rediss+cluster` use TLS.
"""

import threading
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import redis
from redis.backoff import FullJitterBackoff, NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

# How long a call may take. The worst case, a connection that fell silent between two turns, is
# a health check, a new connection and a second try of both: 1.8 to 2.2 seconds. An answer itself
# may be held up by a slow disk, so it gets the larger part.
ANSWER_SECONDS = 0.6
CONNECT_SECONDS = 0.4
RETRIES = 1

_OF_SENTINELS = {"sentinel_username", "sentinel_password"}

WRONG = (
    "The address of Redis must look like redis://host:6379/0, rediss://host:6379/0, "
    "unix:///path/to/redis.sock, redis+sentinel://host:26379,host:26379/name or "
    "redis+cluster://host:6379,host:6379, with special characters in a password "
    "percent-encoded and only options that redis-py knows."
)


class Cluster:
    """A client of a Redis Cluster, whose nodes are looked for when it is called first.

    So a process starts while the cluster is down, as it does with a single server.
    """

    def __init__(self, nodes: list[ClusterNode], options: dict[str, Any]) -> None:
        self.nodes = nodes
        self.options = options
        self._found: RedisCluster | None = None
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.found(), name)

    def found(self) -> RedisCluster:
        """Return the client itself; raises what redis-py does when no node can be reached."""
        with self._lock:
            if self._found is None:
                self._found = RedisCluster(startup_nodes=self.nodes, **self.options)
            return self._found

    def node(self, key: str) -> redis.Redis:
        """Return a client of the primary that has `key`, as far as is known."""
        cluster = self.found()
        place = cluster.get_node_from_key(key)  # type: ignore[no-untyped-call]
        return cluster.get_redis_connection(place)

    def look_again(self) -> None:
        """Ask the nodes anew who has what."""
        self.found().nodes_manager.initialize()


def connect(url: str) -> redis.Redis:
    """Return a client for the Redis that `url` names.

    Nothing is sent yet. A call on it takes about two seconds at most, whatever the server does.
    Raises ValueError, with a message that does not repeat the URL, if it is not such a URL.
    """
    try:
        scheme, _, kind = urlsplit(url).scheme.partition("+")
        if kind in ("sentinel", "cluster") and scheme in ("redis", "rediss"):
            client: redis.Redis = _several(url, kind, scheme == "rediss")
            return client
        client = redis.Redis.from_url(url, **_options())
        # An option that does not exist would otherwise fail only when the first turn arrives.
        client.connection_pool.make_connection()
    except (ValueError, TypeError):
        raise ValueError(WRONG) from None
    return client


def _options() -> dict[str, Any]:
    return {
        "decode_responses": False,
        "protocol": 2,
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "retry": Retry(FullJitterBackoff(cap=0.2, base=0.02), RETRIES),
        "health_check_interval": 30,
    }


def _several(url: str, kind: str, tls: bool) -> Any:
    told = urlsplit(url)
    # A plus is one here, as it is in front of the hosts; in a form it would be a space.
    query = told.query.replace("+", "%2B")
    more = dict(parse_qsl(query, strict_parsing=True)) if query else {}
    if told.fragment or not more.keys() <= (_OF_SENTINELS if kind == "sentinel" else set()):
        raise ValueError
    user, _, places = told.netloc.rpartition("@")
    hosts = [_place(one) for one in places.split(",")]
    safe = {"ssl": True} if tls else {}
    options = _options() | safe
    if user:
        name, _, password = user.partition(":")
        options |= {"username": unquote(name) or None, "password": unquote(password)}
    if kind == "cluster":
        if told.path.strip("/"):
            raise ValueError
        nodes = [ClusterNode(host, port) for host, port in hosts]  # type: ignore[no-untyped-call]
        return Cluster(nodes, options)
    if not told.path.strip("/"):
        raise ValueError
    asked = {
        "socket_timeout": CONNECT_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "retry": Retry(NoBackoff(), 0),  # there are others to ask
        **safe,
        **{name.removeprefix("sentinel_"): value for name, value in more.items()},
    }
    sentinel: Any = Sentinel(hosts, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
    return sentinel.master_for(told.path.strip("/"), **options)


def _place(told: str) -> tuple[str, int]:
    host, _, port = told.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError
    return host.strip("[]"), int(port)
