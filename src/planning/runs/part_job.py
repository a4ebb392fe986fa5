"""A part of another worker's run: taken from the board, solved with no session open, answered there."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

import structlog
from redis import Redis

from src.database import SessionMaker, transaction
from src.models import new_id
from src.planning.generation.solve_program import new_stop, problem_of
from src.planning.runs.part_beat import WaitingRuns, at_it
from src.planning.runs.part_board import MOST_TRIES, PartBoard
from src.planning.runs.part_host import PartHost
from src.planning.runs.part_planner import version_of_proofs
from src.planning.runs.run_input import RunInput, load_run_input
from src.planning.runs.runner import Runner
from src.schedules.config import get_schedule_settings
from src.schedules.constants import RunState
from src.schedules.models import Run
from src.solver.parts.company import Task
from src.solver.parts.part import DayPart, PartAnswer, solve_part
from src.solver.parts.planner import PlanTask
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.outcome import YearBounds, YearOutcome

_log = structlog.get_logger(__name__)


class PartEnd(StrEnum):
    """What became of a message about a part."""

    ANSWERED = "answered"
    NOT_WANTED = "not wanted"
    """Withdrawn, held by another, tried too often, or its run is not at work: a late or doubled message."""
    LEFT = "left"
    """Withdrawn on the way, or this worker was told to end, or a run waited for one."""


def execute_part(
    runner: Runner,
    maker: SessionMaker,
    redis: Redis,
    run_id: UUID,
    round_id: UUID,
    number: int,
    leaving: Callable[[], bool] = lambda: False,
) -> PartEnd:
    """Solve a part and hang up the answer. A part that fails is answered with nothing found.

    Raises what Redis or the database raise: the part is lost then, and the run that asked solves it itself.
    """
    board = PartBoard(redis, run_id, round_id)
    owner = f"{socket.gethostname()}:{os.getpid()}:{new_id()}"
    part = _asked(board, number) if board.is_wanted() else None
    if part is None or board.deaths(number) >= MOST_TRIES or not board.take(number, owner):
        return PartEnd.NOT_WANTED
    board.count_try(number)
    stop, host = new_stop(part.seconds), PartHost(board)
    waiting = WaitingRuns(runner, maker)

    def is_needed() -> bool:
        """A part of a first schedule ends by itself; whoever else helps leaves for a run that waits."""
        return leaving() or (not isinstance(part, DayPart) and waiting.there_are())

    with at_it(board, number, owner, stop, is_needed, host):
        given = runner.run(_load(maker, run_id, part.seconds))
        if given is None:
            return PartEnd.NOT_WANTED
        try:
            answer = _solve(_problem_here(given), part, host, board, stop)
        except Exception:  # noqa: BLE001  # whatever breaks here breaks again in the run, which then says so
            _log.exception("part_failed", part=number)
            answer = PartAnswer(number, None)
    if stop.cancelled and not stop.out_of_memory:
        board.leave(number, owner)
        return PartEnd.LEFT
    board.answer(answer)
    return PartEnd.ANSWERED


def _problem_here(given: RunInput) -> Problem:
    """That of the run, solved with no more threads than a run of this worker would be given."""
    problem = problem_of(given.program, given.options)
    return replace(problem, workers=min(problem.workers, get_schedule_settings().solver_workers))


def _asked(board: PartBoard, number: int) -> DayPart | Task | PlanTask | None:
    return board.read_planning(number, version_of_proofs()) or board.read(number)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells of plans; raises what Redis raises."""

    board: PartBoard

    def proved(self, bounds: YearBounds) -> None:
        self.board.tell_bounds(bounds)

    def made(self, plan: YearOutcome) -> None:
        self.board.tell_plan(plan)


def _solve(
    problem: Problem, part: DayPart | Task | PlanTask, host: PartHost, board: PartBoard, stop: Stop
) -> PartAnswer:
    if isinstance(part, PlanTask):
        from src.solver.parts.make_plans import make_plans

        _log.info("part_begun", part=part.number, kind="year plans")
        make_plans(problem, part, _Teller(board), stop)
        return PartAnswer(part.number, None)
    if isinstance(part, DayPart):
        _log.info("part_begun", part=part.number, blocks=part.blocks)
        return solve_part(problem, part, stop)
    # OR-Tools takes seconds to import: only who solves pays.
    from src.solver.daily.together import help_improve

    _log.info("part_begun", part=part.number)
    if not help_improve(problem, part, host, stop):
        _log.warning("part_does_not_fit", part=part.number)
    return PartAnswer(part.number, None)


async def _load(maker: SessionMaker, run_id: UUID, seconds: float) -> RunInput | None:
    async with transaction(maker) as session:
        run = await session.get(Run, run_id)
        if run is None or run.state is not RunState.RUNNING:
            return None
        return await load_run_input(session, run, seconds)
