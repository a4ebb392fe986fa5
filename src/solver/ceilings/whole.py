"""The most weekends that can be whole in a year, over all residents.

A linear program of crowds: everybody on a rotation has a weekend whole, touched by work, or on vacation.
Enough must be touched for every duty of the weekend, and a rotation that works weekends lets nobody off for
more of them than its days off allow. Where a run keeps days as they are, those are counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from src.interchange.model import DutyType
from src.interchange.schedule import AssignmentRow
from src.solver.ceilings.crowds import Crowd, CrowdPlans, Question
from src.solver.ceilings.relaxation import Term
from src.solver.ceilings.weekend import Task, Weekend, Weekends
from src.solver.daily.calendar import minutes_of
from src.solver.year.demand import is_staffed
from src.solver.year.facts import matches

Place = tuple[int, tuple[str, ...]]
"""A crowd, and rotations that are all alike to it on the weekends of a block."""


class WholeWeekends:
    """Builds the relaxation, block by block and weekend by weekend."""

    def __init__(self, question: Question, kept: Sequence[AssignmentRow]) -> None:
        self._question = question
        self._weekends = Weekends(question)
        self._calendar = self._weekends.shared.calendar
        self._plans = CrowdPlans(question)
        self._relaxation = self._plans.relaxation
        self._kept = self._kept_days(kept)
        self._whole: list[Term] = []
        self._settled = 0
        """Whole weekends of days that are not solved."""
        self._staffed = frozenset(
            rotation
            for row in question.program.staffing
            if row.min > 0
            for rotation in question.program.expand(row.rotation)
        )

    def most(self) -> int | None:
        """The bound; None where the rules allow no year plan."""
        by_block: defaultdict[int, list[Weekend]] = defaultdict(list)
        for weekend in self._weekends.all:
            if weekend.is_solved:
                by_block[weekend.block].append(weekend)
            else:
                self._settled += self._settled_on(weekend)
        for block, weekends in by_block.items():
            self._add_block(block, weekends)
        found = self._relaxation.most_whole(self._whole)
        return None if found is None else found + self._settled

    def _kept_days(self, kept: Sequence[AssignmentRow]) -> dict[str, set[int]]:
        """Person -> days that work kept from another schedule touches."""
        day_of, end_day = self._calendar.day_of, self._calendar.end_day
        found: defaultdict[str, set[int]] = defaultdict(set)
        for row in kept:
            if row.duty_type is not DutyType.JEOPARDY:
                first, last = day_of(minutes_of(row.start_at)), end_day(minutes_of(row.end_at))
                found[row.person].update(range(first, last + 1))
        return found

    def _settled_on(self, weekend: Weekend) -> int:
        """Residents whose weekend is whole as far as what a run keeps tells."""
        days = (weekend.saturday, weekend.saturday + 1)
        dates = [self._calendar.date(day) for day in days]
        week = self._question.facts.week_of_date.get(dates[0])
        vacations = self._question.frozen.vacations
        return sum(
            1
            for person in self._question.facts.residents
            if self._kept.get(person.id, set()).isdisjoint(days)
            and self._question.facts.away_dates[person.id].isdisjoint(dates)
            and (week is None or (person.id, week.monday) not in vacations)
        )

    def _add_block(self, block: int, weekends: Sequence[Weekend]) -> None:
        prices = self._prices(block, weekends)
        whole: defaultdict[Place, list[tuple[int, int]]] = defaultdict(list)
        for at, weekend in enumerate(weekends):
            today = {place: found[at] for place, found in prices.items()}
            for place, column in _Columns(self._question, self._plans, self._weekends, weekend, today).add():
                days_off = today[place]
                if days_off is not None:
                    whole[place].append((days_off, column))
                    self._whole.append((column, 1.0))
        for place, found in whole.items():
            self._limit_days_off(place, block, found)

    def _prices(self, block: int, weekends: Sequence[Weekend]) -> dict[Place, tuple[int | None, ...]]:
        """What each weekend of the block takes in days off; rotations that are all alike go together."""
        shared, program = self._weekends.shared, self._question.program
        found: dict[Place, tuple[int | None, ...]] = {}
        for number, crowd in enumerate(self._question.crowds):
            alike: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
            prices: dict[str, tuple[int | None, ...]] = {}
            for rotation in self._plans.rotations(number, block):
                mine = tuple(self._weekends.price(crowd, rotation, weekend) for weekend in weekends)
                calls = tuple(call.id for call in program.calls if rotation in shared.call_rotations[call.id])
                alone = rotation if rotation in self._staffed else None
                key = (
                    mine,
                    program.rotation_by_id[rotation].max_days_off if any(mine) else None,
                    calls,
                    alone,
                )
                alike[key].append(rotation)
                prices[rotation] = mine
            found |= {(number, tuple(names)): prices[names[0]] for names in alike.values()}
        return found

    def _limit_days_off(self, place: Place, block: int, found: Sequence[tuple[int, int]]) -> None:
        """No more weekends off in a block than the days off it gives."""
        number, rotations = place
        most = self._question.program.rotation_by_id[rotations[0]].max_days_off
        if most is None:
            return
        spent = count = 0
        for days_off, _ in sorted(found):
            spent += days_off
            count += spent <= most
        if count < len(found):
            here = [(self._plans.on[number, block, rotation], -float(count)) for rotation in rotations]
            self._relaxation.row([*((column, 1.0) for _, column in found), *here], most=0)


class _Columns:
    """One weekend: who has it whole, who is touched by work, who does what."""

    def __init__(
        self,
        question: Question,
        plans: CrowdPlans,
        weekends: Weekends,
        weekend: Weekend,
        prices: dict[Place, int | None],
    ) -> None:
        self._question = question
        self._plans = plans
        self._relaxation = plans.relaxation
        self._weekends = weekends
        self._weekend = weekend
        self._prices = prices
        self._week = question.facts.week_of_date.get(self._date(0))
        self._touched: defaultdict[Place, list[Term]] = defaultdict(list)
        self._doing: defaultdict[Place, dict[Task, int]] = defaultdict(dict)

    def add(self) -> list[tuple[Place, int]]:
        """Columns and rows of the weekend; the places where it can be whole, with the columns of those."""
        found: list[tuple[Place, int]] = []
        for number, crowd in enumerate(self._question.crowds):
            found += self._divide(number, crowd)
        if self._question.demand_is_met:
            self._staff()
            self._take_calls()
            self._keep_tasks_apart()
        return found

    def _divide(self, number: int, crowd: Crowd) -> list[tuple[Place, int]]:
        """Everyone there all weekend has it whole, is touched, or is on vacation."""
        there, part = self._presence(crowd)
        found: list[tuple[Place, int]] = []
        everyone: list[Term] = []
        helping: list[Term] = []
        for place, days_off in self._prices.items():
            if place[0] != number:
                continue
            here: list[Term] = [(self._relaxation.column(there), 1.0)]
            self._touched[place] += here
            if days_off is not None:
                whole = self._relaxation.column(there)
                found.append((place, whole))
                here.append((whole, 1.0))
            everyone += here
            if part:
                helper = (self._relaxation.column(part), 1.0)
                self._touched[place].append(helper)
                helping.append(helper)
            here = [*here, *self._away_from(place)]
            here += [(self._plans.on[number, self._weekend.block, rotation], -1.0) for rotation in place[1]]
            self._relaxation.row(here, most=0)
        if part:
            self._relaxation.row(helping, most=part)
        vacationers = [] if self._week is None else self._plans.vacationers(number, self._week.monday)
        absent = self._relaxation.column(len(crowd.members) - there)
        self._relaxation.row([*everyone, *vacationers, (absent, -1.0)], most=there)
        return found

    def _away_from(self, place: Place) -> list[Term]:
        """Those on vacation from these rotations."""
        if self._week is None or self._week.block != self._weekend.block:
            return []
        columns = (self._plans.away.get((place[0], self._week.monday, rotation)) for rotation in place[1])
        return [(column, 1.0) for column in columns if column is not None]

    def _presence(self, crowd: Crowd) -> tuple[int, int]:
        """Members there on both dates, and those there on one of them."""
        away = self._question.facts.away_dates
        dates = (self._date(0), self._date(1))
        absences = [sum(day in away[person.id] for day in dates) for person in crowd.members]
        return absences.count(0), absences.count(1)

    def _date(self, offset: int) -> date:
        return self._weekends.shared.calendar.date(self._weekend.saturday + offset)

    def _staff(self) -> None:
        """staffing.csv: enough at work in every session that touches the weekend."""
        for at in self._weekends.sessions(self._weekend):
            day = self._date(at[0])
            for row in self._question.program.staffing:
                if row.session is not at[1] or row.min <= 0 or not is_staffed(self._question.facts, row, day):
                    continue
                held = [
                    rotation
                    for rotation in self._question.facts.expand_all([row.rotation])
                    if self._weekends.holds(rotation, self._weekend, at)
                ]
                if all(self._weekends.touches(rotation, self._weekend, at) for rotation in held):
                    self._demand(self._places(row.pgys, held), at, row.min)

    def _take_calls(self) -> None:
        """calls.csv: enough who take every call that touches the weekend."""
        for offset, call in self._weekends.calls(self._weekend):
            places = self._places(call.pgys, self._weekends.shared.call_rotations[call.id])
            self._demand(places, (offset, call.id), call.min)

    def _places(self, pgys: tuple[int, ...], rotations: Sequence[str] | frozenset[str]) -> list[Place]:
        return [
            (number, names)
            for number, names in self._prices
            if matches(pgys, self._question.crowds[number].pgy) and names[0] in rotations
        ]

    def _demand(self, places: Sequence[Place], task: Task, least: int) -> None:
        columns: list[Term] = []
        for place in places:
            known = self._doing[place]
            if task not in known:
                known[task] = self._relaxation.column(len(self._question.crowds[place[0]].members))
            columns.append((known[task], 1.0))
        self._relaxation.row(columns, least=least)

    def _keep_tasks_apart(self) -> None:
        """Nobody does two of the tasks that one person cannot; who does any is touched."""
        for place, known in self._doing.items():
            for team in self._weekends.teams(place[1][0], self._weekend, list(known)):
                doing = [(known[task], 1.0) for task in team]
                touched = [(column, -factor) for column, factor in self._touched[place]]
                self._relaxation.row([*doing, *touched], most=0)
