"""Demand by date around changes of several residents at once: staffing, and room in the clinic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from src.interchange.model import Session, Staffing
from src.interchange.schedule import AssignmentKind
from src.solver.swaps.moves import Move
from src.solver.swaps.standing import Standing

Place = tuple[int, str, Session]
"""A day, a rotation and a session."""


class Demand:
    """Who is at work, as the schedule stands, against what the program asks for."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._program = standing.program
        self._rows: defaultdict[tuple[str, Session], list[tuple[Staffing, frozenset[str]]]] = defaultdict(
            list
        )
        for row in self._program.staffing:
            rotations = frozenset(self._program.expand(row.rotation))
            for rotation in rotations:
                self._rows[rotation, row.session].append((row, rotations))
        self._at_work: dict[Place, frozenset[str]] = {}

    def broken_by(self, moves: Iterable[Move]) -> str | None:
        """The first demand that the moves together leave short, or exceed, more than now; None = none."""
        changes: defaultdict[Place, list[tuple[str, int]]] = defaultdict(list)
        clinics: Counter[tuple[int, Session]] = Counter()
        for move in moves:
            for spans, sign in ((move.gone, -1), (move.come, 1)):
                for span in spans:
                    if span.kind is AssignmentKind.ROTATION:
                        changes[span.day, span.item, span.session].append((move.holder.id, sign))
                    elif span.kind is AssignmentKind.CLINIC:
                        clinics[span.day, span.session] += sign
        for place in changes:
            for row, rotations in self._rows.get((place[1], place[2]), ()):
                words = self._staffing(row, rotations, place[0], changes)
                if words is not None:
                    return words
        for (day, session), more in clinics.items():
            if more > 0 and self._clinic_room(day, session) < more:
                return f"the clinic of {self._on(day)} {session} is full"
        return None

    def _staffing(
        self,
        row: Staffing,
        rotations: frozenset[str],
        day: int,
        changes: Mapping[Place, list[tuple[str, int]]],
    ) -> str | None:
        if not is_asked(self._standing, row, day):
            return None
        now = more = 0
        for rotation in rotations:
            now += sum(self._counts(row, person) for person in self._working((day, rotation, row.session)))
            more += sum(
                sign
                for person, sign in changes.get((day, rotation, row.session), ())
                if self._counts(row, person)
            )
        if more < 0 and now + more < row.min:
            return f"{row.rotation} would have {now + more} of {row.min} on {self._on(day)} {row.session}"
        if more > 0 and row.max is not None and now + more > row.max:
            return f"{row.rotation} would have {now + more}, at most {row.max}, on {self._on(day)}"
        return None

    def _counts(self, row: Staffing, person: str) -> bool:
        return not row.pgys or self._program.person_by_id[person].pgy in row.pgys

    def _working(self, place: Place) -> frozenset[str]:
        if place not in self._at_work:
            day, rotation, session = place
            self._at_work[place] = frozenset(
                row.person
                for row in self._standing.by_day.get(day, ())
                if row.kind is AssignmentKind.ROTATION and row.id == rotation and row.session is session
            )
        return self._at_work[place]

    @cached_property
    def _clinic_caps(self) -> Mapping[tuple[int, Session], int]:
        found: dict[tuple[int, Session], int] = {}
        for row in self._program.clinics:
            if row.max_at_once:
                key = (row.weekday, row.session)
                found[key] = min(row.max_at_once, found.get(key, row.max_at_once))
        return found

    def _clinic_room(self, day: int, session: Session) -> int:
        most = self._clinic_caps.get((self._standing.shared.calendar.weekday(day), session))
        if most is None:
            return len(self._program.residents)
        return most - sum(
            row.kind is AssignmentKind.CLINIC and row.session is session
            for row in self._standing.by_day.get(day, ())
        )

    def _on(self, day: int) -> str:
        return self._standing.shared.calendar.date(day).isoformat()


def is_asked(standing: Standing, row: Staffing, day: int) -> bool:
    """Whether the row asks for somebody on that date."""
    return standing.shared.asks_on(row, day)
