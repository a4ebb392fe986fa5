"""Jobs leave after the commit, by name and with ids only; the row that asks for them is the truth.

A message that is lost costs nothing but time: the sweeper looks at the rows and sends it again. So sending
never blocks a request on a broker that is down, and never fails it.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from uuid import UUID

import structlog
from celery import Celery
from sqlmodel.ext.asyncio.session import AsyncSession

from src.config import get_settings
from src.database import after_commit

SEND_TIMEOUT_SECONDS = 1.0

_log = structlog.get_logger(__name__)
_sending: set[asyncio.Task[None]] = set()


@lru_cache
def producer() -> Celery:
    """A Celery application that only sends; the worker's own lives in `worker`."""
    app = Celery(
        "rounds-producer",
        broker=celery_url(get_settings().redis_url.get_secret_value()),
        set_as_current=False,
    )
    app.conf.update(
        task_serializer="json",
        task_ignore_result=True,
        broker_connection_retry=False,
        broker_transport_options={
            "socket_connect_timeout": SEND_TIMEOUT_SECONDS,
            "socket_timeout": SEND_TIMEOUT_SECONDS,
        },
    )
    return app


def celery_url(redis_url: str) -> str:
    """Celery's word for a Redis URL: a socket is `redis+socket://path?virtual_host=N`."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?")
        database = query.removeprefix("db=") or "0"
        return f"redis+socket://{path}?virtual_host={database}"
    return redis_url


def send(name: str, job_id: UUID) -> None:
    """Send a message now, from a thread that may wait; raises what the broker raises."""
    producer().send_task(name, args=[str(job_id)], retry=False)


def enqueue(session: AsyncSession, name: str, job_id: UUID) -> None:
    """Send the message once the session's transaction is committed, without holding up the caller."""

    async def publish() -> None:
        try:
            await asyncio.to_thread(send, name, job_id)
        except Exception:  # noqa: BLE001  # whatever the broker's client raises, the row is there and the sweeper resends
            _log.warning("job_message_not_sent", job=name, job_id=str(job_id), exc_info=True)

    async def start() -> None:
        task = asyncio.create_task(publish())
        _sending.add(task)
        task.add_done_callback(_sending.discard)

    after_commit(session, start)


async def drain() -> None:
    """Wait for messages that are on their way; called when the process ends."""
    if _sending:
        await asyncio.wait(set(_sending), timeout=2 * SEND_TIMEOUT_SECONDS)
