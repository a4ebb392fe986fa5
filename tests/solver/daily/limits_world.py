"""Tiny programs whose days leave few choices, and the question whether any of them is legal.

`can_be_solved` asks the solver; `can_be_legal` tries every choice there is and lets the independent checker
judge each.
"""

from __future__ import annotations

from itertools import product

from src.compliance.check import check
from src.interchange.model import HolidayRule, PersonKind, Program, Template
from src.interchange.schedule import AssignmentRow, Schedule, Severity
from src.solver.daily.assemble import DailyModel, assemble
from src.solver.daily.linear import Expr
from src.solver.daily.subsolve import Effort, Found, Part, State
from src.solver.expand import Decisions, expand, expand_person
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop

PACK = ("acgme-cpr-2023",)
MOST_CHOICES = 600
NOTHING_DECIDED = Decisions()


def can_be_solved(program: Program, plan: YearPlan) -> bool:
    """Whether the model of the days has a solution; the schedule it stands for is judged."""
    daily = assemble(Problem(program), plan, (), ())
    if daily.model.broken:
        return False
    state = State(daily.model)
    found = Part(state, [each for each in range(daily.model.size) if state.is_open(each)]).solve(
        Effort(30.0, 1, 1), Stop(30.0)
    )
    if found.found is Found.NONE_EXISTS:
        return False
    assert found.found is not Found.NOTHING, "the search ended without an answer"
    state.take(found.values)
    rows = rows_of(daily, state)
    report = check(program, Schedule(plan.year_rows(), plan.vacation_rows(), rows))
    assert report.ok, "\n".join(one.message for one in report.broken)
    return True


def rows_of(daily: DailyModel, state: State) -> tuple[AssignmentRow, ...]:
    """The rows that the state's decisions imply."""

    def holds(expr: Expr) -> bool:
        return expr.constant + sum(factor * state.low[variable] for variable, factor in expr.terms) == 1

    return tuple(
        row
        for draft in daily.drafts
        for row in expand_person(
            draft.year,
            [day for day, off in draft.off.items() if holds(off)],
            [option.duty for options in draft.calls.values() for option in options if holds(option.taken)],
        )
    )


def can_be_legal(program: Program, plan: YearPlan) -> bool:
    """Whether some choice of days off and calls is legal, tried one by one."""
    return any(is_legal(program, plan, decisions) for decisions in every_choice(program, plan))


def is_legal(program: Program, plan: YearPlan, decisions: Decisions = NOTHING_DECIDED) -> bool:
    rows = expand(program, plan, decisions)
    return check(program, Schedule(plan.year_rows(), plan.vacation_rows(), rows)).ok


def hard_rules(program: Program, plan: YearPlan, decisions: Decisions = NOTHING_DECIDED) -> set[str]:
    """The rules that the checker finds broken."""
    rows = expand(program, plan, decisions)
    report = check(program, Schedule(plan.year_rows(), plan.vacation_rows(), rows))
    return {finding.rule for finding in report.findings if finding.severity is Severity.HARD}


def every_choice(program: Program, plan: YearPlan) -> list[Decisions]:
    """Days off on any date whose template rows may all be off, and each call by anyone on any date."""
    off = [
        (person.id, day)
        for person in program.people
        if person.kind is PersonKind.RESIDENT
        for block in program.academic_blocks
        for day in block.dates
        if (rows := _templates_on(program, plan.rotation.get((person.id, block.number)), day.weekday()))
        and all(row.may_be_off for row in rows)
    ]
    calls = [
        (person.id, day, call.id)
        for person in program.people
        if person.kind is PersonKind.RESIDENT
        for block in program.academic_blocks
        for day in block.dates
        for call in program.calls
        if call.holidays is HolidayRule.WEEKDAYS_AND_HOLIDAYS
        and (not call.weekdays or day.weekday() in call.weekdays or day in program.holidays)
    ]
    count = len(off) + len(calls)
    assert 2**count <= MOST_CHOICES, f"{count} choices are too many to try"
    return [
        Decisions(
            frozenset(each for each, taken in zip(off, chosen[: len(off)], strict=True) if taken),
            frozenset(each for each, taken in zip(calls, chosen[len(off) :], strict=True) if taken),
        )
        for chosen in product((False, True), repeat=count)
    ]


def _templates_on(program: Program, rotation: str | None, weekday: int) -> list[Template]:
    return [
        row
        for row in program.templates
        if row.rotation == rotation and (not row.weekdays or weekday in row.weekdays)
    ]
