"""Whether one row is legal: what every strategy's rows are held against before they are believed."""

from __future__ import annotations

from itertools import groupby, pairwise

from src.solver.roster.problem import OFF, Person, Problem, Row


def is_legal(problem: Problem, person: Person, row: Row) -> bool:
    """Whether every hard limit of `person` holds."""
    return (
        len(row) == problem.days
        and all(row[day] == OFF for day in person.days_off)
        and all(row.count(kind + 1) <= most for kind, most in enumerate(person.most_of_kind))
        and _successions_hold(problem, row)
        and _totals_hold(problem, person, row)
        and _runs_hold(person, row)
    )


def _successions_hold(problem: Problem, row: Row) -> bool:
    return not any(
        before != OFF and after != OFF and after - 1 in problem.kinds[before - 1].not_next
        for before, after in pairwise(row)
    )


def _totals_hold(problem: Problem, person: Person, row: Row) -> bool:
    minutes = sum(problem.kinds[mark - 1].minutes for mark in row if mark != OFF)
    weekends = sum(any(row[day] != OFF for day in weekend) for weekend in problem.weekends)
    return person.minutes_min <= minutes <= person.minutes_max and weekends <= person.weekends_max


def _runs_hold(person: Person, row: Row) -> bool:
    day = 0
    for resting, marks in groupby(row, key=lambda mark: mark == OFF):
        length = len(list(marks))
        touches = day == 0 or day + length == len(row)
        shortest = person.off_min if resting else person.run_min
        if (not touches and length < shortest) or (not resting and length > person.run_max):
            return False
        day += length
    return True
