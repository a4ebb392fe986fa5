"""Each input as the API shows it: its path, its words, its bodies, what it is filtered and searched by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from sqlmodel import SQLModel

from src.etags import etag_of
from src.programs import kinds
from src.programs.kinds import InputKind, Names
from src.programs.models.base import InputRow, table_of
from src.programs.schemas import roster, rules, work
from src.programs.schemas.rows import RowRead, update_of
from src.schemas import Body

FIELD_BY_VALUE: Mapping[str, str] = {"id": "code"}
"""Where a body's field is not called what the value's field is called."""


@dataclass(frozen=True)
class Resource:
    """One input's collection. `personal`: a resident sees the own rows only; `own_entry`: and enters them."""

    path: str
    one: str
    many: str
    kind: InputKind
    create: type[Body]
    read: type[RowRead]
    filters: tuple[str, ...]
    personal: bool = False
    own_entry: bool = False

    @cached_property
    def update(self) -> type[Body]:
        """The body of a change: every field may be left out."""
        return update_of(self.create)

    @cached_property
    def hints(self) -> Mapping[str, Any]:
        """The type of each field, with its limits."""
        return get_type_hints(self.create, include_extras=True)

    def value_of(self, body: Body) -> Any:
        """The folder's row that a body says."""
        entries = {name: getattr(body, FIELD_BY_VALUE.get(name, name)) for name in self.kind.fields}
        return self.kind.build({name: _frozen(entry) for name, entry in entries.items()})

    def fields_of(self, value: Any) -> dict[str, Any]:
        """The fields of a body that says this row of the folder."""
        found = {FIELD_BY_VALUE.get(name, name): getattr(value, name, None) for name in self.kind.fields}
        return {name: list(entry) if isinstance(entry, tuple) else entry for name, entry in found.items()}

    def show(self, row: InputRow, names: Names) -> RowRead:
        """A table's row as it is answered; what is stored is valid already and is not judged again."""
        value = self.kind.value_of(columns_of_row(row), names)
        return self.read.model_construct(
            id=row.id,
            etag=etag_of(row.id, row.revision),
            position=row.position,
            created_at=row.created_at,
            updated_at=row.updated_at,
            **self.fields_of(value),
        )


def columns_of_row(row: SQLModel) -> dict[str, Any]:
    """A row's columns by name."""
    return {column.name: getattr(row, column.name) for column in table_of(type(row)).columns}


def _frozen(entry: Any) -> Any:
    return tuple(entry) if isinstance(entry, list) else entry


PEOPLE = Resource(
    "people",
    "person",
    "people",
    kinds.PEOPLE,
    roster.PersonCreate,
    roster.PersonRead,
    ("kind", "pgy", "track"),
)
ROTATIONS = Resource(
    "rotations",
    "rotation",
    "rotations",
    kinds.ROTATIONS,
    work.RotationCreate,
    work.RotationRead,
    ("setting", "site", "group", "clinic"),
)
TEMPLATES = Resource(
    "templates",
    "template",
    "templates",
    kinds.TEMPLATES,
    work.TemplateCreate,
    work.TemplateRead,
    ("rotation", "session", "weekday", "duty_type"),
)
STAFFING = Resource(
    "staffing",
    "staffing",
    "staffing",
    kinds.STAFFING,
    work.StaffingCreate,
    work.StaffingRead,
    ("rotation", "session", "weekday", "pgy"),
)
COVERAGE = Resource(
    "coverage",
    "coverage",
    "coverage",
    kinds.COVERAGE,
    work.CoverageCreate,
    work.CoverageRead,
    ("rotation", "pgy", "block"),
)
REQUIREMENTS = Resource(
    "requirements",
    "requirement",
    "requirements",
    kinds.REQUIREMENTS,
    work.RequirementCreate,
    work.RequirementRead,
    ("rotation", "pgy", "track"),
)
SUCCESSIONS = Resource(
    "successions",
    "succession",
    "successions",
    kinds.SUCCESSIONS,
    work.SuccessionCreate,
    work.SuccessionRead,
    ("from_rotation", "to_rotation", "pgy"),
)
CALLS = Resource(
    "calls",
    "call",
    "calls",
    kinds.CALLS,
    work.CallCreate,
    work.CallRead,
    ("duty_type", "weekday", "pgy"),
)
CLINICS = Resource(
    "clinics",
    "clinic",
    "clinics",
    kinds.CLINICS,
    roster.ClinicCreate,
    roster.ClinicRead,
    ("person", "weekday", "session"),
)
REQUESTS = Resource(
    "requests",
    "request",
    "requests",
    kinds.REQUESTS,
    roster.RequestCreate,
    roster.RequestRead,
    ("person", "kind", "rank", "rotation", "block", "date"),
    personal=True,
    own_entry=True,
)
ABSENCES = Resource(
    "absences",
    "absence",
    "absences",
    kinds.ABSENCES,
    roster.AbsenceCreate,
    roster.AbsenceRead,
    ("person", "kind", "status", "date"),
    personal=True,
)
PINS = Resource(
    "pins",
    "pin",
    "pins",
    kinds.PINS,
    roster.PinCreate,
    roster.PinRead,
    ("person", "rotation", "block", "call", "date"),
    personal=True,
)
HISTORY = Resource(
    "history",
    "history_interval",
    "history",
    kinds.HISTORY,
    roster.HistoryIntervalCreate,
    roster.HistoryIntervalRead,
    ("person", "duty_type"),
    personal=True,
)
HISTORY_COUNTS = Resource(
    "history-counts",
    "history_count",
    "history_counts",
    kinds.HISTORY_COUNTS,
    roster.HistoryCountCreate,
    roster.HistoryCountRead,
    ("person", "kind"),
    personal=True,
)
RULE_OVERRIDES = Resource(
    "rule-overrides",
    "rule_override",
    "rule_overrides",
    kinds.RULE_OVERRIDES,
    rules.RuleOverrideCreate,
    rules.RuleOverrideRead,
    ("pack", "rule", "parameter", "date"),
)
RULE_APPROVALS = Resource(
    "rule-approvals",
    "rule_approval",
    "rule_approvals",
    kinds.RULE_APPROVALS,
    rules.RuleApprovalCreate,
    rules.RuleApprovalRead,
    ("kind", "person", "rotation", "date"),
    personal=True,
)

RESOURCES: tuple[Resource, ...] = (
    PEOPLE,
    ROTATIONS,
    TEMPLATES,
    STAFFING,
    COVERAGE,
    REQUIREMENTS,
    SUCCESSIONS,
    CALLS,
    CLINICS,
    REQUESTS,
    ABSENCES,
    PINS,
    HISTORY,
    HISTORY_COUNTS,
    RULE_OVERRIDES,
    RULE_APPROVALS,
)
