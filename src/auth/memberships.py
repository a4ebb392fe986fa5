"""What users are to programs: one role each, and the person they are there, if any."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth import audit
from src.auth.audit import Actor
from src.auth.constants import Role
from src.auth.exceptions import (
    MembershipNotFoundError,
    PersonTakenError,
    ProgramNotFoundError,
    UnknownPersonError,
)
from src.auth.locks import locked_user
from src.auth.models import ProgramMembership, User
from src.auth.references import person_is_of, program_exists
from src.auth.users import read_user
from src.pagination import PageParams, like_pattern, paginate

_TOLD_FIELDS = ("role", "person_id")


async def list_memberships(session: AsyncSession, user_id: UUID) -> list[ProgramMembership]:
    """What the user is to each program; raises UserNotFoundError."""
    await read_user(session, user_id)
    rows = await session.exec(
        select(ProgramMembership)
        .where(col(ProgramMembership.user_id) == user_id)
        .order_by(col(ProgramMembership.program_id))
    )
    return list(rows.all())


async def list_members(
    session: AsyncSession, program_id: UUID, params: PageParams, *, role: Role | None = None
) -> tuple[list[tuple[ProgramMembership, User]], int]:
    """One page of a program's members; raises ProgramNotFoundError."""
    if not await program_exists(session, program_id):
        raise ProgramNotFoundError
    statement = (
        select(ProgramMembership)
        .join(User, col(User.id) == col(ProgramMembership.user_id))
        .where(col(ProgramMembership.program_id) == program_id)
    )
    if role is not None:
        statement = statement.where(col(ProgramMembership.role) == role)
    if params.search:
        pattern = like_pattern(params.search)
        statement = statement.where(
            col(User.email).ilike(pattern, escape="\\") | col(User.full_name).ilike(pattern, escape="\\")
        )
    rows, total = await paginate(
        session,
        statement,
        params,
        sort_columns={
            "email": col(User.email),
            "full_name": col(User.full_name),
            "role": col(ProgramMembership.role),
        },
        default_sort="email",
        tie_breaker=col(ProgramMembership.id),
    )
    found = await session.exec(select(User).where(col(User.id).in_([row.user_id for row in rows])))
    users = {user.id: user for user in found}
    return [(row, users[row.user_id]) for row in rows], total


async def set_membership(
    session: AsyncSession,
    actor: Actor,
    *,
    user_id: UUID,
    program_id: UUID,
    role: Role,
    person_id: UUID | None = None,
) -> ProgramMembership:
    """Make the user a member with this role and person, or change what they are.

    Raises UserNotFoundError, ProgramNotFoundError, UnknownPersonError for a person of another program, and
    PersonTakenError for one that another user is linked to.
    """
    await locked_user(session, user_id)
    if not await program_exists(session, program_id):
        raise ProgramNotFoundError
    if person_id is not None:
        await _refuse_wrong_person(session, user_id, program_id, person_id)
    membership = await _find(session, user_id, program_id)
    before = audit.snapshot(membership, _TOLD_FIELDS) if membership else None
    membership = membership or ProgramMembership(user_id=user_id, program_id=program_id, role=role)
    membership.role, membership.person_id = role, person_id
    session.add(membership)
    await session.flush()
    after = audit.snapshot(membership, _TOLD_FIELDS)
    if before == after:
        return membership
    old, new = audit.difference(before, after) if before else (None, after)
    await audit.record(
        session,
        actor,
        "membership.changed" if before else "membership.added",
        program_id=program_id,
        entity_type="membership",
        entity_id=user_id,
        before=old,
        after=new,
    )
    return membership


async def remove_membership(session: AsyncSession, actor: Actor, user_id: UUID, program_id: UUID) -> None:
    """End what the user is to the program; raises UserNotFoundError, MembershipNotFoundError."""
    await locked_user(session, user_id)
    membership = await _find(session, user_id, program_id)
    if membership is None:
        raise MembershipNotFoundError
    await session.delete(membership)
    await session.flush()
    await audit.record(
        session,
        actor,
        "membership.removed",
        program_id=program_id,
        entity_type="membership",
        entity_id=user_id,
        before=audit.snapshot(membership, _TOLD_FIELDS),
    )


async def _find(session: AsyncSession, user_id: UUID, program_id: UUID) -> ProgramMembership | None:
    found = await session.exec(
        select(ProgramMembership)
        .where(col(ProgramMembership.user_id) == user_id, col(ProgramMembership.program_id) == program_id)
        .execution_options(populate_existing=True)
    )
    return found.one_or_none()


async def _refuse_wrong_person(
    session: AsyncSession, user_id: UUID, program_id: UUID, person_id: UUID
) -> None:
    if not await person_is_of(session, person_id, program_id):
        raise UnknownPersonError(details={"person_id": person_id})
    taken = await session.exec(
        select(ProgramMembership.id).where(
            col(ProgramMembership.person_id) == person_id, col(ProgramMembership.user_id) != user_id
        )
    )
    if taken.first() is not None:
        raise PersonTakenError(details={"person_id": person_id})
