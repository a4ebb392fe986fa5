"""A program as far as a repair can heed it: duties of somebody away stand where nothing may move.

An absence may begin before the dates that may move, or go on after them, while the schedule has its rows on
those other dates still. They stay, so that work is counted on them; whoever plans and judges the dates that
may move as if nobody worked there would come to hours and free days that nobody has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

from src.interchange.model import Absence, AbsenceStatus, Program, days_between
from src.interchange.schedule import AssignmentKind, Schedule
from src.planning.repair.changes import LEFT
from src.solver.repair.model import RepairProblem

ONE_DAY = timedelta(1)
Cell = tuple[str, date]


def as_it_stands(problem: RepairProblem) -> Program:
    """The program without the parts of absences, before or after the range, on which there is work.

    Who has left and has work after the range is away until then. The program itself where no absence reaches
    beyond the range, or none has work there.
    """
    return _without_absences(replace(problem, program=_with_those_who_left(problem)))


def _with_those_who_left(problem: RepairProblem) -> Program:
    """The program in which whoever has left, but has work after the range, is absent instead.

    Not where an academic block after the leaving may move: the rotations there go to others.
    """
    program = problem.program
    last = problem.to_date or program.year_end_date
    movable = problem.movable_blocks
    starts = [block.start_date for block in program.academic_blocks if block.number in movable]
    left = {
        person.id: person.end_date + ONE_DAY
        for person in program.people
        if person.end_date is not None
        and person.end_date < last < program.year_end_date
        and all(start <= person.end_date for start in starts)
    }
    after = {row.person for row in problem.base.assignments if row.person in left and row.date > last}
    if not after:
        return program
    people = tuple(replace(each, end_date=None) if each.id in after else each for each in program.people)
    away = (
        Absence(person, LEFT, left[person], program.year_end_date, AbsenceStatus.APPROVED)
        for person in sorted(after)
    )
    return replace(program, people=people, absences=(*program.absences, *away))


def _without_absences(problem: RepairProblem) -> Program:
    program = problem.program
    beyond = {
        absence.person
        for absence in program.absences
        if absence.status is AbsenceStatus.APPROVED
        and not (problem.may_move(absence.start_date) and problem.may_move(absence.end_date))
    }
    if not beyond:
        return program
    worked = _worked(problem.base, beyond)
    absences = tuple(
        part
        for absence in program.absences
        for part in (_parts(problem, absence, worked) if absence.person in beyond else (absence,))
    )
    return program if absences == program.absences else replace(program, absences=absences)


def _worked(base: Schedule, people: Collection[str]) -> frozenset[Cell]:
    return frozenset(
        (row.person, row.date)
        for row in base.assignments
        if row.person in people and row.kind is not AssignmentKind.JEOPARDY
    )


def _parts(problem: RepairProblem, absence: Absence, worked: Collection[Cell]) -> Iterator[Absence]:
    """What is left of an absence: its dates in the range, and those on a side where nobody works.

    The date after the range stays where nobody works on it: what begins in the range may end on that morning.
    """
    if absence.status is not AbsenceStatus.APPROVED:
        yield absence
        return
    first = problem.from_date or problem.program.year_start_date
    last = problem.to_date or problem.program.year_end_date
    start, end = absence.start_date, absence.end_date
    if any((absence.person, day) in worked for day in days_between(start, min(end, first - ONE_DAY))):
        start = first
    if any((absence.person, day) in worked for day in days_between(max(start, last + ONE_DAY), end)):
        end = last if (absence.person, last + ONE_DAY) in worked else last + ONE_DAY
    if start <= end:
        yield replace(absence, start_date=start, end_date=end)
