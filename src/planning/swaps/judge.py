"""The judge's word on an offer, before it is shown: nothing that must hold breaks, no hard finding is new.

The checker shares no code with the search. It is asked about those who take part, with everything that
concerns others (demand, requests) left to the search, so that a page of offers is judged in a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from src.compliance.check import CheckReport, check
from src.compliance.rules import Finding
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.planning.swaps.search import Stood
from src.planning.versions.compare import DayChange, compare
from src.solver.swaps.search import Offer, applied


@dataclass(frozen=True, slots=True)
class JudgedOffer:
    """An offer that stands before the judge: the days that change, findings that come and go."""

    offer: Offer
    days: tuple[DayChange, ...]
    added: tuple[Finding, ...]
    removed: tuple[Finding, ...]


def judge_offer(stood: Stood, offer: Offer) -> JudgedOffer | None:
    """The offer with what the checker says of it; None when it would not let it pass."""
    people = {move.holder.id for move in offer.moves}
    before = _of(stood, people)
    after = replace(before, assignments=tuple(applied(before, offer)))
    program = _alone(stood.program, people)
    blocks = _blocks(stood, offer)
    old, new = _checked(program, blocks, before), _checked(program, blocks, after)
    if _worse(old, new):
        return None
    known, now = {*map(_key, old.findings)}, {*map(_key, new.findings)}
    return JudgedOffer(
        offer,
        compare(before, after).days,
        tuple(finding for finding in new.findings if _key(finding) not in known),
        tuple(finding for finding in old.findings if _key(finding) not in now),
    )


def _blocks(stood: Stood, offer: Offer) -> tuple[int, ...]:
    """The academic blocks that the offer touches, and those beside them."""
    calendar = stood.standing.shared.calendar
    touched = {calendar.block_of[day] for move in offer.moves for day in move.days if calendar.in_year(day)}
    near = {block + step for block in touched for step in (-1, 0, 1)}
    known = {calendar.block_of[day] for day in stood.standing.solved}
    return tuple(sorted(near & known))


def _checked(program: Program, blocks: tuple[int, ...], schedule: Schedule) -> CheckReport:
    scope = ResultFile(SolveStatus.FEASIBLE, Scope.DAILY, blocks)
    return check(program, replace(schedule, result=scope))


def _worse(old: CheckReport, new: CheckReport) -> bool:
    """Whether something that must hold broke anew; what stood broken before may stay."""
    before = {(one.item, one.message) for one in old.broken}
    return any((one.item, one.message) not in before for one in new.broken if one.file == "assignments.csv")


def _of(stood: Stood, people: Iterable[str]) -> Schedule:
    wanted = set(people)
    return Schedule(
        year=tuple(row for row in stood.content.year if row.person in wanted),
        vacations=tuple(row for row in stood.content.vacations if row.person in wanted),
        assignments=tuple(row for person in sorted(wanted) for row in stood.standing.rows(person)),
    )


def _alone(program: Program, people: Iterable[str]) -> Program:
    """The program as far as these people's own rules go."""
    wanted = set(people)
    return replace(
        program,
        people=tuple(person for person in program.people if person.id in wanted),
        calls=tuple(replace(call, min=0) for call in program.calls),
        staffing=(),
        coverage=(),
        requests=(),
        objective=(),
        clinics=tuple(row for row in program.clinics if row.person in wanted),
        absences=tuple(row for row in program.absences if row.person in wanted),
        rotation_pins=tuple(row for row in program.rotation_pins if row.person in wanted),
        call_pins=tuple(row for row in program.call_pins if row.person in wanted),
        history=tuple(row for row in program.history if row.person in wanted),
        history_counts=(),
    )


def _key(finding: Finding) -> tuple[object, ...]:
    return (
        finding.rule,
        finding.severity,
        finding.person,
        finding.window_start_at,
        finding.window_end_at,
        finding.value,
    )
