"""What reports of a version are made of, from the database."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.facts_reader import read_columns
from src.auth.viewer import Viewer
from src.compliance.certificates.storage import load_certificate_seal
from src.compliance.hours.dependencies import whose_hours
from src.compliance.packs import packs_of
from src.compliance.reports import ReportInput
from src.compliance.rules import Finding
from src.compliance.waivers.storage import load_waivers
from src.interchange.schedule import Scope
from src.models import now
from src.planning.hours.findings import judge_hours
from src.schedules.constants import VersionState
from src.schedules.models import Schedule as ScheduleRecord
from src.schedules.models import ScheduleVersion
from src.schedules.snapshots import load_snapshot


async def report_input(session: AsyncSession, viewer: Viewer, version: ScheduleVersion) -> ReportInput:
    """Facts, packs and waivers of a version; it is judged against the inputs that it was made from.

    Of worked hours there is what the viewer may know of: who builds schedules does not read everyone's logs.

    Raises `UnknownRulePackError`, `OverrideInvalidError` and `FactsError` where it cannot be judged.
    """
    program = await load_snapshot(session, version.snapshot_id)
    schedule = await session.get_one(ScheduleRecord, version.schedule_id)
    today = now().astimezone(program.zone).date()
    waivers = await load_waivers(session, version.program_id)
    return ReportInput(
        program=program,
        schedule=schedule.name,
        number=version.number,
        state=version.state.value,
        published_at=version.published_at,
        certificate_sha256=await load_certificate_seal(session, version.id),
        columns=await read_columns(session, program, version),
        packs=packs_of(program),
        is_judged=version.scope is not Scope.YEAR,
        waivers=tuple(waiver for waiver in waivers if waiver.is_in_force(today)),
        logged=await _logged(session, viewer, version),
    )


async def _logged(session: AsyncSession, viewer: Viewer, version: ScheduleVersion) -> tuple[Finding, ...]:
    """What the rules say of the hours handed in; a finding that unknown dates could undo says so."""
    if version.state is not VersionState.PUBLISHED:
        return ()
    program_id = version.program_id
    judged = await judge_hours(session, program_id, whose_hours(viewer, program_id))
    return tuple(
        one.finding
        if one.is_certain
        else replace(one.finding, message=f"{one.finding.message}; provisional, some dates are unknown")
        for one in judged.findings
    )
