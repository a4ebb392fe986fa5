"""What is wrong with a folder, archive or workbook, and where: file, row and column.

Readers collect every issue of a folder before they give up, so that a coordinator mends them in one go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MAX_ISSUES = 2_000
"""Issues kept of one reading; a last one says how many more there were."""


class IssueSeverity(StrEnum):
    """An error keeps the folder out; a warning tells of something that was read but may not be meant."""

    ERROR = "error"
    WARNING = "warning"


class IssueCode(StrEnum):
    """What kind of thing is wrong; stable, for programs that read the issues."""

    UNREADABLE = "unreadable"
    UNSAFE_ARCHIVE = "unsafe_archive"
    TOO_LARGE = "too_large"
    MISSING_FILE = "missing_file"
    UNKNOWN_FILE = "unknown_file"
    NOT_UTF8 = "not_utf8"
    BAD_CHARACTER = "bad_character"
    BAD_SYNTAX = "bad_syntax"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    DUPLICATE_COLUMN = "duplicate_column"
    RAGGED_ROW = "ragged_row"
    MISSING_VALUE = "missing_value"
    BAD_VALUE = "bad_value"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_ID = "unknown_id"
    DUPLICATE = "duplicate"
    CONTRADICTION = "contradiction"
    UNKNOWN_KEY = "unknown_key"
    NO_EFFECT = "no_effect"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """One thing wrong. `row` counts the header as 1 (a TOML file's line); `column`: header or key."""

    severity: IssueSeverity
    file: str
    row: int | None
    column: str | None
    code: IssueCode
    message: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}")
        return f"{', '.join(place)}: {self.message}"


class IssueLog:
    """Collects the issues of one reading, at most `MAX_ISSUES` of each severity, and counts the rest."""

    def __init__(self) -> None:
        self._kept: list[ImportIssue] = []
        self._count = {IssueSeverity.ERROR: 0, IssueSeverity.WARNING: 0}

    def reject(
        self, code: IssueCode, message: str, *, file: str, row: int | None = None, column: str | None = None
    ) -> None:
        """Take down what keeps the folder out."""
        self._add(ImportIssue(IssueSeverity.ERROR, file, row, column, code, message))

    def remark(
        self, code: IssueCode, message: str, *, file: str, row: int | None = None, column: str | None = None
    ) -> None:
        """Take down what was read but may not be meant."""
        self._add(ImportIssue(IssueSeverity.WARNING, file, row, column, code, message))

    @property
    def has_errors(self) -> bool:
        return self._count[IssueSeverity.ERROR] > 0

    def has_error_in(self, file: str) -> bool:
        """Whether an error of that file is taken down already."""
        return any(issue.file == file and issue.severity is IssueSeverity.ERROR for issue in self._kept)

    def issues(self) -> tuple[ImportIssue, ...]:
        """Everything taken down: errors first, each severity by file, row and column."""
        kept = sorted(self._kept, key=_reading_order)
        for severity, count in self._count.items():
            if count > MAX_ISSUES:
                message = f"{count - MAX_ISSUES} more {severity}s are not listed"
                kept.append(ImportIssue(severity, "", None, None, IssueCode.MORE, message))
        return tuple(kept)

    def _add(self, issue: ImportIssue) -> None:
        self._count[issue.severity] += 1
        if self._count[issue.severity] <= MAX_ISSUES:
            self._kept.append(issue)


class FolderRejectedError(Exception):
    """The folder cannot be read as it stands; `issues` name every file, row and column that is wrong."""

    def __init__(self, issues: Iterable[ImportIssue]) -> None:
        self.issues = tuple(issues)
        errors = [issue for issue in self.issues if issue.severity is IssueSeverity.ERROR]
        super().__init__("\n".join(str(issue) for issue in errors))


class ProgramRejectedError(FolderRejectedError):
    """The program cannot be read as it stands."""


class ScheduleRejectedError(FolderRejectedError):
    """The schedule cannot be read as it stands."""


def _reading_order(issue: ImportIssue) -> tuple[bool, str, int, str]:
    is_warning = issue.severity is IssueSeverity.WARNING
    return (is_warning, issue.file, issue.row or 0, issue.column or "")
