"""Versions as standing schedules, kept in memory while people look for swaps and ask why.

A standing schedule is read once per state of a version: its tag moves with every edit, so a stale one is
never asked again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.judge import load_content
from src.assignments.models import Assignment
from src.assignments.storage import load_codes
from src.compliance.check import CheckReport
from src.compliance.packs import UnknownRulePackError
from src.interchange.model import DutyType, Program
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule
from src.models import now
from src.planning.generation.queue_run import RulePackUnknownError
from src.planning.limits import limits_of
from src.schedules.models import ScheduleVersion
from src.solver.expand import home_date
from src.solver.problem import Limits
from src.solver.swaps.search import SwapSearch, Transfer
from src.solver.swaps.standing import Piece, Standing

KEPT_IN_MEMORY = 4


@dataclass(frozen=True, slots=True)
class Stood:
    """A version's program and content, and the search over them."""

    program: Program
    content: Schedule
    limits: Limits
    standing: Standing
    search: SwapSearch
    reports: dict[object, CheckReport] = field(default_factory=dict)
    """What the checker said of people in states that were asked about."""
    verdicts: dict[tuple[Transfer, ...], bool] = field(default_factory=dict)
    """Whether the checker let an offer pass, by what changes hands in it."""


_known: OrderedDict[tuple[UUID, int, UUID], Stood] = OrderedDict()


async def load_standing(session: AsyncSession, version: ScheduleVersion) -> Stood:
    """The version as it is now; raises RulePackUnknownError where no rule can be applied."""
    key = (version.id, version.revision, version.snapshot_id)
    known = _known.get(key)
    if known is not None:
        _known.move_to_end(key)
        return known
    program, content = await load_content(session, version)
    try:
        limits = limits_of(program)
    except UnknownRulePackError as error:
        raise RulePackUnknownError(error.text, details={"rule_packs": list(program.rule_packs)}) from error
    made = await asyncio.to_thread(_stood, program, content, limits)
    _known[key] = made
    while len(_known) > KEPT_IN_MEMORY:
        _known.popitem(last=False)
    return made


def _stood(program: Program, content: Schedule, limits: Limits) -> Stood:
    standing = Standing(program, content, limits)
    return Stood(program, content, limits, standing, SwapSearch(standing))


async def person_code(session: AsyncSession, version: ScheduleVersion, person_id: UUID) -> str:
    """A person's own id in the program ("R017")."""
    codes = await load_codes(session, version.program_id)
    return next(code for code, row_id in codes.people.items() if row_id == person_id)


async def duty_of(
    session: AsyncSession, version: ScheduleVersion, stood: Stood, row: Assignment
) -> tuple[str, Piece | None]:
    """Who has the duty of a stored assignment, and what of it could change hands; None = a clinic."""
    person = await person_code(session, version, row.person_id)
    calendar = stood.standing.shared.calendar
    if row.kind is AssignmentKind.CLINIC:
        return person, None
    codes = await load_codes(session, version.program_id)
    named = codes.rotations if row.kind is AssignmentKind.ROTATION else codes.calls
    wanted = row.rotation_id if row.kind is AssignmentKind.ROTATION else row.call_id
    item = next(code for code, row_id in named.items() if row_id == wanted)
    day = row.date
    if row.duty_type is DutyType.TRANSITION:
        day = home_date(
            stood.program,
            AssignmentRow(
                person, row.date, row.session, row.kind, item, row.start_at, row.end_at, row.duty_type
            ),
        )
    return person, Piece(calendar.day_of_date(day), item, row.kind is not AssignmentKind.ROTATION)


def first_day(program: Program, wanted: dt.date | None) -> dt.date:
    """The date from which things may move: the one asked for, else today, or the year's first if later."""
    if wanted is not None:
        return wanted
    return max(program.year_start_date, now().astimezone(program.zone).date())
