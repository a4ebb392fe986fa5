"""Rosters by one CP-SAT model: windows of forbidden patterns, cover with slack, proof by its own bound."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from ortools.sat.python import cp_model

from src.solver import cpsat
from src.solver.roster.legal import is_legal
from src.solver.roster.memory import peak_mb
from src.solver.roster.problem import Problem, Row, price_of
from src.solver.roster.result import Answer, Found, Status
from src.solver.roster.strategy import Options
from src.solver.stop import Stop

PORTFOLIO_WORKERS = 8
"""CP-SAT's portfolio lacks its searches on linear programs with fewer, even when there are fewer cores."""
ROUNDING = 1e-6
Lit = cp_model.IntVar


class CpSat:
    """Strategy for small rosters."""

    def solve(self, problem: Problem, stop: Stop, options: Options) -> Answer:
        """See `Strategy.solve`; one worker searches the same way every time."""
        model, marks = build(problem, range(len(problem.people)))
        if options.start and _start_is_legal(problem, options.start):
            _hint(model, marks, options.start)
        solver = _solver(options.workers, options.seed, stop.remaining)
        found: list[Found] = []
        status = cpsat.run(solver, model, stop, _History(found, stop))
        return _answer(problem, marks, solver, status, tuple(found), stop)


def any_row(problem: Problem, person: int, seconds: float) -> Row | None:
    """One legal row of a person; None when there is none, the empty row when time ran out first."""
    model, marks = build(problem, (person,), with_prices=False)
    solver = _solver(1, 0, max(0.1, seconds))
    status = cpsat.run(solver, model, Stop(seconds))
    if status == cp_model.INFEASIBLE:
        return None
    return _read(solver, marks, problem)[0] if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else ()


def build(
    problem: Problem, people: Sequence[int], *, with_prices: bool = True
) -> tuple[cp_model.CpModel, dict[tuple[int, int, int], Lit]]:
    """The model of some people's rows, and its literals by person, day and mark."""
    model = cp_model.CpModel()
    marks: dict[tuple[int, int, int], Lit] = {}
    for number in people:
        _rows_of(model, problem, number, marks)
    if with_prices:
        _prices(model, problem, marks)
    return model, marks


def _rows_of(
    model: cp_model.CpModel, problem: Problem, number: int, marks: dict[tuple[int, int, int], Lit]
) -> None:
    person, days, kinds = problem.people[number], problem.days, len(problem.kinds)
    off = [model.new_bool_var(f"off {person.name} {day}") for day in range(days)]
    for day in range(days):
        marks[number, day, 0] = off[day]
        for kind in range(kinds):
            if person.most_of_kind[kind] and day not in person.days_off:
                marks[number, day, kind + 1] = model.new_bool_var(f"{person.name} {day} {kind}")
        model.add_exactly_one(_of_day(marks, number, day, range(kinds + 1)))
    for kind, most in enumerate(person.most_of_kind):
        held = [marks[number, day, kind + 1] for day in range(days) if (number, day, kind + 1) in marks]
        if 0 < most < len(held):
            model.add(sum(held) <= most)
    for day in range(days - 1):
        for kind, facts in enumerate(problem.kinds):
            after = _of_day(marks, number, day + 1, [other + 1 for other in sorted(facts.not_next)])
            if after and (number, day, kind + 1) in marks:
                model.add_at_most_one([marks[number, day, kind + 1], *after])
    _runs(model, person.run_min, person.run_max, person.off_min, off)
    weekends = [model.new_bool_var("") for _ in problem.weekends]
    for worked, weekend in zip(weekends, problem.weekends, strict=True):
        for day in weekend:
            model.add_bool_or(off[day], worked)
    model.add(sum(weekends) <= person.weekends_max)
    minutes = [problem.kinds[m - 1].minutes * lit for (p, _, m), lit in marks.items() if p == number and m]
    model.add_linear_constraint(sum(minutes) + 0, person.minutes_min, person.minutes_max)


def _of_day(
    marks: dict[tuple[int, int, int], Lit], number: int, day: int, wanted: Sequence[int]
) -> list[Lit]:
    return [marks[number, day, mark] for mark in wanted if (number, day, mark) in marks]


def _runs(model: cp_model.CpModel, run_min: int, run_max: int, off_min: int, off: Sequence[Lit]) -> None:
    days = len(off)
    for first in range(days - run_max):
        model.add_bool_or(off[first : first + run_max + 1])
    for short in range(1, run_min):
        for day in range(days - short - 1):
            inside = off[day + 1 : day + short + 1]
            model.add_bool_or([off[day].negated(), *inside, off[day + short + 1].negated()])
    for short in range(1, off_min):
        for day in range(days - short - 1):
            worked = [lit.negated() for lit in off[day + 1 : day + short + 1]]
            model.add_bool_or([off[day], *worked, off[day + short + 1]])


def _prices(model: cp_model.CpModel, problem: Problem, marks: dict[tuple[int, int, int], Lit]) -> None:
    costs = problem.costs()
    terms = [costs[p][day][mark] * lit for (p, day, mark), lit in marks.items() if costs[p][day][mark]]
    people = len(problem.people)
    for cover in problem.cover:
        there = [
            marks[p, cover.day, cover.kind + 1]
            for p in range(people)
            if (p, cover.day, cover.kind + 1) in marks
        ]
        under = model.new_int_var(0, cover.need, "")
        over = model.new_int_var(0, people, "")
        model.add(sum(there) + under - over == cover.need)
        terms += [cover.under * under, cover.over * over]
    model.minimize(sum(terms))


def _solver(workers: int, seed: int, seconds: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1 if workers == 1 else PORTFOLIO_WORKERS
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(0.0, seconds)
    return solver


def _start_is_legal(problem: Problem, rows: Sequence[Row]) -> bool:
    return len(rows) == len(problem.people) and all(
        is_legal(problem, person, row) for person, row in zip(problem.people, rows, strict=True)
    )


def _hint(model: cp_model.CpModel, marks: dict[tuple[int, int, int], Lit], rows: Sequence[Row]) -> None:
    for (person, day, mark), lit in marks.items():
        model.add_hint(lit, rows[person][day] == mark)


def _read(
    solver: cp_model.CpSolver, marks: dict[tuple[int, int, int], Lit], problem: Problem
) -> tuple[Row, ...]:
    rows: dict[int, list[int]] = {}
    for (person, day, mark), lit in marks.items():
        row = rows.setdefault(person, [0] * problem.days)
        if solver.boolean_value(lit):
            row[day] = mark
    return tuple(tuple(rows[person]) for person in sorted(rows))


def _answer(
    problem: Problem,
    marks: dict[tuple[int, int, int], Lit],
    solver: cp_model.CpSolver,
    status: cp_model.CpSolverStatus,
    found: tuple[Found, ...],
    stop: Stop,
) -> Answer:
    ended = "cancelled" if stop.cancelled else "time"
    if status == cp_model.INFEASIBLE:
        stuck = [
            one.name for n, one in enumerate(problem.people) if any_row(problem, n, stop.remaining) is None
        ]
        return Answer(Status.INFEASIBLE, "proved", stuck=tuple(stuck), seconds=stop.seconds)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(Status.UNKNOWN, ended, seconds=stop.seconds, peak_memory_mb=peak_mb())
    rows = _read(solver, marks, problem)
    optimal = status == cp_model.OPTIMAL
    return Answer(
        Status.OPTIMAL if optimal else Status.FEASIBLE,
        "proved" if optimal else ended,
        rows,
        price_of(problem, rows),
        max(0, ceil(solver.best_objective_bound - ROUNDING)),
        found,
        seconds=stop.seconds,
        peak_memory_mb=peak_mb(),
        counts={"literals": len(marks)},
    )


class _History(cp_model.CpSolverSolutionCallback):
    def __init__(self, found: list[Found], stop: Stop) -> None:
        super().__init__()
        self._found, self._stop = found, stop

    def on_solution_callback(self) -> None:
        self._found.append(Found(self._stop.seconds, round(self.objective_value)))
