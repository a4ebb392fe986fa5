"""How many weekends all schedules together can leave whole at most, beside leave, vacation and staffing.

A weekend is a Saturday with its Sunday, both in the year; of one resident it is whole when neither work nor
vacation nor absence touches it. What leave takes and what work takes of one weekend are different residents,
so both may be subtracted.
"""

from __future__ import annotations

from datetime import date, timedelta

from src.interchange.model import Person, Session, Staffing
from src.solver.year.demand import is_staffed
from src.solver.year.facts import ONE_DAY, YearFacts

SATURDAY = 5


def most_whole_weekends(facts: YearFacts, *, all_demand_is_met: bool) -> int:
    """The bound; demand that may stay open is not counted on."""
    saturdays = _saturdays(facts)
    free = sum(_free_of_leave(facts, person, saturdays) for person in facts.residents)
    if not all_demand_is_met:
        return free
    worked = sum(max(_least_at_work(facts, day), _least_at_work(facts, day + ONE_DAY)) for day in saturdays)
    return max(0, free - worked)


def _saturdays(facts: YearFacts) -> list[date]:
    first, last = facts.program.year_start_date, facts.program.year_end_date
    days = (first + timedelta(days=offset) for offset in range((last - first).days))
    return [day for day in days if day.weekday() == SATURDAY]


def _free_of_leave(facts: YearFacts, person: Person, saturdays: list[date]) -> int:
    """Weekends less those absent; every vacation week takes one more, unless it falls on one of these."""
    away = facts.away_dates[person.id]
    absent = sum(1 for day in saturdays if not away.isdisjoint((day, day + ONE_DAY)))
    vacation = max(0, facts.weeks_due(person) - absent)
    return max(0, len(saturdays) - absent - vacation)


def _least_at_work(facts: YearFacts, day: date) -> int:
    """Residents who must be at work in the busiest session of the date, each in one row only."""
    return max(
        (
            _least_in(facts, [row for row in facts.program.staffing if row.session is session], day)
            for session in Session
        ),
        default=0,
    )


def _least_in(facts: YearFacts, rows: list[Staffing], day: date) -> int:
    chosen: list[Staffing] = []
    for row in sorted(rows, key=lambda row: -row.min):
        if row.min > 0 and is_staffed(facts, row, day) and all(_apart(facts, row, one) for one in chosen):
            chosen.append(row)
    return sum(row.min for row in chosen)


def _apart(facts: YearFacts, one: Staffing, other: Staffing) -> bool:
    """Whether nobody counts in both rows: other rotations, or other PGYs."""
    if facts.expand_all([one.rotation]).isdisjoint(facts.expand_all([other.rotation])):
        return True
    return bool(one.pgys and other.pgys) and set(one.pgys).isdisjoint(other.pgys)
