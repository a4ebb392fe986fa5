"""Runs of nights from before the year that a plan lets go on: soft findings that no days can help.

Whoever ends the last year on night float and begins this one with nights that cannot be given off has one
run of both. Where it is longer than advised (NF-6), and holds a week without a free period (NF-7), that is
settled by the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count, takewhile
from typing import TYPE_CHECKING

from src.interchange.model import DutyType, Person, Session
from src.solver.problem import Limits
from src.solver.year.facts import ONE_DAY, YearFacts
from src.solver.year.model import YearModel

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

NIGHTS_WITHOUT_A_FREE_PERIOD = 7
"""On so many dates in a row, one free period at least is to begin (NF-7)."""


def runs_going_on(year: YearModel, limits: Limits) -> Iterator[tuple[int, cp_model.IntVar]]:
    """Rotations of the first block with which a resident's run goes on too long: findings, and the literal.

    Nothing where that block is not planned.
    """
    facts = year.facts
    block = facts.program.block_of(facts.program.year_start_date)
    if block is None or year.is_frozen(block):
        return
    for person in facts.residents:
        before = _nights_before(facts, person)
        for rotation in year.choices(person.id, block) if before else ():
            after = _nights_to_come(year, person, rotation)
            if after:
                yield from (
                    (findings, literal)
                    for literal in year.literals(person.id, block, frozenset({rotation}))
                    if (findings := _findings_of(before + after, limits))
                )


def _findings_of(nights: int, limits: Limits) -> int:
    """Soft findings of a run of so many nights."""
    is_long = "nights_in_row" in limits.advises and nights > limits.max_nights_in_row
    is_without_rest = "free_among_nights" in limits.advises and nights >= NIGHTS_WITHOUT_A_FREE_PERIOD
    return is_long + is_without_rest


def _nights_before(facts: YearFacts, person: Person) -> int:
    """Nights in a row that the resident has behind them as the year begins."""
    zone, first = facts.program.zone, facts.program.year_start_date
    nights = {
        row.start_at.astimezone(zone).date()
        for row in facts.program.history
        if row.person == person.id and row.duty_type is DutyType.NIGHT_FLOAT
    }
    return sum(1 for _ in takewhile(lambda back: first - back * ONE_DAY in nights, count(1)))


def _nights_to_come(year: YearModel, person: Person, rotation: str) -> int:
    """Nights in a row, from the year's first date on, that must be worked on the rotation."""
    facts, first = year.facts, year.facts.program.year_start_date
    first_block = facts.program.academic_blocks[0]
    may_be_away = rotation in facts.vacation_rotations and year.away_on(person.id, first) is not None

    def is_worked(day: date) -> bool:
        held = [
            row
            for row in facts.templates_on(rotation, day)
            if row.session is Session.NIGHT and row.duty_type is DutyType.NIGHT_FLOAT and not row.may_be_off
        ]
        return bool(held) and day not in facts.away_dates[person.id]

    return 0 if may_be_away else sum(1 for _ in takewhile(is_worked, first_block.dates))
