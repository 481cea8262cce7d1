"""How many requests one address may make, counted in Redis, so that all workers count together."""

from limits import parse
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import Redis

OFF = "off"


class RateLimit:
    """Lets through as many requests as `limit` says ("60 per minute"); "off" lets all through."""

    def __init__(self, client: Redis, limit: str) -> None:
        """Raises ValueError if `limit` cannot be read."""
        self._limit = None if limit == OFF else parse(limit)
        storage = RedisStorage(
            "redis://",
            connection_pool=client.connection_pool,
            key_prefix="lantern:rate",
            wrap_exceptions=True,
        )
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    def allows(self, who: str) -> bool:
        """Count a request of `who`; without Redis all are let through, to hear a kind answer."""
        if self._limit is None:
            return True
        try:
            return self._limiter.hit(self._limit, who)
        except StorageError:
            return True
