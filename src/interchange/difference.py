"""What would change if one program took the place of another, row by row.

Rows are told apart by what they are about (a person's id, a rotation's session and weekdays), so that a new
minimum shows as a change and not as a row gone and another come. Everything is the folder's own text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from src.interchange.canonical import canonical
from src.interchange.columns import OBJECTIVE_DOCUMENT, PROGRAM_DOCUMENT, PROGRAM_TABLES
from src.interchange.model import Program
from src.interchange.program_cells import table_rows
from src.interchange.program_document import objective_entries, program_entries

_KEYS: Mapping[str, tuple[str, ...]] = {
    "people": ("id",),
    "rotations": ("id",),
    "templates": ("rotation", "session", "weekdays", "start"),
    "staffing": ("rotation", "session", "weekdays", "pgys"),
    "coverage": ("rotation", "pgys", "blocks"),
    "requirements": ("pgys", "track", "rotation", "first_block", "last_block"),
    "successions": ("from", "to", "pgys"),
    "calls": ("id",),
    "clinics": ("person", "weekday", "session"),
    "requests": ("person", "kind", "start_date", "rotation", "block"),
    "absences": ("person", "kind", "start_date"),
    "pins": ("person", "block", "date"),
    "history": ("person", "start_at"),
    "history_counts": ("person", "kind"),
    "rule_overrides": ("pack", "rule", "parameter", "start_date"),
    "rule_approvals": ("kind", "person", "rotation", "start_date"),
}


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that stays but says something else: what it is about, and both texts of each changed column."""

    key: Mapping[str, str]
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileDifference:
    """What changes in one file. Rows are mappings of column to text; a TOML file's have `key` and `value`."""

    file: str
    added: tuple[Mapping[str, str], ...] = ()
    removed: tuple[Mapping[str, str], ...] = ()
    changed: tuple[ChangedRow, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class ProgramDifference:
    """The files in which two programs differ, in the format's order."""

    files: tuple[FileDifference, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two programs are equal."""
        return not self.files

    def of(self, file: str) -> FileDifference:
        """What changes in that file, such as `people.csv`; empty where nothing does."""
        return next((found for found in self.files if found.file == file), FileDifference(file))


def difference(old: Program, new: Program) -> ProgramDifference:
    """What putting `new` in the place of `old` would add, remove and change."""
    before, after = canonical(old), canonical(new)
    found: list[FileDifference] = []
    for document, entries in ((PROGRAM_DOCUMENT, program_entries), (OBJECTIVE_DOCUMENT, objective_entries)):
        old_entries, new_entries = _entries(entries(before)), _entries(entries(after))
        found.append(_compare(f"{document}.toml", ("key",), old_entries, new_entries))
    rows_before, rows_after = table_rows(before), table_rows(after)
    for form in PROGRAM_TABLES:
        old_rows = _named(form.columns, rows_before[form.name])
        new_rows = _named(form.columns, rows_after[form.name])
        found.append(_compare(form.file, _KEYS[form.name], old_rows, new_rows))
    return ProgramDifference(tuple(file for file in found if not file.is_empty))


type _Cells = Mapping[str, str]


def _compare(file: str, key: Sequence[str], old: Iterable[_Cells], new: Iterable[_Cells]) -> FileDifference:
    """Match rows that are equal first, then rows about the same thing, in their order."""
    waiting: defaultdict[tuple[str, ...], list[_Cells]] = defaultdict(list)
    for row in old:
        waiting[_key_of(row, key)].append(row)
    unmatched: list[_Cells] = []
    for row in new:
        same = waiting[_key_of(row, key)]
        if row in same:
            same.remove(row)
        else:
            unmatched.append(row)
    added: list[_Cells] = []
    changed: list[ChangedRow] = []
    for row in unmatched:
        same = waiting[_key_of(row, key)]
        if same:
            changed.append(_change(same.pop(0), row, key))
        else:
            added.append(row)
    removed = [row for rows in waiting.values() for row in rows]
    return FileDifference(file, tuple(added), tuple(removed), tuple(changed))


def _change(old: _Cells, new: _Cells, key: Sequence[str]) -> ChangedRow:
    columns = [column for column in new if old[column] != new[column]]
    return ChangedRow(
        key={column: new[column] for column in key},
        before={column: old[column] for column in columns},
        after={column: new[column] for column in columns},
    )


def _key_of(row: _Cells, key: Sequence[str]) -> tuple[str, ...]:
    return tuple(row[column] for column in key)


def _entries(entries: Iterable[tuple[str, str]]) -> list[_Cells]:
    """A TOML file as rows; keys without a value are as good as absent."""
    return [{"key": key, "value": value} for key, value in entries if value or key.startswith("tier.")]


def _named(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[_Cells]:
    return [dict(zip(columns, row, strict=True)) for row in rows]
