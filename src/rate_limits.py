"""Limits on how often a caller may ask, shared by all processes through Redis.

While Redis does not answer, each process counts for itself: a limit that is a little too generous is better
than a sign-in that is down.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from fastapi import Request, Response
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from src.exceptions import TooManyRequestsError

KeyOf = Callable[[Request], str]

_log = structlog.get_logger(__name__)


class RateLimiter:
    """Counts hits in a moving window."""

    def __init__(self, redis_url: str) -> None:
        url = redis_url.replace("unix://", "redis+unix://")
        self._shared = MovingWindowRateLimiter(
            RedisStorage(f"async+{url}", implementation="redispy", socket_connect_timeout=1, socket_timeout=1)
        )
        self._own = MovingWindowRateLimiter(MemoryStorage())

    async def hit(self, item: RateLimitItem, *key: str) -> tuple[bool, int, int]:
        """Count one hit; (allowed, hits left, seconds until the window frees one)."""
        try:
            return await self._hit(self._shared, item, *key)
        except (RedisError, OSError):
            _log.warning("rate_limit_storage_unavailable")
            return await self._hit(self._own, item, *key)

    @staticmethod
    async def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, *key: str) -> tuple[bool, int, int]:
        allowed = await limiter.hit(item, *key)
        stats = await limiter.get_window_stats(item, *key)
        return allowed, stats.remaining, max(1, math.ceil(stats.reset_time - time.time()))


def client_address(request: Request) -> str:
    """The caller's network address as the server sees it (a proxy's headers are uvicorn's business)."""
    return request.client.host if request.client else "unknown"


def rate_limit(
    name: str, limit: str, key_of: KeyOf = client_address
) -> Callable[[Request, Response], Awaitable[None]]:
    """A dependency that lets `limit` ("10/minute") requests of one key through.

    Sets `RateLimit-Limit`, `-Remaining` and `-Reset`; raises TooManyRequestsError past the limit.
    """
    item = parse(limit)

    async def check(request: Request, response: Response) -> None:
        limiter: RateLimiter = request.app.state.rate_limiter
        allowed, remaining, reset = await limiter.hit(item, name, key_of(request))
        headers: dict[str, Any] = {
            "RateLimit-Limit": str(item.amount),
            "RateLimit-Remaining": str(remaining),
            "RateLimit-Reset": str(reset),
        }
        response.headers.update(headers)
        if not allowed:
            raise TooManyRequestsError(retry_after=reset)

    return check
