"""Limits on how often a caller may ask, shared by all processes through Redis.

While Redis does not answer, each process counts for itself: a limit that is a little too generous is better
than a sign-in that is down.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Awaitable, Callable

import structlog
from fastapi import Request, Response
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from src.exceptions import TooManyRequestsError

KeyOf = Callable[[Request], str]

_log = structlog.get_logger(__name__)


class RateLimiter:
    """Counts hits in a moving window; Redis is away where it takes more than `patience` seconds to answer."""

    def __init__(self, redis_url: str, *, patience: float = 1) -> None:
        self._pool = ConnectionPool.from_url(
            redis_url, socket_connect_timeout=patience, socket_timeout=patience
        )
        self._shared = MovingWindowRateLimiter(
            RedisStorage(
                "async+redis://",
                implementation="redispy",
                connection_pool=self._pool,  # type: ignore[arg-type]  # a pool by the library's own words
            )
        )
        self._own = MovingWindowRateLimiter(MemoryStorage())

    async def hit(self, item: RateLimitItem, *key: str) -> tuple[bool, int, int]:
        """Count one hit; (allowed, hits left, seconds until the window frees one)."""
        try:
            return await self._hit(self._shared, item, *key)
        except (RedisError, OSError):
            _log.warning("rate_limit_storage_unavailable")
            return await self._hit(self._own, item, *key)

    async def forget(self, item: RateLimitItem, *key: str) -> None:
        """Take back what was counted under the key."""
        await self._own.clear(item, *key)
        try:
            await self._shared.clear(item, *key)
        except (RedisError, OSError):
            _log.warning("rate_limit_storage_unavailable")

    async def close(self) -> None:
        """Let go of the connections; called when the process ends."""
        await self._pool.aclose()

    @staticmethod
    async def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, *key: str) -> tuple[bool, int, int]:
        allowed = await limiter.hit(item, *key)
        stats = await limiter.get_window_stats(item, *key)
        return allowed, stats.remaining, max(1, math.ceil(stats.reset_time - time.time()))


def client_address(request: Request) -> str:
    """The caller's network address as the server sees it (a proxy's headers are uvicorn's business)."""
    return request.client.host if request.client else "unknown"


async def enforce(request: Request, response: Response, *, name: str, limit: str, key: str) -> None:
    """Count one request under the key and go on while it is within `limit` ("10/minute").

    Sets `RateLimit-Limit`, `-Remaining` and `-Reset` of the narrowest limit so far, on the answer and on
    whatever error comes instead of it. Raises TooManyRequestsError past the limit. The key may be anything a
    caller sends: it is hashed.
    """
    limiter: RateLimiter = request.app.state.rate_limiter
    item = parse(limit)
    allowed, remaining, reset = await limiter.hit(item, name, _digest(key))
    narrowest = response.headers.get("RateLimit-Remaining")
    if narrowest is None or remaining <= int(narrowest):
        headers = {
            "RateLimit-Limit": str(item.amount),
            "RateLimit-Remaining": str(remaining),
            "RateLimit-Reset": str(reset),
        }
        response.headers.update(headers)
        request.state.rate_limit_headers = headers
    if not allowed:
        raise TooManyRequestsError(retry_after=reset)


async def forgive(request: Request, *, name: str, limit: str, key: str) -> None:
    """Take back what `enforce` counted under the key: whoever proved who they are starts anew."""
    limiter: RateLimiter = request.app.state.rate_limiter
    await limiter.forget(parse(limit), name, _digest(key))


def rate_limit(
    name: str, limit: str, key_of: KeyOf = client_address
) -> Callable[[Request, Response], Awaitable[None]]:
    """A dependency that lets `limit` ("10/minute") requests of one key through; see `enforce`."""
    parse(limit)

    async def check(request: Request, response: Response) -> None:
        await enforce(request, response, name=name, limit=limit, key=key_of(request))

    return check


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
