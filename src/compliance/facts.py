"""From a parsed program and schedule to the facts that the rules judge.

What becomes a fact, and how:

- Every row of `assignments.csv` and `history.csv` of a resident is a duty of its own type; a row of kind
  `jeopardy` is jeopardy whatever its type says. Instants with seconds widen to the minute on both sides.
- History makes work periods, runs of nights and rests; averaging windows begin with the year and count only
  what of it reaches into the year.
- The rotation of a date is that of its academic block in `year.csv`; a block without a row has none.
- Leave is: vacation weeks (seven dates from the row's Monday), approved absences, and the dates of the year
  outside the person's start and end dates.
- Checked are the academic blocks `result.json` names, or all where it is absent or names none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfoNotFoundError

from src.compliance.care import approvals_of, care_of_items, supervision_of
from src.compliance.rules.calendar import LocalCalendar, local_calendar
from src.compliance.rules.model import (
    DataFinding,
    DataFindingKind,
    Duty,
    Facts,
    PersonFacts,
    RotationSegment,
)
from src.exceptions import InvalidError
from src.interchange.model import AbsenceStatus, DutyType, Person, Program, days_between
from src.interchange.schedule import AssignmentKind, AssignmentRow, Schedule

_MARGIN_DAYS = 14
"""Dates held around the year and its history, so that a duty that ends after the year still has a date."""
_LONGEST_HISTORY_DAYS = 400
"""No rule looks farther back than that; older history is set aside."""


class FactsError(InvalidError):
    """A program or schedule holds something no rule can be applied to, such as an unknown time zone."""

    code = "FACTS_INVALID"
    message = "The rules cannot be applied to this program."


def facts_of(program: Program, schedule: Schedule) -> Facts:
    """The facts of a program's year under a schedule.

    Rows that cannot be facts (a person who is no resident of the program, an end that is not after its start,
    a time outside the year and its history) are set aside and told of in `Facts.set_aside`. Raises
    `FactsError` for an unknown time zone, a year that no calendar holds, or an instant without an offset.
    """
    calendar = _calendar(program)
    set_aside: list[DataFinding] = []
    duties = _duties_by_person(program, schedule, calendar, set_aside)
    rotations = _rotations_by_person(schedule)
    leave = _leave_by_person(program, schedule)
    solved = schedule.result.blocks if schedule.result is not None else ()
    return Facts(
        calendar=calendar,
        year_start_date=program.year_start_date,
        year_end_date=program.year_end_date,
        blocks=program.academic_blocks,
        checked_blocks=tuple(solved) or tuple(block.number for block in program.academic_blocks),
        people=tuple(
            PersonFacts(
                person=person.id,
                pgy=person.pgy,
                duties=tuple(sorted(duties[person.id], key=_duty_order)),
                segments=_segments(program, rotations[person.id]),
                leave_dates=frozenset(leave[person.id].union(_dates_not_there(program, person))),
            )
            for person in program.residents
        ),
        set_aside=tuple(set_aside),
        approvals=approvals_of(program),
        care_of_item=care_of_items(program),
        supervision=supervision_of(program),
    )


def _calendar(program: Program) -> LocalCalendar:
    first = program.year_start_date
    try:
        if program.history:
            earliest = min(interval.start_at.date() for interval in program.history)
            first = max(min(first, earliest), first - timedelta(days=_LONGEST_HISTORY_DAYS))
        margin = timedelta(days=_MARGIN_DAYS)
        return local_calendar(program.time_zone, first - margin, program.year_end_date + margin)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"program.toml: {program.time_zone!r} is not a time zone this system knows"
        raise FactsError(message) from error
    except OverflowError as error:
        message = f"program.toml: a year that starts {program.year_start_date} is outside the calendar"
        raise FactsError(message) from error


def _duties_by_person(
    program: Program, schedule: Schedule, calendar: LocalCalendar, set_aside: list[DataFinding]
) -> Mapping[str, list[Duty]]:
    found: dict[str, list[Duty]] = {person.id: [] for person in program.residents}
    earliest, latest = calendar.midnights[0], calendar.midnights[-1]
    for file, row, person, duty in _all_duties(program, schedule):
        if person in found and earliest <= duty.start < duty.end <= latest:
            found[person].append(duty)
            continue
        kind, reason = DataFindingKind.OUTSIDE_THE_YEAR, "lies outside the year and its history"
        if person not in found:
            kind, reason = DataFindingKind.NOT_A_RESIDENT, f"{person} is no resident of the program"
        elif duty.end <= duty.start:
            kind, reason = DataFindingKind.NOT_AN_INTERVAL, "ends no later than it starts"
        message = f"{file}, row {row}: {reason}, so no rule judges it"
        set_aside.append(DataFinding(kind, person, message, (duty.label,)))
    return found


def _all_duties(program: Program, schedule: Schedule) -> Iterator[tuple[str, int, str, Duty]]:
    file = "history.csv"
    for interval in program.history:
        start = floor(_minutes(interval.start_at, file, interval.row))
        end = ceil(_minutes(interval.end_at, file, interval.row))
        label = f"history/{interval.start_at.isoformat(timespec='seconds')}"
        yield file, interval.row, interval.person, Duty(start, end, interval.duty_type, label)
    file = "assignments.csv"
    for row in schedule.assignments:
        start = floor(_minutes(row.start_at, file, row.row))
        end = ceil(_minutes(row.end_at, file, row.row))
        duty_type = DutyType.JEOPARDY if row.kind is AssignmentKind.JEOPARDY else row.duty_type
        yield file, row.row, row.person, Duty(start, end, duty_type, _label(row))


def _minutes(instant: datetime, file: str, row: int) -> float:
    """Minutes since the epoch; whole for every instant on a minute."""
    if instant.tzinfo is None:
        message = f"{file}, row {row}: {instant.isoformat()} has no offset, so it names no instant"
        raise FactsError(message)
    return instant.timestamp() / 60


def _label(row: AssignmentRow) -> str:
    """What names an interval of a person in findings: date, session and id; a hand-over says so."""
    handover = row.kind is AssignmentKind.CALL and row.duty_type is DutyType.TRANSITION
    return f"{row.date.isoformat()}/{row.session}/{row.id}{'/handover' if handover else ''}"


def _duty_order(duty: Duty) -> tuple[int, int, str]:
    return (duty.start, duty.end, duty.label)


def _rotations_by_person(schedule: Schedule) -> Mapping[str, dict[int, str]]:
    found: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in schedule.year:
        found[row.person].setdefault(row.block, row.rotation)
    return found


def _segments(program: Program, rotation_by_block: Mapping[int, str]) -> tuple[RotationSegment, ...]:
    segments: list[RotationSegment] = []
    for block in program.academic_blocks:
        rotation = rotation_by_block.get(block.number)
        days = (block.end_date - block.start_date).days + 1
        if segments and segments[-1].rotation == rotation:
            last = segments.pop()
            segments.append(RotationSegment(rotation, last.first_date, last.days + days))
        else:
            segments.append(RotationSegment(rotation, block.start_date, days))
    return tuple(segments)


def _leave_by_person(program: Program, schedule: Schedule) -> Mapping[str, set[date]]:
    found: defaultdict[str, set[date]] = defaultdict(set)
    to_sunday = timedelta(days=6)
    for vacation in schedule.vacations:
        monday = vacation.week_start_date
        if program.year_start_date - to_sunday <= monday <= program.year_end_date:
            found[vacation.person].update(days_between(monday, monday + to_sunday))
    for absence in program.absences:
        if absence.status is AbsenceStatus.APPROVED:
            first = max(absence.start_date, program.year_start_date)
            last = min(absence.end_date, program.year_end_date)
            found[absence.person].update(days_between(first, last))
    return found


def _dates_not_there(program: Program, person: Person) -> Iterable[date]:
    if person.start_date is None and person.end_date is None:
        return ()
    year = days_between(program.year_start_date, program.year_end_date)
    return (day for day in year if not person.is_there(day))
