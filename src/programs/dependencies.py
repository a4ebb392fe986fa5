"""Programs as named types: a route that asks for one gets it only if it is there and may be had.

Inputs are the coordinator's. Everyone of the program reads them, save what is personal: a resident sees only
the own requests, absences, pins and history. Residents (the chief among them) enter and withdraw their own
requests. Nobody changes an archived program.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlmodel.ext.asyncio.session import AsyncSession

from src.auth.constants import EVERY_ROLE, MANAGERS, Role
from src.auth.permissions import CurrentViewer
from src.auth.rules import program_rule, states
from src.database import SessionDep
from src.programs.locks import lock_program
from src.programs.lookup import program_by_id, refuse_archived
from src.programs.models import Program

READ = program_rule("read the program and its inputs", EVERY_ROLE)
EDIT = program_rule("edit the inputs of the program", MANAGERS)
MANAGE = program_rule("archive and delete the program", MANAGERS)
EXPORT = program_rule("export the program with everybody's inputs", MANAGERS)
ENTER_REQUESTS = program_rule("enter requests", MANAGERS | {Role.CHIEF, Role.RESIDENT})


@states(READ)
async def readable_program(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, for everyone who belongs to it."""
    READ.check(viewer, program_id)
    return await program_by_id(session, program_id)


@states(EXPORT)
async def exportable_program(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, for those who may take all of it away."""
    EXPORT.check(viewer, program_id)
    return await program_by_id(session, program_id)


@states(EDIT)
async def editable_program(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, locked, for those who decide on its inputs; raises ProgramArchivedError."""
    EDIT.check(viewer, program_id)
    return await _unarchived(session, program_id)


@states(ENTER_REQUESTS)
async def program_taking_requests(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, locked, for those who may enter requests; raises ProgramArchivedError."""
    ENTER_REQUESTS.check(viewer, program_id)
    return await _unarchived(session, program_id)


@states(MANAGE)
async def managed_program(program_id: UUID, viewer: CurrentViewer, session: SessionDep) -> Program:
    """The program, locked, archived or not, for those who decide on it."""
    MANAGE.check(viewer, program_id)
    return await lock_program(session, program_id)


async def _unarchived(session: AsyncSession, program_id: UUID) -> Program:
    program = await lock_program(session, program_id)
    refuse_archived(program)
    return program


ReadableProgram = Annotated[Program, Depends(readable_program)]
ExportableProgram = Annotated[Program, Depends(exportable_program)]
EditableProgram = Annotated[Program, Depends(editable_program)]
ManagedProgram = Annotated[Program, Depends(managed_program)]
