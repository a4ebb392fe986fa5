"""Single nights between days: how many there must be, and how many there can be."""

from __future__ import annotations

from collections.abc import Sequence

from src.interchange.model import Session
from src.interchange.schedule import AssignmentRow
from src.solver.ceilings.crowds import Question
from src.solver.daily.facts import ProgramFacts
from src.solver.year.demand import is_staffed


class SingleNights:
    """Bounds of `isolated_nights`."""

    def __init__(self, question: Question, shared: ProgramFacts, kept: Sequence[AssignmentRow]) -> None:
        self._question = question
        self._kept = sum(row.session is Session.NIGHT for row in kept)
        self._shared = shared
        self._calendar = shared.calendar

    def least(self) -> int:
        """Nights that are staffed on dates before and after which nobody there has one."""
        if not self._question.demand_is_met:
            return 0
        return sum(self._least_on(day) for day in range(self._calendar.days))

    def most(self) -> int:
        """At most every other date with nights, for each resident; and what is kept as it is."""
        found = last = 0
        for day in range(self._calendar.days):
            if self._has_nights(day) and (not found or day - last > 1):
                found, last = found + 1, day
        return found * len(self._question.facts.residents) + self._kept

    def _has_nights(self, day: int) -> bool:
        return any(self._holds_night(rotation.id, day) for rotation in self._question.program.rotations)

    def _holds_night(self, rotation: str, day: int) -> bool:
        return any(row.session is Session.NIGHT for row in self._shared.templates_on(rotation, day))

    def _least_on(self, day: int) -> int:
        """Asked for in the row that asks for most; the rows may ask for the same people."""
        block = self._calendar.block_of[day]
        days = self._calendar.days_of_block[block]
        if block not in self._question.solved or day - 1 not in days or day + 1 not in days:
            return 0
        found = 0
        for row in self._question.program.staffing:
            if row.session is Session.NIGHT and is_staffed(
                self._question.facts, row, self._calendar.date(day)
            ):
                held = [
                    each
                    for each in self._question.program.expand(row.rotation)
                    if self._holds_night(each, day)
                ]
                if not any(self._holds_night(each, near) for each in held for near in (day - 1, day + 1)):
                    found = max(found, row.min)
        return found
