"""Publishing: one transaction in which a draft becomes the schedule that everyone works by."""

from __future__ import annotations

from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.judge import judge_version
from src.assignments.schemas import WaivedRead
from src.auth import audit
from src.auth.viewer import Viewer
from src.exceptions import ConflictError, InvalidError
from src.models import now
from src.planning.certificates.issue import certify
from src.planning.publishing.standing import report_under_waivers
from src.programs.locks import lock_program
from src.schedules.constants import VersionState
from src.schedules.exceptions import VersionInUseError
from src.schedules.models import ScheduleVersion

MOST_NAMED = 50


class NotPublishableError(InvalidError):
    """The draft breaks a hard rule or leaves demand open; `details` names what."""

    code = "NOT_PUBLISHABLE"
    message = "The draft breaks rules that must hold, or leaves demand open."


class PublishedOverlapError(ConflictError):
    """Another schedule of the program is published for some of the same dates."""

    code = "PUBLISHED_OVERLAP"
    message = "Another schedule of the program is published for some of these dates."


async def publish(session: AsyncSession, viewer: Viewer, version: ScheduleVersion) -> ScheduleVersion:
    """Publish a locked draft; the schedule's published versions of the same dates are superseded.

    A hard finding blocks unless a waiver in force lets it stand; `result.waivers` then lists those used.

    Raises NotPublishableError, PublishedOverlapError, VersionInUseError for an archived draft.
    """
    if version.archived_at is not None:
        raise VersionInUseError("An archived draft cannot be published; take it out again first.")
    judged = await judge_version(session, version)
    report = await report_under_waivers(session, version, judged)
    if not report.ok or judged.content.unmet:
        raise NotPublishableError(
            details={
                "hard": len(report.blocking),
                "findings": [
                    {"rule": finding.rule, "person": finding.person, "message": finding.message}
                    for finding in report.blocking[:MOST_NAMED]
                ],
                "broken": [
                    {"item": broken.item, "message": broken.message} for broken in report.broken[:MOST_NAMED]
                ],
                "unmet": len(judged.content.unmet),
            }
        )
    # Publishing is serialised per program, so that two drafts cannot pass each other here.
    await lock_program(session, version.program_id)
    superseded = await _supersede(session, version)
    instant = now()
    version.state = VersionState.PUBLISHED
    version.published_at = instant
    version.published_by = viewer.id
    version.revision += 1
    if report.waived:
        waived = to_jsonable_python([WaivedRead.of(one) for one in report.waived])
        version.result = {**(version.result or {}), "waivers": waived}
    session.add(version)
    try:
        await session.flush()
    except IntegrityError as error:
        raise PublishedOverlapError from error
    waivers = tuple(dict.fromkeys(one.waiver for one in report.waived))
    await certify(session, viewer, version, judged.program, judged.content, waivers)
    await audit.record(
        session,
        viewer,
        "version.published",
        entity_type="schedule_version",
        entity_id=version.id,
        program_id=version.program_id,
        before={"state": VersionState.DRAFT},
        after={"state": VersionState.PUBLISHED, "number": version.number, "superseded": superseded},
        counts={"assignments": len(judged.content.assignments), "waived": len(report.waived)},
    )
    return version


async def _supersede(session: AsyncSession, version: ScheduleVersion) -> list[UUID]:
    overlapping = (
        await session.exec(
            select(ScheduleVersion)
            .where(
                ScheduleVersion.program_id == version.program_id,
                col(ScheduleVersion.state) == VersionState.PUBLISHED,
                col(ScheduleVersion.start_date) <= version.end_date,
                col(ScheduleVersion.end_date) >= version.start_date,
            )
            .with_for_update(key_share=True)
        )
    ).all()
    others = [row.schedule_id for row in overlapping if row.schedule_id != version.schedule_id]
    if others:
        raise PublishedOverlapError(details={"schedules": others})
    for row in overlapping:
        row.state = VersionState.SUPERSEDED
        row.superseded_at = now()
        row.revision += 1
        session.add(row)
    await session.flush()
    return [row.id for row in overlapping]
