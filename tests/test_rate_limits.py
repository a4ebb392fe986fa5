"""Limits on how often one may ask: shared through Redis, kept by each process alone while Redis is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Depends, FastAPI, Request, Response

from src import exception_handlers
from src.rate_limits import RateLimiter, enforce, forgive, rate_limit
from tests.unreachable import unreachable_redis_url

PATIENCE = 30.0
"""Seconds; on a busy machine a Redis that is there may be slow, and must not be taken for away."""


async def _limited(request: Request, response: Response, key: str) -> str:
    await enforce(request, response, name="wide", limit="10/minute", key="all")
    await enforce(request, response, name="narrow", limit="3/minute", key=key)
    return "passed"


async def _forgive(request: Request, key: str) -> None:
    await forgive(request, name="narrow", limit="3/minute", key=key)


def application(limiter: RateLimiter) -> FastAPI:
    app = FastAPI()
    exception_handlers.install(app)
    app.state.rate_limiter = limiter
    app.add_api_route("/limited", _limited)
    app.add_api_route("/forgive", _forgive)
    app.add_api_route(
        "/by-address", lambda: "passed", dependencies=[Depends(rate_limit("address", "2/minute"))]
    )
    return app


def calling(app: FastAPI, address: str = "192.0.2.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 1234))
    return httpx.AsyncClient(transport=transport, base_url="http://rounds.test")


@pytest.fixture
async def shared(redis_url: str) -> AsyncIterator[RateLimiter]:
    limiter = RateLimiter(redis_url, patience=PATIENCE)
    yield limiter
    await limiter.close()


@pytest.fixture
async def alone() -> AsyncIterator[RateLimiter]:
    """While Redis is away."""
    limiter = RateLimiter(unreachable_redis_url())
    yield limiter
    await limiter.close()


async def test_the_limit_lets_so_many_through_and_tells_how_many_are_left(shared: RateLimiter) -> None:
    async with calling(application(shared)) as client:
        for left in (2, 1, 0):
            answer = await client.get("/limited", params={"key": "a"})
            assert answer.status_code == 200
            assert answer.headers["RateLimit-Limit"] == "3"
            assert answer.headers["RateLimit-Remaining"] == str(left)
            assert 0 < int(answer.headers["RateLimit-Reset"]) <= 60
        refused = await client.get("/limited", params={"key": "a"})
        assert refused.status_code == 429
        assert refused.json()["error"]["details"] == {"retry_after": int(refused.headers["Retry-After"])}
        assert refused.headers["RateLimit-Remaining"] == "0"


async def test_another_key_has_its_own_count(shared: RateLimiter) -> None:
    async with calling(application(shared)) as client:
        for _ in range(4):
            await client.get("/limited", params={"key": "a"})
        assert (await client.get("/limited", params={"key": "b"})).status_code == 200


async def test_many_at_once_do_not_slip_through(shared: RateLimiter) -> None:
    async with calling(application(shared)) as client:
        answers = await asyncio.gather(*(client.get("/limited", params={"key": "a"}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 5


async def test_two_processes_count_together(shared: RateLimiter, redis_url: str) -> None:
    other = RateLimiter(redis_url, patience=PATIENCE)
    async with calling(application(shared)) as here, calling(application(other)) as there:
        statuses = [
            (await client.get("/limited", params={"key": "a"})).status_code
            for client in (here, there, here, there)
        ]
    await other.close()
    assert statuses == [200, 200, 200, 429]


async def test_who_is_forgiven_starts_anew(shared: RateLimiter) -> None:
    async with calling(application(shared)) as client:
        for _ in range(3):
            await client.get("/limited", params={"key": "a"})
        await client.get("/forgive", params={"key": "a"})
        assert (await client.get("/limited", params={"key": "a"})).headers["RateLimit-Remaining"] == "2"


@pytest.mark.parametrize("key", ["", "a/b:c", "é\u202e", "nul\x00", "x" * 5_000, "*"])
async def test_any_text_may_be_a_key(shared: RateLimiter, key: str) -> None:
    async with calling(application(shared)) as client:
        statuses = [(await client.get("/limited", params={"key": key})).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]


async def test_an_address_is_a_key_by_default(shared: RateLimiter) -> None:
    app = application(shared)
    async with calling(app, "192.0.2.1") as one, calling(app, "192.0.2.2") as other:
        assert [(await one.get("/by-address")).status_code for _ in range(3)] == [200, 200, 429]
        assert (await other.get("/by-address")).status_code == 200


async def test_an_address_that_a_caller_merely_claims_changes_nothing(shared: RateLimiter) -> None:
    async with calling(application(shared)) as client:
        statuses = [
            (await client.get("/by-address", headers={"X-Forwarded-For": f"10.0.0.{n}"})).status_code
            for n in range(3)
        ]
    assert statuses == [200, 200, 429]


async def test_while_redis_is_away_each_process_counts_for_itself(alone: RateLimiter) -> None:
    async with calling(application(alone)) as client:
        statuses = [(await client.get("/limited", params={"key": "a"})).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        await client.get("/forgive", params={"key": "a"})
        assert (await client.get("/limited", params={"key": "a"})).status_code == 200


def test_a_limit_that_cannot_be_read_is_found_when_the_route_is_made() -> None:
    with pytest.raises(ValueError, match="often"):
        rate_limit("x", "often")
