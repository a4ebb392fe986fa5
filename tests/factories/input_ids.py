"""Ids of a program's inputs: the first row of each kind, which is nobody's own."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import EVERY_ROLE, Role
from src.programs.folder import load_names
from src.programs.models import Program
from src.programs.resources import RESOURCES, Resource
from tests.factories.path_ids import supplies
from tests.factories.programs import APPROVAL, OVERRIDE

_MISSING = {"rule_override": OVERRIDE, "rule_approval": APPROVAL}


def _supply(resource: Resource) -> None:
    @supplies(
        f"{resource.one}_id",
        readers=EVERY_ROLE - {Role.RESIDENT} if resource.personal else EVERY_ROLE,
        only_own=frozenset({Role.CHIEF}) if resource.own_entry else frozenset(),
    )
    async def first_row(session: AsyncSession, program: Program, given: Mapping[str, str]) -> object:
        table = resource.kind.table
        rows = await session.exec(
            select(table.id).where(table.program_id == program.id).order_by(col(table.position)).limit(1)
        )
        found = rows.one_or_none()
        return await _add(session, program, resource) if found is None else found


async def _add(session: AsyncSession, program: Program, resource: Resource) -> object:
    """A row of an input of which small programs have none."""
    names = await load_names(session, program.id)
    columns = resource.kind.columns_of(_MISSING[resource.one], names)
    row = resource.kind.table(program_id=program.id, position=0, **columns)
    session.add(row)
    await session.flush()
    return row.id


for one in RESOURCES:
    _supply(one)
