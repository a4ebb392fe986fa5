"""Reads the folders that a person hands over, and tells what was read but may not be meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from src.interchange.issues import ImportIssue, IssueSeverity, ProgramRejectedError, ScheduleRejectedError
from src.interchange.model import Program
from src.interchange.reader import read_program
from src.interchange.schedule import Schedule
from src.interchange.schedule_files import read_schedule

type Tell = Callable[[ImportIssue], None]
"""Is handed each warning: an unknown column, a row without effect."""


def program_at(path: Path, tell: Tell) -> Program:
    """The program of a folder, archive or workbook. Raises ProgramRejectedError with every issue."""
    reading = read_program(path)
    if reading.program is None:
        raise ProgramRejectedError(reading.issues)
    _tell_warnings(reading.issues, tell)
    return reading.program


def schedule_at(path: Path, tell: Tell) -> Schedule:
    """The schedule of a folder or archive. Raises ScheduleRejectedError with every issue."""
    reading = read_schedule(path)
    if reading.schedule is None:
        raise ScheduleRejectedError(reading.issues)
    _tell_warnings(reading.issues, tell)
    return reading.schedule


def _tell_warnings(issues: tuple[ImportIssue, ...], tell: Tell) -> None:
    for issue in issues:
        if issue.severity is IssueSeverity.WARNING:
            tell(issue)
