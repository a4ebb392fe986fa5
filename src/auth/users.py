"""Users as admins manage them: make, find, change, disable, and who is an admin."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from src.auth import audit
from src.auth.audit import Actor
from src.auth.constants import Role
from src.auth.exceptions import EmailTakenError, UserNotFoundError
from src.auth.locks import keep_an_admin, lock_admins, locked_user
from src.auth.models import ProgramMembership, User
from src.auth.passwords import check_strength, hash_password
from src.auth.schemas import UserCreateBody, UserState, UserUpdateBody
from src.auth.sign_ins import end_all
from src.models import now
from src.pagination import PageParams, like_pattern, paginate

TOLD_FIELDS = ("email", "full_name", "is_admin", "may_create_programs")
"""What the audit trail tells of a user."""


async def list_users(
    session: AsyncSession,
    params: PageParams,
    *,
    state: UserState | None = None,
    program_id: UUID | None = None,
    role: Role | None = None,
) -> tuple[list[User], int]:
    """One page of all users; `role` is the role in a program, or in that program when one is given."""
    statement = select(User)
    if params.search:
        pattern = like_pattern(params.search)
        statement = statement.where(
            or_(col(User.email).ilike(pattern, escape="\\"), col(User.full_name).ilike(pattern, escape="\\"))
        )
    if state is not None:
        statement = statement.where(_in_state(state))
    if role is Role.ADMIN:
        statement = statement.where(col(User.is_admin))
    elif role is not None or program_id is not None:
        statement = statement.where(col(User.id).in_(_members(program_id, role)))
    if role is Role.ADMIN and program_id is not None:
        statement = statement.where(col(User.id).in_(_members(program_id, None)))
    rows, total = await paginate(
        session,
        statement,
        params,
        sort_columns={
            "email": col(User.email),
            "full_name": col(User.full_name),
            "created_at": col(User.created_at),
            "last_signed_in_at": col(User.last_signed_in_at),
        },
        default_sort="email",
        tie_breaker=col(User.id),
    )
    return list(rows), total


async def read_user(session: AsyncSession, user_id: UUID) -> User:
    """The user; raises UserNotFoundError."""
    user = await session.get(User, user_id)
    if user is None:
        raise UserNotFoundError
    return user


async def create_user(session: AsyncSession, actor: Actor, body: UserCreateBody) -> User:
    """A user who can sign in at once; raises EmailTakenError, WeakPasswordError."""
    password = body.password.get_secret_value()
    check_strength(password, body.email)
    await refuse_taken_email(session, body.email)
    user = User(
        email=body.email,
        full_name=body.full_name,
        password_hash=await hash_password(password),
        is_admin=body.is_admin,
        may_create_programs=body.may_create_programs,
    )
    return await add_user(session, actor, user, "user.created")


async def add_user(session: AsyncSession, actor: Actor, user: User, action: str) -> User:
    """Keep a new user and tell the trail."""
    session.add(user)
    await session.flush()
    await audit.record(
        session,
        actor,
        action,
        entity_type="user",
        entity_id=user.id,
        after=audit.snapshot(user, TOLD_FIELDS),
    )
    return user


async def refuse_taken_email(session: AsyncSession, email: str) -> None:
    """Raises EmailTakenError when a user has the address; two at once are told apart by the constraint."""
    taken = await session.exec(select(User.id).where(col(User.email) == email))
    if taken.first() is not None:
        raise EmailTakenError(details={"email": email})


async def update_user(session: AsyncSession, actor: Actor, user_id: UUID, body: UserUpdateBody) -> User:
    """Change what was sent; raises UserNotFoundError, EmailTakenError."""
    user = await locked_user(session, user_id)
    wanted = body.model_dump(exclude_unset=True)
    if wanted.get("email", user.email) != user.email:
        await refuse_taken_email(session, wanted["email"])
    before = audit.snapshot(user, wanted)
    for field, value in wanted.items():
        setattr(user, field, value)
    await _tell_change(session, actor, user, "user.changed", before, wanted)
    return user


async def disable_user(session: AsyncSession, actor: Actor, user_id: UUID) -> User:
    """Shut the user out at once: every token they hold is dead. Raises LastAdminError, UserNotFoundError."""
    await lock_admins(session)
    user = await locked_user(session, user_id)
    if user.disabled_at is not None:
        return user
    if user.is_admin:
        await keep_an_admin(session, leaving=user)
    user.disabled_at = now()
    await end_all(session, user, "disabled")
    await _tell_change(session, actor, user, "user.disabled", {"disabled": False}, {"disabled": True})
    return user


async def enable_user(session: AsyncSession, actor: Actor, user_id: UUID) -> User:
    """Let the user sign in again, anew. Raises UserNotFoundError."""
    user = await locked_user(session, user_id)
    if user.disabled_at is None:
        return user
    user.disabled_at = None
    await _tell_change(session, actor, user, "user.enabled", {"disabled": True}, {"disabled": False})
    return user


async def set_admin(session: AsyncSession, actor: Actor, user_id: UUID, *, is_admin: bool) -> User:
    """Grant or revoke `ADMIN`. Raises LastAdminError, UserNotFoundError."""
    await lock_admins(session)
    user = await locked_user(session, user_id)
    if user.is_admin == is_admin:
        return user
    if not is_admin:
        await keep_an_admin(session, leaving=user)
    user.is_admin = is_admin
    action = "user.admin_granted" if is_admin else "user.admin_revoked"
    await _tell_change(session, actor, user, action, {"is_admin": not is_admin}, {"is_admin": is_admin})
    return user


async def _tell_change(
    session: AsyncSession,
    actor: Actor,
    user: User,
    action: str,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    """Keep a changed user and tell the trail what changed; nothing, when nothing did."""
    old, new = audit.difference(before, after)
    if not new:
        return
    session.add(user)
    await session.flush()
    await session.refresh(user)
    await audit.record(session, actor, action, entity_type="user", entity_id=user.id, before=old, after=new)


def _in_state(state: UserState) -> ColumnElement[bool]:
    if state is UserState.DISABLED:
        return col(User.disabled_at).is_not(None)
    has_password = col(User.password_hash).is_not(None)
    return col(User.disabled_at).is_(None) & (has_password if state is UserState.ACTIVE else ~has_password)


def _members(program_id: UUID | None, role: Role | None) -> SelectOfScalar[UUID]:
    statement = select(ProgramMembership.user_id)
    if program_id is not None:
        statement = statement.where(col(ProgramMembership.program_id) == program_id)
    if role is not None:
        statement = statement.where(col(ProgramMembership.role) == role)
    return statement
