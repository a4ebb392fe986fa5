"""Warnings about a program that reads well but may not mean what its rows say.

Nothing here keeps a program out: the rows are well formed, and whether a schedule exists is the engine's
question. What a coordinator would want to know before asking it is said here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from src.interchange import columns
from src.interchange.columns import TableFormat
from src.interchange.issues import IssueCode, IssueLog
from src.interchange.model import (
    DutyType,
    PersonKind,
    Program,
    RequestKind,
    RuleApproval,
    RuleOverride,
    Session,
    Setting,
    Template,
    days_between,
)

_HISTORY_DAYS = 7
_DAY = 24 * 60


class _Row(Hashable, Protocol):
    """A row of the model: frozen, so that equal rows hash alike, whatever their numbers."""

    @property
    def row(self) -> int: ...


@dataclass(frozen=True, slots=True)
class _Remarks:
    """Warnings, each at a row of a table; `file_of` names the file or sheet of a table."""

    program: Program
    log: IssueLog
    file_of: Callable[[str], str]

    def at(
        self,
        form: TableFormat,
        row: int,
        column: str | None,
        message: str,
        code: IssueCode = IssueCode.NO_EFFECT,
    ) -> None:
        self.log.remark(code, message, file=self.file_of(form.name), row=row, column=column)


def remark_on(program: Program, log: IssueLog, file_of: Callable[[str], str]) -> None:
    """Warn of everything in a well-formed program that has no effect or cannot hold."""
    remarks = _Remarks(program, log, file_of)
    _vacation_weeks(remarks)
    _people_outside_the_year(remarks)
    _faculty_rows(remarks)
    _lists_that_name_nobody(remarks)
    _rotations_without_a_week(remarks)
    _overlapping_templates(remarks)
    _staffing_without_a_session(remarks)
    _requests_and_absences_outside(remarks)
    _wishes_against_each_other(remarks)
    _pins_against_each_other(remarks)
    _history_that_is_short_or_overlaps(remarks)
    _rules_outside_the_year(remarks)
    _rows_told_twice(remarks)


def _vacation_weeks(remarks: _Remarks) -> None:
    program = remarks.program
    file = remarks.file_of(columns.PROGRAM_DOCUMENT)
    for pgy in sorted({person.pgy for person in program.residents if person.pgy is not None}):
        if pgy not in program.vacation_weeks:
            message = f"PGY {pgy} is not named, so its residents get no vacation week"
            remarks.log.remark(IssueCode.NO_EFFECT, message, file=file, column="vacation_weeks")


def _people_outside_the_year(remarks: _Remarks) -> None:
    program = remarks.program
    for person in program.people:
        starts_late = person.start_date is not None and person.start_date > program.year_end_date
        ends_early = person.end_date is not None and person.end_date < program.year_start_date
        if starts_late or ends_early:
            column = "start_date" if starts_late else "end_date"
            remarks.at(columns.PEOPLE, person.row, column, f"{person.id} is never there in this year")


def _faculty_rows(remarks: _Remarks) -> None:
    program = remarks.program
    faculty = {person.id for person in program.people if person.kind is PersonKind.FACULTY}
    clinics = [(columns.CLINICS, row.person, row.row) for row in program.clinics]
    requests = [(columns.REQUESTS, row.person, row.row) for row in program.requests]
    rotation_pins = [(columns.PINS, pin.person, pin.row) for pin in program.rotation_pins]
    call_pins = [(columns.PINS, pin.person, pin.row) for pin in program.call_pins]
    for form, person_id, row in (*clinics, *requests, *rotation_pins, *call_pins):
        if person_id in faculty:
            remarks.at(form, row, "person", f"{person_id} is faculty; only residents are scheduled")


def _lists_that_name_nobody(remarks: _Remarks) -> None:
    program = remarks.program
    pgys = {person.pgy for person in program.residents}
    tracks = {person.track for person in program.residents}
    lists = (
        (columns.STAFFING, [(row.pgys, row.row) for row in program.staffing]),
        (columns.COVERAGE, [(row.pgys, row.row) for row in program.coverage]),
        (columns.REQUIREMENTS, [(row.pgys, row.row) for row in program.requirements]),
        (columns.SUCCESSIONS, [(row.pgys, row.row) for row in program.successions]),
        (columns.CALLS, [(row.pgys, row.row) for row in program.calls]),
    )
    for form, rows in lists:
        for named, row in rows:
            if named and pgys.isdisjoint(named):
                message = f"no resident has PGY {' or '.join(map(str, named))}"
                remarks.at(form, row, "pgys", message)
    for requirement in program.requirements:
        if requirement.track is not None and requirement.track not in tracks:
            message = f"no resident has the track '{requirement.track[:60]}'"
            remarks.at(columns.REQUIREMENTS, requirement.row, "track", message)


def _rotations_without_a_week(remarks: _Remarks) -> None:
    with_sessions = {template.rotation for template in remarks.program.templates}
    for rotation in remarks.program.rotations:
        if rotation.id not in with_sessions and rotation.setting is not Setting.LEAVE:
            message = f"{rotation.id} has no session in templates: nobody on it works"
            remarks.at(columns.ROTATIONS, rotation.row, "id", message)


def _overlapping_templates(remarks: _Remarks) -> None:
    by_rotation: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for template in remarks.program.templates:
        by_rotation[template.rotation].extend(_week_intervals(template))
    for intervals in by_rotation.values():
        named: set[int] = set()
        last_end, last_row = 0, 0
        for start, end, row in sorted(intervals):
            if start < last_end and row != last_row and row not in named:
                named.add(row)
                message = f"overlaps the session of row {last_row} in the same week"
                remarks.at(columns.TEMPLATES, row, "start", message, IssueCode.CONTRADICTION)
            if end > last_end:
                last_end, last_row = end, row


def _week_intervals(template: Template) -> Iterator[tuple[int, int, int]]:
    """Start, end and row of each session in two weeks on end, in minutes: a night may end in the next."""
    minute = template.start.hour * 60 + template.start.minute
    for day in template.weekdays or range(7):
        for start in (day * _DAY + minute, (day + 7) * _DAY + minute):
            yield start, start + template.minutes, template.row


def _staffing_without_a_session(remarks: _Remarks) -> None:
    program = remarks.program
    held: set[tuple[str, Session, int]] = set()
    for template in program.templates:
        held.update((template.rotation, template.session, day) for day in template.weekdays or range(7))
    for staffing in program.staffing:
        rotations = program.expand(staffing.rotation)
        missing = [
            day
            for day in staffing.weekdays or range(7)
            if not any((rotation, staffing.session, day) in held for rotation in rotations)
        ]
        if staffing.min > 0 and missing:
            days = " ".join(map(str, missing))
            message = (
                f"asks for {staffing.min} in a {staffing.session} session that is not held on weekday {days}"
            )
            remarks.at(columns.STAFFING, staffing.row, "weekdays", message, IssueCode.CONTRADICTION)


def _requests_and_absences_outside(remarks: _Remarks) -> None:
    program = remarks.program
    first, last = program.year_start_date, program.year_end_date
    weeks = set(program.weeks)
    for request in program.requests:
        start, end = request.start_date, request.end_date or request.start_date
        if start is None or end is None:
            continue
        if request.kind is RequestKind.VACATION and start - timedelta(days=start.weekday()) not in weeks:
            message = f"the week of {start} does not lie wholly in the year and cannot be granted"
            remarks.at(columns.REQUESTS, request.row, "start_date", message)
        elif start > last or end < first:
            message = f"lies outside the year, {first} to {last}"
            remarks.at(columns.REQUESTS, request.row, "start_date", message)
    for absence in program.absences:
        if absence.start_date > last or absence.end_date < first:
            message = f"lies outside the year, {first} to {last}"
            remarks.at(columns.ABSENCES, absence.row, "start_date", message)


def _wishes_against_each_other(remarks: _Remarks) -> None:
    program = remarks.program
    first, last = program.year_start_date, program.year_end_date
    avoided: dict[tuple[str, date], int] = {}
    for request in program.requests:
        if request.kind is RequestKind.NO_CALL and request.start_date is not None:
            end = request.end_date or request.start_date
            for day in days_between(max(first, request.start_date), min(last, end)):
                avoided.setdefault((request.person, day), request.row)
    for request in program.requests:
        if request.kind is RequestKind.CALL and request.start_date is not None:
            end = request.end_date or request.start_date
            for day in days_between(max(first, request.start_date), min(last, end)):
                if (request.person, day) in avoided:
                    message = f"asks for call on {day}, row {avoided[request.person, day]} for none"
                    remarks.at(columns.REQUESTS, request.row, "kind", message, IssueCode.CONTRADICTION)
                    break


def _pins_against_each_other(remarks: _Remarks) -> None:
    first_by_block: dict[tuple[str, int], tuple[str, int]] = {}
    for pin in sorted(remarks.program.rotation_pins, key=lambda pin: pin.row):
        rotation, row = first_by_block.setdefault((pin.person, pin.block), (pin.rotation, pin.row))
        if rotation != pin.rotation and not {rotation[0], pin.rotation[0]} & {"@"}:
            message = f"row {row} pins {pin.person} to {rotation} in the same block"
            remarks.at(columns.PINS, pin.row, "rotation", message, IssueCode.CONTRADICTION)


def _history_that_is_short_or_overlaps(remarks: _Remarks) -> None:
    program = remarks.program
    if not program.history:
        return
    year_start_at = datetime.combine(program.year_start_date, time(), tzinfo=program.zone)
    earliest = min(interval.start_at for interval in program.history)
    if year_start_at - earliest < timedelta(days=_HISTORY_DAYS):
        message = f"reaches back less than {_HISTORY_DAYS} days before the year; better 28"
        remarks.log.remark(IssueCode.NO_EFFECT, message, file=remarks.file_of(columns.HISTORY.name))
    for interval in program.history:
        # The handover of a call that began before the year may well begin in it.
        if interval.start_at >= year_start_at and interval.duty_type is not DutyType.TRANSITION:
            message = f"starts in the year, which begins on {program.year_start_date}; history lies before it"
            remarks.at(columns.HISTORY, interval.row, "start_at", message, IssueCode.CONTRADICTION)
    ends: dict[str, tuple[datetime, int]] = {}
    for interval in sorted(program.history, key=lambda interval: (interval.person, interval.start_at)):
        previous = ends.get(interval.person)
        if previous is not None and interval.start_at < previous[0]:
            message = f"overlaps row {previous[1]}; the time counts once"
            remarks.at(columns.HISTORY, interval.row, "start_at", message, IssueCode.CONTRADICTION)
        if previous is None or interval.end_at > previous[0]:
            ends[interval.person] = (interval.end_at, interval.row)


def _rules_outside_the_year(remarks: _Remarks) -> None:
    first, last = remarks.program.year_start_date, remarks.program.year_end_date
    tables: tuple[tuple[TableFormat, Iterable[RuleOverride | RuleApproval]], ...] = (
        (columns.RULE_OVERRIDES, remarks.program.rule_overrides),
        (columns.RULE_APPROVALS, remarks.program.rule_approvals),
    )
    for form, rows in tables:
        for row in rows:
            if row.start_date > last or row.end_date < first:
                remarks.at(form, row.row, "start_date", f"holds on no date of the year, {first} to {last}")


def _rows_told_twice(remarks: _Remarks) -> None:
    program = remarks.program
    tables: tuple[tuple[TableFormat, Iterable[_Row]], ...] = (
        (columns.STAFFING, program.staffing),
        (columns.COVERAGE, program.coverage),
        (columns.REQUIREMENTS, program.requirements),
        (columns.SUCCESSIONS, program.successions),
        (columns.REQUESTS, program.requests),
        (columns.ABSENCES, program.absences),
        (columns.PINS, (*program.rotation_pins, *program.call_pins)),
        (columns.HISTORY, program.history),
        (columns.RULE_APPROVALS, program.rule_approvals),
    )
    for form, rows in tables:
        seen: dict[_Row, int] = {}
        for row in sorted(rows, key=lambda item: item.row):
            first = seen.setdefault(row, row.row)
            if first != row.row:
                remarks.at(form, row.row, None, f"says the same as row {first}", IssueCode.DUPLICATE)
