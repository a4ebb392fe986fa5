"""A version's year from the database straight into columns of facts: what `facts_of` says of the schedule.

The duties, by far the most of it, come in one binary COPY of fields of fixed width, which is read as an array
as it is: no row becomes an object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel.ext.asyncio.session import AsyncSession

from src.assignments.judge import scope_of
from src.assignments.storage import CLINIC_ID, load_names, load_plan
from src.compliance.facts import facts_of
from src.compliance.rules import DataFinding, DataFindingKind, Facts
from src.compliance.rules.columns import (
    CODE_OF,
    DUTY_TYPES,
    FactColumns,
    Integers,
    labelled_duties,
    offsets_of,
)
from src.interchange.model import DutyType, Program, Session
from src.interchange.schedule import AssignmentKind, Schedule
from src.schedules.models import ScheduleVersion

_KINDS, _SESSIONS = tuple(AssignmentKind), tuple(Session)

_QUERY = """
SELECT person.n::int, coalesce(item.n, 0)::int, (date - DATE '2000-01-01')::int,
       array_position($4::varchar[], session)::int, array_position($5::varchar[], kind)::int,
       array_position($6::varchar[], duty_type)::int, start_at, end_at
FROM assignment
JOIN unnest($2::uuid[]) WITH ORDINALITY AS person(id, n) ON person.id = person_id
LEFT JOIN unnest($3::uuid[]) WITH ORDINALITY AS item(id, n) ON item.id = coalesce(rotation_id, call_id)
WHERE version_id = $1
"""
"""A row an interval, every field of fixed width and none empty; positions count from 1, 0 = a clinic."""

_FIELDS = (
    ("person", ">i4"), ("item", ">i4"), ("date", ">i4"), ("session", ">i4"), ("kind", ">i4"), ("type", ">i4"),
    ("start", ">i8"), ("end", ">i8"),
)  # fmt: skip
_HEADER_BYTES, _TRAILER_BYTES = 19, 2
_ROW = np.dtype(
    [("fields", ">i2")] + [pair for name, kind in _FIELDS for pair in ((f"_{name}", ">i4"), (name, kind))]
)
"""A tuple of PostgreSQL's binary COPY: the number of fields, then each with its length before it."""

NOBODY = UUID(int=0)

_EPOCH_DAY = date(2000, 1, 1).toordinal()
_EPOCH_MINUTE = (_EPOCH_DAY - date(1970, 1, 1).toordinal()) * 24 * 60
_MINUTE = 60_000_000
"""PostgreSQL counts microseconds from 2000 on."""


async def read_columns(session: AsyncSession, program: Program, version: ScheduleVersion) -> FactColumns:
    """The facts of a version under the program it was made from, duties as columns.

    They equal `facts_of` of the program and the loaded schedule. Raises `FactsError` as that does.
    """
    known = await load_names(session, version.program_id)
    codes, items = known.codes, known.items
    plan = replace(await load_plan(session, version.id, known), result=scope_of(version))
    residents = [person.id for person in program.residents]
    names = [*residents, *sorted(codes.people.keys() - set(residents))]
    # A resident of the inputs who is no longer in the program has no rows: nobody's id stands for them.
    rows = await _copy(session, version.id, [codes.people.get(name, NOBODY) for name in names], list(items))
    return _columns(program, plan, rows, names, [CLINIC_ID, *items.values()])


async def _copy(
    session: AsyncSession, version_id: UUID, people: list[UUID], items: list[UUID]
) -> NDArray[np.void]:
    """The rows of the query as an array of records."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    received = bytearray()

    async def receive(chunk: bytes) -> None:
        received.extend(chunk)

    words: Iterable[list[str]] = (
        [session.value for session in _SESSIONS],
        [kind.value for kind in _KINDS],
        [duty_type.value for duty_type in DUTY_TYPES],
    )
    await driver.copy_from_query(_QUERY, version_id, people, items, *words, output=receive, format="binary")
    count, rest = divmod(len(received) - _HEADER_BYTES - _TRAILER_BYTES, _ROW.itemsize)
    assert rest == 0, "a field of the query is empty or not of fixed width"
    return np.frombuffer(received, dtype=_ROW, count=count, offset=_HEADER_BYTES)


def _columns(
    program: Program, plan: Schedule, rows: NDArray[np.void], names: list[str], items: list[str]
) -> FactColumns:
    """The facts of the plan with the duties of the rows; those of history lie beside them."""
    facts, labels = facts_of(program, plan), _Labels(items)
    read = _Table.of_rows(rows, labels)
    midnights = facts.calendar.midnights
    fits = (read.person < len(facts.people)) & (midnights[0] <= read.start) & (read.end <= midnights[-1])
    told = tuple(_set_aside(names, len(facts.people), labels, read.keep(~fits)))
    table = _Table.of_history(facts, labels).joined(read.keep(fits)).in_order(labels)
    offsets = offsets_of(np.bincount(table.person, minlength=len(facts.people)))
    types = table.type.astype(np.int8)
    return FactColumns(
        frame=replace(facts, people=(), set_aside=(*facts.set_aside, *told)),
        profiles=tuple(replace(own, duties=()) for own in facts.people),
        offsets=offsets,
        start=table.start,
        end=table.end,
        type=types,
        duties_of=labelled_duties(offsets, table.start, table.end, types, table.key, labels.__getitem__),
    )


class _Labels(dict[int, str]):
    """The label of a row by its key, made when first asked for: a year has few, and few are ever read."""

    def __init__(self, items: list[str]) -> None:
        super().__init__()
        self._items = items

    def keys_of(self, rows: NDArray[np.void]) -> Integers:
        """What tells the labels of rows apart, as numbers from 0 on."""
        is_handover = (rows["kind"] == _KINDS.index(AssignmentKind.CALL) + 1) & (
            rows["type"] == CODE_OF[DutyType.TRANSITION] + 1
        )
        day = rows["date"].astype(np.int64) + _EPOCH_DAY
        session = rows["session"].astype(np.int64) - 1
        keys: Integers = (
            (day * len(_SESSIONS) + session) * len(self._items) + rows["item"]
        ) * 2 + is_handover
        return keys

    def __missing__(self, key: int) -> str:
        rest, is_handover = divmod(key, 2)
        rest, item = divmod(rest, len(self._items))
        day, session = divmod(rest, len(_SESSIONS))
        label = f"{date.fromordinal(day)}/{_SESSIONS[session]}/{self._items[item]}"
        self[key] = f"{label}/handover" if is_handover else label
        return self[key]


@dataclass(frozen=True, slots=True)
class _Table:
    """Duties as columns: the position of the person, minutes, codes of types, keys of labels."""

    person: Integers
    start: Integers
    end: Integers
    type: Integers
    key: Integers

    @classmethod
    def of_rows(cls, rows: NDArray[np.void], labels: _Labels) -> _Table:
        """What was read; instants with seconds widen to the minute on both sides."""
        is_jeopardy = rows["kind"] == _KINDS.index(AssignmentKind.JEOPARDY) + 1
        return cls(
            person=rows["person"].astype(np.int64) - 1,
            start=rows["start"].astype(np.int64) // _MINUTE + _EPOCH_MINUTE,
            end=-(-rows["end"].astype(np.int64) // _MINUTE) + _EPOCH_MINUTE,
            type=np.where(is_jeopardy, CODE_OF[DutyType.JEOPARDY], rows["type"].astype(np.int64) - 1),
            key=labels.keys_of(rows),
        )

    @classmethod
    def of_history(cls, facts: Facts, labels: _Labels) -> _Table:
        """What the facts hold already; their labels get keys below zero."""
        known = [(position, duty) for position, own in enumerate(facts.people) for duty in own.duties]
        labels.update({-1 - number: duty.label for number, (_, duty) in enumerate(known)})
        values = [
            (position, duty.start, duty.end, CODE_OF[duty.type], -1 - number)
            for number, (position, duty) in enumerate(known)
        ]
        return cls(*np.array(values, dtype=np.int64).reshape(-1, 5).T)

    def keep(self, wanted: NDArray[np.bool_] | Integers) -> _Table:
        """The rows wanted, in the order wanted."""
        columns = (self.person, self.start, self.end, self.type, self.key)
        return _Table(*(column[wanted] for column in columns))

    def joined(self, other: _Table) -> _Table:
        """These rows, then the others."""
        return _Table(
            np.concatenate((self.person, other.person)),
            np.concatenate((self.start, other.start)),
            np.concatenate((self.end, other.end)),
            np.concatenate((self.type, other.type)),
            np.concatenate((self.key, other.key)),
        )

    def in_order(self, labels: Mapping[int, str]) -> _Table:
        """The rows by person, start, end and label."""
        order = np.lexsort((self.end, self.start, self.person))
        same = np.ones(max(len(order) - 1, 0), dtype=bool)
        for column in (self.person, self.start, self.end):
            same &= column[order[1:]] == column[order[:-1]]
        edges = np.flatnonzero(np.diff(np.concatenate(([False], same, [False])).astype(np.int8)))
        for first, last in edges.reshape(-1, 2).tolist():
            tied = order[first : last + 1].tolist()
            order[first : last + 1] = sorted(tied, key=lambda row: labels[int(self.key[row])])
        return self.keep(order)


def _set_aside(names: list[str], residents: int, labels: _Labels, rows: _Table) -> Iterable[DataFinding]:
    """What no rule judges: intervals of people who are no residents, or outside the year and its history."""
    for position, key in zip(rows.person.tolist(), rows.key.tolist(), strict=True):
        person, label = names[position], labels[key]
        kind, reason = DataFindingKind.OUTSIDE_THE_YEAR, "lies outside the year and its history"
        if position >= residents:
            kind, reason = DataFindingKind.NOT_A_RESIDENT, f"{person} is no resident of the program"
        yield DataFinding(kind, person, f"{person}, {label}: {reason}, so no rule judges it", (label,))
