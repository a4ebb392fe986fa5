"""Is the process alive, and is everything it leans on there?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Literal

import structlog
from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Request
from pydantic import BaseModel
from redis.asyncio import Redis
from sqlalchemy import text

from src.database import SessionMaker
from src.exception_handlers import error_responses
from src.exceptions import UnavailableError

WORKERS_KEY = "rounds:workers"
"""A sorted set in Redis: each worker's name, scored by the second of its last heartbeat."""
WORKER_SILENT_AFTER_SECONDS = 15
CHECK_TIMEOUT_SECONDS = 3

router = APIRouter(tags=["health"])
_log = structlog.get_logger(__name__)


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """What was asked and what it answered: `ok`, or a word for what is wrong."""

    status: Literal["ready"] = "ready"
    checks: dict[str, str]


class NotReadyError(UnavailableError):
    """Something that every request needs does not answer; `details.checks` says what."""

    code = "NOT_READY"
    message = "Something that this service needs does not answer."


@router.get("/health", summary="Is the process alive?", operation_id="health")
async def health() -> Health:
    return Health()


@router.get(
    "/ready",
    summary="Are database, Redis, worker and migrations there?",
    operation_id="ready",
    responses=error_responses(503),
)
async def ready(request: Request) -> Readiness:
    maker: SessionMaker = request.app.state.session_maker
    redis: Redis = request.app.state.redis
    names = ("database", "redis", "worker", "migrations")
    answers = await asyncio.gather(
        _ask(lambda: _database(maker)),
        _ask(lambda: _redis(redis)),
        _ask(lambda: _worker(redis)),
        _ask(lambda: _migrations(maker)),
    )
    checks = dict(zip(names, answers, strict=True))
    if any(answer != "ok" for answer in answers):
        raise NotReadyError(details={"checks": checks})
    return Readiness(checks=checks)


async def _ask(check: Callable[[], Awaitable[str]]) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_SECONDS):
            return await check()
    except Exception as error:  # noqa: BLE001  # whatever a driver raises means the same here: no answer
        _log.warning("readiness_check_failed", error=type(error).__name__)
        return "does not answer"


async def _database(maker: SessionMaker) -> str:
    async with maker() as session:
        connection = await session.connection()
        await connection.execute(text("SELECT 1"))
    return "ok"


async def _redis(redis: Redis) -> str:
    await redis.ping()
    return "ok"


async def _worker(redis: Redis) -> str:
    alive = await redis.zcount(WORKERS_KEY, time.time() - WORKER_SILENT_AFTER_SECONDS, "+inf")
    return "ok" if alive else "no worker has been heard of lately"


async def _migrations(maker: SessionMaker) -> str:
    async with maker() as session:
        connection = await session.connection()
        rows = await connection.execute(text("SELECT version_num FROM alembic_version"))
        present = {row[0] for row in rows}
    return "ok" if present == migration_heads() else "the database is not at the newest migration"


@lru_cache
def migration_heads() -> frozenset[str]:
    """The newest revisions that this code brings along."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parent.parent / "alembic"))
    return frozenset(ScriptDirectory.from_config(config).get_heads())
