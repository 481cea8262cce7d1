"""How many requests one address may make, counted in Redis, so that all workers count together."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from redis import Redis
from redis.exceptions import RedisClusterException

from skill.household.address import Cluster

OFF = "off"


class RateLimit:
    """Lets through as many requests as `limit` says ("60 per minute"); "off" lets all through."""

    def __init__(self, client: Redis, limit: str) -> None:
        self._client = client
        self._limit = limit

    def allows(self, who: str) -> bool:
        """Count a request of `who`; without Redis all are let through, to hear a kind answer."""
        try:
            return self._limit == OFF or self._hit(who)
        except RedisClusterException:  # no node of the cluster could be found
            return True

    @cached_property
    def _hit(self) -> Callable[[str], bool]:
        # A speaker's turns are not counted: a fresh process that answers one never loads this.
        from limits import parse
        from limits.errors import StorageError
        from limits.storage import RedisClusterStorage, RedisStorage
        from limits.strategies import SlidingWindowCounterRateLimiter

        limit = parse(self._limit)
        kept: dict[str, Any] = {"key_prefix": "lantern:rate", "wrap_exceptions": True}
        if isinstance(self._client, Cluster):
            told = self._client.options | {"startup_nodes": self._client.nodes}
            storage: RedisStorage = RedisClusterStorage("redis+cluster://", **kept, **told)
        else:
            pool = self._client.connection_pool
            storage = RedisStorage("redis://", connection_pool=pool, **kept)
        limiter = SlidingWindowCounterRateLimiter(storage)

        def hit(who: str) -> bool:
            try:
                return limiter.hit(limit, who)
            except StorageError:
                return True

        return hit
