"""How evenly a plan lets holidays be shared out: whom it keeps at work on one, and whom it keeps from work.

Rotations settle most of it: some are worked on every date, others on no holiday, and nobody works on
vacation. What is left to the days stays open, so days never come to less than the least spread of their plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from src.interchange.model import Call, DutyType, HistoryCountKind, Person
from src.solver.year.facts import ONE_DAY, YearFacts, matches, minute_of_day, reaches_next_date
from src.solver.year.model import YearModel

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def holiday_spreads(year: YearModel) -> list[tuple[Fraction, cp_model.IntVar]]:
    """For each PGY with two residents or more there all year: the unit counted in, and the spread in it."""
    facts = year.facts
    groups: defaultdict[int | None, list[Person]] = defaultdict(list)
    for person in facts.residents:
        if facts.is_there_all_year(person):
            groups[person.pgy].append(person)
    before: defaultdict[str, Fraction] = defaultdict(Fraction)
    for row in facts.program.history_counts:
        if row.kind is HistoryCountKind.HOLIDAYS:
            before[row.person] += Fraction(row.count)
    return [_spread(year, group, before) for group in groups.values() if len(group) > 1]


def _spread(
    year: YearModel, group: Sequence[Person], before: Mapping[str, Fraction]
) -> tuple[Fraction, cp_model.IntVar]:
    earlier = {person.id: before.get(person.id, Fraction(0)) for person in group}
    units = lcm(1, *(count.denominator for count in earlier.values()))
    dates = sorted(day for day in year.facts.holidays if year.facts.program.block_of(day) is not None)
    model = year.model
    low, high = int(min(earlier.values()) * units), int((max(earlier.values()) + len(dates)) * units)
    least, most = (
        model.new_int_var(low, high, "fewest holidays"),
        model.new_int_var(low, high, "most holidays"),
    )
    for person in group:
        worked = year.sum_of([_worked(year, person, day) for day in dates])
        total = worked * units + int(earlier[person.id] * units)
        model.add(total >= least)
        model.add(total <= most)
    spread = model.new_int_var(0, high - low, "spread of holidays")
    model.add(spread >= most - least)
    return Fraction(1, units), spread


def _worked(year: YearModel, person: Person, day: date) -> cp_model.IntVar:
    """Whether work touches the holiday, as far as the plan settles that."""
    facts, model = year.facts, year.model
    worked = model.new_bool_var(f"holiday {person.id} {day}")
    before, block = facts.program.block_of(day - ONE_DAY), facts.program.block_of(day)
    if before is None or block is None or year.is_frozen(before) or year.is_frozen(block):
        return worked  # what is kept, or came before the year, may touch it whatever the plan
    if day in facts.away_dates[person.id]:
        model.add(worked == 0)
        return worked
    bound = [each for each in year.choices(person.id, block) if not facts.may_be_idle(person.id, each, day)]
    here = [each for each in year.choices(person.id, block) if _may_work_on(facts, person, each, day)]
    into = [each for each in year.choices(person.id, before) if _may_work_into(facts, person, each, day)]
    chances = {
        literal.index: literal
        for number, rotations in ((block, here), (before, into))
        for literal in year.literals(person.id, number, rotations)
    }
    away = year.away_on(person.id, day)
    if away is not None:
        model.add_implication(away, ~worked)
    model.add(worked <= year.sum_of(list(chances.values())))
    excused = [] if away is None else [away]
    model.add(worked + year.sum_of(excused) >= year.sum_of(year.literals(person.id, block, bound)))
    return worked


def _may_work_on(facts: YearFacts, person: Person, rotation: str, day: date) -> bool:
    """Whether a session or a call of the date may be the resident's."""
    calls = any(_may_take(facts, person, rotation, call) for call in facts.calls_on(day))
    return calls or bool(facts.templates_on(rotation, day))


def _may_work_into(facts: YearFacts, person: Person, rotation: str, day: date) -> bool:
    """Whether a session or a call of the eve may run on into the date."""
    eve = day - ONE_DAY
    return any(
        reaches_next_date(minute_of_day(row), row.minutes) for row in facts.templates_on(rotation, eve)
    ) or any(
        _may_take(facts, person, rotation, call) and len(facts.call_dates(call, eve)) > 1
        for call in facts.calls_on(eve)
    )


def _may_take(facts: YearFacts, person: Person, rotation: str, call: Call) -> bool:
    """Whether the call is work, and the resident's to take on that rotation."""
    return (
        call.duty_type is not DutyType.JEOPARDY
        and matches(call.pgys, person.pgy)
        and rotation in facts.call_rotations[call.id]
    )
