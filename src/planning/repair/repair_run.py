"""A repair as a run: queued like a generation, with the inputs as they are after the change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import Assignment
from src.assignments.storage import load_names, load_plan
from src.auth import audit
from src.auth.viewer import Viewer
from src.exceptions import InvalidError
from src.interchange.model import Program
from src.interchange.schedule import Scope, SolveStatus
from src.planning.generation.queue_run import check_rule_packs, queue_run, take_place
from src.planning.generation.save_result import number_of_next, unseen_number
from src.planning.repair.changes import RepairRequest, in_range, still_owing, with_changes
from src.planning.repair.early_drafts import save_draft
from src.planning.repair.repair_program import RepairOptions, RepairSolved
from src.planning.swaps.search import first_day
from src.programs.folder import load_program
from src.quantities import count
from src.schedules.config import ScheduleSettings
from src.schedules.constants import RunKind, RunState
from src.schedules.exceptions import ScheduleArchivedError
from src.schedules.leases import end
from src.schedules.models import Run, ScheduleVersion
from src.schedules.models import Schedule as ScheduleRecord
from src.solver.plan import YearPlan

NONE_EARLY: Mapping[int, ScheduleVersion] = MappingProxyType({})


class NothingToRepairError(InvalidError):
    """The version has no days, or the range holds none of the year's."""

    code = "NOTHING_TO_REPAIR"
    message = "A repair needs a version with days and calls, and a date of the year that may move."


async def request_repair(
    session: AsyncSession,
    viewer: Viewer,
    version: ScheduleVersion,
    body: RepairRequest,
    settings: ScheduleSettings,
) -> Run:
    """Queue a repair of a version; its message leaves after the commit.

    Raises ScheduleArchivedError, ProgramArchivedError, RunActiveError, TooManyRunsError, BadChangeError,
    NothingToRepairError, RulePackUnknownError.
    """
    schedule = await session.get_one(ScheduleRecord, version.schedule_id, with_for_update={"key_share": True})
    if schedule.archived_at is not None:
        raise ScheduleArchivedError
    await take_place(session, schedule, settings)
    inputs = await load_program(session, schedule.program_id)
    owing = still_owing(inputs, body.gone, await _plan(session, version)) if body.gone else ()
    program = with_changes(inputs, body.absences, body.gone, owing)
    check_rule_packs(program)
    first, last = await _dates(session, version, program, body)
    in_range(body, first, last)
    return await queue_run(
        session,
        viewer,
        schedule,
        program,
        body,
        settings,
        time_limit_seconds=body.time_limit_seconds,
        told=body.model_dump(mode="json", exclude_defaults=True),
        counts={"absences": len(body.absences), "gone": len(body.gone)},
        kind=RunKind.REPAIR,
        scope=Scope.BOTH,
        academic_blocks=list(version.academic_blocks),
        options={
            "from_date": first.isoformat(),
            "to_date": body.to_date.isoformat() if body.to_date else None,
            "alternatives": body.alternatives,
            "stays_in_plan": list(owing),
        },
        base_version_id=version.id,
    )


async def _plan(session: AsyncSession, version: ScheduleVersion) -> YearPlan:
    """The version's rotations and vacation weeks, by the program's own ids."""
    names = await load_names(session, version.program_id)
    return YearPlan.of_schedule(await load_plan(session, version.id, names))


async def _dates(
    session: AsyncSession, version: ScheduleVersion, program: Program, body: RepairRequest
) -> tuple[dt.date, dt.date]:
    """The first and the last date that may move; raises NothingToRepairError where there is none."""
    has_days = await session.scalar(select(Assignment.id).where(Assignment.version_id == version.id).limit(1))
    first = first_day(program, body.from_date)
    last = min(body.to_date or program.year_end_date, program.year_end_date)
    if has_days is None or first > last or last < program.year_start_date:
        raise NothingToRepairError(details={"from_date": first, "to_date": last})
    return first, last


def options_of(run: Run) -> RepairOptions:
    """What a stored repair was asked."""
    asked: dict[str, Any] = run.options or {}
    return RepairOptions(
        from_date=_date(asked.get("from_date")),
        to_date=_date(asked.get("to_date")),
        alternatives=int(asked.get("alternatives", 3)),
        allow_unmet=run.allow_unmet,
        seed=run.seed,
        workers=run.workers,
    )


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


async def end_repair(
    session: AsyncSession,
    run: Run,
    program: Program,
    solved: RepairSolved,
    early: Mapping[int, ScheduleVersion] = NONE_EARLY,
) -> None:
    """Save every alternative as a draft of its own and end the run, all in the caller's transaction.

    `early` are drafts that the transaction holds already, by their place among the alternatives. Numbers are
    taken when all of them are saved: whoever takes one makes others wait for the end of the transaction.
    """
    saved = [
        early.get(place) or await save_draft(session, run, program, made, unseen_number())
        for place, made in enumerate(solved.alternatives)
    ]
    versions = [await _numbered(session, run, place, solved, version) for place, version in enumerate(saved)]
    repaired = solved.repaired
    summary: dict[str, Any] = {
        "status": repaired.status,
        "notices": [
            f"{person} leaves before the year's requirements and vacation weeks are done: the rotations stay "
            "in the plan, and nobody is counted on to work them."
            for person in (run.options or {}).get("stays_in_plan", [])
        ]
        + [notice for notice in (repaired.notice,) if notice is not None],
        "troubles": list(repaired.troubles),
        "conflicts": [asdict(conflict) for conflict in repaired.conflicts],
        "way_out": list(repaired.way_out),
        "seconds": round(repaired.seconds, 3),
        "alternatives": [
            {"version_id": str(version.id), "number": version.number, **each.comparison.to_json()}
            for version, each in zip(versions, solved.alternatives, strict=True)
        ],
    }
    state, error = _ending(run, solved)
    first = versions[0].id if versions else None
    await end(session, run, state, error=error, result=summary, version_id=first)


def _ending(run: Run, solved: RepairSolved) -> tuple[RunState, dict[str, Any] | None]:
    if solved.repaired.status is SolveStatus.INFEASIBLE:
        return RunState.INFEASIBLE, {
            "code": "INFEASIBLE",
            "message": "No repair keeps all the rules; `result.conflicts` names those that collide.",
        }
    if run.cancel_requested_at is not None:
        return RunState.CANCELLED, None
    if not solved.alternatives:
        return RunState.FAILED, {
            "code": "NOTHING_FOUND",
            "message": "The time limit ended before a repair was found; nothing was proved either.",
        }
    return RunState.SUCCEEDED, None


async def _numbered(
    session: AsyncSession, run: Run, place: int, solved: RepairSolved, version: ScheduleVersion
) -> ScheduleVersion:
    """One alternative as a draft with its number and a note of what it changes, in the trail of the run."""
    comparison = solved.alternatives[place].comparison
    version.number = await number_of_next(session, run.schedule_id)
    version.note = (
        f"Repair {place + 1} of {len(solved.alternatives)} changes {count(comparison.cells, 'cell')} of "
        f"{count(len(comparison.people), 'person', 'people')}"
    )
    session.add(version)
    await session.flush()
    await audit.record(
        session,
        audit.SystemActor("worker", run.requested_by),
        "version.repaired",
        entity_type="schedule_version",
        entity_id=version.id,
        program_id=run.program_id,
        after={"run": run.id, "number": version.number, "based_on": run.base_version_id},
        counts={"cells": comparison.cells, "people": len(comparison.people), "unmet": comparison.unmet},
    )
    return version
