"""Year plans as a model has them: read from a solution, hinted to a search, frozen, cut off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from src.interchange.model import Request, RequestKind
from src.solver.plan import Cut, OnRotation, OnVacation, PlanFact, YearPlan
from src.solver.problem import Problem
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def frozen_of(problem: Problem, facts: YearFacts) -> Frozen:
    """The rotations and vacation weeks of academic blocks that the problem does not ask for."""
    solved = set(problem.blocks or facts.block_numbers)
    base = problem.base
    if base is None or solved.issuperset(facts.block_numbers):
        return Frozen()
    kept_weeks = frozenset(week.monday for week in facts.weeks if week.block not in solved)
    return Frozen(
        MappingProxyType(
            {(row.person, row.block): row.rotation for row in base.year if row.block not in solved}
        ),
        kept_weeks,
        frozenset(
            (row.person, row.week_start_date) for row in base.vacations if row.week_start_date in kept_weeks
        ),
    )


def plan_of(year: YearModel, values: Sequence[int]) -> YearPlan:
    """The plan that a solution stands for, with the best rank of a request each week meets."""
    rotation = {
        (person, block): name for (person, block, name), literal in year.on.items() if values[literal.index]
    }
    ranks = ranks_of(year.facts.program.requests)
    vacations = frozenset(
        (person, monday, ranks.get((person, monday)))
        for (person, monday), literal in year.away.items()
        if values[literal.index]
    )
    return YearPlan(MappingProxyType(rotation), vacations)


def ranks_of(requests: Iterable[Request]) -> dict[tuple[str, date], int]:
    """(person, Monday) -> the best rank of the vacation requests for that week."""
    found: dict[tuple[str, date], int] = {}
    for request in requests:
        if request.kind is RequestKind.VACATION and request.start_date and request.rank is not None:
            monday = request.start_date - timedelta(days=request.start_date.weekday())
            key = (request.person, monday)
            found[key] = min(request.rank, found.get(key, request.rank))
    return found


def hint_plan(year: YearModel, plan: YearPlan) -> None:
    """Start the search from a known plan; vacation weeks that stand are no variables to hint at."""
    for (person, block, name), literal in year.on.items():
        year.model.add_hint(literal, plan.rotation.get((person, block)) == name)
    for (person, monday), literal in year.away.items():
        if monday not in year.frozen.weeks:
            year.model.add_hint(literal, (person, monday) in plan.vacation_weeks)


def add_cut(year: YearModel, cut: Cut) -> None:
    """Keep what the days asked of a plan."""
    terms: list[cp_model.LinearExprT] = []
    for coefficient, fact in cut.terms:
        terms.append(coefficient * _literal_of(year, fact))
    year.model.add(year.sum_of(terms) >= cut.at_least)


def _literal_of(year: YearModel, fact: PlanFact) -> cp_model.LinearExprT:
    if isinstance(fact, OnVacation):
        return year.away.get((fact.person, fact.monday), 0)
    here = year.literals(fact.person, fact.block, fact.rotations)
    if isinstance(fact, OnRotation):
        return year.sum_of(here)
    away = [year.away[fact.person, week] for week in fact.weeks if (fact.person, week) in year.away]
    if not away:
        return year.sum_of(here)
    present = year.model.new_bool_var(f"present {fact.person} {fact.block}")
    year.model.add(present <= year.sum_of(here))
    for literal in away:
        year.model.add_implication(present, ~literal)
    year.model.add(present + year.sum_of(away) >= year.sum_of(here))
    return present
