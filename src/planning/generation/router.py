"""The route that asks for a schedule."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response, status

from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.idempotency import IdempotencyKey, answer_once
from src.planning.generation.generate_request import GenerateRequest
from src.planning.generation.request_run import request_run
from src.rate_limits import rate_limit
from src.schedules.config import get_schedule_settings
from src.schedules.dependencies import EditableSchedule
from src.schedules.schemas import RunRead

router = APIRouter(tags=["planning"])


@router.post(
    "/schedules/{schedule_id}/generate",
    summary="Queue a run that builds a new draft version",
    status_code=status.HTTP_202_ACCEPTED,
    responses=error_responses(401, 403, 404, 409, 429),
    dependencies=[Depends(rate_limit("generate", "60/minute"))],
)
async def generate(
    schedule: EditableSchedule,
    viewer: CurrentViewer,
    session: SessionDep,
    body: GenerateRequest,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> RunRead:
    async def queue() -> RunRead:
        return RunRead.of(await request_run(session, viewer, schedule, body, get_schedule_settings()))

    run = await answer_once(
        session,
        RunRead,
        queue,
        user_id=viewer.id,
        operation=f"generate:{schedule.id}",
        key=idempotency_key,
        body=body.model_dump(mode="json"),
    )
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run
