"""The heartbeat of a run at work: it renews the lease, hands on progress and tells the solver to stop.

Beside it the last schedule found is kept, for a later run to start from if this one is killed.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import structlog

from src.database import SessionMaker, transaction
from src.interchange.schedule import Schedule
from src.schedules.checkpoints import keep_checkpoint, packed
from src.schedules.config import ScheduleSettings
from src.schedules.exceptions import LeaseLostError
from src.schedules.leases import Lease, beat, held
from src.solver.problem import Progress
from src.solver.stop import Stop

LAYER_FACTS = ("tier", "score", "bound", "gap")

_log = structlog.get_logger(__name__)


class Latest:
    """The newest progress of a run, handed from the solver's threads to the heartbeat.

    Steps come faster than beats: what each layer said last of its tier, score, bound and gap is kept, so that
    the year's bound is still to be seen while days are searched.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._progress: Progress | None = None
        self._layers: dict[str, dict[str, Any]] = {}
        self._found: Schedule | None = None

    def keep(self, schedule: Schedule) -> None:
        """A whole schedule was found; the newest is what a run that is killed leaves behind."""
        with self._lock:
            self._found = schedule

    def take_found(self) -> Schedule | None:
        """The newest schedule found since the last call, or None."""
        with self._lock:
            found, self._found = self._found, None
        return found

    def put(self, progress: Progress) -> None:
        with self._lock:
            self._progress = progress
            if progress.layer is not None:
                said = asdict(progress)
                self._layers[progress.layer] = {name: _plain(said[name]) for name in LAYER_FACTS}

    def take(self) -> dict[str, Any] | None:
        """What has come since the last call as JSON can say it, or None."""
        with self._lock:
            progress, self._progress = self._progress, None
            layers = dict(self._layers)
        if progress is None:
            return None
        return {**{name: _plain(value) for name, value in asdict(progress).items()}, "layers": layers}


def _plain(value: Any) -> Any:
    """JSON has no infinity: a bound that nobody knows yet is none."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


async def keep_beating(
    maker: SessionMaker,
    settings: ScheduleSettings,
    lease: Lease,
    stop: Stop,
    latest: Latest,
    leaving: Callable[[], bool],
) -> None:
    """Beat until cancelled or until the lease is lost.

    Stops the solve when a cancel was asked for, when the lease is lost and when the worker is leaving. While
    the result is being saved a beat waits for that transaction: the row stays locked, so nobody can take the
    run up meanwhile, whatever its lease says.
    """
    while True:
        try:
            async with transaction(maker) as session:
                is_cancelled = await beat(
                    session, lease, lease_seconds=settings.run_lease_seconds, progress=latest.take()
                )
        except LeaseLostError:
            stop.cancel()
            return
        except Exception:  # noqa: BLE001  # a heart that stops would give the run away; the next beat tries again
            _log.warning("run_heartbeat_missed", run_id=str(lease.run_id), exc_info=True)
            is_cancelled = False
        if is_cancelled or leaving():
            stop.cancel()
        await asyncio.sleep(settings.run_beat_seconds)


async def keep_what_is_found(
    maker: SessionMaker, settings: ScheduleSettings, lease: Lease, latest: Latest
) -> None:
    """Keep the newest schedule found, until cancelled or until the lease is lost.

    The first is kept at once, later ones no more often than the settings say. It is apart from the heartbeat,
    since a year of many residents takes a second to pack.
    """
    while True:
        found = latest.take_found()
        if found is None:
            await asyncio.sleep(settings.run_beat_seconds)
            continue
        try:
            content = await packed(found)
            async with transaction(maker) as session:
                await held(session, lease)
                await keep_checkpoint(session, lease.run_id, content)
        except LeaseLostError:
            return
        except Exception:  # noqa: BLE001  # a checkpoint is a help for later: no run fails for want of it
            _log.warning("run_checkpoint_missed", run_id=str(lease.run_id), exc_info=True)
        await asyncio.sleep(settings.run_checkpoint_seconds)
