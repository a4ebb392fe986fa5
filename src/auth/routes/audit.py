"""The audit trail: for admins in full, for coordinators that of their program."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from src.auth.audit_reads import AuditFilter
from src.auth.audit_reads import list_audit as page
from src.auth.audit_reads import list_program_audit as program_page
from src.auth.permissions import AdminViewer, AuditReader
from src.auth.schemas import AuditRead
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.pagination import CursorDep, CursorPage
from src.schemas import Instant, Text

router = APIRouter(tags=["audit"])

_Word = Annotated[Text, Query(min_length=1, max_length=80)]


def audit_filter(
    actor_id: Annotated[UUID | None, Query(description="Only what this user did.")] = None,
    entity_type: Annotated[
        _Word | None, Query(description="Only what was done to rows of this table.")
    ] = None,
    entity_id: Annotated[UUID | None, Query(description="Only what was done to this row.")] = None,
    action: Annotated[_Word | None, Query(description="Only this action, as version.published.")] = None,
    since: Annotated[Instant | None, Query(description="From this instant on.")] = None,
    until: Annotated[Instant | None, Query(description="Before this instant.")] = None,
) -> AuditFilter:
    """What a query asks for of the trail."""
    return AuditFilter(
        actor_id=actor_id,
        entity_type=entity_type,
        entity_id=entity_id,
        action=action,
        since=since,
        until=until,
    )


FilterDep = Annotated[AuditFilter, Depends(audit_filter)]


@router.get("/audit", summary="Read the audit trail", responses=error_responses(401, 403, 422))
async def list_audit(
    _viewer: AdminViewer,
    session: SessionDep,
    wanted: FilterDep,
    params: CursorDep,
    program_id: Annotated[UUID | None, Query(description="Only what was changed in this program.")] = None,
) -> CursorPage[AuditRead]:
    """Newest first."""
    return await page(session, replace(wanted, program_id=program_id), params)


@router.get(
    "/programs/{program_id}/audit",
    summary="Read the audit trail of a program",
    responses=error_responses(401, 403, 404, 422),
)
async def list_program_audit(
    program_id: UUID, _viewer: AuditReader, session: SessionDep, wanted: FilterDep, params: CursorDep
) -> CursorPage[AuditRead]:
    """Newest first."""
    return await program_page(session, replace(wanted, program_id=program_id), params)
