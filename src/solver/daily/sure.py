"""Who on a rotation works what must be worked there: whom nothing but vacation keeps from a session."""

from __future__ import annotations

from datetime import date

from src.interchange.model import AbsenceStatus, Person
from src.solver.daily.calendar import minutes_of
from src.solver.daily.facts import ProgramFacts
from src.solver.year.facts import YearFacts, minute_of_day, reaches_next_date


class Sure:
    """Tells for whom a trial of anybody speaks, and in which weeks vacation would make it another matter."""

    def __init__(self, shared: ProgramFacts) -> None:
        self._program = shared.program
        self._calendar = shared.calendar
        self._year = YearFacts(shared.program)
        self.lead = 1 + max(
            (
                duty.end_day - duty.day - 1
                for call in self._program.calls
                if (duty := shared.call_duty(call, 0)).end_day > duty.day
            ),
            default=0,
        )
        """Days from a block's first on which a night or call of the block before may take sessions away."""

    def may(self, person: Person, block: int, rotations: frozenset[str]) -> bool:
        """Whether one of the rotations is open to the resident in that block."""
        return not rotations.isdisjoint(self._year.options.get((person.id, block), ()))

    def weeks_of(self, block: int, rotation: str) -> tuple[date, ...]:
        """The weeks in which vacation may take a session of the block away from who is on the rotation."""
        days = self._calendar.days_of_block[block]
        first, last = self._calendar.date(days[0]), self._calendar.date(days[-1])
        until = self._calendar.date(days[-1] + self.lead)
        is_open = self._program.rotation_by_id[rotation].vacation_weeks_max > 0
        runs_on = any(
            reaches_next_date(minute_of_day(row), row.minutes)
            for row in self._program.templates
            if rotation in self._program.expand(row.rotation)
        )
        return tuple(
            week.monday
            for week in self._year.weeks
            if (is_open and week.monday <= last and week.dates[-1] >= first)
            or ((is_open or runs_on) and last < week.monday <= until)
        )

    def is_sure(self, person: Person, block: int, rotation: str, *, but_for_clinic: bool = False) -> bool:
        """Whether nothing but vacation can take a session of the rotation from the resident in that block."""
        days = self._calendar.days_of_block[block]
        first, last = self._calendar.date(days[0]), self._calendar.date(days[-1] + self.lead)
        absences = (row for row in self._program.absences if row.status is AbsenceStatus.APPROVED)
        is_held = self._program.rotation_by_id[rotation].clinic and not but_for_clinic
        has_clinic = is_held and any(row.person == person.id for row in self._program.clinics)
        lead = self._calendar.midnight(days[0] + self.lead)
        return (
            person.is_there(first)
            and person.is_there(last)
            and not has_clinic
            and not any(
                row.person == person.id and row.start_date <= last and first <= row.end_date
                for row in absences
            )
            and not any(
                row.person == person.id and minutes_of(row.end_at) > lead for row in self._program.history
            )
        )
