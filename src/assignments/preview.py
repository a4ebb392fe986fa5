"""What a set of changes would do to a version, worked out against the saved state; nothing is written.

Both the trial of a change and its saving start here, so that what was shown is what happens.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.coverage import Demand, demand_on
from src.assignments.edit_plan import Change, EditPlan, conflicts_of, plan_of
from src.assignments.judgement import (
    Effect,
    SavedPerson,
    effect_of,
    frame_of,
    judge_saved,
    known_of,
    make_frame,
)
from src.assignments.prepared import Prepared, load_prepared
from src.assignments.storage import Names, load_names
from src.assignments.touched import (
    Touched,
    load_days,
    load_in_clinic,
    load_touched,
    load_whole,
)
from src.compliance.rules import Finding
from src.compliance.waivers import Waived, sort_out
from src.compliance.waivers.storage import load_waivers
from src.interchange.schedule import AssignmentRow
from src.models import now
from src.schedules.models import ScheduleVersion

MOST_PEOPLE_AT_ONCE = 8
"""Judging more people than this leaves the event loop to others meanwhile."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A set of changes, resolved and judged.

    `blocking` are the hard findings that are new or worse and that no waiver in force lets stand, `waived`
    those that one does. `days` are the local dates touched, `gaps` and `gaps_before` the demand of those
    dates that would be or is short.
    """

    prepared: Prepared
    names: Names
    people: tuple[str, ...]
    days: tuple[dt.date, ...]
    rows: Mapping[UUID, AssignmentRow]
    plan: EditPlan
    effect: Effect
    conflicts: tuple[dict[str, Any], ...]
    blocking: tuple[Finding, ...]
    waived: tuple[Waived, ...]
    gaps: tuple[Demand, ...]
    gaps_before: tuple[Demand, ...]


async def preview_changes(
    session: AsyncSession, version: ScheduleVersion, changes: Sequence[Change]
) -> Preview:
    """Resolve the changes and judge them together.

    Raises AssignmentInvalidError and AssignmentNotFoundError naming each failing change.
    """
    prepared = await load_prepared(session, version.snapshot_id)
    zone = prepared.program.zone
    names = await load_names(session, version.program_id)
    touched = await load_touched(session, version, names, zone, changes)
    plan = plan_of(prepared.resolver, names.codes, touched.rows, changes)
    after = plan.apply(touched.rows)
    effect = await _judged(session, version, names, prepared, touched, plan)
    blocking, waived = await _sort_out(session, version, names, prepared, effect)
    days = dates_of(plan, touched.rows)
    present = await load_days(session, version, names, zone, days)
    return Preview(
        prepared=prepared,
        names=names,
        people=touched.people,
        days=days,
        rows=touched.rows,
        plan=plan,
        effect=effect,
        conflicts=conflicts_of(plan, after),
        blocking=blocking,
        waived=waived,
        gaps=_short(prepared, plan.apply(present), days),
        gaps_before=_short(prepared, present, days),
    )


async def saved_people(
    session: AsyncSession, version: ScheduleVersion, names: Names, prepared: Prepared, people: Sequence[str]
) -> dict[str, SavedPerson]:
    """People as the rules find them in the saved state; only those not remembered in it are read whole."""
    saved = (version.id, version.revision)
    known = known_of(saved, people)
    missing = [person for person in people if person not in known]
    if missing:
        whole = await load_whole(session, version, names, prepared.program.zone, missing)
        # Where nobody else matters, the year is the same for every state of every version of the snapshot.
        of_all_states = (version.snapshot_id, *version.academic_blocks)
        key: Hashable = saved if prepared.sees_everybody else of_all_states
        frame = frame_of(key)
        if frame is None:
            in_clinic = await load_in_clinic(session, version, names, prepared)
            frame = await asyncio.to_thread(make_frame, prepared, key, in_clinic)
        known |= await _for_people(people, judge_saved, prepared, saved, frame, missing, whole)
    return known


async def _judged(
    session: AsyncSession,
    version: ScheduleVersion,
    names: Names,
    prepared: Prepared,
    touched: Touched,
    plan: EditPlan,
) -> Effect:
    """The findings before and after."""
    known = await saved_people(session, version, names, prepared, touched.people)
    gone = [touched.rows[row_id] for row_id in (*plan.deleted, *plan.updated)]
    come = [*plan.updated.values(), *plan.created.values()]
    people = {person: known[person] for person in touched.people if person in known}
    return await _for_people(touched.people, effect_of, prepared, people, gone, come)


async def _for_people[**P, R](
    people: Sequence[str], work: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Do work on people: at once for a few, for many in a thread beside the event loop."""
    if len(people) > MOST_PEOPLE_AT_ONCE:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)


def dates_of(plan: EditPlan, rows: Mapping[UUID, AssignmentRow]) -> tuple[dt.date, ...]:
    """The local dates on which anything changes, before or after."""
    old = (rows[row_id] for row_id in (*plan.deleted, *plan.updated))
    new = (*plan.updated.values(), *plan.created.values())
    return tuple(sorted({row.date for row in (*old, *new)}))


async def _sort_out(
    session: AsyncSession, version: ScheduleVersion, names: Names, prepared: Prepared, effect: Effect
) -> tuple[tuple[Finding, ...], tuple[Waived, ...]]:
    """The findings that block, and those waived; waivers are read only where something would block."""
    if not effect.worse:
        return (), ()
    people = {names.codes.people[finding.person] for finding in effect.worse}
    waivers = await load_waivers(session, version.program_id, people)
    return sort_out(effect.worse, waivers, now().astimezone(prepared.program.zone).date())


def _short(
    prepared: Prepared, rows: Mapping[UUID, AssignmentRow], days: Sequence[dt.date]
) -> tuple[Demand, ...]:
    demand = demand_on(prepared.program, rows.values(), days)
    return tuple(one for one in demand if one.is_short)
