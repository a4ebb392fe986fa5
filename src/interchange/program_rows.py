"""One builder for each table of a program: a row's cells in, the row's value out.

The rules kept here are those of a single row; `checks` compares rows with each other.
"""

from __future__ import annotations

from src.interchange import limits
from src.interchange.cells import RowCells
from src.interchange.issues import IssueCode
from src.interchange.model import (
    CALL_DUTY_TYPES,
    Absence,
    AbsenceStatus,
    Call,
    CallPin,
    Clinic,
    Coverage,
    DutyType,
    HistoryCount,
    HistoryCountKind,
    HistoryInterval,
    HolidayRule,
    Person,
    PersonKind,
    PostCall,
    Request,
    RequestKind,
    Requirement,
    Rotation,
    RotationPin,
    RuleApproval,
    RuleApprovalKind,
    RuleOverride,
    Session,
    Setting,
    Staffing,
    Succession,
    Template,
)

_HALF_DAYS = (Session.AM, Session.PM)
_CALL_TYPES = tuple(kind for kind in DutyType if kind in CALL_DUTY_TYPES)
_MAX_WEIGHT = limits.MAX_COUNT


def person(cells: RowCells) -> Person:
    """people.csv: `pgy` for residents only; both dates inclusive."""
    if cells.says("kind", PersonKind.RESIDENT) and cells.is_empty("pgy"):
        cells.error(IssueCode.MISSING_VALUE, "pgy", "a resident must have a PGY")
    if cells.says("kind", PersonKind.FACULTY) and cells.is_set("pgy"):
        cells.error(IssueCode.CONTRADICTION, "pgy", "only residents have a PGY")
    cells.check_dates("start_date", "end_date")
    email = cells.optional_text("email")
    if email is not None and ("@" not in email or " " in email):
        cells.warn("email", f"'{email[:60]}' does not look like an address")
    return Person(
        id=cells.id("id"),
        name=cells.text("name"),
        kind=cells.choice("kind", PersonKind),
        pgy=cells.optional_integer("pgy", 1, limits.MAX_PGY),
        track=cells.optional_text("track"),
        email=email,
        start_date=cells.optional_day("start_date"),
        end_date=cells.optional_day("end_date"),
        row=cells.row,
    )


def rotation(cells: RowCells) -> Rotation:
    """rotations.csv: no vacation weeks and no clinic where those cells are empty."""
    return Rotation(
        id=cells.id("id"),
        name=cells.text("name"),
        setting=cells.choice("setting", Setting),
        site=cells.optional_text("site"),
        vacation_weeks_max=cells.optional_integer("vacation_weeks_max") or 0,
        clinic=cells.flag("clinic", empty=False),
        max_consecutive=cells.optional_integer("max_consecutive", 1),
        group=cells.optional_id("group"),
        max_days_off=cells.optional_integer("max_days_off"),
        row=cells.row,
    )


def template(cells: RowCells) -> Template:
    """templates.csv: one session of a rotation's, or of a whole group's, week."""
    return Template(
        rotation=cells.rotation("rotation"),
        weekdays=cells.weekdays("weekdays"),
        session=cells.choice("session", Session),
        start=cells.clock_time("start"),
        minutes=cells.minutes("hours"),
        duty_type=cells.choice("duty_type", DutyType),
        may_be_off=cells.flag("may_be_off", empty=False),
        holidays=cells.flag("holidays", empty=True),
        row=cells.row,
    )


def staffing(cells: RowCells) -> Staffing:
    """staffing.csv: an empty `min` asks for nobody, an empty `max` caps nothing."""
    least, most = cells.optional_integer("min") or 0, cells.optional_integer("max")
    cells.check_order("min", least, most, "max")
    return Staffing(
        rotation=cells.rotation("rotation"),
        weekdays=cells.weekdays("weekdays"),
        session=cells.choice("session", Session),
        pgys=cells.pgys("pgys"),
        min=least,
        max=most,
        row=cells.row,
    )


def coverage(cells: RowCells) -> Coverage:
    """coverage.csv: an empty `min` asks for nobody, an empty `max` caps nothing."""
    least, most = cells.optional_integer("min") or 0, cells.optional_integer("max")
    cells.check_order("min", least, most, "max")
    return Coverage(
        rotation=cells.rotation("rotation"),
        pgys=cells.pgys("pgys"),
        blocks=cells.blocks("blocks"),
        min=least,
        max=most,
        row=cells.row,
    )


def requirement(cells: RowCells) -> Requirement:
    """requirements.csv: blocks between first and last count; empty = from the start, to the end."""
    least, most = cells.optional_integer("min_blocks") or 0, cells.optional_integer("max_blocks")
    cells.check_order("min_blocks", least, most, "max_blocks")
    first, last = cells.optional_block("first_block"), cells.optional_block("last_block")
    if first is not None:
        cells.check_order("first_block", first, last, "last_block")
    return Requirement(
        pgys=cells.pgys("pgys"),
        track=cells.optional_text("track"),
        rotation=cells.rotation("rotation"),
        min_blocks=least,
        max_blocks=most,
        first_block=first,
        last_block=last,
        row=cells.row,
    )


def succession(cells: RowCells) -> Succession:
    """successions.csv."""
    return Succession(
        from_rotation=cells.rotation("from"),
        to_rotation=cells.rotation("to"),
        pgys=cells.pgys("pgys"),
        row=cells.row,
    )


def call(cells: RowCells) -> Call:
    """calls.csv: an empty `handover_hours` is no handover, empty `points` are none."""
    least, most = cells.optional_integer("min") or 0, cells.optional_integer("max")
    cells.check_order("min", least, most, "max")
    return Call(
        id=cells.id("id"),
        name=cells.text("name"),
        duty_type=cells.choice("duty_type", DutyType, _CALL_TYPES),
        weekdays=cells.weekdays("weekdays"),
        holidays=cells.choice("holidays", HolidayRule),
        start=cells.clock_time("start"),
        minutes=cells.minutes("hours"),
        handover_minutes=cells.optional_minutes("handover_hours"),
        min=least,
        max=most,
        pgys=cells.pgys("pgys"),
        rotations=cells.rotations("rotations"),
        points=cells.decimal("points"),
        post_call=cells.choice("post_call", PostCall),
        row=cells.row,
    )


def clinic(cells: RowCells) -> Clinic:
    """clinics.csv: a half-day, so AM or PM; an empty `max_at_once` is no cap."""
    return Clinic(
        person=cells.person("person"),
        weekday=cells.integer("weekday", 0, 6),
        session=cells.choice("session", Session, _HALF_DAYS),
        start=cells.clock_time("start"),
        minutes=cells.minutes("hours"),
        max_at_once=cells.optional_integer("max_at_once") or 0,
        row=cells.row,
    )


def request(cells: RowCells) -> Request:
    """requests.csv: a rotation request names rotation and block (a missing weight is 1), others a date."""
    weight = cells.optional_integer("weight", -_MAX_WEIGHT, _MAX_WEIGHT)
    is_rotation = cells.says("kind", RequestKind.ROTATION)
    if is_rotation:
        _require(cells, "rotation", "block", what="a rotation request")
        _warn_of_surplus(cells, "rank", "start_date", "end_date", what="a rotation request")
        if weight == 0:
            cells.warn("weight", "a weight of 0 neither wants the rotation nor avoids it")
    elif any(cells.says("kind", kind) for kind in RequestKind):
        _require(cells, "start_date", what="a request for dates")
        _warn_of_surplus(cells, "rotation", "block", "weight", what="a request for dates")
    if cells.says("kind", RequestKind.VACATION) and cells.is_empty("rank"):
        cells.warn("rank", "a vacation request without a rank earns no points")
    cells.check_dates("start_date", "end_date")
    return Request(
        person=cells.person("person"),
        kind=cells.choice("kind", RequestKind),
        rank=cells.optional_integer("rank", 1),
        start_date=cells.optional_day("start_date"),
        end_date=cells.optional_day("end_date"),
        rotation=cells.optional_rotation("rotation"),
        block=cells.optional_block("block"),
        weight=1 if is_rotation and cells.is_empty("weight") else weight,
        row=cells.row,
    )


def absence(cells: RowCells) -> Absence:
    """absences.csv: both dates inclusive."""
    cells.check_dates("start_date", "end_date")
    return Absence(
        person=cells.person("person"),
        kind=cells.text("kind"),
        start_date=cells.day("start_date"),
        end_date=cells.day("end_date"),
        status=cells.choice("status", AbsenceStatus),
        row=cells.row,
    )


def pin(cells: RowCells) -> RotationPin | CallPin | None:
    """pins.csv: `block` and `rotation`, or `date` and `call`; None after a fault."""
    owner = cells.person("person")
    rotation, block = cells.optional_rotation("rotation"), cells.optional_block("block")
    day = cells.optional_day("date")
    call_id = None if cells.is_empty("call") else cells.call("call")
    is_rotation = not (cells.is_empty("block") and cells.is_empty("rotation"))
    is_call = not (cells.is_empty("date") and cells.is_empty("call"))
    if is_rotation == is_call:
        message = "a pin names a block and a rotation, or a date and a call; not both, not neither"
        cells.error(IssueCode.CONTRADICTION, None, message)
    elif is_rotation:
        _require(cells, "block", "rotation", what="a pin")
    else:
        _require(cells, "date", "call", what="a pin")
    cells.check_in_year("date", day)
    if block is not None and rotation is not None:
        return RotationPin(owner, block, rotation, cells.row)
    if day is not None and call_id is not None:
        return CallPin(owner, day, call_id, cells.row)
    return None


def history(cells: RowCells) -> HistoryInterval:
    """history.csv: instants with offset, half-open."""
    cells.check_instants("start_at", "end_at")
    return HistoryInterval(
        person=cells.person("person"),
        start_at=cells.instant("start_at"),
        end_at=cells.instant("end_at"),
        duty_type=cells.choice("duty_type", DutyType),
        row=cells.row,
    )


def history_count(cells: RowCells) -> HistoryCount:
    """history_counts.csv: a count may be a decimal, since call points are."""
    cells.text("count")
    return HistoryCount(
        person=cells.person("person"),
        kind=cells.choice("kind", HistoryCountKind),
        count=cells.decimal("count"),
        row=cells.row,
    )


def rule_override(cells: RowCells) -> RuleOverride:
    """rule_overrides.csv: an empty `rule` speaks of a parameter of the whole pack; both dates inclusive."""
    cells.check_dates("start_date", "end_date")
    return RuleOverride(
        pack=cells.pack("pack"),
        rule=cells.optional_id("rule"),
        parameter=cells.id("parameter"),
        value=cells.setting("value"),
        reason=cells.text("reason"),
        approved_by=cells.text("approved_by"),
        start_date=cells.day("start_date"),
        end_date=cells.day("end_date"),
        row=cells.row,
    )


def rule_approval(cells: RowCells) -> RuleApproval:
    """rule_approvals.csv: an exception to the hours names a rotation and hours a week, others a person."""
    is_about_hours = cells.says("kind", RuleApprovalKind.HOURS_EXCEPTION)
    if is_about_hours:
        _require(cells, "rotation", "weekly_hours", what="an exception to the hours")
        _warn_of_surplus(cells, "person", what="an exception to the hours, which is a rotation's")
    elif any(cells.says("kind", kind) for kind in RuleApprovalKind):
        _require(cells, "person", what="this approval")
        _warn_of_surplus(cells, "rotation", "weekly_hours", what="an approval of a person's")
    cells.check_dates("start_date", "end_date")
    return RuleApproval(
        kind=cells.choice("kind", RuleApprovalKind),
        person=None if cells.is_empty("person") else cells.person("person"),
        rotation=cells.optional_rotation("rotation"),
        weekly_minutes=None if cells.is_empty("weekly_hours") else cells.minutes("weekly_hours"),
        reason=cells.text("reason"),
        approved_by=cells.text("approved_by"),
        start_date=cells.day("start_date"),
        end_date=cells.day("end_date"),
        row=cells.row,
    )


def _require(cells: RowCells, *columns: str, what: str) -> None:
    for column in columns:
        if cells.is_empty(column):
            cells.error(IssueCode.MISSING_VALUE, column, f"{what} must have a {column}")


def _warn_of_surplus(cells: RowCells, *columns: str, what: str) -> None:
    for column in columns:
        if cells.is_set(column):
            cells.warn(column, f"has no effect in {what}")
