"""Who is what to which program: set by admins, read by the program's coordinators too."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from src.auth import memberships
from src.auth.permissions import AdminViewer, MemberReader
from src.auth.schemas import MemberRead, MemberRole, MembershipBody, MembershipRead
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.pagination import Page, PageDep, page_of

router = APIRouter(tags=["users"])


@router.get(
    "/users/{user_id}/memberships",
    summary="What a user is to each program",
    responses=error_responses(401, 403, 404, 422),
)
async def list_memberships(user_id: UUID, _viewer: AdminViewer, session: SessionDep) -> list[MembershipRead]:
    return [MembershipRead.of(row) for row in await memberships.list_memberships(session, user_id)]


@router.put(
    "/users/{user_id}/memberships/{program_id}",
    summary="Set a user's role and person in a program",
    responses=error_responses(401, 403, 404, 409, 422),
)
async def set_membership(
    user_id: UUID, program_id: UUID, body: MembershipBody, viewer: AdminViewer, session: SessionDep
) -> MembershipRead:
    """Makes the user a member where they are none; a `person_id` that is left out unlinks."""
    row = await memberships.set_membership(
        session,
        viewer,
        user_id=user_id,
        program_id=program_id,
        role=body.role,
        person_id=body.person_id,
    )
    return MembershipRead.of(row)


@router.delete(
    "/users/{user_id}/memberships/{program_id}",
    status_code=204,
    summary="End a user's membership of a program",
    responses=error_responses(401, 403, 404, 422),
)
async def remove_membership(
    user_id: UUID, program_id: UUID, viewer: AdminViewer, session: SessionDep
) -> None:
    await memberships.remove_membership(session, viewer, user_id, program_id)


@router.get(
    "/programs/{program_id}/members",
    summary="The members of a program",
    responses=error_responses(401, 403, 404, 422),
)
async def list_members(
    program_id: UUID,
    _viewer: MemberReader,
    session: SessionDep,
    params: PageDep,
    role: Annotated[MemberRole | None, Query(description="Only members with this role.")] = None,
) -> Page[MemberRead]:
    """Search looks into addresses and names. Sort by `email`, `full_name`, `role`."""
    rows, total = await memberships.list_members(session, program_id, params, role=role)
    return page_of([MemberRead.joined(row, user) for row, user in rows], total, params)
