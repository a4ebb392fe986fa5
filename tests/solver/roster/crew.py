"""Small rosters that the tests of the roster strategies share."""

from __future__ import annotations

from src.solver.roster.problem import Cover, Kind, Person, Problem, Wish, mondays_weekends
from src.solver.roster.strategy import Options
from src.solver.roster.work import Work
from src.solver.stop import Stop


def crew(people: int = 8, days: int = 14, need: int = 2) -> Problem:
    """Two kinds, the late one never before an early one; one wish a person."""
    kinds = (Kind("early", 480), Kind("late", 480, frozenset({0})))
    cover = tuple(Cover(day, kind, need, 10, 1) for day in range(days) for kind in range(2))
    persons = tuple(Person(f"p{n}", (days, 4), 1440, 4800, 2, 5, 2, 1) for n in range(people))
    wishes = tuple(Wish(n, n % days, n % 2, bool(n % 3), 3) for n in range(people))
    return Problem(days, kinds, persons, wishes, cover, mondays_weekends(days))


def work_on(problem: Problem, *, seconds: float = 60, iterations: int | None = 60, seed: int = 0) -> Work:
    """A search by one worker that has a first roster: each person's row against those before."""
    work = Work(problem, Stop(seconds), Options(seed=seed, workers=1, iterations=iterations))
    rows: list[tuple[int, ...]] = []
    for number, pricer in enumerate(work.pricers):
        priced = pricer.price(work.table.marginal(number, work.table.there(rows)))
        rows.append(priced.rows[0][1])
        work.keep(number, rows[-1])
    work.take(rows)
    return work
