"""The route that asks for repairs of a version."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response, status

from src.auth.permissions import CurrentViewer
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.idempotency import IdempotencyKey, answer_once
from src.planning.repair.changes import RepairRequest
from src.planning.repair.repair_run import request_repair
from src.rate_limits import rate_limit
from src.schedules.config import get_schedule_settings
from src.schedules.dependencies import BuildableVersion
from src.schedules.schemas import RunRead

router = APIRouter(tags=["planning"])


@router.post(
    "/versions/{version_id}/repair",
    summary="Queue a run that mends a version after a change, in up to three different ways",
    status_code=status.HTTP_202_ACCEPTED,
    responses=error_responses(401, 403, 404, 409, 429),
    dependencies=[Depends(rate_limit("repair", "60/minute"))],
)
async def repair_version(
    version: BuildableVersion,
    viewer: CurrentViewer,
    session: SessionDep,
    body: RepairRequest,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> RunRead:
    async def queue() -> RunRead:
        return RunRead.of(await request_repair(session, viewer, version, body, get_schedule_settings()))

    run = await answer_once(
        session,
        RunRead,
        queue,
        user_id=viewer.id,
        operation=f"repair:{version.id}",
        key=idempotency_key,
        body=body.model_dump(mode="json"),
    )
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run
