"""Requests as literals: what a year plan grants for sure, and what it leaves for the days to grant.

A literal may only be true where the plan leaves room for the wish: no legal schedule grants a request whose
literal every plan forbids, so the sum of the literals bounds the true count from above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from src.interchange.model import Request, RequestKind
from src.solver.plan import OnVacation
from src.solver.year.facts import ONE_DAY, matches
from src.solver.year.model import YearModel
from src.solver.year.presence import Blocker, WishGranted

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass
class Wishes:
    """Literals of granted requests: `days` of `day_off`, `calls` of `no_call` and `call`."""

    days: list[tuple[Request, cp_model.IntVar]] = field(default_factory=list)
    calls: list[tuple[Request, cp_model.IntVar]] = field(default_factory=list)

    @cached_property
    def by_row(self) -> Mapping[int, cp_model.IntVar]:
        """Row of requests.csv -> its literal."""
        return {request.row: literal for request, literal in (*self.days, *self.calls)}

    def literals(self, year: YearModel, blocker: Blocker) -> list[cp_model.IntVar]:
        """Literals of which one is true when the blocker is; none where it never is."""
        if isinstance(blocker, WishGranted):
            known = self.by_row.get(blocker.row)
            return [] if known is None else [known]
        if isinstance(blocker, OnVacation):
            away = year.away.get((blocker.person, blocker.monday))
            return [] if away is None else [away]
        return year.literals(blocker.person, blocker.block, blocker.rotations)

    def granted_in(self, values: Sequence[int]) -> frozenset[int]:
        """The rows of the requests that a solution grants."""
        return frozenset(row for row, literal in self.by_row.items() if values[literal.index])


def add_wishes(year: YearModel) -> Wishes:
    """A literal for each request about days and calls, true only where the plan leaves room for it."""
    wishes = Wishes()
    for request in year.facts.program.requests:
        if request.kind is RequestKind.DAY_OFF:
            wishes.days.append((request, _day_off(year, request)))
        elif request.kind is RequestKind.NO_CALL:
            wishes.calls.append((request, year.model.new_bool_var(f"no call {request.row}")))
        elif request.kind is RequestKind.CALL:
            wishes.calls.append((request, _call(year, request)))
    return wishes


def _day_off(year: YearModel, request: Request) -> cp_model.IntVar:
    """True only where the person may be idle on every date, and no must-work night runs into one."""
    granted = year.model.new_bool_var(f"day off {request.row}")
    person = request.person
    for day in request.dates:
        block = year.facts.program.block_of(day)
        if block is None or not year.choices(person, block) or day in year.facts.away_dates[person]:
            continue
        away = [literal for literal in [year.away_on(person, day)] if literal is not None]
        idle = [r for r in year.choices(person, block) if year.facts.may_be_idle(person, r, day)]
        if len(idle) < len(year.choices(person, block)):
            year.model.add(granted <= year.sum_of([*year.literals(person, block, idle), *away]))
        _no_night_into(year, granted, person, day, away)
    return granted


def _no_night_into(
    year: YearModel, granted: cp_model.IntVar, person: str, day: date, away: list[cp_model.IntVar]
) -> None:
    eve = day - ONE_DAY
    block = year.facts.program.block_of(eve)
    if block is None or not year.choices(person, block) or eve in year.facts.away_dates[person]:
        return
    eve_away = year.away_on(person, eve)
    bound = [r for r in year.choices(person, block) if year.facts.surely_works_into(r, day)]
    if bound:
        free = [r for r in year.choices(person, block) if r not in bound]
        excused = away if eve_away is None else [*away, eve_away]
        year.model.add(granted <= year.sum_of([*year.literals(person, block, free), *excused]))


def _call(year: YearModel, request: Request) -> cp_model.IntVar:
    """True only where, on one of the dates, the person may take some call or jeopardy."""
    granted = year.model.new_bool_var(f"call {request.row}")
    person = year.facts.program.person_by_id[request.person]
    chances: list[cp_model.IntVar] = []
    for day in request.dates:
        block = year.facts.program.block_of(day)
        if block is None or not year.choices(person.id, block):
            continue
        rotations: set[str] = set()
        for call in year.facts.calls_on(day):
            away = year.facts.away_dates[person.id].intersection(year.facts.call_dates(call, day))
            if call.max != 0 and matches(call.pgys, person.pgy) and not away:
                rotations |= year.facts.call_rotations[call.id]
        chances += year.literals(person.id, block, rotations)
    year.model.add(granted <= year.sum_of(chances))
    return granted
