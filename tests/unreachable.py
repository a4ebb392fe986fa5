"""Servers that are not there: a port of this machine that nobody listens on."""

from __future__ import annotations

import socket

from pydantic import SecretStr
from redis.asyncio import Redis

from src.config import Settings


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unreachable_settings(settings: Settings) -> Settings:
    url = f"postgresql+asyncpg://rounds:nobody@127.0.0.1:{unused_port()}/rounds"
    return settings.model_copy(update={"database_url": SecretStr(url)})


def unreachable_redis_url() -> str:
    return f"redis://127.0.0.1:{unused_port()}/0"


def unreachable_redis() -> Redis:
    return Redis.from_url(unreachable_redis_url(), socket_connect_timeout=1)
