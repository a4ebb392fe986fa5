"""Answers of an import: what was not understood, what changes, what was written."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from src.interchange.difference import FileDifference, ProgramDifference
from src.interchange.issues import ImportIssue, IssueCode, IssueSeverity

LISTED_ROWS = 200
"""Rows told of each sort of change of a file; the counts are always whole."""


class IssueRead(BaseModel):
    """One thing wrong. `row` counts the header as 1 (a TOML file's line); `column`: header or key."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "severity": "error",
                "file": "coverage.csv",
                "row": 3,
                "column": "rotation",
                "code": "unknown_id",
                "message": "no rotation has the id 'WRAD'",
            }
        }
    )

    severity: IssueSeverity
    file: str
    row: int | None
    column: str | None
    code: IssueCode
    message: str

    @classmethod
    def of(cls, issue: ImportIssue) -> Self:
        return cls(
            severity=issue.severity,
            file=issue.file,
            row=issue.row,
            column=issue.column,
            code=issue.code,
            message=issue.message,
        )


class ChangedRowRead(BaseModel):
    """A row that stays but says something else; the texts are the folder's own."""

    key: dict[str, str]
    before: dict[str, str]
    after: dict[str, str]


class FileDifferenceRead(BaseModel):
    """What changes in one file; at most 200 rows of each sort are listed, the counts are whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "file": "coverage.csv",
                "added_count": 0,
                "removed_count": 0,
                "changed_count": 1,
                "added": [],
                "removed": [],
                "changed": [
                    {
                        "key": {"rotation": "WARD", "pgys": "1", "blocks": "1-4"},
                        "before": {"max": "1"},
                        "after": {"max": "2"},
                    }
                ],
            }
        }
    )

    file: str
    added_count: int
    removed_count: int
    changed_count: int
    added: list[dict[str, str]]
    removed: list[dict[str, str]]
    changed: list[ChangedRowRead]

    @classmethod
    def of(cls, found: FileDifference) -> Self:
        return cls(
            file=found.file,
            added_count=len(found.added),
            removed_count=len(found.removed),
            changed_count=len(found.changed),
            added=[dict(row) for row in found.added[:LISTED_ROWS]],
            removed=[dict(row) for row in found.removed[:LISTED_ROWS]],
            changed=[
                ChangedRowRead(key=dict(row.key), before=dict(row.before), after=dict(row.after))
                for row in found.changed[:LISTED_ROWS]
            ],
        )


class ImportRead(BaseModel):
    """What an import would do (`dry_run`) or did. `accepted` false: errors keep it out, nothing is written.

    `difference` is what changes against what is stored (against nothing for a new program), file by file;
    `counts` are rows by file; `sha256` is the hash of the program's canonical files. `etag` is the stored
    program's: send it as If-Match to be sure that nobody changed its settings in between.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "dry_run": True,
                "accepted": True,
                "program_id": "0199e2c4-5a3e-7c1b-9d60-2f8a4b1c7e55",
                "etag": '"0199e2c45a3e7c1b9d602f8a4b1c7e55-3"',
                "error_count": 0,
                "warning_count": 1,
                "issues": [
                    {
                        "severity": "warning",
                        "file": "people.csv",
                        "row": 1,
                        "column": "pager",
                        "code": "unknown_column",
                        "message": "the column pager is unknown and is not read",
                    }
                ],
                "difference": [],
                "counts": {"people.csv": 28, "rotations.csv": 16},
                "sha256": "ff489e98f43fbb3a1c2f2f1a1f9f9a3f6f6c3e0b8a9d7c6b5a4938271605f4e3",
            }
        }
    )

    dry_run: bool
    accepted: bool
    program_id: UUID | None = Field(description="None for a new program that was not written.")
    etag: str | None
    error_count: int
    warning_count: int
    issues: list[IssueRead]
    difference: list[FileDifferenceRead]
    counts: dict[str, int]
    sha256: str | None


def show_difference(found: ProgramDifference | None) -> list[FileDifferenceRead]:
    """The files that differ, in the format's order."""
    return [] if found is None else [FileDifferenceRead.of(file) for file in found.files]
