"""Reports as named types: a route that asks for one gets it only if the viewer may have it.

Those who build get every report; residents and faculty the one on themselves, of what is published.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Query
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.dependencies import own_person_only
from src.assignments.schemas import Code
from src.auth.permissions import CurrentViewer
from src.auth.viewer import Viewer
from src.compliance.reports import Report, ReportInput, ReportScope, build_report
from src.database import SessionDep
from src.exceptions import InvalidError, NotFoundError
from src.planning.reports.data import report_input
from src.programs.models import Person
from src.schedules.dependencies import BuildableVersion, ReadableVersion
from src.schedules.models import ScheduleVersion

PersonCode = Annotated[
    Code | None,
    Query(description="A resident's id in the program, as R001; without it, the resident who asks."),
]
BlockNumber = Annotated[int, Query(ge=1, le=366, description="The number of an academic block.")]
RotationCode = Annotated[Code, Query(description="A rotation's id in the program, as MICU.")]


class NotReportedError(NotFoundError):
    """The version's program has no such resident, block or rotation, or the viewer may not know of it."""

    code = "NOT_REPORTED"
    message = "There is no such resident, academic block or rotation in this version's program."


class PersonNeededError(InvalidError):
    """Nobody was named, and who asks is no person of the program."""

    code = "PERSON_NEEDED"
    message = "Name a resident with `person`: your account is linked to nobody in this program."


@dataclass(frozen=True, slots=True)
class ReportOfVersion:
    """A report with the version it is on."""

    version: ScheduleVersion
    report: Report


async def on_program(
    version: BuildableVersion, viewer: CurrentViewer, session: SessionDep
) -> ReportOfVersion:
    """The report on everyone."""
    return await _built(version, await report_input(session, viewer, version), build_report)


async def on_person(
    version: ReadableVersion, viewer: CurrentViewer, session: SessionDep, person: PersonCode = None
) -> ReportOfVersion:
    """The report on a person; those who do not build get their own, and nobody else's is there for them.

    Raises NotReportedError, and PersonNeededError where nobody is named and who asks is no person.
    """
    mine = await _linked_person(session, version, viewer)
    if own_person_only(viewer, version) is not None and person not in (None, mine):
        raise NotReportedError
    code = person or mine
    if code is None:
        raise PersonNeededError
    given = await report_input(session, viewer, version)
    if code not in {resident.id for resident in given.program.residents}:
        raise NotReportedError
    return await _built(version, given, partial(build_report, scope=ReportScope.PERSON, person=code))


async def on_block(
    version: BuildableVersion, viewer: CurrentViewer, session: SessionDep, block: BlockNumber
) -> ReportOfVersion:
    """The report on what begins in an academic block; raises NotReportedError."""
    given = await report_input(session, viewer, version)
    if block not in given.columns.frame.checked_blocks:
        raise NotReportedError
    return await _built(version, given, partial(build_report, scope=ReportScope.BLOCK, block=block))


async def on_rotation(
    version: BuildableVersion, viewer: CurrentViewer, session: SessionDep, rotation: RotationCode
) -> ReportOfVersion:
    """The report on what begins on a rotation; raises NotReportedError."""
    given = await report_input(session, viewer, version)
    if rotation not in given.program.rotation_by_id:
        raise NotReportedError
    return await _built(version, given, partial(build_report, scope=ReportScope.ROTATION, rotation=rotation))


async def _linked_person(session: AsyncSession, version: ScheduleVersion, viewer: Viewer) -> str | None:
    """The id in the program of the person the viewer is there, if any."""
    linked = viewer.person_in(version.program_id)
    return (await session.exec(select(Person.code).where(col(Person.id) == linked))).one_or_none()


async def _built(
    version: ScheduleVersion, given: ReportInput, build: Callable[[ReportInput], Report]
) -> ReportOfVersion:
    """The report, made off the event loop."""
    return ReportOfVersion(version, await asyncio.to_thread(build, given))


ProgramReport = Annotated[ReportOfVersion, Depends(on_program)]
