"""Inputs as a run saw them: kept once however many runs see them, and read from memory when read again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.interchange.model import Program
from src.interchange.snapshot import program_of_snapshot, program_snapshot
from src.models import new_id
from src.schedules.models import InputSnapshot

KEPT_IN_MEMORY = 16

_parsed: OrderedDict[UUID, Program] = OrderedDict()


async def keep_snapshot(session: AsyncSession, program_id: UUID, program: Program) -> tuple[UUID, str]:
    """The id and hash of the snapshot of these inputs, made if there is none yet."""
    files, digest = await asyncio.to_thread(program_snapshot, program)
    await session.exec(
        insert(InputSnapshot)
        .values(id=new_id(), program_id=program_id, sha256=digest, files=files)
        .on_conflict_do_nothing()
    )
    found = await session.exec(
        select(InputSnapshot.id).where(InputSnapshot.program_id == program_id, InputSnapshot.sha256 == digest)
    )
    return found.one(), digest


async def load_snapshot(session: AsyncSession, snapshot_id: UUID) -> Program:
    """The program as a snapshot holds it; a snapshot never changes, so the parsed value may be shared."""
    known = _parsed.get(snapshot_id)
    if known is not None:
        _parsed.move_to_end(snapshot_id)
        return known
    snapshot = await session.get_one(InputSnapshot, snapshot_id)
    program = await asyncio.to_thread(program_of_snapshot, snapshot.files)
    _parsed[snapshot_id] = program
    while len(_parsed) > KEPT_IN_MEMORY:
        _parsed.popitem(last=False)
    return program
