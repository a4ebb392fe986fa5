"""Demand, date by date: staffing by session, calls, and room in the clinic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from src.interchange.model import Session, Staffing
from src.interchange.schedule import AssignmentKind
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.linear import FREE, ZERO, Expr, LinearModel, Tag, of
from src.solver.daily.objective import UNMET, Objective
from src.solver.daily.presence import PersonDraft

AT_MOST = "at most"
"""Detail of the tag of a row that says how many there may be, not how many there must be."""
_NOBODY = -1


class Cover:
    """The rows that bind residents to one another on one date."""

    def __init__(
        self,
        model: LinearModel,
        shared: ProgramFacts,
        drafts: Sequence[PersonDraft],
        objective: Objective,
        *,
        allow_unmet: bool,
    ) -> None:
        self._model = model
        self._shared = shared
        self._drafts = drafts
        self._objective = objective
        self._allow_unmet = allow_unmet

    def staff_sessions(self, days: Sequence[int]) -> None:
        """staffing.csv: residents at work in a rotation's session, rows of `kind=rotation` only."""
        workers = self.workers()
        for number, row in enumerate(self._shared.program.staffing):
            for day in days:
                if not self.is_asked(row, day):
                    continue
                present = [
                    worked
                    for rotation in self._shared.program.expand(row.rotation)
                    for pgy, worked in workers.get((day, rotation, row.session), ())
                    if not row.pgys or pgy in row.pgys
                ]
                tag = Tag("staffing", str(number), day, day)
                self._demand(present, row.min, row.max, tag)

    def is_asked(self, row: Staffing, day: int) -> bool:
        """Whether the row asks for somebody on that date."""
        return self._shared.asks_on(row, day)

    def staff_calls(self, days: Sequence[int]) -> None:
        """calls.csv: between min and max eligible residents on each matching date."""
        takers: defaultdict[tuple[str, int], list[Expr]] = defaultdict(list)
        for draft in self._drafts:
            for day, options in draft.calls.items():
                for option in options:
                    takers[option.duty.call.id, day].append(option.taken)
        for call in self._shared.program.calls:
            for day in days:
                if self._shared.holds(call, day):
                    tag = Tag("call", call.id, day, day)
                    self._demand(takers[call.id, day], call.min, call.max, tag)

    def limit_clinics(self, days: Sequence[int]) -> None:
        """clinics.csv: residents in clinic in one session, the least `max_at_once` where rows differ."""
        room: dict[tuple[int, Session], int] = {}
        for row in self._shared.program.clinics:
            if row.max_at_once:
                key = (row.weekday, row.session)
                room[key] = min(row.max_at_once, room.get(key, row.max_at_once))
        for day in days:
            held: defaultdict[Session, list[Expr]] = defaultdict(list)
            for draft in self._drafts:
                for duty, worked in draft.sessions.get(day, ()):
                    if duty.kind is AssignmentKind.CLINIC:
                        held[duty.session].append(worked)
            for session, present in held.items():
                most = room.get((self._shared.calendar.weekday(day), session))
                if most is not None:
                    tag = Tag("clinic", session.value, day, day)
                    self._model.add([(each, 1) for each in present], -FREE, most, tag)

    def workers(self) -> dict[tuple[int, str, Session], list[tuple[int | None, Expr]]]:
        """(day, rotation, session) -> PGY and presence of each resident who may work it."""
        found: defaultdict[tuple[int, str, Session], list[tuple[int | None, Expr]]] = defaultdict(list)
        for draft in self._drafts:
            for day, made in draft.sessions.items():
                seen: set[Session] = set()
                for duty, worked in made:
                    if duty.kind is AssignmentKind.ROTATION and worked != ZERO and duty.session not in seen:
                        seen.add(duty.session)
                        found[day, duty.id, duty.session].append((draft.year.person.pgy, worked))
        return found

    def _demand(self, present: Sequence[Expr], least: int, most: int | None, tag: Tag) -> None:
        parts = [(each, 1) for each in present]
        if most is not None:
            self._model.add(parts, -FREE, most, replace(tag, detail=AT_MOST))
        if self._allow_unmet and least > 0:
            missing = of(self._model.derived(_NOBODY, tag.day, present, 0, least))
            self._model.add([*parts, (missing, 1)], least, FREE, tag)
            self._objective.count(UNMET, missing)
        else:
            self._model.add(parts, least, FREE, tag)
