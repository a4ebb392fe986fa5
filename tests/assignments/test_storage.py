"""A version's content on its way into the database."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.models import Assignment
from tests.factories.programs_db import store_program
from tests.factories.schedules_db import store_schedule, store_version, ward_program, ward_schedule


async def test_rows_are_laid_down_person_by_person_in_the_order_of_time(session: AsyncSession) -> None:
    """Whatever their order was: in any other the constraint against overlaps takes three times as long."""
    program = await store_program(session, ward_program())
    schedule = await store_schedule(session, program.id)
    content = ward_schedule()
    shuffled = sorted(content.assignments, key=lambda row: (row.start_at, row.person))
    version = await store_version(session, schedule, content=replace(content, assignments=tuple(shuffled)))
    found = await session.exec(
        select(Assignment).where(col(Assignment.version_id) == version.id).order_by(text("ctid"))
    )
    laid_down = list(found)
    assert len(laid_down) == len(content.assignments)
    assert [len(list(rows)) for _, rows in groupby(laid_down, key=lambda row: row.person_id)] == [40] * 3
    for _, rows in groupby(laid_down, key=lambda row: row.person_id):
        starts = [row.start_at for row in rows]
        assert starts == sorted(starts)
