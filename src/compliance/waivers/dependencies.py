"""Programs as those get them who grant waivers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from src.auth.constants import MANAGERS
from src.auth.permissions import CurrentViewer
from src.auth.rules import program_rule, states
from src.database import SessionDep
from src.programs.exceptions import ProgramArchivedError, ProgramNotFoundError
from src.programs.models import Program

WAIVE = program_rule("grant, read and revoke waivers", MANAGERS, readers=MANAGERS)


@states(WAIVE)
async def waiving_program(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, for those who decide what may stand; archived or not."""
    WAIVE.check(viewer, program_id)
    program = await session.get(Program, program_id)
    if program is None:
        raise ProgramNotFoundError
    return program


@states(WAIVE)
async def program_taking_waivers(program: Annotated[Program, Depends(waiving_program)]) -> Program:
    """The same; raises ProgramArchivedError for an archived one."""
    if program.archived_at is not None:
        raise ProgramArchivedError
    return program


WaivingProgram = Annotated[Program, Depends(waiving_program)]
ProgramTakingWaivers = Annotated[Program, Depends(program_taking_waivers)]
