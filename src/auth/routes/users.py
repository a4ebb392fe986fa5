"""Managing users: for admins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from src.auth import invitations, users
from src.auth.constants import Role
from src.auth.invitations import Invited
from src.auth.permissions import AdminViewer, AuthSettingsDep
from src.auth.schemas import (
    InvitationBody,
    InvitationRead,
    UserCreateBody,
    UserRead,
    UserState,
    UserUpdateBody,
)
from src.database import SessionDep
from src.exception_handlers import error_responses
from src.pagination import Page, PageDep, page_of

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", summary="Find users", responses=error_responses(401, 403, 422))
async def list_users(
    _viewer: AdminViewer,
    session: SessionDep,
    params: PageDep,
    state: Annotated[UserState | None, Query(description="Only users in this state.")] = None,
    program_id: Annotated[UUID | None, Query(description="Only members of this program.")] = None,
    role: Annotated[Role | None, Query(description="Only users with this role.")] = None,
) -> Page[UserRead]:
    """Search looks into addresses and names.

    Sort by `email`, `full_name`, `created_at` or `last_signed_in_at`.
    """
    rows, total = await users.list_users(session, params, state=state, program_id=program_id, role=role)
    return page_of([UserRead.of(row) for row in rows], total, params)


@router.post(
    "",
    status_code=201,
    summary="Create a user with a first password",
    responses=error_responses(401, 403, 409, 422),
)
async def create_user(
    body: UserCreateBody, viewer: AdminViewer, request: Request, response: Response, session: SessionDep
) -> UserRead:
    user = await users.create_user(session, viewer, body)
    response.headers["Location"] = request.url_for("read_user", user_id=user.id).path
    return UserRead.of(user)


@router.post(
    "/invitations",
    status_code=201,
    summary="Invite a user by a one-time link",
    responses=error_responses(401, 403, 404, 409, 422),
)
async def invite_user(
    body: InvitationBody,
    viewer: AdminViewer,
    request: Request,
    response: Response,
    session: SessionDep,
    settings: AuthSettingsDep,
) -> InvitationRead:
    """The answer holds the link, this once; hand it to the user yourself."""
    invited = await invitations.invite_user(session, settings, viewer, body)
    response.headers["Location"] = request.url_for("read_user", user_id=invited.user.id).path
    return _told(request, invited)


@router.get("/{user_id}", summary="Read a user", responses=error_responses(401, 403, 404, 422))
async def read_user(user_id: UUID, _viewer: AdminViewer, session: SessionDep) -> UserRead:
    return UserRead.of(await users.read_user(session, user_id))


@router.patch("/{user_id}", summary="Change a user", responses=error_responses(401, 403, 404, 409, 422))
async def update_user(
    user_id: UUID, body: UserUpdateBody, viewer: AdminViewer, session: SessionDep
) -> UserRead:
    return UserRead.of(await users.update_user(session, viewer, user_id, body))


@router.post(
    "/{user_id}/invitations",
    status_code=201,
    summary="Replace a user's invitation by a new one",
    responses=error_responses(401, 403, 404, 409, 422),
)
async def reissue_invitation(
    user_id: UUID, viewer: AdminViewer, request: Request, session: SessionDep, settings: AuthSettingsDep
) -> InvitationRead:
    """All earlier links of the user are void from now on."""
    return _told(request, await invitations.reissue_invitation(session, settings, viewer, user_id))


@router.post(
    "/{user_id}/disable",
    summary="Shut a user out at once",
    responses=error_responses(401, 403, 404, 409, 422),
)
async def disable_user(user_id: UUID, viewer: AdminViewer, session: SessionDep) -> UserRead:
    """Every token of the user is dead with the answer. The last admin cannot be disabled."""
    return UserRead.of(await users.disable_user(session, viewer, user_id))


@router.post(
    "/{user_id}/enable", summary="Let a user sign in again", responses=error_responses(401, 403, 404, 422)
)
async def enable_user(user_id: UUID, viewer: AdminViewer, session: SessionDep) -> UserRead:
    return UserRead.of(await users.enable_user(session, viewer, user_id))


@router.put("/{user_id}/admin", summary="Make a user an admin", responses=error_responses(401, 403, 404, 422))
async def grant_admin(user_id: UUID, viewer: AdminViewer, session: SessionDep) -> UserRead:
    return UserRead.of(await users.set_admin(session, viewer, user_id, is_admin=True))


@router.delete(
    "/{user_id}/admin",
    summary="Make a user no admin any more",
    responses=error_responses(401, 403, 404, 409, 422),
)
async def revoke_admin(user_id: UUID, viewer: AdminViewer, session: SessionDep) -> UserRead:
    """The last admin who can sign in stays one."""
    return UserRead.of(await users.set_admin(session, viewer, user_id, is_admin=False))


def _told(request: Request, invited: Invited) -> InvitationRead:
    """The link holds the token behind `#`, which browsers send to no server and no log."""
    base = request.app.state.settings.public_url.rstrip("/")
    return InvitationRead(
        user=UserRead.of(invited.user),
        token=invited.token,
        link=f"{base}/accept-invitation#token={invited.token}",
        expires_at=invited.invitation.expires_at,
    )
