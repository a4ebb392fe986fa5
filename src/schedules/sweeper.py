"""The only way back for lost messages and dead workers: look at the rows, send again.

Several sweepers may run; `FOR UPDATE SKIP LOCKED` and the note of the last sending keep them from repeating
each other. A message that is sent once too often is claimed by nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog

from src import jobs
from src.database import SessionMaker, transaction
from src.schedules.config import ScheduleSettings
from src.schedules.constants import RUN_TASK
from src.schedules.leases import take_lost

Send = Callable[[str, UUID], None]

_log = structlog.get_logger(__name__)


async def sweep(maker: SessionMaker, settings: ScheduleSettings, send: Send = jobs.send) -> int:
    """One pass; the number of runs whose message was sent again."""
    async with transaction(maker) as session:
        run_ids = await take_lost(session, resend_after_seconds=settings.run_resend_after_seconds)
    for run_id in run_ids:
        await asyncio.to_thread(send, RUN_TASK, run_id)
        _log.info("run_message_sent_again", run_id=str(run_id))
    return len(run_ids)


async def sweep_forever(maker: SessionMaker, settings: ScheduleSettings, stop: asyncio.Event) -> None:
    """Sweep until told to stop; a database or broker that is away is waited for."""
    while not stop.is_set():
        try:
            await sweep(maker, settings)
        except Exception:  # noqa: BLE001  # drivers and broker raise their own kinds; the next pass tries again
            _log.warning("sweep_failed", exc_info=True)
        try:
            await asyncio.wait_for(stop.wait(), timeout=settings.sweep_seconds)
        except TimeoutError:
            continue
