"""A roster to be found: people × days × kinds of duty, with cover per day, totals, sequences and weekends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

OFF = 0
"""The mark of a day without duty in a row; kind number k of the problem is written k + 1."""

Row = tuple[int, ...]
"""One person's days: `OFF` or the number of the kind plus one, one entry a day."""

WEEKEND_DAYS = 2


class ImpossibleProblemError(ValueError):
    """The problem does not describe a roster: a number is out of range or names what is not there."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A duty that fills one day: its length in minutes, and the kinds that may not follow on the next day."""

    name: str
    minutes: int
    not_next: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """What one person's row must hold; every limit is hard.

    `most_of_kind` and `minutes_*` are totals over the horizon, `run_*` are days of duty in a row, `off_min`
    free days in a row. Runs that touch the first or the last day need not reach their minimum: what lies
    outside is not known. A weekend counts when any of its days is worked.
    """

    name: str
    most_of_kind: tuple[int, ...]
    minutes_min: int
    minutes_max: int
    run_min: int
    run_max: int
    off_min: int
    weekends_max: int
    days_off: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Wish:
    """A price to pay when `person` has (`wanted` false) or lacks (`wanted` true) `kind` on `day`."""

    person: int
    day: int
    kind: int
    wanted: bool
    price: int


@dataclass(frozen=True, slots=True)
class Cover:
    """How many people a day's kind needs, and the price of each one missing and of each one too many."""

    day: int
    kind: int
    need: int
    under: int
    over: int


@dataclass(frozen=True)
class Problem:
    """A whole roster. `weekends` are one or two neighbouring days each. Numbers are checked when it is made.

    Raises `ImpossibleProblemError`.
    """

    days: int
    kinds: tuple[Kind, ...]
    people: tuple[Person, ...]
    wishes: tuple[Wish, ...] = ()
    cover: tuple[Cover, ...] = ()
    weekends: tuple[tuple[int, ...], ...] = field(default=())

    def __post_init__(self) -> None:
        _check_sizes(self)
        _check_people(self)
        _check_prices(self)
        _check_weekends(self)

    def costs(self) -> list[list[list[int]]]:
        """What each mark costs by wishes: `[person][day][mark]`."""
        table = [[[0] * (len(self.kinds) + 1) for _ in range(self.days)] for _ in self.people]
        for wish in self.wishes:
            marks = table[wish.person][wish.day]
            for mark in range(len(marks)):
                if (mark == wish.kind + 1) != wish.wanted:
                    marks[mark] += wish.price
        return table


def mondays_weekends(days: int) -> tuple[tuple[int, ...], ...]:
    """Saturdays with their Sundays of a horizon that starts on a Monday; the last one may lack its Sunday."""
    return tuple(tuple(range(first, min(first + WEEKEND_DAYS, days))) for first in range(5, days, 7))


def _check_sizes(problem: Problem) -> None:
    if problem.days < 1 or not problem.kinds:
        raise ImpossibleProblemError("a roster needs at least one day and one kind")
    for kind in problem.kinds:
        if kind.minutes < 1:
            raise ImpossibleProblemError(f"kind {kind.name} lasts {kind.minutes} minutes")
        if any(not 0 <= other < len(problem.kinds) for other in kind.not_next):
            raise ImpossibleProblemError(f"kind {kind.name} forbids a kind that is not there")


def _check_people(problem: Problem) -> None:
    for person in problem.people:
        if len(person.most_of_kind) != len(problem.kinds):
            raise ImpossibleProblemError(f"{person.name} needs one maximum for each kind")
        if person.run_min < 1 or person.off_min < 1:
            raise ImpossibleProblemError(
                f"{person.name}: runs of duty and of free days have at least one day"
            )
        if person.run_max < person.run_min:
            raise ImpossibleProblemError(f"{person.name}: the longest run is shorter than the shortest")
        if min(person.weekends_max, person.minutes_max, person.minutes_min, *person.most_of_kind) < 0:
            raise ImpossibleProblemError(f"{person.name}: a total is negative")
        if any(not 0 <= day < problem.days for day in person.days_off):
            raise ImpossibleProblemError(f"{person.name} is off on a day outside the horizon")


def _check_prices(problem: Problem) -> None:
    days, kinds, people = range(problem.days), range(len(problem.kinds)), range(len(problem.people))
    seen: set[tuple[int, int]] = set()
    for wish in problem.wishes:
        if wish.person not in people or wish.day not in days or wish.kind not in kinds or wish.price < 0:
            raise ImpossibleProblemError(f"{wish} names what is not there, or has a negative price")
    for cover in problem.cover:
        if cover.day not in days or cover.kind not in kinds or min(cover.need, cover.under, cover.over) < 0:
            raise ImpossibleProblemError(f"{cover} names what is not there, or has a negative number")
        if (cover.day, cover.kind) in seen:
            raise ImpossibleProblemError(f"{cover} is said twice")
        seen.add((cover.day, cover.kind))


def _check_weekends(problem: Problem) -> None:
    seen: set[int] = set()
    for weekend in problem.weekends:
        close = 1 <= len(weekend) <= WEEKEND_DAYS and weekend[-1] - weekend[0] == len(weekend) - 1
        if not close or seen & set(weekend) or any(not 0 <= day < problem.days for day in weekend):
            raise ImpossibleProblemError(f"weekend {weekend} is not one or two neighbouring days of its own")
        seen |= set(weekend)


def price_of(problem: Problem, rows: Sequence[Row]) -> int:
    """What wishes and cover of a roster cost."""
    costs = problem.costs()
    spent = sum(costs[p][day][mark] for p, row in enumerate(rows) for day, mark in enumerate(row))
    for cover in problem.cover:
        here = sum(row[cover.day] == cover.kind + 1 for row in rows)
        spent += cover.under * max(0, cover.need - here) + cover.over * max(0, here - cover.need)
    return spent
