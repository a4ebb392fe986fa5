"""A run in the worker: load (transaction), solve with no session open, check, save (transaction).

The run row is the truth. Nothing of a failed run is kept, and a run is ended once: every write is fenced by
the lease, and the result and the end of the run are one transaction.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from src.database import SessionMaker, transaction
from src.interchange.model import Program
from src.interchange.schedule import SolveStatus
from src.models import now
from src.planning.run_input import RunInput, load_run_input
from src.planning.save_result import save_solved
from src.planning.solve_program import IllegalScheduleError, Solved, solve_program
from src.schedules.config import ScheduleSettings
from src.schedules.constants import RunState
from src.schedules.exceptions import LeaseLostError
from src.schedules.leases import Lease, beat, claim, end, held
from src.schedules.models import Run
from src.solver.problem import Progress
from src.solver.stop import Stop

LEAST_SECONDS_OF_A_LATER_ATTEMPT = 10.0

_log = structlog.get_logger(__name__)


class Runner(Protocol):
    """Runs coroutines on the process's one event loop, from another thread."""

    def run[Value](self, coroutine: Coroutine[Any, Any, Value]) -> Value:
        """Wait for the coroutine's value."""

    def start(self, coroutine: Coroutine[Any, Any, None]) -> Future[None]:
        """Start the coroutine and go on."""


@dataclass
class Latest:
    """The newest progress of a run, handed from the solver's threads to the heartbeat."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._progress: Progress | None = None

    def put(self, progress: Progress) -> None:
        with self._lock:
            self._progress = progress

    def take(self) -> Progress | None:
        """What has come since the last call, or None."""
        with self._lock:
            progress, self._progress = self._progress, None
        return progress


def execute_run(
    runner: Runner, maker: SessionMaker, settings: ScheduleSettings, run_id: UUID
) -> RunState | None:
    """Do a run's work from claim to end; None when there was nothing to do or it is another's by now."""
    lease = runner.run(_claim(maker, settings, run_id))
    if lease is None:
        _log.info("run_not_claimed", run_id=str(run_id))
        return None
    try:
        return _work(runner, maker, settings, lease)
    except LeaseLostError:
        _log.warning("run_lease_lost", run_id=str(run_id))
        return None


def _work(runner: Runner, maker: SessionMaker, settings: ScheduleSettings, lease: Lease) -> RunState:
    stop: Stop | None = None
    heart: Future[None] | None = None
    try:
        given = runner.run(_load(maker, lease))
        stop = Stop(_seconds_left(given))
        latest = Latest()
        heart = runner.start(_keep_beating(maker, settings, lease, stop, latest))
        solved = solve_program(given.program, given.options, stop, latest.put)
        return runner.run(_save(maker, lease, given, solved, cancelled=stop.cancelled))
    except LeaseLostError:
        raise
    except IllegalScheduleError as error:
        _log.exception("run_illegal_schedule", run_id=str(lease.run_id))
        return runner.run(_fail(maker, lease, "ILLEGAL_SCHEDULE", str(error)))
    except MemoryError:
        return runner.run(_fail(maker, lease, "OUT_OF_MEMORY", "The run needed more memory than it may use."))
    except DBAPIError:
        raise
    except Exception:  # noqa: BLE001  # whatever breaks in the engine ends the run with a word, not the worker
        _log.exception("run_failed", run_id=str(lease.run_id))
        message = "The engine failed on these inputs; the log of the worker says why."
        return runner.run(_fail(maker, lease, "ENGINE_ERROR", message))
    finally:
        if heart is not None:
            heart.cancel()


def _seconds_left(given: RunInput) -> float:
    """What is left of the limit since the first start; a later attempt gets enough to find something."""
    spent = (now() - given.started_at).total_seconds()
    limit = float(given.options.time_limit_seconds)
    return max(limit - spent, min(limit, LEAST_SECONDS_OF_A_LATER_ATTEMPT))


async def _claim(maker: SessionMaker, settings: ScheduleSettings, run_id: UUID) -> Lease | None:
    async with transaction(maker) as session:
        return await claim(
            session,
            run_id,
            lease_seconds=settings.run_lease_seconds,
            max_attempts=settings.run_max_attempts,
        )


async def _load(maker: SessionMaker, lease: Lease) -> RunInput:
    async with transaction(maker) as session:
        return await load_run_input(session, await held(session, lease))


async def _keep_beating(
    maker: SessionMaker, settings: ScheduleSettings, lease: Lease, stop: Stop, latest: Latest
) -> None:
    """Renew the lease, hand on progress, watch the cancel flag; stop the solve when the lease is lost."""
    while True:
        progress = latest.take()
        try:
            async with transaction(maker) as session:
                cancel = await beat(
                    session,
                    lease,
                    lease_seconds=settings.run_lease_seconds,
                    progress=asdict(progress) if progress else None,
                )
        except LeaseLostError:
            stop.cancel()
            return
        except (DBAPIError, OSError):
            _log.warning("run_heartbeat_missed", run_id=str(lease.run_id), exc_info=True)
            cancel = False
        if cancel:
            stop.cancel()
        await asyncio.sleep(settings.run_beat_seconds)


async def _save(
    maker: SessionMaker, lease: Lease, given: RunInput, solved: Solved, *, cancelled: bool
) -> RunState:
    """The result and the end of the run, in one transaction."""
    async with transaction(maker) as session:
        run = await held(session, lease)
        return await _end(session, run, given.program, solved, cancelled=cancelled)


async def _end(
    session: AsyncSession, run: Run, program: Program, solved: Solved, *, cancelled: bool
) -> RunState:
    version = await save_solved(session, run, program, solved) if solved.schedule is not None else None
    summary = {
        **(version.result or {} if version else {}),
        "status": solved.file.status,
        "conflicts": [asdict(conflict) for conflict in solved.result.conflicts],
        "way_out": list(solved.result.way_out),
    }
    error: dict[str, Any] | None = None
    if cancelled:
        state = RunState.CANCELLED
    elif solved.file.status is SolveStatus.INFEASIBLE:
        state = RunState.INFEASIBLE
        error = {
            "code": "INFEASIBLE",
            "message": "No schedule keeps all the rules; `result.conflicts` names those that collide.",
        }
    elif version is None:
        state = RunState.FAILED
        error = {
            "code": "NOTHING_FOUND",
            "message": "The time limit ended before a schedule was found; nothing was proved either.",
        }
    else:
        state = RunState.SUCCEEDED
    await end(
        session,
        run,
        state,
        error=error,
        result=summary,
        version_id=version.id if version else None,
    )
    return state


async def _fail(maker: SessionMaker, lease: Lease, code: str, message: str) -> RunState:
    async with transaction(maker) as session:
        run = await held(session, lease)
        await end(session, run, RunState.FAILED, error={"code": code, "message": message})
    return RunState.FAILED
