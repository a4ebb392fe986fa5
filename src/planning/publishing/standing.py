"""A judged version held against the waivers of its program: what still blocks, and what is let stand."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.judge import Judged
from src.compliance.check import CheckReport
from src.compliance.waivers.storage import load_waivers
from src.models import now
from src.schedules.models import ScheduleVersion


async def report_under_waivers(
    session: AsyncSession, version: ScheduleVersion, judged: Judged
) -> CheckReport:
    """What the checker says, with the waivers of the program that are in force today."""
    waivers = await load_waivers(session, version.program_id) if judged.report.hard else ()
    return judged.report.under(waivers, now().astimezone(judged.program.zone).date())
