"""Versions with the inputs they were made from, as a named type."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from src.auth.permissions import CurrentViewer
from src.auth.rules import states
from src.database import SessionDep
from src.programs.dependencies import EXPORT
from src.schedules.dependencies import find_version
from src.schedules.models import ScheduleVersion


@states(EXPORT)
async def version_with_inputs(
    version_id: UUID, viewer: CurrentViewer, session: SessionDep
) -> ScheduleVersion:
    """The version, for those who may take everybody's inputs away."""
    version = await find_version(session, viewer, version_id)
    EXPORT.check(viewer, version.program_id)
    return version


VersionWithInputs = Annotated[ScheduleVersion, Depends(version_with_inputs)]
