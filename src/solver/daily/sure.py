"""Who on a rotation works what must be worked there: whom nothing but vacation keeps from a session."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, time

from src.interchange.model import (
    AbsenceStatus,
    Call,
    Clinic,
    DutyType,
    Person,
    PostCall,
    Program,
    Session,
    Template,
)
from src.solver.daily.calendar import minutes_of
from src.solver.daily.duties import MAY_END_LATE
from src.solver.daily.facts import ProgramFacts
from src.solver.year.facts import MINUTES_A_DAY, YearFacts, minute_of_day, reaches_next_date

MOST_DAYS_OF_A_CALL = 3


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


def may_join_calls(program: Program, rotation: str) -> bool:
    """Whether a session may join others to a long call, so that no rest is due in between."""
    late = (row for row in program.templates if row.duty_type in MAY_END_LATE)
    return any(rotation in program.expand(row.rotation) for row in late)


def clinic_slots(program: Program, rotation: str) -> frozenset[tuple[int, Session]]:
    """The weekdays and sessions of the rotation that somebody's clinic may replace."""
    if not program.rotation_by_id[rotation].clinic:
        return frozenset()
    return frozenset((row.weekday, row.session) for row in program.clinics)


def without_clinic_slots(program: Program, rotation: str) -> Iterator[Template]:
    """The sessions of the rotation that no clinic may replace."""
    slots = clinic_slots(program, rotation)
    for row in program.templates:
        weekdays = tuple(day for day in row.weekdays or range(7) if (day, row.session) not in slots)
        if weekdays and rotation in program.expand(row.rotation):
            yield replace(row, weekdays=weekdays)


def beside_clinics(program: Program, rotation: str, calls: Collection[Call]) -> Iterator[Template]:
    """The sessions of the rotation as far as they are worked by who has clinic then, and by who has none.

    A session that a clinic may replace is cut to what both have in common. Where one of `calls`, all that may
    be taken there, would take one of them away and not that, nothing is left of it.
    """
    slots = clinic_slots(program, rotation)
    for row in program.templates:
        if rotation not in program.expand(row.rotation):
            continue
        own = row.weekdays or tuple(range(7))
        free = tuple(day for day in own if (day, row.session) not in slots)
        if free:
            yield replace(row, weekdays=free)
        for day in own:
            if (day, row.session) in slots and (cut := _in_common(program, row, day, calls)):
                yield cut


def _in_common(program: Program, row: Template, weekday: int, calls: Collection[Call]) -> Template | None:
    held = [each for each in program.clinics if (each.weekday, each.session) == (weekday, row.session)]
    spans = [_span(row), *map(_span, held)]
    start, end = max(first for first, _ in spans), min(last for _, last in spans)
    if start >= end or any(_tells_apart(call, span, (start, end)) for call in calls for span in spans):
        return None
    begin = time(start // 60, start % 60)
    return replace(row, weekdays=(weekday,), start=begin, minutes=end - start)


def _span(row: Template | Clinic) -> tuple[int, int]:
    """Minutes of the local day."""
    return minute_of_day(row), minute_of_day(row) + row.minutes


def _tells_apart(call: Call, whole: tuple[int, int], part: tuple[int, int]) -> bool:
    """Whether the call may take the whole away, and not the part."""
    if call.duty_type is DutyType.JEOPARDY:
        return False
    for days_before in range(-1, MOST_DAYS_OF_A_CALL):  # a late session may run on into the next date's
        start = minute_of_day(call) - days_before * MINUTES_A_DAY
        end = start + call.minutes + call.handover_minutes
        if _overlap((start, end), whole) and not _overlap((start, end), part):
            is_barred = part[0] >= end and call.post_call is not PostCall.NONE
            if not is_barred:
                return True
    return False


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
