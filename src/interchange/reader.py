"""Reads a program from a folder, a zip archive or a workbook, and names every fault at once.

Nothing is skipped silently: what cannot be read is an error, what has no effect a warning, each with file,
row and column. A program comes out only where there is no error, and then in canonical order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from src.interchange import checks, limits, program_rows
from src.interchange.archive import WORKBOOK_PART, open_archive, read_entries
from src.interchange.canonical import canonical
from src.interchange.cells import read_rows
from src.interchange.columns import (
    ABSENCES,
    CALLS,
    CLINICS,
    COVERAGE,
    HISTORY,
    HISTORY_COUNTS,
    OBJECTIVE_DOCUMENT,
    PEOPLE,
    PINS,
    PROGRAM_DOCUMENT,
    PROGRAM_DOCUMENTS,
    PROGRAM_TABLES,
    REQUESTS,
    REQUIRED_PROGRAM_PARTS,
    REQUIREMENTS,
    ROTATIONS,
    RULE_APPROVALS,
    RULE_OVERRIDES,
    STAFFING,
    SUCCESSIONS,
    TEMPLATES,
)
from src.interchange.documents import Document, sheet_document, toml_document
from src.interchange.frame import Frame, build_frame
from src.interchange.issues import ImportIssue, IssueCode, IssueLog, ProgramRejectedError
from src.interchange.model import CallPin, Program, RotationPin, Template
from src.interchange.objective_tiers import read_tiers
from src.interchange.program_facts import ProgramFacts, read_program_facts
from src.interchange.remarks import remark_on
from src.interchange.sources import folder_files, pick_known, read_bounded
from src.interchange.tables import Table, csv_table
from src.interchange.workbook_reader import read_sheets

PROGRAM_FILES = frozenset(
    {f"{name}.toml" for name in PROGRAM_DOCUMENTS} | {form.file for form in PROGRAM_TABLES}
)


@dataclass(frozen=True, slots=True)
class ProgramReading:
    """What a reading found: the program, or None where an error keeps it out, and every issue."""

    program: Program | None
    issues: tuple[ImportIssue, ...]


def load_program(path: Path) -> Program:
    """The program at that path. Raises `ProgramRejectedError` with every issue."""
    reading = read_program(path)
    if reading.program is None:
        raise ProgramRejectedError(reading.issues)
    return reading.program


def read_program(path: Path) -> ProgramReading:
    """Read a program folder, a zip archive of one, or a workbook; raises nothing for what is wrong there."""
    log = IssueLog()
    if path.is_dir():
        files = folder_files(path, PROGRAM_FILES, log)
        return _read(_parts_of_files(files, log), log)
    if not path.exists():
        log.reject(IssueCode.UNREADABLE, "does not exist", file=str(path))
        return ProgramReading(None, log.issues())
    data = read_bounded(path, limits.MAX_ARCHIVE_BYTES, path.name, log)
    return ProgramReading(None, log.issues()) if data is None else read_program_bytes(path.name, data)


def read_program_bytes(name: str, data: bytes) -> ProgramReading:
    """Read an uploaded zip archive or workbook; which of the two it is its content tells, not its name."""
    log = IssueLog()
    archive = open_archive(name, data, limits.MAX_TOTAL_BYTES, log)
    if archive is None:
        return ProgramReading(None, log.issues())
    with archive:
        if WORKBOOK_PART in archive.namelist():
            parts = _parts_of_workbook(name, data, log)
        else:
            entries = read_entries(name, archive, log)
            parts = None if entries is None else _parts_of_files(pick_known(entries, PROGRAM_FILES, log), log)
    return ProgramReading(None, log.issues()) if parts is None else _read(parts, log)


def read_program_files(files: Mapping[str, bytes]) -> ProgramReading:
    """Read a program folder whose files are in memory, by name."""
    log = IssueLog()
    return _read(_parts_of_files(pick_known(dict(files), PROGRAM_FILES, log), log), log)


@dataclass(slots=True)
class _Parts:
    """The tables and documents of a program by name, whatever they came from."""

    suffixes: tuple[str, str]
    tables: dict[str, Table] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)

    def file_of(self, name: str) -> str:
        """What a part is called where it came from: a file with its suffix, or a sheet."""
        table_suffix, document_suffix = self.suffixes
        return f"{name}{document_suffix if name in PROGRAM_DOCUMENTS else table_suffix}"


def _parts_of_files(files: Mapping[str, bytes], log: IssueLog) -> _Parts:
    parts = _Parts((".csv", ".toml"))
    for form in PROGRAM_TABLES:
        if form.file in files:
            parts.tables[form.name] = csv_table(form, form.file, files[form.file], log)
    for name in PROGRAM_DOCUMENTS:
        file = f"{name}.toml"
        if file in files:
            parts.documents[name] = toml_document(file, files[file], log)
    return parts


def _parts_of_workbook(name: str, data: bytes, log: IssueLog) -> _Parts | None:
    archive = open_archive(name, data, limits.MAX_WORKBOOK_BYTES, log)
    if archive is None:
        return None
    parts = _Parts(("", ""))
    with archive:
        sheets = read_sheets(name, archive, data, log)
    if not sheets and log.has_errors:
        return None
    for title, table in sheets.items():
        if title in PROGRAM_DOCUMENTS:
            parts.documents[title] = sheet_document(table, log)
        else:
            parts.tables[title] = table
    return parts


def _read(parts: _Parts, log: IssueLog) -> ProgramReading:
    for name in REQUIRED_PROGRAM_PARTS:
        file = parts.file_of(name)
        if name not in parts.tables and name not in parts.documents and not log.has_error_in(file):
            log.reject(IssueCode.MISSING_FILE, "is required and missing", file=file)
    program_document = parts.documents.get(PROGRAM_DOCUMENT)
    objective_document = parts.documents.get(OBJECTIVE_DOCUMENT)
    facts = ProgramFacts() if program_document is None else read_program_facts(program_document)
    tiers = () if objective_document is None else read_tiers(objective_document)
    frame = build_frame(
        parts.tables,
        None if facts.blocks is None else len(facts.blocks),
        facts.year_start_date,
        facts.year_end_date,
        None if log.has_error_in(parts.file_of(PROGRAM_DOCUMENT)) else facts.rule_packs,
    )
    draft = _draft(parts, facts, frame, log)
    _compare_rows(draft, parts, log)
    if log.has_errors:
        return ProgramReading(None, log.issues())
    program = canonical(replace(draft, objective=tiers))
    remark_on(program, log, parts.file_of)
    return ProgramReading(program, log.issues())


def _draft(parts: _Parts, facts: ProgramFacts, frame: Frame, log: IssueLog) -> Program:
    """Every row that reads well, with stand-ins for facts that do not: whole only where nothing is wrong."""
    tables = parts.tables
    pins = read_rows(tables.get(PINS.name), program_rows.pin, frame, log)
    draft = Program(
        id=facts.id or "",
        name=facts.name or "",
        time_zone=facts.time_zone or "UTC",
        year_start_date=facts.year_start_date or limits.FIRST_DATE,
        blocks=facts.blocks or (1,),
        specialty=facts.specialty,
        rule_packs=facts.rule_packs,
        holidays=facts.holidays,
        vacation_weeks=facts.vacation_weeks,
        max_on_vacation=facts.max_on_vacation,
        people=read_rows(tables.get(PEOPLE.name), program_rows.person, frame, log),
        rotations=read_rows(tables.get(ROTATIONS.name), program_rows.rotation, frame, log),
        templates=read_rows(tables.get(TEMPLATES.name), program_rows.template, frame, log),
        staffing=read_rows(tables.get(STAFFING.name), program_rows.staffing, frame, log),
        coverage=read_rows(tables.get(COVERAGE.name), program_rows.coverage, frame, log),
        requirements=read_rows(tables.get(REQUIREMENTS.name), program_rows.requirement, frame, log),
        successions=read_rows(tables.get(SUCCESSIONS.name), program_rows.succession, frame, log),
        calls=read_rows(tables.get(CALLS.name), program_rows.call, frame, log),
        clinics=read_rows(tables.get(CLINICS.name), program_rows.clinic, frame, log),
        requests=read_rows(tables.get(REQUESTS.name), program_rows.request, frame, log),
        absences=read_rows(tables.get(ABSENCES.name), program_rows.absence, frame, log),
        rotation_pins=tuple(pin for pin in pins if isinstance(pin, RotationPin)),
        call_pins=tuple(pin for pin in pins if isinstance(pin, CallPin)),
        history=read_rows(tables.get(HISTORY.name), program_rows.history, frame, log),
        history_counts=read_rows(tables.get(HISTORY_COUNTS.name), program_rows.history_count, frame, log),
        rule_overrides=read_rows(tables.get(RULE_OVERRIDES.name), program_rows.rule_override, frame, log),
        rule_approvals=read_rows(tables.get(RULE_APPROVALS.name), program_rows.rule_approval, frame, log),
    )
    return replace(draft, templates=tuple(_spread_over_groups(draft)))


def _spread_over_groups(draft: Program) -> Iterator[Template]:
    """Templates of a group become one for each of its rotations: each rotation has that session."""
    for template in draft.templates:
        for rotation in draft.expand(template.rotation):
            yield replace(template, rotation=rotation)


def _compare_rows(draft: Program, parts: _Parts, log: IssueLog) -> None:
    checks.check_duplicate_ids(parts.tables, log)
    checks.check_templates(draft.templates, parts.tables, log)
    checks.check_clinics(draft.clinics, parts.tables, log)
    checks.check_history_counts(draft.history_counts, parts.tables, log)
    checks.check_rule_overrides(draft.rule_overrides, parts.tables, log)
