"""Programs as those get them who grant waivers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from src.auth.constants import MANAGERS
from src.auth.permissions import CurrentViewer
from src.auth.rules import program_rule, states
from src.database import SessionDep
from src.programs.lookup import program_by_id, refuse_archived
from src.programs.models import Program

WAIVE = program_rule("grant, read and revoke waivers", MANAGERS, readers=MANAGERS)


@states(WAIVE)
async def waiving_program(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, for those who decide what may stand; archived or not."""
    WAIVE.check(viewer, program_id)
    return await program_by_id(session, program_id)


@states(WAIVE)
async def program_taking_waivers(program: Annotated[Program, Depends(waiving_program)]) -> Program:
    """The same; raises ProgramArchivedError for an archived one."""
    refuse_archived(program)
    return program


WaivingProgram = Annotated[Program, Depends(waiving_program)]
ProgramTakingWaivers = Annotated[Program, Depends(program_taking_waivers)]
