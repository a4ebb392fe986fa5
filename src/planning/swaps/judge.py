"""The judge's word on an offer, before it is shown: nothing that must hold breaks, no hard finding is new.

The checker shares no code with the search. It is asked about those who take part, one by one and each state
once, with everything that concerns others (demand, requests) left to the search, so that a page of offers is
judged in a second. Where a rule looks beyond a person, they are judged together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from src.compliance.care import supervision_of
from src.compliance.check import CheckReport, check
from src.compliance.rules import Finding
from src.interchange.model import Program
from src.interchange.schedule import ResultFile, Schedule, Scope, SolveStatus
from src.planning.swaps.search import Stood
from src.planning.versions.compare import DayChange, compare
from src.solver.swaps.moves import Move
from src.solver.swaps.search import Offer, rows_after

MOST_REPORTS_KEPT = 4000
LONGEST_WINDOW = 27
"""Days from a change to the farthest that a window of four weeks with it reaches."""


@dataclass(frozen=True, slots=True)
class JudgedOffer:
    """An offer that stands before the judge: the days that change, findings that come and go."""

    offer: Offer
    days: tuple[DayChange, ...]
    added: tuple[Finding, ...]
    removed: tuple[Finding, ...]


def judge_offer(stood: Stood, offer: Offer) -> JudgedOffer | None:
    """The offer with what the checker says of it; None when it would not let it pass."""
    moves = [move for move in offer.moves if move.gone or move.come]
    groups = [moves] if supervision_of(stood.program) is not None else [[move] for move in moves]
    judged = [
        (_report(stood, blocks, group, after=False), _report(stood, blocks, group, after=True))
        for blocks, group in ((_blocks(stood, group), group) for group in groups)
    ]
    if any(_worse(old, new) for old, new in judged):
        return None
    known = {_key(finding) for old, _ in judged for finding in old.findings}
    now = {_key(finding) for _, new in judged for finding in new.findings}
    return JudgedOffer(
        offer,
        _days(stood, moves),
        tuple(finding for _, new in judged for finding in new.findings if _key(finding) not in known),
        tuple(finding for old, _ in judged for finding in old.findings if _key(finding) not in now),
    )


def _days(stood: Stood, moves: Sequence[Move]) -> tuple[DayChange, ...]:
    """The dates that change, as they were and as they would be."""
    calendar = stood.standing.shared.calendar
    dates = {(move.holder.id, calendar.date(day)) for move in moves for day in move.days}
    before = [row for move in moves for row in move.holder.rows]
    after = [row for move in moves for row in rows_after(move)]
    old, new = (tuple(row for row in rows if (row.person, row.date) in dates) for rows in (before, after))
    return compare(Schedule(assignments=old), Schedule(assignments=new)).days


def _report(stood: Stood, blocks: tuple[int, ...], moves: Sequence[Move], *, after: bool) -> CheckReport:
    """What the checker says of those who move, as they are or after it; of each state it is asked once."""
    states = tuple((move.holder.id, move.state if after else None) for move in moves)
    key = (blocks, states)
    found = stood.reports.get(key)
    if found is None:
        people = {move.holder.id for move in moves}
        rows = (rows_after(move) if after else move.holder.rows for move in moves)
        schedule = Schedule(
            year=tuple(row for row in stood.content.year if row.person in people),
            vacations=tuple(row for row in stood.content.vacations if row.person in people),
            assignments=tuple(row for each in rows for row in each),
            result=ResultFile(SolveStatus.FEASIBLE, Scope.DAILY, blocks),
        )
        found = check(_alone(stood.program, people), schedule)
        if len(stood.reports) >= MOST_REPORTS_KEPT:
            stood.reports.clear()
        stood.reports[key] = found
    return found


def _blocks(stood: Stood, moves: Sequence[Move]) -> tuple[int, ...]:
    """The academic blocks that the moves touch, those beside them, and all within four weeks."""
    calendar = stood.standing.shared.calendar
    touched = {day for move in moves for day in move.days if calendar.in_year(day)}
    blocks = {calendar.block_of[day] for day in touched}
    near = {block + step for block in blocks for step in (-1, 0, 1)}
    ends = (day + step for day in touched for step in (-LONGEST_WINDOW, LONGEST_WINDOW))
    near |= {calendar.block_of[day] for day in ends if calendar.in_year(day)}
    known = {calendar.block_of[day] for day in stood.standing.solved}
    return tuple(sorted(block for block in known if min(near) <= block <= max(near))) if near else ()


def _worse(old: CheckReport, new: CheckReport) -> bool:
    """Whether something that must hold broke anew; what stood broken before may stay."""
    before = {(one.item, one.message) for one in old.broken}
    return any((one.item, one.message) not in before for one in new.broken if one.file == "assignments.csv")


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
