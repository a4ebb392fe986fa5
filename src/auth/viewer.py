"""Who is asking, and what they are to each program. Knows nothing of HTTP: the worker acts for users too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import Role
from src.auth.models import ProgramMembership, User


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in user with the role held in each program and the person they are there, if any."""

    user: User
    roles: Mapping[UUID, Role]
    persons: Mapping[UUID, UUID]
    sign_in_id: UUID | None = None

    @property
    def id(self) -> UUID:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.email

    @property
    def is_admin(self) -> bool:
        return self.user.is_admin

    @property
    def may_create_programs(self) -> bool:
        """Admins, those an admin lets, and coordinators of a program already."""
        return self.is_admin or self.user.may_create_programs or Role.COORDINATOR in self.roles.values()

    def role_in(self, program_id: UUID) -> Role | None:
        """The role in a program; `ADMIN` everywhere for an admin, None for a stranger."""
        return Role.ADMIN if self.is_admin else self.roles.get(program_id)

    def person_in(self, program_id: UUID) -> UUID | None:
        """The person that the user is in a program, if any; also for an admin."""
        return self.persons.get(program_id)

    def may(self, program_id: UUID, allowed: frozenset[Role]) -> bool:
        role = self.role_in(program_id)
        return role is not None and role in allowed

    def programs_as(self, allowed: frozenset[Role]) -> frozenset[UUID]:
        """The programs in which the user holds one of the roles; an admin's are not listed."""
        return frozenset(program_id for program_id, role in self.roles.items() if role in allowed)


def visible_program_ids_clause(viewer: Viewer, column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """The condition that a row's program is one the viewer belongs to; for use inside every query."""
    if viewer.is_admin:
        return true()
    return column.in_(sorted(viewer.roles))


async def viewer_of(session: AsyncSession, user: User, sign_in_id: UUID | None = None) -> Viewer:
    """The user with their present memberships."""
    memberships = (
        await session.exec(select(ProgramMembership).where(col(ProgramMembership.user_id) == user.id))
    ).all()
    return Viewer(
        user=user,
        roles=MappingProxyType({row.program_id: row.role for row in memberships}),
        persons=MappingProxyType(
            {row.program_id: row.person_id for row in memberships if row.person_id is not None}
        ),
        sign_in_id=sign_in_id,
    )
