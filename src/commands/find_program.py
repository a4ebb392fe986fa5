"""Which program a person at the command line means: an id, or a code that only one program has."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.exceptions import ConflictError
from src.programs.exceptions import ProgramNotFoundError
from src.programs.models import Program


class AmbiguousProgramError(ConflictError):
    """Several programs have the code."""

    code = "PROGRAM_AMBIGUOUS"


async def find_program(session: AsyncSession, name: str) -> Program:
    """Raises ProgramNotFoundError, AmbiguousProgramError naming the ids."""
    try:
        named = col(Program.id) == UUID(name)
    except ValueError:
        named = col(Program.code) == name
    found = (await session.exec(select(Program).where(named).order_by(col(Program.created_at)))).all()
    if not found:
        raise ProgramNotFoundError(f"There is no program {name}.")
    if len(found) > 1:
        ids = ", ".join(str(program.id) for program in found)
        raise AmbiguousProgramError(f"{len(found)} programs have the code {name}; give one of the ids {ids}.")
    return found[0]
