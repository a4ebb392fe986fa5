"""Reads and writes a schedule: a folder or a zip archive of one."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from src.interchange import columns, limits, schedule_rows
from src.interchange.archive import open_archive, read_entries
from src.interchange.canonical_schedule import canonical_schedule
from src.interchange.cells import RowCells, read_rows
from src.interchange.columns import CERTIFICATE_FILE, RESULT_FILE, TableFormat
from src.interchange.frame import Frame
from src.interchange.issues import ImportIssue, IssueCode, IssueLog, ScheduleRejectedError
from src.interchange.output import FolderInUseError, check_folder, csv_bytes, write_folder, zip_bytes
from src.interchange.result_json import read_result, result_json
from src.interchange.schedule import (
    AssignmentRow,
    ResultFile,
    Schedule,
    SolveStatus,
)
from src.interchange.sources import folder_files, pick_known, read_bounded
from src.interchange.tables import csv_table

__all__ = [
    "ASSIGNMENT_COLUMNS",
    "SCHEDULE_FILES",
    "FolderInUseError",
    "ScheduleReading",
    "assignment_csv_lines",
    "check_schedule_folder",
    "load_schedule",
    "read_schedule",
    "read_schedule_bytes",
    "schedule_files",
    "schedule_zip",
    "write_schedule_folder",
]

SCHEDULE_FILES = frozenset({RESULT_FILE, CERTIFICATE_FILE} | {form.file for form in columns.SCHEDULE_TABLES})
"""Every file of a schedule folder."""

ASSIGNMENT_COLUMNS = columns.ASSIGNMENTS.columns

_WITHOUT_SCHEDULE = frozenset({SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN})


@dataclass(frozen=True, slots=True)
class ScheduleReading:
    """What a reading found: the schedule, or None where an error keeps it out, and every issue."""

    schedule: Schedule | None
    issues: tuple[ImportIssue, ...]


def load_schedule(path: Path) -> Schedule:
    """The schedule at that path. Raises `ScheduleRejectedError` with every issue."""
    reading = read_schedule(path)
    if reading.schedule is None:
        raise ScheduleRejectedError(reading.issues)
    return reading.schedule


def read_schedule(path: Path) -> ScheduleReading:
    """Read a schedule folder or a zip archive of one; raises nothing for what is wrong there.

    `year.csv`, `vacations.csv` and `assignments.csv` must be there, unless `result.json` says that there is
    no schedule. Rows come in canonical order and keep the number they had in their file.
    """
    log = IssueLog()
    if path.is_dir():
        return _read(folder_files(path, SCHEDULE_FILES, log), log)
    if not path.exists():
        log.reject(IssueCode.UNREADABLE, "does not exist", file=str(path))
        return ScheduleReading(None, log.issues())
    data = read_bounded(path, limits.MAX_ARCHIVE_BYTES, path.name, log)
    return ScheduleReading(None, log.issues()) if data is None else read_schedule_bytes(path.name, data)


def read_schedule_bytes(name: str, data: bytes) -> ScheduleReading:
    """Read a zip archive of a schedule folder."""
    log = IssueLog()
    archive = open_archive(name, data, limits.MAX_TOTAL_BYTES, log)
    if archive is None:
        return ScheduleReading(None, log.issues())
    with archive:
        entries = read_entries(name, archive, log)
    if entries is None:
        return ScheduleReading(None, log.issues())
    return _read(pick_known(entries, SCHEDULE_FILES, log), log)


def _read(files: Mapping[str, bytes], log: IssueLog) -> ScheduleReading:
    result = read_result(files[RESULT_FILE], log) if RESULT_FILE in files else None
    if result is None or result.status not in _WITHOUT_SCHEDULE:
        for form in columns.REQUIRED_SCHEDULE_TABLES:
            if form.file not in files and not log.has_error_in(form.file):
                log.reject(IssueCode.MISSING_FILE, "is required and missing", file=form.file)
    rows = _RowReader(files, log)
    schedule = Schedule(
        year=rows.read(columns.YEAR, schedule_rows.year) or (),
        vacations=rows.read(columns.VACATIONS, schedule_rows.vacation) or (),
        assignments=rows.read(columns.ASSIGNMENTS, schedule_rows.assignment) or (),
        unmet=rows.read(columns.UNMET, schedule_rows.unmet) or (),
        denied=rows.read(columns.DENIED, schedule_rows.denied),
        findings=rows.read(columns.FINDINGS, schedule_rows.finding),
        result=result,
        certificate=_certificate(files, log),
    )
    return ScheduleReading(None if log.has_errors else canonical_schedule(schedule), log.issues())


def _certificate(files: Mapping[str, bytes], log: IssueLog) -> str | None:
    """The text of the certificate, whatever it says; who verifies it judges that."""
    try:
        return files[CERTIFICATE_FILE].decode() if CERTIFICATE_FILE in files else None
    except UnicodeDecodeError:
        log.reject(IssueCode.NOT_UTF8, "is not UTF-8 text", file=CERTIFICATE_FILE)
        return None


@dataclass(frozen=True, slots=True)
class _RowReader:
    files: Mapping[str, bytes]
    log: IssueLog

    def read[T](self, form: TableFormat, build: Callable[[RowCells], T]) -> tuple[T, ...] | None:
        """The rows of a file; None where it is absent."""
        if form.file not in self.files:
            return None
        table = csv_table(form, form.file, self.files[form.file], self.log)
        return read_rows(table, build, Frame(), self.log)


def check_schedule_folder(path: Path) -> None:
    """Raise `FolderInUseError` unless the path is absent, empty, or holds nothing but a schedule's files."""
    check_folder(path, SCHEDULE_FILES)


def write_schedule_folder(schedule: Schedule, path: Path, zone: ZoneInfo | None = None) -> None:
    """Write a schedule folder; it may be absent, empty, or hold a schedule that is then replaced.

    Raises `FolderInUseError` where it holds anything else, OSError where it cannot be written.
    """
    write_folder(path, schedule_files(schedule, zone), SCHEDULE_FILES)


def schedule_zip(schedule: Schedule, zone: ZoneInfo | None = None) -> bytes:
    """The schedule folder as a zip archive."""
    return zip_bytes(schedule_files(schedule, zone))


def schedule_files(schedule: Schedule, zone: ZoneInfo | None = None) -> dict[str, bytes]:
    """The files of a schedule folder by name, rows in canonical order; instants in `zone`, if one is given.

    A program without a schedule leaves `result.json` alone. Files the schedule does not have (None) are
    left out; `unmet.csv` is always there, empty unless demand was left open.
    """
    files: dict[str, bytes] = {}
    if schedule.result is not None:
        files[RESULT_FILE] = result_json(schedule.result)
        if _is_result_alone(schedule, schedule.result):
            return files
    ordered = canonical_schedule(schedule)
    tables = {
        columns.YEAR: map(schedule_rows.year_cells, ordered.year),
        columns.VACATIONS: map(schedule_rows.vacation_cells, ordered.vacations),
        columns.ASSIGNMENTS: (schedule_rows.assignment_cells(row, zone) for row in ordered.assignments),
        columns.UNMET: map(schedule_rows.unmet_cells, ordered.unmet),
    }
    if ordered.denied is not None:
        tables[columns.DENIED] = map(schedule_rows.denied_cells, ordered.denied)
    if ordered.findings is not None:
        tables[columns.FINDINGS] = (schedule_rows.finding_cells(row, zone) for row in ordered.findings)
    if schedule.certificate is not None:
        files[CERTIFICATE_FILE] = schedule.certificate.encode()
    return files | {form.file: csv_bytes(form.columns, rows) for form, rows in tables.items()}


def assignment_csv_lines(rows: Iterable[AssignmentRow], zone: ZoneInfo | None = None) -> Iterator[str]:
    """The lines of `assignments.csv`, header first, one at a time and in the order of the rows."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(ASSIGNMENT_COLUMNS)
    yield buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(schedule_rows.assignment_cells(row, zone))
        yield buffer.getvalue()


def _is_result_alone(schedule: Schedule, result: ResultFile) -> bool:
    has_rows = bool(schedule.year or schedule.vacations or schedule.assignments)
    return result.status is SolveStatus.INFEASIBLE or (result.status is SolveStatus.UNKNOWN and not has_rows)
