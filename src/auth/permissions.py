"""Who may call a route, as dependencies with names. Every route states exactly one rule through them.

`CurrentViewer`: any signed-in user. `AdminViewer`: admins. `ProgramCreator`: who may create programs.
`Depends(public)`: anyone. The domains build their own from `program_rule` and `states`:

    EDIT = program_rule("edit program", MANAGERS)

    @states(EDIT)
    async def editable_program(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
        EDIT.check(viewer, program_id)
        ...

    EditableProgram = Annotated[Program, Depends(editable_program)]
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import col, select

from src.auth.config import AuthSettings, get_auth_settings
from src.auth.constants import MANAGERS, Role
from src.auth.exceptions import InvalidAccessTokenError
from src.auth.models import SignIn, User
from src.auth.rules import Rule, RuleError, Scope, program_rule, require, rule_of, states
from src.auth.tokens import read_access_token
from src.auth.viewer import Viewer, viewer_of, visible_program_ids_clause
from src.database import SessionDep
from src.exceptions import ForbiddenError, UnauthenticatedError
from src.models import now

__all__ = [
    "AdminViewer",
    "AuditReader",
    "AuthSettingsDep",
    "CurrentViewer",
    "MemberReader",
    "ProgramCreator",
    "Rule",
    "RuleError",
    "Scope",
    "Viewer",
    "program_rule",
    "public",
    "require",
    "rule_of",
    "states",
    "visible_program_ids_clause",
]

PUBLIC = Rule("anyone", Scope.PUBLIC)
SIGNED_IN = Rule("signed in", Scope.USER)
ADMIN = Rule("admin", Scope.ADMIN, frozenset({Role.ADMIN}))
CREATE_PROGRAMS = Rule("may create programs", Scope.CREATOR, MANAGERS)
READ_AUDIT = program_rule("read the audit trail of the program", MANAGERS)
READ_MEMBERS = program_rule("read the members of the program", MANAGERS)

_bearer = OAuth2PasswordBearer(
    tokenUrl="/api/v1/auth/login",
    refreshUrl="/api/v1/auth/refresh",
    scheme_name="OAuth2Password",
    auto_error=False,
)


def auth_settings(request: Request) -> AuthSettings:
    """The application's own settings where it has some, the process's otherwise."""
    settings: AuthSettings = getattr(request.app.state, "auth_settings", None) or get_auth_settings()
    return settings


AuthSettingsDep = Annotated[AuthSettings, Depends(auth_settings)]


@states(PUBLIC)
async def public() -> None:
    """State that anyone may call."""


@states(SIGNED_IN)
async def current_viewer(
    session: SessionDep, settings: AuthSettingsDep, token: Annotated[str | None, Depends(_bearer)]
) -> Viewer:
    """The user of the access token, as they are now: who is disabled or signed out is out at once."""
    if token is None:
        raise UnauthenticatedError
    claims = read_access_token(settings, token)
    found = (
        await session.exec(
            select(User)
            .join(SignIn, col(SignIn.user_id) == col(User.id))
            .where(
                col(User.id) == claims.user_id,
                col(User.token_epoch) == claims.epoch,
                col(User.disabled_at).is_(None),
                col(SignIn.id) == claims.sign_in_id,
                col(SignIn.revoked_at).is_(None),
                col(SignIn.expires_at) > now(),
            )
        )
    ).one_or_none()
    if found is None:
        raise InvalidAccessTokenError
    structlog.contextvars.bind_contextvars(user_id=str(found.id))
    return await viewer_of(session, found, claims.sign_in_id)


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]


@states(ADMIN)
async def admin_viewer(viewer: CurrentViewer) -> Viewer:
    """The viewer, when they are an admin; raises ForbiddenError otherwise."""
    if not viewer.is_admin:
        raise ForbiddenError(details={"needed": [Role.ADMIN]})
    return viewer


AdminViewer = Annotated[Viewer, Depends(admin_viewer)]


@states(CREATE_PROGRAMS)
async def program_creator(viewer: CurrentViewer) -> Viewer:
    """The viewer, when they may create programs; raises ForbiddenError otherwise."""
    if not viewer.may_create_programs:
        raise ForbiddenError(details={"needed": sorted(MANAGERS)})
    return viewer


ProgramCreator = Annotated[Viewer, Depends(program_creator)]


@states(READ_AUDIT)
async def audit_reader(program_id: UUID, viewer: CurrentViewer) -> Viewer:
    """The viewer, when they may read what was changed in the program."""
    READ_AUDIT.check(viewer, program_id)
    return viewer


AuditReader = Annotated[Viewer, Depends(audit_reader)]


@states(READ_MEMBERS)
async def member_reader(program_id: UUID, viewer: CurrentViewer) -> Viewer:
    """The viewer, when they may read who belongs to the program."""
    READ_MEMBERS.check(viewer, program_id)
    return viewer


MemberReader = Annotated[Viewer, Depends(member_reader)]
