"""Tasks: thin doors to the services of `src.planning`."""

from __future__ import annotations

from uuid import UUID

import structlog

from src.planning.runs.part_job import execute_part
from src.planning.runs.part_offer import connect
from src.planning.runs.run_job import execute_run
from src.schedules.config import get_schedule_settings
from src.schedules.constants import PART_TASK, RUN_TASK
from worker.celery_app import app
from worker.leaving import announced
from worker.runtime import open_runtime


@app.task(name=RUN_TASK)
def run(run_id: str) -> str | None:
    """Do a run's work. The row is the truth: a doubled, late or lost message changes nothing."""
    structlog.contextvars.bind_contextvars(run_id=run_id)
    try:
        runtime = open_runtime()
        return execute_run(
            runtime, runtime.session_maker, get_schedule_settings(), UUID(run_id), leaving=announced
        )
    finally:
        structlog.contextvars.unbind_contextvars("run_id")


@app.task(name=PART_TASK)
def part(run_id: str, round_id: str, number: int) -> str:
    """Solve a part of another worker's run. Late and doubled messages find nothing to do."""
    with structlog.contextvars.bound_contextvars(run_id=run_id), connect() as redis:
        runtime = open_runtime()
        return execute_part(
            runtime, runtime.session_maker, redis, UUID(run_id), UUID(round_id), number, leaving=announced
        )
