"""Changing a draft by hand: one assignment or up to a hundred, all or nothing.

A change is refused with 409 where a person would be in two places, with 422 where a hard duty-hour rule
would be newly broken or broken worse, unless a waiver lets that stand. Gaps in coverage are told, not
refused: they block publishing.
The caller holds the version's lock, so that edits and publishing come one after another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

from sqlalchemy import delete, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.coverage import Demand
from src.assignments.edit_plan import Change, EditPlan
from src.assignments.exceptions import AcgmeViolationError, AssignmentConflictError
from src.assignments.judgement import Effect, SavedState, carry_over
from src.assignments.models import Assignment
from src.assignments.preview import Preview, preview_changes
from src.assignments.reads import AssignmentFilter, assignments_of, read_of
from src.assignments.schemas import DemandRead, EditOutcome, WaivedRead
from src.assignments.storage import Codes, assignment_values
from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.finding_schemas import FindingRead
from src.compliance.storage import replace_findings_of
from src.database import after_commit
from src.etags import etag_of
from src.interchange.schedule import AssignmentRow
from src.schedules.models import ScheduleVersion


async def apply_changes(
    session: AsyncSession, viewer: Viewer, version: ScheduleVersion, changes: Sequence[Change]
) -> EditOutcome:
    """Apply changes to a locked draft and judge them together.

    Raises AssignmentInvalidError and AssignmentNotFoundError naming each failing change,
    AssignmentConflictError, AcgmeViolationError. Nothing is written when it raises.
    """
    preview = await preview_changes(session, version, changes)
    if preview.conflicts:
        raise AssignmentConflictError(details={"conflicts": list(preview.conflicts)})
    if preview.blocking:
        findings = [FindingRead.of(finding).model_dump(mode="json") for finding in preview.blocking]
        raise AcgmeViolationError(preview.blocking[0].message, details={"findings": findings})
    codes = preview.names.codes
    await _write(session, version, preview.plan, codes)
    await replace_findings_of(session, version.id, preview.effect.after, codes.people, preview.people)
    before = (version.id, version.revision)
    version.revision += 1
    version.result = {**(version.result or {}), "edited": True}
    session.add(version)
    await session.flush()
    if not preview.prepared.sees_everybody:
        after = (version.id, version.revision)
        after_commit(session, partial(_carry_over, before, after, preview.effect))
    await _tell(session, viewer, version, preview)
    return await _outcome(session, version, preview)


async def _carry_over(before: SavedState, after: SavedState, effect: Effect) -> None:
    carry_over(before, after, effect.people)


async def _write(session: AsyncSession, version: ScheduleVersion, plan: EditPlan, codes: Codes) -> None:
    """Rows that change are taken out and put in again.

    One after the other, two people who change places would be in one place for a moment.
    """
    changing = select(Assignment).where(
        col(Assignment.version_id) == version.id, col(Assignment.id).in_(plan.updated)
    )
    stored = {row.id: row for row in await session.exec(changing.with_for_update())}
    await session.exec(
        delete(Assignment)
        .where(
            col(Assignment.version_id) == version.id,
            col(Assignment.id).in_([*plan.deleted, *plan.updated]),
        )
        .execution_options(synchronize_session=False)
    )
    if plan.updated:
        await session.exec(
            insert(Assignment),
            params=[
                {
                    **assignment_values(row, version.id, codes),
                    "id": row_id,
                    "created_at": stored[row_id].created_at,
                    "revision": stored[row_id].revision + 1,
                }
                for row_id, row in plan.updated.items()
            ],
        )
        await session.exec(changing.execution_options(populate_existing=True))
    if plan.created:
        await session.exec(
            insert(Assignment),
            params=[
                {**assignment_values(row, version.id, codes), "id": row_id}
                for row_id, row in plan.created.items()
            ],
        )


async def _tell(session: AsyncSession, viewer: Viewer, version: ScheduleVersion, preview: Preview) -> None:
    """One audit entry: of the rows for a single change, of counts and a hash for many."""
    plan = preview.plan
    touched = [*plan.deleted, *plan.updated, *plan.created]
    counts = {
        "created": len(plan.created),
        "updated": len(plan.updated),
        "deleted": len(plan.deleted),
    }
    if preview.waived:
        counts["waived"] = len(preview.waived)
    is_single = len(touched) <= 2
    old = {str(row_id): _words(preview.rows[row_id]) for row_id in (*plan.deleted, *plan.updated)}
    new = {str(row_id): _words(row) for row_id, row in (plan.updated | plan.created).items()}
    await audit.record(
        session,
        viewer,
        "assignments.changed",
        entity_type="schedule_version",
        entity_id=version.id,
        program_id=version.program_id,
        before=old if is_single else None,
        after=new if is_single else None,
        counts=counts,
        content_hash=hashlib.sha256(repr((sorted(old.items()), sorted(new.items()))).encode()).hexdigest(),
    )


def _words(row: AssignmentRow) -> str:
    return f"{row.person} {row.kind} {row.id} {row.start_at.isoformat()} – {row.end_at.isoformat()}"


async def _outcome(session: AsyncSession, version: ScheduleVersion, preview: Preview) -> EditOutcome:
    plan = preview.plan
    changed = await session.exec(
        assignments_of(version.id, AssignmentFilter()).where(
            col(Assignment.id).in_([*plan.updated, *plan.created])
        )
    )
    return EditOutcome(
        assignments=[read_of(*row) for row in changed],
        deleted=sorted(plan.deleted),
        version_etag=etag_of(version.id, version.revision),
        findings_added=[FindingRead.of(finding) for finding in preview.effect.added],
        findings_removed=[FindingRead.of(finding) for finding in preview.effect.removed],
        waived=[WaivedRead.of(waived) for waived in preview.waived],
        gaps=[coverage_read(demand) for demand in preview.gaps],
    )


def coverage_read(demand: Demand) -> DemandRead:
    return DemandRead(
        date=demand.date,
        what="call" if demand.is_call else "staffing",
        item=demand.item,
        session=demand.session,
        pgys=list(demand.pgys),
        min=demand.minimum,
        max=demand.maximum,
        got=len(demand.people),
        people=list(demand.people),
        is_short=demand.is_short,
    )
