"""The rows of a program as the cells of its tables: `program_rows` the other way round."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from src.interchange import columns, texts
from src.interchange.model import (
    Absence,
    Call,
    CallPin,
    Clinic,
    Coverage,
    HistoryCount,
    HistoryInterval,
    Person,
    Program,
    Request,
    Requirement,
    Rotation,
    RotationPin,
    RuleApproval,
    RuleOverride,
    Staffing,
    Succession,
    Template,
)

type Row = tuple[str, ...]


def table_rows(program: Program) -> dict[str, list[Row]]:
    """The rows of every table by the table's name, in the program's order and the format's columns."""
    return {
        columns.PEOPLE.name: [_person(row) for row in program.people],
        columns.ROTATIONS.name: [_rotation(row) for row in program.rotations],
        columns.TEMPLATES.name: [_template(row) for row in program.templates],
        columns.STAFFING.name: [_staffing(row) for row in program.staffing],
        columns.COVERAGE.name: [_coverage(row) for row in program.coverage],
        columns.REQUIREMENTS.name: [_requirement(row) for row in program.requirements],
        columns.SUCCESSIONS.name: [_succession(row) for row in program.successions],
        columns.CALLS.name: [_call(row) for row in program.calls],
        columns.CLINICS.name: [_clinic(row) for row in program.clinics],
        columns.REQUESTS.name: [_request(row) for row in program.requests],
        columns.ABSENCES.name: [_absence(row) for row in program.absences],
        columns.PINS.name: [*_pins(program.rotation_pins, program.call_pins)],
        columns.HISTORY.name: [_history(row, program.zone) for row in program.history],
        columns.HISTORY_COUNTS.name: [_history_count(row) for row in program.history_counts],
        columns.RULE_OVERRIDES.name: [_rule_override(row) for row in program.rule_overrides],
        columns.RULE_APPROVALS.name: [_rule_approval(row) for row in program.rule_approvals],
    }


def _person(row: Person) -> Row:
    return (
        row.id,
        row.name,
        row.kind,
        texts.text(row.pgy),
        texts.text(row.track),
        texts.text(row.email),
        texts.text(row.start_date),
        texts.text(row.end_date),
    )


def _rotation(row: Rotation) -> Row:
    return (
        row.id,
        row.name,
        row.setting,
        texts.text(row.site),
        str(row.vacation_weeks_max),
        texts.flag(row.clinic),
        texts.text(row.max_consecutive),
        texts.text(row.group),
        texts.text(row.max_days_off),
    )


def _template(row: Template) -> Row:
    return (
        row.rotation,
        texts.listing(row.weekdays),
        row.session,
        texts.clock(row.start),
        texts.hours(row.minutes),
        row.duty_type,
        texts.flag(row.may_be_off),
        texts.flag(row.holidays),
    )


def _staffing(row: Staffing) -> Row:
    return (
        row.rotation,
        texts.listing(row.weekdays),
        row.session,
        texts.listing(row.pgys),
        str(row.min),
        texts.text(row.max),
    )


def _coverage(row: Coverage) -> Row:
    return (
        row.rotation,
        texts.listing(row.pgys),
        texts.spans(row.blocks),
        str(row.min),
        texts.text(row.max),
    )


def _requirement(row: Requirement) -> Row:
    return (
        texts.listing(row.pgys),
        texts.text(row.track),
        row.rotation,
        str(row.min_blocks),
        texts.text(row.max_blocks),
        texts.text(row.first_block),
        texts.text(row.last_block),
    )


def _succession(row: Succession) -> Row:
    return (row.from_rotation, row.to_rotation, texts.listing(row.pgys))


def _call(row: Call) -> Row:
    return (
        row.id,
        row.name,
        row.duty_type,
        texts.listing(row.weekdays),
        row.holidays,
        texts.clock(row.start),
        texts.hours(row.minutes),
        texts.hours(row.handover_minutes),
        str(row.min),
        texts.text(row.max),
        texts.listing(row.pgys),
        texts.listing(row.rotations),
        texts.number(row.points),
        row.post_call,
    )


def _clinic(row: Clinic) -> Row:
    return (
        row.person,
        str(row.weekday),
        row.session,
        texts.clock(row.start),
        texts.hours(row.minutes),
        str(row.max_at_once),
    )


def _request(row: Request) -> Row:
    return (
        row.person,
        row.kind,
        texts.text(row.rank),
        texts.text(row.start_date),
        texts.text(row.end_date),
        texts.text(row.rotation),
        texts.text(row.block),
        texts.text(row.weight),
    )


def _absence(row: Absence) -> Row:
    return (row.person, row.kind, str(row.start_date), str(row.end_date), row.status)


def _pins(rotation_pins: Iterable[RotationPin], call_pins: Iterable[CallPin]) -> Iterable[Row]:
    for pin in rotation_pins:
        yield (pin.person, str(pin.block), pin.rotation, "", "")
    for call_pin in call_pins:
        yield (call_pin.person, "", "", str(call_pin.date), call_pin.call)


def _history(row: HistoryInterval, zone: ZoneInfo) -> Row:
    return (
        row.person,
        texts.instant(row.start_at.astimezone(zone)),
        texts.instant(row.end_at.astimezone(zone)),
        row.duty_type,
    )


def _history_count(row: HistoryCount) -> Row:
    return (row.person, row.kind, texts.number(row.count))


def _rule_override(row: RuleOverride) -> Row:
    return (
        row.pack,
        texts.text(row.rule),
        row.parameter,
        str(row.value).lower(),
        row.reason,
        row.approved_by,
        str(row.start_date),
        str(row.end_date),
    )


def _rule_approval(row: RuleApproval) -> Row:
    return (
        row.kind,
        texts.text(row.person),
        texts.text(row.rotation),
        "" if row.weekly_minutes is None else texts.hours(row.weekly_minutes),
        row.reason,
        row.approved_by,
        str(row.start_date),
        str(row.end_date),
    )
