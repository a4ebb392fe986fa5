"""What a settled state says: intervals, and demand left open."""

from __future__ import annotations

from collections.abc import Iterator

from src.interchange.model import Call, Staffing
from src.interchange.schedule import AssignmentRow, UnmetKind, UnmetRow
from src.solver.daily.assemble import DailyModel
from src.solver.daily.linear import Expr
from src.solver.daily.subsolve import State
from src.solver.expand import expand_person


class Readout:
    """Reads a state in which every decision stands."""

    def __init__(self, daily: DailyModel, state: State) -> None:
        self._daily = daily
        self._state = state

    def rows(self) -> tuple[AssignmentRow, ...]:
        """The intervals of the days solved, person by person in order of time."""
        found: list[AssignmentRow] = []
        for draft in self._daily.drafts:
            off = [day for day, given in draft.off.items() if self.holds(given)]
            taken = [
                option.duty
                for options in draft.calls.values()
                for option in options
                if self.holds(option.taken)
            ]
            found += expand_person(draft.year, off, taken)
        return tuple(found)

    def holds(self, expr: Expr) -> bool:
        value = expr.constant + sum(factor * self._state.low[variable] for variable, factor in expr.terms)
        return value == 1

    def unmet(self) -> tuple[UnmetRow, ...]:
        """Staffing and calls below their minimum, date by date."""
        return (*self._unmet_staffing(), *self._unmet_calls())

    def _unmet_staffing(self) -> Iterator[UnmetRow]:
        cover, program = self._daily.cover, self._daily.shared.program
        workers = cover.workers()
        for row in program.staffing:
            rotations = program.expand(row.rotation)
            for day in self._daily.days:
                got = sum(
                    self.holds(worked)
                    for rotation in rotations
                    for pgy, worked in workers.get((day, rotation, row.session), ())
                    if not row.pgys or pgy in row.pgys
                )
                if got < row.min and cover.is_asked(row, day):
                    yield self._staffing_row(row, day, got)

    def _unmet_calls(self) -> Iterator[UnmetRow]:
        shared = self._daily.shared
        for call in shared.program.calls:
            for day in self._daily.days:
                if not shared.holds(call, day):
                    continue
                got = sum(
                    self.holds(option.taken)
                    for draft in self._daily.drafts
                    for option in draft.calls.get(day, ())
                    if option.duty.call.id == call.id
                )
                if got < call.min:
                    yield self._call_row(call, day, got)

    def _staffing_row(self, row: Staffing, day: int, got: int) -> UnmetRow:
        on = self._daily.shared.calendar.date(day).isoformat()
        return UnmetRow(UnmetKind.STAFFING, row.rotation, on, row.session, row.pgys, row.min, got)

    def _call_row(self, call: Call, day: int, got: int) -> UnmetRow:
        on = self._daily.shared.calendar.date(day).isoformat()
        return UnmetRow(UnmetKind.CALL, call.id, on, None, call.pgys, call.min, got)
