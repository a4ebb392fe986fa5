"""One builder and one writer for each table of a schedule.

Only what cannot be understood is a fault here. Unknown people, rows that contradict each other or the
program are well formed: judging them is the checker's work, which names them by item and row.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from src.interchange import limits, texts
from src.interchange.cells import RowCells
from src.interchange.model import DutyType, RequestKind, Session
from src.interchange.schedule import (
    AssignmentKind,
    AssignmentRow,
    DeniedRow,
    FindingRow,
    Severity,
    UnmetKind,
    UnmetRow,
    VacationRow,
    YearRow,
)

type Row = tuple[str, ...]

_ANY = -limits.MAX_COUNT


def year(cells: RowCells) -> YearRow:
    """year.csv."""
    return YearRow(cells.text("person"), cells.integer("block", _ANY), cells.text("rotation"), cells.row)


def vacation(cells: RowCells) -> VacationRow:
    """vacations.csv."""
    rank = cells.optional_integer("request_rank", _ANY)
    return VacationRow(cells.text("person"), cells.day("week_start_date"), rank, cells.row)


def assignment(cells: RowCells) -> AssignmentRow:
    """assignments.csv: one interval."""
    return AssignmentRow(
        person=cells.text("person"),
        date=cells.day("date"),
        session=cells.choice("session", Session),
        kind=cells.choice("kind", AssignmentKind),
        id=cells.text("id"),
        start_at=cells.instant("start_at"),
        end_at=cells.instant("end_at"),
        duty_type=cells.choice("duty_type", DutyType),
        row=cells.row,
    )


def unmet(cells: RowCells) -> UnmetRow:
    """unmet.csv: demand left open."""
    return UnmetRow(
        what=cells.choice("what", UnmetKind),
        id=cells.text("id"),
        date_or_block=cells.text("date_or_block"),
        session=cells.optional_choice("session", Session),
        pgys=cells.pgys("pgys"),
        needed=cells.integer("needed", _ANY),
        got=cells.integer("got", _ANY),
        row=cells.row,
    )


def denied(cells: RowCells) -> DeniedRow:
    """denied.csv: a request not granted."""
    return DeniedRow(
        person=cells.text("person"),
        kind=cells.choice("kind", RequestKind),
        rank=cells.optional_integer("rank", _ANY),
        start_date=cells.optional_day("start_date"),
        reason=cells.optional_text("reason") or "",
        blocking=cells.optional_text("blocking") or "",
        row=cells.row,
    )


def finding(cells: RowCells) -> FindingRow:
    """findings.csv: what a rule says."""
    return FindingRow(
        rule=cells.text("rule"),
        severity=cells.choice("severity", Severity),
        person=cells.text("person"),
        window_start_at=cells.instant("window_start_at"),
        window_end_at=cells.instant("window_end_at"),
        value=cells.optional_text("value") or "",
        limit=cells.optional_text("limit") or "",
        clause=cells.optional_text("clause") or "",
        entries=cells.optional_text("entries") or "",
        row=cells.row,
    )


def year_cells(row: YearRow) -> Row:
    """A row of year.csv."""
    return (row.person, str(row.block), row.rotation)


def vacation_cells(row: VacationRow) -> Row:
    """A row of vacations.csv."""
    return (row.person, str(row.week_start_date), texts.text(row.request_rank))


def assignment_cells(row: AssignmentRow, zone: ZoneInfo | None) -> Row:
    """A row of assignments.csv; instants in that zone, or with the offset they carry."""
    return (
        row.person,
        str(row.date),
        row.session,
        row.kind,
        row.id,
        _instant(row.start_at, zone),
        _instant(row.end_at, zone),
        row.duty_type,
    )


def unmet_cells(row: UnmetRow) -> Row:
    """A row of unmet.csv."""
    return (
        row.what,
        row.id,
        row.date_or_block,
        texts.text(row.session),
        texts.listing(row.pgys),
        str(row.needed),
        str(row.got),
    )


def denied_cells(row: DeniedRow) -> Row:
    """A row of denied.csv."""
    return (
        row.person,
        row.kind,
        texts.text(row.rank),
        texts.text(row.start_date),
        row.reason,
        row.blocking,
    )


def finding_cells(row: FindingRow, zone: ZoneInfo | None) -> Row:
    """A row of findings.csv."""
    return (
        row.rule,
        row.severity,
        row.person,
        _instant(row.window_start_at, zone),
        _instant(row.window_end_at, zone),
        row.value,
        row.limit,
        row.clause,
        row.entries,
    )


def _instant(value: datetime, zone: ZoneInfo | None) -> str:
    return texts.instant(value if zone is None else value.astimezone(zone))
