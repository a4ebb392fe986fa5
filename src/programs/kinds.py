"""How each file of the program folder is kept: which table holds its rows, and what they refer to.

A row of a file is a frozen value (`src.interchange.model`), a row of a table has the same fields; only
references differ: the value names a person, rotation or call by the code that the folder calls `id`, or
several rotations as `@group`; the table holds the row's id, or the group's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from src.interchange import columns, model
from src.interchange.columns import TableFormat
from src.interchange.model import Program
from src.programs import models
from src.programs.exceptions import UnknownReferenceError
from src.programs.models.base import InputRow

COLUMN_BY_FIELD: Mapping[str, str] = {"id": "code", "group": "group_name"}
"""Where a table's column is not called what the value's field is called."""


@dataclass(frozen=True, slots=True)
class Names:
    """The codes of a program's people, rotations and calls, by row id and the other way round."""

    code_by_id: Mapping[UUID, str]
    people: Mapping[str, UUID]
    rotations: Mapping[str, UUID]
    calls: Mapping[str, UUID]
    rotations_by_call: Mapping[UUID, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another row; `group` is the column of an `@group`'s name, where one may be named."""

    field: str
    column: str
    target: str
    group: str | None = None

    def columns_of(self, name: str | None, names: Names) -> dict[str, Any]:
        """The columns for what the value names; raises UnknownReferenceError for what is not there."""
        found: dict[str, Any] = {self.column: None}
        if self.group is not None:
            found[self.group] = None
        if name is None:
            return found
        if name.startswith("@") and self.group is not None:
            return found | {self.group: name.removeprefix("@")}
        ids: Mapping[str, UUID] = getattr(names, self.target)
        if name not in ids:
            raise UnknownReferenceError(self.field, name)
        return found | {self.column: ids[name]}

    def name_of(self, row: Mapping[str, Any], names: Names) -> str | None:
        """What the columns stand for."""
        if row[self.column] is not None:
            return names.code_by_id[row[self.column]]
        if self.group is not None and row[self.group] is not None:
            return f"@{row[self.group]}"
        return None


PERSON = Reference("person", "person_id", "people")
ROTATION = Reference("rotation", "rotation_id", "rotations")
ROTATION_OR_GROUP = Reference("rotation", "rotation_id", "rotations", "group_name")
FROM_ROTATION = Reference("from_rotation", "from_rotation_id", "rotations", "from_group_name")
TO_ROTATION = Reference("to_rotation", "to_rotation_id", "rotations", "to_group_name")
CALL = Reference("call", "call_id", "calls")


@dataclass(frozen=True, slots=True)
class InputKind:
    """One file of the folder, the table that holds it, and the field of a Program that is its rows."""

    form: TableFormat
    table: type[InputRow]
    field: str
    value_type: type
    references: tuple[Reference, ...] = ()

    @property
    def name(self) -> str:
        """The table's name: what one row is called in the audit trail."""
        return str(self.table.__tablename__)

    @property
    def has_code(self) -> bool:
        """Whether rows have a code by which others refer to them."""
        return "id" in self.form.columns

    def of(self, program: Program) -> tuple[Any, ...]:
        """The program's rows of this file."""
        rows: tuple[Any, ...] = getattr(program, self.field)
        return rows

    def put(self, program: Program, rows: tuple[Any, ...]) -> Program:
        """The program with these rows of this file instead."""
        changed: dict[str, Any] = {self.field: rows}
        return replace(program, **changed)

    def columns_of(self, value: Any, names: Names) -> dict[str, Any]:
        """The table's own columns for a value; raises UnknownReferenceError."""
        found: dict[str, Any] = {}
        for reference in self.references:
            found |= reference.columns_of(getattr(value, reference.field, None), names)
        referring = {reference.field for reference in self.references}
        for name in self.fields:
            if name not in referring and name != "rotations":
                entry = getattr(value, name, None)
                found[COLUMN_BY_FIELD.get(name, name)] = _stored(entry)
        return found

    def value_of(self, row: Mapping[str, Any], names: Names, number: int = 0) -> Any:
        """The value of a table's row, with a row number."""
        referring = {reference.field: reference for reference in self.references}
        found: dict[str, Any] = {"row": number}
        for name in self.fields:
            if name in referring:
                found[name] = referring[name].name_of(row, names)
            elif name == "rotations":
                found[name] = names.rotations_by_call.get(row["id"], ())
            else:
                entry = row[COLUMN_BY_FIELD.get(name, name)]
                found[name] = tuple(entry) if isinstance(entry, list) else entry
        return self.build(found)

    def build(self, entries: Mapping[str, Any]) -> Any:
        """A row of the folder from its fields."""
        return self.value_type(**entries)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a row, without its number."""
        return _own_fields(self.value_type)


class PinKind(InputKind):
    """The one file whose rows are of two sorts: a rotation in a block, a call on a date."""

    __slots__ = ()

    def of(self, program: Program) -> tuple[Any, ...]:
        return (*program.rotation_pins, *program.call_pins)

    def put(self, program: Program, rows: tuple[Any, ...]) -> Program:
        return replace(
            program,
            rotation_pins=tuple(row for row in rows if isinstance(row, model.RotationPin)),
            call_pins=tuple(row for row in rows if isinstance(row, model.CallPin)),
        )

    @property
    def fields(self) -> tuple[str, ...]:
        return ("person", "block", "rotation", "date", "call")

    def build(self, entries: Mapping[str, Any]) -> Any:
        given = {name: entry for name, entry in entries.items() if entry is not None}
        return model.CallPin(**given) if "date" in given else model.RotationPin(**given)


def _stored(entry: Any) -> Any:
    """What a column holds: lists, and instants in UTC as they are read back."""
    if isinstance(entry, tuple):
        return list(entry)
    return entry.astimezone(UTC) if isinstance(entry, datetime) else entry


@cache
def _own_fields(value_type: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(value_type) if field.name != "row")


PEOPLE = InputKind(columns.PEOPLE, models.Person, "people", model.Person)
ROTATIONS = InputKind(columns.ROTATIONS, models.Rotation, "rotations", model.Rotation)
TEMPLATES = InputKind(columns.TEMPLATES, models.RotationTemplate, "templates", model.Template, (ROTATION,))
STAFFING = InputKind(columns.STAFFING, models.Staffing, "staffing", model.Staffing, (ROTATION_OR_GROUP,))
COVERAGE = InputKind(columns.COVERAGE, models.Coverage, "coverage", model.Coverage, (ROTATION_OR_GROUP,))
REQUIREMENTS = InputKind(
    columns.REQUIREMENTS, models.Requirement, "requirements", model.Requirement, (ROTATION_OR_GROUP,)
)
SUCCESSIONS = InputKind(
    columns.SUCCESSIONS, models.Succession, "successions", model.Succession, (FROM_ROTATION, TO_ROTATION)
)
CALLS = InputKind(columns.CALLS, models.Call, "calls", model.Call)
CLINICS = InputKind(columns.CLINICS, models.Clinic, "clinics", model.Clinic, (PERSON,))
REQUESTS = InputKind(columns.REQUESTS, models.Request, "requests", model.Request, (PERSON, ROTATION_OR_GROUP))
ABSENCES = InputKind(columns.ABSENCES, models.Absence, "absences", model.Absence, (PERSON,))
PINS = PinKind(columns.PINS, models.Pin, "pins", model.RotationPin, (PERSON, ROTATION_OR_GROUP, CALL))
HISTORY = InputKind(columns.HISTORY, models.HistoryInterval, "history", model.HistoryInterval, (PERSON,))
HISTORY_COUNTS = InputKind(
    columns.HISTORY_COUNTS, models.HistoryCount, "history_counts", model.HistoryCount, (PERSON,)
)
RULE_OVERRIDES = InputKind(columns.RULE_OVERRIDES, models.RuleOverride, "rule_overrides", model.RuleOverride)
RULE_APPROVALS = InputKind(
    columns.RULE_APPROVALS,
    models.RuleApproval,
    "rule_approvals",
    model.RuleApproval,
    (PERSON, ROTATION_OR_GROUP),
)

CODED_KINDS = (PEOPLE, ROTATIONS, CALLS)
"""The files whose rows others refer to; they are written before, and removed after, those that refer."""

REFERRING_KINDS = (
    TEMPLATES,
    STAFFING,
    COVERAGE,
    REQUIREMENTS,
    SUCCESSIONS,
    CLINICS,
    REQUESTS,
    ABSENCES,
    PINS,
    HISTORY,
    HISTORY_COUNTS,
    RULE_OVERRIDES,
    RULE_APPROVALS,
)
KINDS = CODED_KINDS + REFERRING_KINDS
