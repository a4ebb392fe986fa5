"""What the rules say of worked hours, for a program or one resident."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.compliance.hours.judgement import LogJudgement, judge_logs
from src.compliance.hours.worked import local_date, zone_of
from src.compliance.packs import packs_of
from src.models import now
from src.planning.hours.logs import logs_by_code
from src.planning.hours.plan import published_plan
from src.programs.folder import load_inputs


async def judge_hours(session: AsyncSession, program_id: UUID, person_id: UUID | None = None) -> LogJudgement:
    """Judge what was handed in so far, by the program's inputs of today and the published year plan.

    The arithmetic runs off the event loop. Raises `FactsError`, UnknownRulePackError, OverrideInvalidError.
    """
    inputs = await load_inputs(session, program_id)
    program = inputs.program
    wanted = {
        key: code
        for code, key in inputs.names.people.items()
        if person_id in (None, key) and program.person_by_id[code].pgy is not None
    }
    plan = await published_plan(session, program_id, person_id)
    logs = await logs_by_code(session, program_id, wanted, person_id)
    packs = packs_of(program)
    today = local_date(now(), zone_of(program.time_zone))
    return await asyncio.to_thread(judge_logs, program, plan.frame, logs, packs, today)
