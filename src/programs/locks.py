"""One edit of a program after another."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.programs.exceptions import ProgramNotFoundError
from src.programs.models import Program


async def lock_program(session: AsyncSession, program_id: UUID) -> Program:
    """The program as it is now, held until the transaction ends; raises ProgramNotFoundError.

    The lock lets rows that refer to the program be written meanwhile, and nobody else edit its inputs.
    """
    statement = (
        select(Program)
        .where(col(Program.id) == program_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(statement)).one_or_none()
    if found is None:
        raise ProgramNotFoundError
    return found


async def hold_still(session: AsyncSession, program_id: UUID) -> None:
    """Let nobody edit the program's inputs until the transaction ends; others may read them as well."""
    await session.exec(select(Program.id).where(col(Program.id) == program_id).with_for_update(read=True))
