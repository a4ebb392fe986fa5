"""All that this domain knows of `program` and `person`, whose own domain stands above it: that they exist.

The names are those that the foreign keys of `program_membership` point to.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

_program = sa.table("program", sa.column("id", sa.Uuid))
_person = sa.table("person", sa.column("id", sa.Uuid), sa.column("program_id", sa.Uuid))


async def program_exists(session: AsyncSession, program_id: UUID) -> bool:
    found = await session.exec(select(_program.c.id).where(_program.c.id == program_id))
    return found.first() is not None


async def person_is_of(session: AsyncSession, person_id: UUID, program_id: UUID) -> bool:
    """Whether the person is one of the program's."""
    found = await session.exec(
        select(_person.c.id).where(_person.c.id == person_id, _person.c.program_id == program_id)
    )
    return found.first() is not None
