"""Whole runs from a program to a judged schedule, engine and checker together."""

from __future__ import annotations

from dataclasses import replace

from src.interchange.model import Program
from src.planning.generation.solve_program import Solved, SolveOptions, solve_program
from src.solver.stop import Stop
from tests.factories.schedules_db import ward_program
from tests.solver.world import silent


def solved(program: Program, **options: object) -> Solved:
    given = {"workers": 1, "deterministic_limit": 0.2, **options}
    return solve_program(program, SolveOptions(**given), Stop(30), silent)  # type: ignore[arg-type]


def never_free_ward() -> Program:
    """Four weeks of half days without one day off: the rule packs of the United States forbid it."""
    ward = ward_program()
    every_day = tuple(replace(row, may_be_off=False) for row in ward.templates)
    return replace(ward, templates=every_day, staffing=(), calls=(), clinics=())


def test_a_program_without_packs_is_judged_and_planned_by_its_own_rows_alone() -> None:
    """It found nothing, or its schedule was refused for advisories that nobody but the engine counted."""
    ward = never_free_ward()
    assert solved(ward).schedule is None
    without = solved(replace(ward, rule_packs=()))
    assert without.schedule is not None
    assert without.report is not None
    assert without.report.score_terms["advisories"] == 0
