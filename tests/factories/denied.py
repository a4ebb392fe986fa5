"""Denied requests of the walked program's version."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import DeniedRequest
from src.programs.models import Program
from tests.factories.path_ids import supplies
from tests.factories.schedules_db import version_id


@supplies("denied_id")
async def denied_id(session: AsyncSession, program: Program, given: Mapping[str, str]) -> UUID:
    version = await version_id(session, program, given)
    found = await session.exec(select(DeniedRequest.id).where(DeniedRequest.version_id == version).limit(1))
    return found.one()
