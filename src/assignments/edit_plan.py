"""What a set of hand edits comes to, worked out before anything is written. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
Rows = Mapping[UUID, AssignmentRow]
"""The rows of a version before the changes, by their ids."""


@dataclass(slots=True)
class EditPlan:
    """What a set of changes comes to: rows that go, rows that stay but change, rows that come."""

    deleted: dict[UUID, AssignmentRow] = field(default_factory=dict)
    updated: dict[UUID, AssignmentRow] = field(default_factory=dict)
    created: dict[UUID, AssignmentRow] = field(default_factory=dict)
    taken_along: set[UUID] = field(default_factory=set)
    """Handovers that go or move with their calls; one may be named as well, once, which then holds."""

    def people(self, rows: dict[UUID, AssignmentRow]) -> set[str]:
        """Everyone whose rows change, before or after."""
        touched = {rows[row_id].person for row_id in (*self.deleted, *self.updated)}
        return touched | {row.person for row in (*self.updated.values(), *self.created.values())}

    def delete(self, row_id: UUID, rows: Rows) -> None:
        """Delete a row, and with a call its handover.

        Raises UnresolvedError: the row is not there, or it or its handover is changed by an earlier change.
        """
        if row_id in self.taken_along:
            self.taken_along.remove(row_id)
            self.updated.pop(row_id, None)
            self.deleted[row_id] = rows[row_id]
            return
        self._expect_untouched(row_id, rows)
        self._delete_handover(row_id, rows)
        self.deleted[row_id] = rows[row_id]

    def replace(self, row_id: UUID, rows: Rows, wanted: Sequence[AssignmentRow]) -> None:
        """Put what the program says in place of a row: a call comes with a handover of its own.

        Raises UnresolvedError as `delete` does.
        """
        self._expect_untouched(row_id, rows)
        self._delete_handover(row_id, rows)
        self.updated[row_id], *others = wanted
        self.created |= {new_id(): row for row in others}

    def retime(self, row_id: UUID, rows: Rows, wanted: AssignmentRow, resolver: Resolver) -> None:
        """Put a row with times of its own in place of a row; a call that stays that call keeps its handover.

        Raises UnresolvedError as `delete` does.
        """
        if row_id in self.taken_along and row_id in self.updated:
            self.taken_along.remove(row_id)
        else:
            self._expect_untouched(row_id, rows)
        self.updated[row_id] = wanted
        if not _is_duty(wanted) or wanted.id != rows[row_id].id:
            self._delete_handover(row_id, rows)
            return
        for handover_id in _handover_of(rows, row_id):
            moved = resolver.moved_handover(rows[handover_id], wanted)
            if moved != rows[handover_id] and handover_id not in (*self.updated, *self.deleted):
                self.updated[handover_id] = moved
                self.taken_along.add(handover_id)

    def _expect_untouched(self, row_id: UUID, rows: Rows) -> None:
        if row_id not in rows:
            raise UnresolvedError("there is no such assignment in this version")
        if row_id in self.deleted or row_id in self.updated:
            raise UnresolvedError("the same assignment is changed twice")

    def _delete_handover(self, row_id: UUID, rows: Rows) -> None:
        handover = _handover_of(rows, row_id)
        if any(one in self.updated for one in handover):
            raise UnresolvedError("its handover, which goes with it, is changed too")
        self.taken_along |= {one for one in handover if one not in self.deleted}
        self.deleted |= {one: rows[one] for one in handover}

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
            if isinstance(change, BulkDelete):
                plan.delete(change.id, rows)
                continue
            wanted = _resolve(resolver, codes, change)
            if change.start_at is None:
                plan.replace(change.id, rows, wanted)
            else:
                plan.retime(change.id, rows, wanted[0], resolver)
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


def _is_duty(row: AssignmentRow) -> bool:
    """Whether a row is the duty of a call, not a handover."""
    return row.kind is AssignmentKind.CALL and row.duty_type is not DutyType.TRANSITION


def _handover_of(rows: Rows, row_id: UUID) -> list[UUID]:
    """The handover that goes with a call: it has no sense without it."""
    call = rows[row_id]
    if not _is_duty(call):
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
