"""What a set of hand edits comes to, worked out before anything is written. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from src.assignments.exceptions import (
    AssignmentInvalidError,
    AssignmentNotFoundError,
)
from src.assignments.resolve import Resolver, UnresolvedError
from src.assignments.schemas import AssignmentFields, BulkCreate, BulkDelete, BulkUpdate
from src.assignments.storage import Codes
from src.interchange.model import DutyType
from src.interchange.schedule import AssignmentKind, AssignmentRow
from src.models import new_id

Change = BulkCreate | BulkUpdate | BulkDelete


@dataclass(slots=True)
class EditPlan:
    """What a set of changes comes to: rows that go, rows that stay but change, rows that come."""

    deleted: dict[UUID, AssignmentRow] = field(default_factory=dict)
    updated: dict[UUID, AssignmentRow] = field(default_factory=dict)
    created: dict[UUID, AssignmentRow] = field(default_factory=dict)
    taken_along: set[UUID] = field(default_factory=set)
    """Handovers that go with their calls; naming one of them as well, once, asks for the same."""

    def people(self, rows: dict[UUID, AssignmentRow]) -> set[str]:
        """Everyone whose rows change, before or after."""
        touched = {rows[row_id].person for row_id in (*self.deleted, *self.updated)}
        return touched | {row.person for row in (*self.updated.values(), *self.created.values())}

    def expect_untouched(self, row_id: UUID, rows: Mapping[UUID, AssignmentRow]) -> None:
        """Raises UnresolvedError unless the row is there and no earlier change of the set touches it."""
        if row_id not in rows:
            raise UnresolvedError("there is no such assignment in this version")
        if row_id in self.deleted or row_id in self.updated:
            raise UnresolvedError("the same assignment is changed twice")

    def expect_not_updated(self, handover: Iterable[UUID]) -> None:
        """Raises UnresolvedError where an earlier change of the set gives a call's handover other hours."""
        if any(row_id in self.updated for row_id in handover):
            raise UnresolvedError("its handover, which goes with it, is changed too")

    def apply(self, rows: dict[UUID, AssignmentRow]) -> dict[UUID, AssignmentRow]:
        """All rows as they are after the changes."""
        kept = {row_id: row for row_id, row in rows.items() if row_id not in self.deleted}
        return kept | self.updated | self.created


def plan_of(
    resolver: Resolver, codes: Codes, rows: dict[UUID, AssignmentRow], changes: Sequence[Change]
) -> EditPlan:
    """Resolve every change.

    Raises AssignmentNotFoundError and AssignmentInvalidError, naming each change that fails.
    """
    plan = EditPlan()
    errors: list[dict[str, Any]] = []
    missing = False
    for index, change in enumerate(changes):
        try:
            if isinstance(change, BulkCreate):
                plan.created |= {new_id(): row for row in _resolve(resolver, codes, change)}
                continue
            missing = missing or change.id not in rows
            if isinstance(change, BulkDelete) and change.id in plan.taken_along:
                plan.taken_along.remove(change.id)
                continue
            plan.expect_untouched(change.id, rows)
            handover = _handover_of(rows, change.id)
            plan.expect_not_updated(handover)
            if isinstance(change, BulkDelete):
                plan.taken_along |= {row_id for row_id in handover if row_id not in plan.deleted}
                plan.deleted |= {row_id: rows[row_id] for row_id in (change.id, *handover)}
                continue
            first, *others = _resolve(resolver, codes, change)
            plan.updated[change.id] = first
            plan.deleted |= {row_id: rows[row_id] for row_id in handover}
            plan.created |= {new_id(): row for row in others}
        except UnresolvedError as error:
            errors.append({"pointer": f"/body/changes/{index}", "message": str(error)})
    if errors:
        kind = AssignmentNotFoundError if missing and len(changes) == 1 else AssignmentInvalidError
        raise kind(errors[0]["message"], details={"errors": errors})
    return plan


def _resolve(resolver: Resolver, codes: Codes, wish: AssignmentFields) -> list[AssignmentRow]:
    rows = resolver.rows(wish)
    for row in rows:
        try:
            codes.item_id(row.kind, row.id)
        except KeyError as error:
            raise UnresolvedError(f"the program no longer has {row.id}") from error
    if wish.person not in codes.people:
        raise UnresolvedError(f"the program no longer has {wish.person}")
    return rows


def _handover_of(rows: dict[UUID, AssignmentRow], row_id: UUID) -> list[UUID]:
    """The handover that goes with a call: it has no sense without it."""
    call = rows[row_id]
    if call.kind is not AssignmentKind.CALL or call.duty_type is DutyType.TRANSITION:
        return []
    return [
        other_id
        for other_id, other in rows.items()
        if other.person == call.person
        and other.id == call.id
        and other.duty_type is DutyType.TRANSITION
        and other.start_at == call.end_at
    ]


def conflicts_of(plan: EditPlan, after: Mapping[UUID, AssignmentRow]) -> tuple[dict[str, Any], ...]:
    """Where somebody would be in two intervals at once, or have two jeopardies on a date: what is in the way.

    `after` are all rows of the people touched, as they would be.
    """
    changed = plan.updated | plan.created
    by_person: defaultdict[str, list[tuple[UUID, AssignmentRow]]] = defaultdict(list)
    for row_id, row in after.items():
        by_person[row.person].append((row_id, row))
    return tuple(
        {
            "assignment_id": str(other_id),
            "person": other.person,
            "item": other.id,
            "start_at": other.start_at,
            "end_at": other.end_at,
            "wanted": {"item": row.id, "start_at": row.start_at, "end_at": row.end_at},
        }
        for row_id, row in changed.items()
        for other_id, other in by_person[row.person]
        if other_id != row_id and _collide(row, other)
    )


def _collide(row: AssignmentRow, other: AssignmentRow) -> bool:
    jeopardies = (row.kind is AssignmentKind.JEOPARDY) + (other.kind is AssignmentKind.JEOPARDY)
    if jeopardies == 1:
        return False
    if jeopardies == 2:
        return row.date == other.date
    return row.start_at < other.end_at and other.start_at < row.end_at
