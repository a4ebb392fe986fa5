"""Which dates a sheet covers. Pure.

A sheet is an academic block, or the part of a week (Monday to Sunday) that lies in one: it never reaches
beyond a block, so that the hours in it belong to one rotation.
"""

from __future__ import annotations

import datetime as dt

from src.compliance.hours.constants import SheetUnit
from src.interchange.model import AcademicBlock, Program


def block_at(program: Program, day: dt.date) -> AcademicBlock | None:
    """The academic block that holds a local date, or None outside the year."""
    number = program.block_of(day)
    return None if number is None else program.academic_blocks[number - 1]


def period_at(program: Program, unit: SheetUnit, day: dt.date) -> tuple[dt.date, dt.date] | None:
    """First and last local date of the sheet that holds a date, or None outside the year."""
    block = block_at(program, day)
    if block is None:
        return None
    if unit is SheetUnit.ACADEMIC_BLOCK:
        return block.start_date, block.end_date
    monday = day - dt.timedelta(days=day.weekday())
    return max(monday, block.start_date), min(monday + dt.timedelta(days=6), block.end_date)
