"""Changing a draft by hand: one assignment or up to a hundred, all or nothing.

A change is refused with 409 where a person would be in two places, with 422 where a hard duty-hour rule
would be newly broken or broken worse. Gaps in coverage are told, not refused: they block publishing.
The caller holds the version's lock, so that edits and publishing come one after another.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.coverage import Demand, demand_on
from src.assignments.edit_plan import Change, EditPlan, plan_of, refuse_conflicts
from src.assignments.exceptions import (
    AcgmeViolationError,
)
from src.assignments.judgement import Effect, effect_of
from src.assignments.models import Assignment
from src.assignments.reads import AssignmentFilter, assignments_of, read_of
from src.assignments.schemas import (
    BulkCreate,
    BulkDelete,
    CoverageRead,
    EditOutcome,
    FindingRead,
)
from src.assignments.storage import Codes, assignment_values, load_codes, load_people_rows
from src.auth import audit
from src.auth.viewer import Viewer
from src.compliance.storage import replace_findings_of
from src.etags import etag_of
from src.interchange.model import Program
from src.interchange.schedule import AssignmentRow
from src.schedules.models import ScheduleVersion
from src.schedules.snapshots import load_snapshot


async def apply_changes(
    session: AsyncSession, viewer: Viewer, version: ScheduleVersion, changes: Sequence[Change]
) -> EditOutcome:
    """Apply changes to a locked draft and judge them together.

    Raises AssignmentInvalidError and AssignmentNotFoundError naming each failing change,
    AssignmentConflictError, AcgmeViolationError. Nothing is written when it raises.
    """
    program = await load_snapshot(session, version.snapshot_id)
    codes = await load_codes(session, version.program_id)
    people = await _people_of(session, version, codes, changes)
    before, rows = await load_people_rows(
        session, version, [codes.people[code] for code in sorted(people)], program.zone
    )
    plan = plan_of(program, codes, rows, changes)
    after = plan.apply(rows)
    refuse_conflicts(plan, after)
    effect = effect_of(program, people, before, replace(before, assignments=tuple(after.values())))
    if effect.worse:
        findings = [FindingRead.of(finding).model_dump(mode="json") for finding in effect.worse]
        raise AcgmeViolationError(effect.worse[0].message, details={"findings": findings})
    await _write(session, version, plan, codes)
    await replace_findings_of(session, version.id, effect.after, codes.people, sorted(people))
    version.revision += 1
    version.result = {**(version.result or {}), "edited": True}
    session.add(version)
    await session.flush()
    await _tell(session, viewer, version, plan, rows)
    dates = {row.date for row in (*plan.deleted.values(), *after.values()) if _is_touched(row, plan, rows)}
    return await _outcome(session, version, program, plan, effect, dates)


async def _people_of(
    session: AsyncSession, version: ScheduleVersion, codes: Codes, changes: Sequence[Change]
) -> set[str]:
    """Everyone whom the changes touch, before or after; unknown codes are left to the resolver."""
    people = {
        change.person
        for change in changes
        if not isinstance(change, BulkDelete) and change.person in codes.people
    }
    ids = [change.id for change in changes if not isinstance(change, BulkCreate)]
    code_of = {row_id: code for code, row_id in codes.people.items()}
    owners = await session.exec(
        select(col(Assignment.person_id))
        .where(col(Assignment.version_id) == version.id, col(Assignment.id).in_(ids))
        .distinct()
    )
    return people | {code_of[person_id] for person_id in owners}


async def _write(session: AsyncSession, version: ScheduleVersion, plan: EditPlan, codes: Codes) -> None:
    found = await session.exec(
        select(Assignment)
        .where(
            col(Assignment.version_id) == version.id,
            col(Assignment.id).in_([*plan.deleted, *plan.updated]),
        )
        .with_for_update()
    )
    stored = {row.id: row for row in found}
    for row_id in plan.deleted:
        await session.delete(stored[row_id])
    await session.flush()
    for row_id, row in plan.updated.items():
        values = assignment_values(row, version.id, codes)
        values.pop("id")
        values["revision"] = stored[row_id].revision + 1
        stored[row_id].sqlmodel_update(values)
        session.add(stored[row_id])
    await session.flush()
    if plan.created:
        await session.exec(
            insert(Assignment),
            params=[
                {**assignment_values(row, version.id, codes), "id": row_id}
                for row_id, row in plan.created.items()
            ],
        )


async def _tell(
    session: AsyncSession,
    viewer: Viewer,
    version: ScheduleVersion,
    plan: EditPlan,
    before: dict[UUID, AssignmentRow],
) -> None:
    """One audit entry: of the rows for a single change, of counts and a hash for many."""
    touched = [*plan.deleted, *plan.updated, *plan.created]
    counts = {
        "created": len(plan.created),
        "updated": len(plan.updated),
        "deleted": len(plan.deleted),
    }
    is_single = len(touched) <= 2
    old = {str(row_id): _words(before[row_id]) for row_id in (*plan.deleted, *plan.updated)}
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


def _is_touched(row: AssignmentRow, plan: EditPlan, before: dict[UUID, AssignmentRow]) -> bool:
    changed = (
        *plan.deleted.values(),
        *plan.updated.values(),
        *plan.created.values(),
        *(before[row_id] for row_id in plan.updated),
    )
    return any(row.date == other.date for other in changed)


async def _outcome(
    session: AsyncSession,
    version: ScheduleVersion,
    program: Program,
    plan: EditPlan,
    effect: Effect,
    dates: Iterable[dt.date],
) -> EditOutcome:
    days = sorted(dates)
    on_those_days: list[AssignmentRow] = []
    for day in days:
        found = await session.exec(assignments_of(version.id, AssignmentFilter(first=day, last=day)))
        on_those_days.extend(
            AssignmentRow(
                person, row.date, row.session, row.kind, item, row.start_at, row.end_at, row.duty_type
            )
            for row, person, item in found
        )
    changed = await session.exec(
        assignments_of(version.id, AssignmentFilter()).where(
            col(Assignment.id).in_([*plan.updated, *plan.created])
        )
    )
    return EditOutcome(
        assignments=[read_of(*row) for row in changed],
        deleted=sorted(plan.deleted),
        version_etag=etag_of(version.id, version.revision),
        findings_added=[FindingRead.of(finding) for finding in effect.added],
        findings_removed=[FindingRead.of(finding) for finding in effect.removed],
        gaps=[coverage_read(demand) for demand in demand_on(program, on_those_days, days) if demand.is_short],
    )


def coverage_read(demand: Demand) -> CoverageRead:
    return CoverageRead(
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
