"""Which requests a schedule grants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from src.compliance.structure.clock import each_week_date
from src.compliance.structure.ground import SPILL, Ground
from src.interchange.model import Request, RequestKind, days_between


class Wishes:
    """Judges requests by who works when; built once for a schedule."""

    def __init__(self, ground: Ground, touched: Mapping[str, frozenset[date]]) -> None:
        self._ground = ground
        self._touched = touched
        known_calls = ground.program.call_by_id
        self._starts = {
            person: frozenset(
                row.date
                for row, _, _ in entries
                if row.id in known_calls and row.duty_type is known_calls[row.id].duty_type
            )
            for person, entries in ground.entries_of.items()
        }

    def is_granted(self, request: Request) -> bool:
        """Whether the schedule gives what the request asks for.

        `vacation`: the week that holds its start date is theirs. `rotation`: they have it in that block (or
        do not, where the weight is below 0). `day_off`: no work touches any of its dates. `no_call`: no call
        or jeopardy starts on any of them. `call`: one starts on at least one of them.
        """
        if request.kind is RequestKind.VACATION:
            return self.has_week(request)
        if request.kind is RequestKind.ROTATION:
            return self.has_rotation(request) is (self.weight(request) >= 0)
        dates = self._dates(request)
        if request.kind is RequestKind.DAY_OFF:
            return dates.isdisjoint(self._touched.get(request.person, frozenset()))
        starts = self._starts.get(request.person, frozenset())
        if request.kind is RequestKind.NO_CALL:
            return dates.isdisjoint(starts)
        return not dates.isdisjoint(starts)

    def has_week(self, request: Request) -> bool:
        weeks = self._ground.vacation_weeks_of.get(request.person, frozenset())
        return request.start_date is not None and any(
            request.start_date in each_week_date(monday) for monday in weeks
        )

    def has_rotation(self, request: Request) -> bool:
        if request.block is None or request.rotation is None:
            return False
        rotation = self._ground.rotation_in(request.person, request.block)
        return rotation is not None and rotation.id in self._ground.program.expand(request.rotation)

    @staticmethod
    def weight(request: Request) -> int:
        """A missing weight is 1."""
        return 1 if request.weight is None else request.weight

    def _dates(self, request: Request) -> frozenset[date]:
        """Every date from start to end (no end = one date), as far as the schedule can say anything."""
        if request.start_date is None:
            return frozenset()
        first = max(request.start_date, self._ground.program.year_start_date - SPILL)
        last = min(request.end_date or request.start_date, self._ground.program.year_end_date + SPILL)
        return frozenset(days_between(first, last))
