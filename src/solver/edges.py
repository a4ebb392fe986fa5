"""Rotations that cannot follow one another: the last duty of one leaves too little rest before the next.

Counted, not searched for: sessions that must be worked on the last date of an academic block and on the first
of the next, closer together than a pack's rest between duties. Vacation on either date lifts it; where a call
could replace one of the sessions nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from src.interchange.model import Person, Session
from src.solver.daily.duties import CONTINUOUS_WORK, Duty
from src.solver.daily.facts import Fixed, PersonYear, ProgramFacts
from src.solver.limit_rows import LimitRow
from src.solver.plan import Cut, OnRotation, OnVacation, PlanFact, YearPlan
from src.solver.problem import Problem

REST_KINDS = MappingProxyType({"rest_between_shifts": "minutes", "rest_between": "min_rest_minutes"})
"""Kinds that ask for rest between duties, and the name of their number."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """The last date of one academic block, and the first of the next, as days of the year."""

    block: int
    last: int
    first: int


def edge_cuts(problem: Problem) -> tuple[Cut, ...]:
    """For each resident, the pairs of rotations in neighbouring blocks that leave too little rest; proved."""
    rules = [row for row in problem.limits.rows if row.kind in REST_KINDS]
    if not rules:
        return ()
    facts = ProgramFacts(problem.program)
    solved = set(problem.blocks) or set(facts.calendar.days_of_block)
    edges = [
        _Edge(block, days[-1], days[-1] + 1)
        for block, days in facts.calendar.days_of_block.items()
        if {block, block + 1} <= solved
    ]
    found: list[Cut] = []
    for person in problem.program.residents:
        years = {name: _year_on(facts, person, name, edges) for name in problem.program.rotation_by_id}
        for edge in edges:
            found += _cuts_at(years, person, edge, rules)
    return tuple(found)


def _year_on(facts: ProgramFacts, person: Person, rotation: str, edges: list[_Edge]) -> PersonYear:
    """The resident on one rotation all year, as far as the dates at the edges go."""
    days = frozenset(day for edge in edges for day in (edge.last, edge.first))
    plan = YearPlan(
        MappingProxyType({(person.id, block): rotation for block in facts.calendar.days_of_block})
    )
    return PersonYear(facts, person, plan, days, Fixed())


def _cuts_at(
    years: Mapping[str, PersonYear], person: Person, edge: _Edge, rules: list[LimitRow]
) -> Iterator[Cut]:
    before = {name: _bound(year, edge.last) for name, year in years.items()}
    after = {name: _bound(year, edge.first) for name, year in years.items()}
    for rule in rules:
        for one, ending in before.items():
            barred = {
                other
                for other, starting in after.items()
                if _is_too_close(rule, one, ending, other, starting)
            }
            if barred:
                yield _cut(years[one].shared, person, edge, rule, one, frozenset(barred))


def _bound(year: PersonYear, day: int) -> list[Duty]:
    """What must be worked on the date, whatever else is decided.

    Nothing on a rotation with nights, after which sessions fall away, nor what a call could replace.
    """
    facts = year.shared
    due = year.due(day)
    rotation = year.rotation_on(day)
    if rotation is None or year.may_be_off(day) or _has_nights(facts, rotation):
        return []
    calls = [
        facts.call_duty(call, start)
        for call in facts.program.calls
        for start in range(max(0, day - 2), day + 1)
        if facts.holds(call, start) and (not call.pgys or year.person.pgy in call.pgys)
    ]
    return [
        duty
        for duty in due
        if duty.duty_type in CONTINUOUS_WORK and not any(call.drops(duty) for call in calls)
    ]


def _has_nights(facts: ProgramFacts, rotation: str) -> bool:
    rows = (row for row in facts.program.templates if rotation in facts.program.expand(row.rotation))
    return any(row.session is Session.NIGHT for row in rows)


def _is_too_close(rule: LimitRow, one: str, ending: list[Duty], other: str, starting: list[Duty]) -> bool:
    if not ending or not starting or not _speaks_of(rule, one, other):
        return False
    gap = min(duty.start for duty in starting) - max(duty.end for duty in ending)
    return rule.number("merge_gap_minutes") < gap < rule.number(REST_KINDS[rule.kind])


def _speaks_of(rule: LimitRow, *rotations: str) -> bool:
    return (
        rule.first_date is None
        and rule.last_date is None
        and (rule.rotations is None or rule.rotations.issuperset(rotations))
    )


def _cut(
    facts: ProgramFacts, person: Person, edge: _Edge, rule: LimitRow, one: str, others: frozenset[str]
) -> Cut:
    last, first = facts.calendar.date(edge.last), facts.calendar.date(edge.first)
    names = " or ".join(sorted(others))
    words = f"{person.id} cannot keep {rule.rule} from {one} on {last} to {names} on {first}"
    facts_barred: list[PlanFact] = [
        OnRotation(person.id, edge.block, frozenset({one})),
        OnRotation(person.id, edge.block + 1, others),
    ]
    away = [OnVacation(person.id, monday) for monday in sorted({_monday(last), _monday(first)})]
    return Cut(
        (*((-1, fact) for fact in facts_barred), *((1, fact) for fact in away)), -1, words, proved=True
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
