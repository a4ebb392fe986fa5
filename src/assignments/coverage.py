"""Demand and who meets it, date by date: what a coordinator looks at before and after an edit. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

from src.compliance.structure.calls import is_held_on
from src.interchange.model import DutyType, Program, Session, Staffing
from src.interchange.schedule import AssignmentKind, AssignmentRow

CALLS = (AssignmentKind.CALL, AssignmentKind.JEOPARDY)


@dataclass(frozen=True, slots=True)
class Demand:
    """How many a session of a rotation, or a call, needs on a date, and who is there.

    `session` is None for calls. `pgys` empty = all; `maximum` None = no cap.
    """

    date: date
    is_call: bool
    item: str
    session: Session | None
    pgys: tuple[int, ...]
    minimum: int
    maximum: int | None
    people: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        return len(self.people) < self.minimum


def demand_on(program: Program, assignments: Iterable[AssignmentRow], dates: Iterable[date]) -> list[Demand]:
    """All demand of the dates, in order: staffing as in the program's rows, then calls."""
    at_work = _people_by_place(assignments)
    pgy = {person.id: person.pgy for person in program.residents}

    def those(item: str, day: date, session: Session | None, pgys: tuple[int, ...]) -> tuple[str, ...]:
        there = {person for one in program.expand(item) for person in at_work.get((one, day, session), ())}
        return tuple(
            sorted(person for person in there if person in pgy and (not pgys or pgy[person] in pgys))
        )

    rules_of = cache(partial(_staffing_on_such, program))
    found: list[Demand] = []
    for day in dates:
        found.extend(
            Demand(
                day,
                False,
                rule.rotation,
                rule.session,
                rule.pgys,
                rule.min,
                rule.max,
                those(rule.rotation, day, rule.session, rule.pgys),
            )
            for rule in rules_of(day.weekday(), day in program.holidays)
        )
        for call in program.calls:
            if is_held_on(call, day, frozenset(program.holidays)):
                people = those(call.id, day, None, call.pgys)
                found.append(Demand(day, True, call.id, None, call.pgys, call.min, call.max, people))
    return found


def _people_by_place(
    assignments: Iterable[AssignmentRow],
) -> Mapping[tuple[str, date, Session | None], set[str]]:
    found: defaultdict[tuple[str, date, Session | None], set[str]] = defaultdict(set)
    for row in assignments:
        if row.kind is AssignmentKind.ROTATION:
            found[row.id, row.date, row.session].add(row.person)
        elif row.kind in CALLS and row.duty_type is not DutyType.TRANSITION:  # a handover starts no call
            found[row.id, row.date, None].add(row.person)
    return found


def _staffing_on_such(program: Program, weekday: int, holiday: bool) -> tuple[Staffing, ...]:
    """The rules of such a date; none for a session that its rotation does not hold on a holiday."""
    found: list[Staffing] = []
    for rule in program.staffing:
        if rule.weekdays and weekday not in rule.weekdays:
            continue
        templates = [
            template
            for template in program.templates
            if template.rotation in program.expand(rule.rotation)
            and template.session is rule.session
            and (not template.weekdays or weekday in template.weekdays)
        ]
        if not (holiday and templates and not any(template.holidays for template in templates)):
            found.append(rule)
    return tuple(found)
