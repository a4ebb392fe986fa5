"""What a set of changes of one sheet comes to, worked out before anything is written. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from src.compliance.hours.constants import COPIES, EntryOrigin
from src.compliance.hours.exceptions import EntryNotFoundError, HoursInvalidError
from src.compliance.hours.schemas import (
    Change,
    EntryConfirm,
    EntryCreate,
    EntryDelete,
    EntryFields,
    EntryUpdate,
)
from src.compliance.hours.worked import Problem, Worked, local_date, problems_with
from src.models import new_id


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is or shall be; a copy knows what was `planned`."""

    worked: Worked
    origin: EntryOrigin
    planned: Worked | None = None


@dataclass(slots=True)
class EditPlan:
    """Entries that go, that stay but change, and that come."""

    deleted: dict[UUID, Entry] = field(default_factory=dict)
    updated: dict[UUID, Entry] = field(default_factory=dict)
    created: dict[UUID, Entry] = field(default_factory=dict)

    def apply(self, entries: Mapping[UUID, Entry]) -> dict[UUID, Entry]:
        """All entries of the sheet as they are after the changes."""
        kept = {key: entry for key, entry in entries.items() if key not in self.deleted}
        return kept | self.updated | self.created


@dataclass(frozen=True, slots=True)
class SheetFrame:
    """What entries of a sheet must fit: its dates, the zone that makes dates, and the clock now."""

    first: dt.date
    last: dt.date
    zone: ZoneInfo
    instant: dt.datetime

    def problems(self, worked: Worked) -> Iterator[Problem]:
        """Everything that is wrong with an entry of this sheet."""
        yield from problems_with(worked, self.instant)
        day = local_date(worked.start_at, self.zone)
        if not self.first <= day <= self.last:
            message = f"is on {day}, outside of the sheet's dates {self.first} to {self.last}"
            yield Problem("start_at", "outside_the_sheet", message)


def plan_of(
    frame: SheetFrame, entries: Mapping[UUID, Entry], changes: Sequence[Change], *, single: bool = False
) -> EditPlan:
    """Resolve every change, or name every failing one by a JSON pointer.

    Raises HoursInvalidError; EntryNotFoundError where a `single` change is of an entry that is not there.
    """
    plan = EditPlan()
    place: dict[UUID, int] = {}
    problems: list[tuple[int, Problem]] = []
    for index, change in enumerate(changes):
        if isinstance(change, EntryCreate):
            key, entry = new_id(), Entry(_worked(change), EntryOrigin.LOGGED)
            plan.created[key] = entry
            problems += [(index, problem) for problem in frame.problems(entry.worked)]
        else:
            key = change.id
            problem = _why_untouchable(plan, entries, key)
            if problem is not None:
                if single:
                    raise EntryNotFoundError
                problems.append((index, problem))
                continue
            problems += [(index, problem) for problem in _change(plan, frame, entries[key], change)]
        place[key] = index
    problems += [(place[key], problem) for key, problem in _doubles(plan, entries)]
    if problems:
        raise HoursInvalidError(
            details={
                "errors": [_told(index, problem, single) for index, problem in sorted(problems, key=_index)]
            }
        )
    return plan


def _change(
    plan: EditPlan, frame: SheetFrame, entry: Entry, change: EntryUpdate | EntryConfirm | EntryDelete
) -> Iterator[Problem]:
    if isinstance(change, EntryDelete):
        plan.deleted[change.id] = entry
    elif isinstance(change, EntryConfirm):
        if entry.origin is not EntryOrigin.PREFILLED:
            yield Problem("id", "not_a_copy", "is no copy of the schedule that waits to be confirmed")
        plan.updated[change.id] = replace(entry, origin=EntryOrigin.CONFIRMED)
    else:
        worked = _worked(change)
        plan.updated[change.id] = replace(entry, worked=worked, origin=_origin_after(entry, worked))
        yield from frame.problems(worked)


def _origin_after(entry: Entry, worked: Worked) -> EntryOrigin:
    """A copy that says what was planned is confirmed, one that says otherwise is changed."""
    if entry.origin not in COPIES or entry.planned is None:
        return entry.origin
    return EntryOrigin.CONFIRMED if worked.identity == entry.planned.identity else EntryOrigin.CHANGED


def _why_untouchable(plan: EditPlan, entries: Mapping[UUID, Entry], key: UUID) -> Problem | None:
    if key not in entries:
        return Problem("id", "not_found", "there is no such entry in this sheet")
    if key in plan.deleted or key in plan.updated:
        return Problem("id", "changed_twice", "the same entry is changed twice")
    return None


def _doubles(plan: EditPlan, entries: Mapping[UUID, Entry]) -> Iterator[tuple[UUID, Problem]]:
    """Changes that would leave the same interval and duty type twice."""
    there: dict[tuple[object, ...], UUID] = {}
    touched = plan.updated | plan.created
    for key, entry in plan.apply(entries).items():
        other = there.setdefault(entry.worked.identity, key)
        if other != key:
            guilty = key if key in touched else other
            message = "is there already, with the same start, end and duty type"
            yield guilty, Problem("start_at", "identical", message)


def _worked(fields: EntryFields) -> Worked:
    return Worked(fields.start_at, fields.end_at, fields.duty_type, fields.reason)


def _index(pair: tuple[int, Problem]) -> int:
    return pair[0]


def _told(index: int, problem: Problem, single: bool) -> dict[str, str]:
    base = "/body" if single else f"/body/changes/{index}"
    return {"pointer": f"{base}/{problem.field}", "code": problem.code, "message": problem.message}
