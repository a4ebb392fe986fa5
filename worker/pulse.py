"""The worker's main process says that it lives, and sweeps: where a worker is, lost runs are taken up."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from src.config import get_settings
from src.database import create_engine, create_session_maker
from src.health import WORKER_SILENT_AFTER_SECONDS, WORKERS_KEY
from src.schedules.config import get_schedule_settings
from src.schedules.sweeper import sweep_forever

BEAT_SECONDS = 3.0

_log = structlog.get_logger(__name__)


class Pulse:
    """A thread of the main process with its own loop and engine; the children it forks have theirs."""

    def __init__(self) -> None:
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._live()), name="rounds-pulse", daemon=True
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """End the thread and take the worker's name off the list."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(timeout=5)

    async def _live(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        settings = get_settings()
        engine = create_engine(settings, pool_size=1)
        redis = Redis.from_url(
            settings.redis_url.get_secret_value(), socket_timeout=2, socket_connect_timeout=2
        )
        try:
            await asyncio.gather(
                self._beat(redis, self._stop),
                sweep_forever(create_session_maker(engine), get_schedule_settings(), self._stop),
            )
        finally:
            await redis.aclose()
            await engine.dispose()

    @staticmethod
    async def _beat(redis: Redis, stop: asyncio.Event) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"
        while not stop.is_set():
            try:
                instant = time.time()
                await redis.zadd(WORKERS_KEY, {name: instant})
                await redis.zremrangebyscore(WORKERS_KEY, 0, instant - 10 * WORKER_SILENT_AFTER_SECONDS)
            except (RedisError, OSError):
                _log.warning("worker_heartbeat_missed", exc_info=True)
            try:
                await asyncio.wait_for(stop.wait(), timeout=BEAT_SECONDS)
            except TimeoutError:
                continue
        try:
            await redis.zrem(WORKERS_KEY, name)
        except (RedisError, OSError):
            _log.warning("worker_name_not_removed", exc_info=True)
