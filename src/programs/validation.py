"""Would the program still read? The rules of an edit are those of an import, because they are the same code.

A change is made on the parsed program first; that is written as the folder it would export, and read again.
Only what reads without an error is stored, and stored as it was read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from src.exceptions import DomainError
from src.interchange.canonical import canonical
from src.interchange.columns import PROGRAM_DOCUMENT, RULE_OVERRIDES
from src.interchange.issues import ImportIssue, IssueSeverity
from src.interchange.model import Program
from src.interchange.reader import ProgramReading, read_program_files
from src.interchange.writer import program_files
from src.programs.exceptions import InputRejectedError
from src.programs.kinds import InputKind

EDITED = -1
"""The row number that marks the edited row until the export gives it one."""

LISTED_ERRORS = 100
"""Errors told of a rejected edit; an import tells all of a folder's own."""

FIELD_BY_COLUMN: Mapping[str, str] = {
    "id": "code",
    "hours": "minutes",
    "handover_hours": "handover_minutes",
    "from": "from_rotation",
    "to": "to_rotation",
    "weekly_hours": "weekly_minutes",
}
"""Where a body's field is not called what the file's column is called."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an edited thing stands in the export; `row` None = wherever in the file."""

    file: str
    row: int | None = None


SETTINGS = Place(f"{PROGRAM_DOCUMENT}.toml")

_FILES_THAT_NAME_RULES = frozenset({SETTINGS.file, RULE_OVERRIDES.file})
"""A change of any other input is not held up by a rule that is gone since."""


type InputCheck = Callable[[Program], Iterable[ImportIssue]]

_further_checks: list[InputCheck] = []


def also_check(check: InputCheck) -> None:
    """Let a domain above say what is wrong with the rules that a program names, whenever they are written.

    The check is given the program as it was read, rows numbered as in its files; its errors keep it out.
    """
    if check not in _further_checks:
        _further_checks.append(check)


def with_further_checks(reading: ProgramReading) -> ProgramReading:
    """The reading, rejected where a domain above finds an error in its program."""
    program = reading.program
    if program is None:
        return reading
    found = tuple(issue for check in _further_checks for issue in check(program))
    return ProgramReading(None, (*found, *reading.issues)) if found else reading


async def read_back(
    program: Program, *, edited: Place | None = None, rejection: type[DomainError] = InputRejectedError
) -> Program:
    """The program as its export reads: canonical and numbered.

    Raises the rejection when the export would not read: `details.errors` has every error, and one at the
    edited place points into the request's body.
    """
    reading = await asyncio.to_thread(_write_and_read, program)
    if edited is not None and edited.file in _FILES_THAT_NAME_RULES:
        reading = with_further_checks(reading)
    if reading.program is None:
        errors = [issue for issue in reading.issues if issue.severity is IssueSeverity.ERROR]
        told = [_as_error(issue, edited) for issue in errors[:LISTED_ERRORS]]
        raise rejection(details={"errors": told, "total": len(errors)})
    return reading.program


async def read_back_row(program: Program, kind: InputKind) -> Any:
    """The row that `mark` has marked, as it reads in the program's export; raises InputRejectedError."""
    rows = kind.of(canonical(program))
    index = next(index for index, value in enumerate(rows) if value.row == EDITED)
    place = Place(kind.form.file, index + 2)
    read = await read_back(program, edited=place)
    return next(value for value in kind.of(read) if value.row == place.row)


def mark(value: Any) -> Any:
    """The value as the one that is being edited."""
    return replace(value, row=EDITED)


def pointer_to(*steps: str) -> str:
    """A JSON pointer (RFC 6901) into the request's body."""
    return "/".join(["", "body", *(step.replace("~", "~0").replace("/", "~1") for step in steps)])


def _write_and_read(program: Program) -> ProgramReading:
    return read_program_files(program_files(program))


def _as_error(issue: ImportIssue, edited: Place | None) -> dict[str, Any]:
    """An error of a field where it concerns the edited place, of the body as a whole elsewhere."""
    steps: Iterable[str] = ()
    if edited is not None and issue.file == edited.file and edited.row in (None, issue.row) and issue.column:
        steps = (FIELD_BY_COLUMN.get(step, step) for step in issue.column.split("."))
    return {
        "pointer": pointer_to(*steps),
        "code": issue.code,
        "message": issue.message,
        "file": issue.file,
        "row": issue.row,
        "column": issue.column,
    }
