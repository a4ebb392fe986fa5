"""Hands an instance to the engine, and its rows back as a roster of shift ids."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.curtois_qu.reader import Instance
from src.solver.roster.problem import Cover, Kind, Person, Problem, Row, Wish, mondays_weekends


def to_problem(instance: Instance) -> Problem:
    """The same rules in the engine's words."""
    shift = {one.id: number for number, one in enumerate(instance.shifts)}
    person = {one.id: number for number, one in enumerate(instance.staff)}
    asked = [(wish, True) for wish in instance.on_requests] + [
        (wish, False) for wish in instance.off_requests
    ]
    return Problem(
        days=instance.horizon,
        kinds=tuple(
            Kind(one.id, one.minutes, frozenset(shift[name] for name in one.not_next))
            for one in instance.shifts
        ),
        people=tuple(
            Person(
                one.id,
                tuple(one.max_shifts[name] for name in shift),
                one.min_minutes,
                one.max_minutes,
                one.min_consecutive,
                one.max_consecutive,
                one.min_days_off,
                one.max_weekends,
                frozenset(one.days_off),
            )
            for one in instance.staff
        ),
        wishes=tuple(
            Wish(person[wish.employee], wish.day, shift[wish.shift], wanted, wish.weight)
            for wish, wanted in asked
        ),
        cover=tuple(
            Cover(line.day, shift[line.shift], line.requirement, line.weight_under, line.weight_over)
            for line in instance.cover
        ),
        weekends=mondays_weekends(instance.horizon),
    )


def to_roster(instance: Instance, rows: Sequence[Row]) -> dict[str, list[str | None]]:
    """Shift ids by employee and day; `None` is a day off."""
    names: list[str | None] = [None, *(shift.id for shift in instance.shifts)]
    return {one.id: [names[mark] for mark in row] for one, row in zip(instance.staff, rows, strict=True)}
