"""Cancelling a run."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.viewer import Viewer
from src.models import now
from src.schedules.constants import FINAL_RUN_STATES, RunState
from src.schedules.exceptions import RunFinishedError
from src.schedules.leases import add_event, end
from src.schedules.models import Run


async def cancel_run(session: AsyncSession, viewer: Viewer, run: Run) -> Run:
    """End a queued run at once; ask the worker of a running one to stop and keep the best it found.

    The run must be locked. Asking twice changes nothing. Raises RunFinishedError for a run that has ended.
    """
    if run.state in FINAL_RUN_STATES:
        raise RunFinishedError(details={"state": run.state})
    if run.cancel_requested_at is not None:
        return run
    run.cancel_requested_at = now()
    if run.state is RunState.QUEUED:
        await end(session, run, RunState.CANCELLED)
    else:
        add_event(session, run, "cancel_requested", {})
    await session.flush()
    await audit.record(
        session,
        viewer,
        "run.cancelled",
        entity_type="run",
        entity_id=run.id,
        program_id=run.program_id,
        after={"state": run.state},
    )
    return run
