"""The process says that it is alive, and names whatever it leans on that is not there."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from src.config import Settings
from src.database import create_engine, create_session_maker
from src.health import WORKER_SILENT_AFTER_SECONDS, WORKERS_KEY, migration_heads
from tests.unreachable import unreachable_redis, unreachable_settings


@pytest.fixture
async def live_worker_heartbeat(running_app: FastAPI) -> AsyncIterator[None]:
    await running_app.state.redis.zadd(WORKERS_KEY, {"worker-1": time.time()})
    yield
    await running_app.state.redis.delete(WORKERS_KEY)


@pytest.fixture
async def dead_engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(unreachable_settings(settings))
    yield engine
    await engine.dispose()


async def test_health_needs_nothing_but_the_process(
    running_app: FastAPI, fresh_client: httpx.AsyncClient, dead_engine: AsyncEngine
) -> None:
    running_app.state.session_maker = create_session_maker(dead_engine)
    answer = await fresh_client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


async def test_ready_when_everything_answers(
    fresh_client: httpx.AsyncClient, live_worker_heartbeat: None
) -> None:
    answer = await fresh_client.get("/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"] == dict.fromkeys(("database", "redis", "worker", "migrations"), "ok")


async def test_not_ready_without_a_worker(fresh_client: httpx.AsyncClient) -> None:
    answer = await fresh_client.get("/ready")
    assert answer.status_code == 503
    error = answer.json()["error"]
    assert error["code"] == "NOT_READY"
    assert error["details"]["checks"]["worker"] != "ok"
    assert error["details"]["checks"]["database"] == "ok"


async def test_a_worker_that_fell_silent_does_not_count(
    running_app: FastAPI, fresh_client: httpx.AsyncClient
) -> None:
    last_heard = time.time() - WORKER_SILENT_AFTER_SECONDS - 1
    await running_app.state.redis.zadd(WORKERS_KEY, {"worker-1": last_heard})
    checks = (await fresh_client.get("/ready")).json()["error"]["details"]["checks"]
    assert checks["worker"] != "ok"


async def test_not_ready_while_the_database_is_away(
    running_app: FastAPI,
    fresh_client: httpx.AsyncClient,
    dead_engine: AsyncEngine,
    live_worker_heartbeat: None,
) -> None:
    running_app.state.session_maker = create_session_maker(dead_engine)
    answer = await fresh_client.get("/ready")
    assert answer.status_code == 503
    checks = answer.json()["error"]["details"]["checks"]
    assert checks["database"] == checks["migrations"] == "does not answer"
    assert checks["redis"] == checks["worker"] == "ok"


async def test_not_ready_while_redis_is_away(running_app: FastAPI, fresh_client: httpx.AsyncClient) -> None:
    before, running_app.state.redis = running_app.state.redis, unreachable_redis()
    try:
        answer = await fresh_client.get("/ready")
    finally:
        await running_app.state.redis.aclose()
        running_app.state.redis = before
    assert answer.status_code == 503
    checks = answer.json()["error"]["details"]["checks"]
    assert checks["redis"] == checks["worker"] == "does not answer"
    assert checks["database"] == "ok"


async def test_not_ready_on_a_database_behind_the_newest_migration(
    fresh_client: httpx.AsyncClient, fresh_engine: AsyncEngine, live_worker_heartbeat: None
) -> None:
    async with fresh_engine.begin() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    answer = await fresh_client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["error"]["details"]["checks"]["migrations"].startswith("the database is not at")


def test_there_is_one_newest_migration() -> None:
    assert len(migration_heads()) == 1
