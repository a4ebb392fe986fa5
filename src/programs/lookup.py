"""A program by its id, and the refusal to change one that is archived."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.programs.exceptions import ProgramArchivedError, ProgramNotFoundError
from src.programs.models import Program


async def program_by_id(session: AsyncSession, program_id: UUID) -> Program:
    """The program, archived or not; raises ProgramNotFoundError. The caller checks who may know of it."""
    found = await session.get(Program, program_id)
    if found is None:
        raise ProgramNotFoundError
    return found


def refuse_archived(program: Program) -> None:
    """Raises ProgramArchivedError for a program that is read only."""
    if program.archived_at is not None:
        raise ProgramArchivedError
