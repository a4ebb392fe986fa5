"""A run in the worker: load (transaction), solve with no session open, check, save (transaction).

The run row is the truth. Nothing of a failed run is kept, and a run is ended once: every write is fenced by
the lease, and the result and the end of the run are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from src.database import SessionMaker, transaction
from src.interchange.issues import FolderRejectedError
from src.interchange.schedule import SolveStatus
from src.planning.generation.save_result import InputsGoneError, refers_to_nothing, save_solved
from src.planning.generation.solve_program import IllegalScheduleError, Solved, new_stop, solve_program
from src.planning.repair.early_drafts import EarlyDrafts
from src.planning.repair.judge import JudgedRepair
from src.planning.repair.repair_program import RepairSolved, repair_program
from src.planning.repair.repair_run import end_repair
from src.planning.runs.heartbeat import Latest, keep_beating, keep_what_is_found
from src.planning.runs.part_offer import OtherWorkers, connect
from src.planning.runs.patience import passes, patiently
from src.planning.runs.run_input import RunInput, load_run_input
from src.planning.runs.runner import Runner
from src.schedules.checkpoints import forget_checkpoint
from src.schedules.config import ScheduleSettings
from src.schedules.constants import RunState
from src.schedules.exceptions import LeaseLostError
from src.schedules.leases import Lease, claim, end, hand_back, held
from src.schedules.models import Run
from src.solver.stop import Stop

PATIENCE_SECONDS = 60.0
"""How long a result that was found waits for a database that is away; after that the run is done again."""

MOST_ISSUES_TOLD = 10

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed; `code` is stable, `message` is for a person."""

    code: str
    message: str


ENGINE_ERROR = Failure("ENGINE_ERROR", "The engine failed on these inputs; the log of the worker says why.")
BASE_GONE = Failure("BASE_GONE", "The version to repair is not there any more.")
NOT_SAVED = Failure("NOT_SAVED", "The schedule found could not be kept; the log of the worker says why.")
NOTHING_FOUND = "The time limit ended before a schedule was found; nothing was proved either."
INPUTS_GONE = Failure(InputsGoneError.code, InputsGoneError.message)


def execute_run(
    runner: Runner,
    maker: SessionMaker,
    settings: ScheduleSettings,
    run_id: UUID,
    leaving: Callable[[], bool] = lambda: False,
) -> RunState | None:
    """Do a run's work from claim to end; None when there was nothing to do or it is another's by now.

    `leaving` says whether the worker was told to end: the run is then stopped and queued again. A database
    that stays away leaves the run as it is, for the sweeper to find.
    """
    try:
        lease = runner.run(_claim(maker, settings, run_id))
        if lease is None:
            _log.info("run_not_claimed", run_id=str(run_id))
            return None
        with structlog.contextvars.bound_contextvars(request_id=lease.request_id):
            return _work(runner, maker, settings, lease, leaving)
    except LeaseLostError:
        _log.warning("run_lease_lost", run_id=str(run_id))
    except (SQLAlchemyError, OSError) as error:
        if not passes(error):
            raise
        _log.warning("run_left_to_the_sweeper", run_id=str(run_id), exc_info=True)
    return None


def _work(
    runner: Runner,
    maker: SessionMaker,
    settings: ScheduleSettings,
    lease: Lease,
    leaving: Callable[[], bool],
) -> RunState:
    stop, latest = new_stop(lease.seconds_left), Latest()
    heart = runner.start(keep_beating(maker, settings, lease, stop, latest, leaving))
    try:
        try:
            given = runner.run(patiently(partial(_load, maker, lease), seconds=PATIENCE_SECONDS))
        except FolderRejectedError as error:
            _log.exception("run_inputs_unreadable")
            told = "; ".join(str(issue) for issue in error.issues[:MOST_ISSUES_TOLD])
            message = f"The inputs as the run keeps them cannot be read: {told}"
            return _fail(runner, maker, lease, Failure("INPUTS_UNREADABLE", message))
        keeper = runner.start(keep_what_is_found(maker, settings, lease, latest))
        drafts = EarlyDrafts(maker, given.run, given.program, given.alike)
        wanted = given.repair.alternatives if given.repair is not None else 0
        preparing = runner.start(drafts.prepare(wanted))
        try:
            try:
                early = partial(_save_early, runner, drafts)
                outcome = _solve(given, stop, latest, lease.run_id, settings, early)
            finally:
                keeper.cancel()
            if not (isinstance(outcome, RepairSolved) and outcome.alternatives):
                preparing.cancel()  # a cancelled repair does not wait for drafts that nobody wants
            if isinstance(outcome, Failure):
                runner.run(drafts.forget())
                return _fail(runner, maker, lease, outcome)
            finish = partial(_finish, lease, given, outcome, stop, leaving, drafts)
            try:
                return runner.run(patiently(finish, seconds=PATIENCE_SECONDS))
            except (InputsGoneError, IntegrityError) as error:
                _log.exception("run_result_not_saved")
                is_gone = isinstance(error, InputsGoneError) or refers_to_nothing(error)
                return _fail(runner, maker, lease, INPUTS_GONE if is_gone else NOT_SAVED)
        finally:
            runner.run(drafts.forget())
    finally:
        heart.cancel()


def _save_early(runner: Runner, drafts: EarlyDrafts, made: JudgedRepair) -> None:
    runner.start(drafts.save(made))


def _solve(
    given: RunInput,
    stop: Stop,
    latest: Latest,
    run_id: UUID,
    settings: ScheduleSettings,
    judged_one: Callable[[JudgedRepair], None],
) -> Solved | RepairSolved | Failure:
    try:
        if given.repair is not None:
            base = given.options.base
            if base is None:
                return BASE_GONE
            return repair_program(given.program, base, given.repair, stop, latest.put, judged_one)
        with connect() as redis:
            others = OtherWorkers(redis, run_id, settings)
            solved = solve_program(given.program, given.options, stop, latest.put, latest.keep, others)
        for trouble in solved.result.troubles:
            _log.error("run_went_on_without", exc_info=trouble)
        return solved
    except IllegalScheduleError as error:
        _log.exception("run_illegal_schedule")
        return Failure("ILLEGAL_SCHEDULE", str(error))
    except MemoryError:
        _log.exception("run_out_of_memory")
        return Failure("OUT_OF_MEMORY", "The run needed more memory than it may use.")
    except Exception:  # noqa: BLE001  # whatever breaks in the engine ends the run with a word, not the worker
        _log.exception("run_failed")
        return ENGINE_ERROR


async def _claim(maker: SessionMaker, settings: ScheduleSettings, run_id: UUID) -> Lease | None:
    async with transaction(maker) as session:
        return await claim(
            session,
            run_id,
            lease_seconds=settings.run_lease_seconds,
            max_attempts=settings.run_max_attempts,
        )


async def _load(maker: SessionMaker, lease: Lease) -> RunInput:
    """Reading needs no lock and no fence: whoever wants to cancel meanwhile need not wait."""
    async with transaction(maker) as session:
        return await load_run_input(session, await session.get_one(Run, lease.run_id), lease.seconds_left)


async def _finish(
    lease: Lease,
    given: RunInput,
    solved: Solved | RepairSolved,
    stop: Stop,
    leaving: Callable[[], bool],
    drafts: EarlyDrafts,
) -> RunState:
    """The result and the end of the run, in one transaction; or the run handed back, and no result."""
    if leaving() and not _is_settled(solved):
        await drafts.forget()
    alternatives = solved.alternatives if isinstance(solved, RepairSolved) else ()
    async with drafts.ending(alternatives) as (session, early):
        run = await held(session, lease)
        if not early and leaving() and run.cancel_requested_at is None and not _is_settled(solved):
            await hand_back(session, run, lease.seconds_left - stop.seconds)
        elif isinstance(solved, RepairSolved):
            await end_repair(session, run, given.program, solved, early)
        else:
            await _end(session, run, given, solved)
        return run.state


def _fail(runner: Runner, maker: SessionMaker, lease: Lease, failure: Failure) -> RunState:
    async def write() -> None:
        async with transaction(maker) as session:
            await end(session, await held(session, lease), RunState.FAILED, error=asdict(failure))

    runner.run(patiently(write, seconds=PATIENCE_SECONDS))
    return RunState.FAILED


def _is_settled(solved: Solved | RepairSolved) -> bool:
    """Whether more time would change nothing, or was not wanted: the engine came to its end by itself."""
    if isinstance(solved, RepairSolved):
        return not solved.repaired.cancelled
    is_proved = solved.file.status in (SolveStatus.OPTIMAL, SolveStatus.INFEASIBLE)
    return is_proved or not solved.result.cancelled


async def _end(session: AsyncSession, run: Run, given: RunInput, solved: Solved) -> None:
    version = None
    if solved.schedule is not None:
        version = await save_solved(session, run, given.program, solved)
        await forget_checkpoint(session, run.id)
    summary = {
        **(version.result or {} if version else {}),
        "status": solved.file.status,
        "conflicts": [asdict(conflict) for conflict in solved.result.conflicts],
        "way_out": list(solved.result.way_out),
        "notice": solved.file.extra.get("notice"),
    }
    error: dict[str, Any] | None = None
    if solved.file.status is SolveStatus.INFEASIBLE:
        state = RunState.INFEASIBLE
        error = {
            "code": "INFEASIBLE",
            "message": "No schedule keeps all the rules; `result.conflicts` names those that collide.",
        }
    elif run.cancel_requested_at is not None:
        state = RunState.CANCELLED
    elif version is None:
        state = RunState.FAILED
        error = {"code": "NOTHING_FOUND", "message": solved.result.notice or NOTHING_FOUND}
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
