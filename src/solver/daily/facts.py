"""One resident's year under a given year plan: rotation, leave and the sessions due, date by date.

What stays as it is (history, and an existing schedule outside the days to be solved) is kept apart as
fixed duties, so that rules which look across an edge see them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from src.interchange.model import (
    AbsenceStatus,
    Call,
    Clinic,
    DutyType,
    HistoryInterval,
    HolidayRule,
    Person,
    Program,
    Rotation,
    Session,
    Staffing,
    Template,
)
from src.interchange.schedule import AssignmentKind, AssignmentRow
from src.solver.daily.calendar import Calendar, minutes_of
from src.solver.daily.duties import CallDuty, Duty
from src.solver.plan import YearPlan


class Fixed:
    """What one person works whatever is decided: history, and a schedule outside the days to be solved."""

    def __init__(
        self,
        duties: Sequence[Duty] = (),
        calls: Sequence[CallDuty] = (),
        post_night: Iterable[int] = (),
        post_call: Iterable[int] = (),
    ) -> None:
        self.duties = tuple(sorted(duties, key=lambda duty: (duty.start, duty.end)))
        self.calls = tuple(calls)
        nights = (duty.end_day for duty in duties if duty.is_night)
        self.post_night = frozenset(post_night) | frozenset(nights)
        """Days without AM, PM and clinic, since a fixed night ends on them."""
        self.post_call = frozenset(post_call)
        """Days on which nothing starts, since a call from before the year ends on them."""
        self._duties_on: defaultdict[int, list[Duty]] = defaultdict(list)
        for duty in self.duties:
            for day in {duty.day, duty.end_day}:
                self._duties_on[day].append(duty)
        self._calls_on: defaultdict[int, list[CallDuty]] = defaultdict(list)
        for call in self.calls:
            for day in {call.day, call.end_day}:
                self._calls_on[day].append(call)

    def duties_on(self, day: int) -> Sequence[Duty]:
        """Fixed duties that start or end on the date."""
        return self._duties_on.get(day, ())

    def bears_on(self, day: int) -> bool:
        """Whether something fixed may stand in the way of sessions of the date."""
        return day in self.post_call or day in self.post_night or day in self._calls_on

    def drops(self, duty: Duty) -> bool:
        """Whether something fixed stands in the way of the session."""
        if duty.day in self.post_call:
            return True
        if duty.session is not Session.NIGHT and duty.day in self.post_night:
            return True
        return any(call.drops(duty) for call in self._calls_on.get(duty.day, ()))

    def excludes(self, call: CallDuty) -> bool:
        """Whether the call cannot be taken beside what is fixed."""
        if call.day in self.post_call:
            return True
        if call.is_jeopardy and call.day in self.post_night:
            return True
        for day in {call.day, call.end_day}:
            if any(call.excludes(other) for other in self._calls_on.get(day, ())):
                return True
            for duty in self._duties_on.get(day, ()):
                if _stands_against(duty, call):
                    return True
        return False


def _stands_against(fixed: Duty, call: CallDuty) -> bool:
    """A fixed duty is neither replaced nor dropped by a call that is still to be decided."""
    if fixed.duty_type is DutyType.JEOPARDY:
        return False
    if call.is_jeopardy:
        is_call = fixed.kind is AssignmentKind.CALL and call.day in (fixed.day, fixed.end_day)
        return is_call or call.excluded_by(fixed)
    return call.overlaps(fixed.start, fixed.end) or call.bars_start(fixed.start, fixed.day)


class ProgramFacts:
    """What all residents share: templates by weekday, calls by date, clinics, ids."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.calendar = Calendar(program)
        self._templates: defaultdict[tuple[str, int], list[Template]] = defaultdict(list)
        for template in program.templates:
            for rotation in program.expand(template.rotation):
                for weekday in template.weekdays or range(7):
                    self._templates[rotation, weekday].append(template)
        self._clinics: defaultdict[tuple[str, int], list[Clinic]] = defaultdict(list)
        for clinic in program.clinics:
            self._clinics[clinic.person, clinic.weekday].append(clinic)
        everything = frozenset(rotation.id for rotation in program.rotations)
        self.call_rotations: dict[str, frozenset[str]] = {
            call.id: frozenset(r for named in call.rotations for r in program.expand(named)) or everything
            for call in program.calls
        }
        self._call_duties: dict[tuple[str, int], CallDuty] = {}
        self._sessions: dict[tuple[str, int], tuple[tuple[Duty, ...], bool]] = {}

    def templates_on(self, rotation: str, day: int) -> tuple[Template, ...]:
        """The template rows of a rotation that hold on that date; those with `holidays=0` never on one."""
        found = self._templates.get((rotation, self.calendar.weekday(day)), ())
        if day in self.calendar.holidays:
            return tuple(template for template in found if template.holidays)
        return tuple(found)

    def sessions_on(self, rotation: str, day: int) -> tuple[tuple[Duty, ...], bool]:
        """The sessions of a rotation on that date, in order of start, and whether all may be off."""
        found = self._sessions.get((rotation, day))
        if found is None:
            rows = self.templates_on(rotation, day)
            made = [
                self.duty(day, row, AssignmentKind.ROTATION, rotation, row.duty_type, off=row.may_be_off)
                for row in rows
            ]
            in_order = tuple(sorted(made, key=lambda duty: (duty.start, duty.end)))
            found = in_order, all(row.may_be_off for row in rows)
            self._sessions[rotation, day] = found
        return found

    def duty(
        self, day: int, row: Template | Clinic, kind: AssignmentKind, name: str, duty: DutyType, *, off: bool
    ) -> Duty:
        """A session of a template or clinic on a date."""
        start = self.calendar.instant(day, row.start)
        end = start + row.minutes
        return Duty(day, row.session, kind, name, start, end, self.calendar.end_day(end), duty, off)

    def asks_on(self, row: Staffing, day: int) -> bool:
        """Whether a staffing row asks for anyone: on its weekdays, unless its session is not on holidays."""
        weekday = self.calendar.weekday(day)
        if row.weekdays and weekday not in row.weekdays:
            return False
        held = [
            template.holidays
            for rotation in self.program.expand(row.rotation)
            for template in self._templates.get((rotation, weekday), ())
            if template.session is row.session
        ]
        return day not in self.calendar.holidays or not held or any(held)

    def clinics_on(self, person: str, rotation: Rotation, day: int) -> Sequence[Clinic]:
        """Clinics of a person held on that date if nothing stands in the way; never on holidays."""
        if not rotation.clinic or day in self.calendar.holidays:
            return ()
        return self._clinics.get((person, self.calendar.weekday(day)), ())

    def holds(self, call: Call, day: int) -> bool:
        """Whether a call is held on that start date, by weekday and holiday rule."""
        if call.holidays is HolidayRule.HOLIDAYS_ONLY:
            return day in self.calendar.holidays
        if day in self.calendar.holidays:
            return call.holidays is HolidayRule.WEEKDAYS_AND_HOLIDAYS
        return not call.weekdays or self.calendar.weekday(day) in call.weekdays

    def call_duty(self, call: Call, day: int) -> CallDuty:
        found = self._call_duties.get((call.id, day))
        if found is None:
            start = self.calendar.instant(day, call.start)
            end = start + call.minutes
            is_work = call.duty_type is not DutyType.JEOPARDY
            end_all = end + call.handover_minutes if is_work else end
            found = CallDuty(call, day, start, end, end_all, self.calendar.end_day(end_all))
            self._call_duties[call.id, day] = found
        return found

    def may_take(self, person: Person, rotation: str, call: Call) -> bool:
        """Eligible by PGY and by the rotation of the start date."""
        return (not call.pgys or person.pgy in call.pgys) and rotation in self.call_rotations[call.id]


class PersonYear:
    """One resident's year: `rotation[day]`, leave, and the sessions due before any decision."""

    def __init__(
        self,
        shared: ProgramFacts,
        person: Person,
        plan: YearPlan,
        solved: frozenset[int],
        fixed: Fixed,
        excused: Collection[int] = (),
    ) -> None:
        self.shared = shared
        self.excused = excused
        """Days whose sessions something that is not known here may take away, one by one."""
        self.person = person
        self.solved = solved
        self.fixed = fixed
        calendar = shared.calendar
        self.rotation: list[str | None] = [
            plan.rotation.get((person.id, calendar.block_of[day])) for day in range(calendar.days)
        ]
        self.vacation = frozenset(
            calendar.day_of_date(monday) + offset
            for who, monday, _ in plan.vacations
            if who == person.id
            for offset in range(7)
        )
        self.leave = self.vacation | _absent_days(shared, person)
        self._due: dict[int, tuple[Duty, ...]] = {}
        self._may_be_off: dict[int, bool] = {}

    def due(self, day: int) -> tuple[Duty, ...]:
        """Template and clinic sessions of the date, in order of start, before calls, nights and days off.

        Sessions that leave or something fixed stands against are left out already.
        """
        found = self._due.get(day)
        if found is None:
            found = self._work_out(day)
            self._due[day] = found
        return found

    def rotation_on(self, day: int) -> str | None:
        """The rotation of a day; None outside the year and where there is none."""
        return self.rotation[day] if 0 <= day < len(self.rotation) else None

    def may_be_off(self, day: int) -> bool:
        """Whether a day off may be given, as long as no call starts on the date."""
        return bool(self.due(day)) and self._may_be_off[day]

    def may_start(self, duty: CallDuty) -> bool:
        """Whether leave and what is fixed allow the call. Jeopardy counts on its start date only."""
        last = duty.day if duty.is_jeopardy else duty.end_day
        if any(day in self.leave for day in range(duty.day, last + 1)):
            return False
        return not self.fixed.excludes(duty)

    def _work_out(self, day: int) -> tuple[Duty, ...]:
        rotation_id = self.rotation[day]
        self._may_be_off[day] = False
        if rotation_id is None or day in self.leave or day not in self.solved:
            return ()
        shared = self.shared
        held = shared.clinics_on(self.person.id, shared.program.rotation_by_id[rotation_id], day)
        clinics = [
            duty
            for row in held
            if not self._reaches_leave(
                duty := shared.duty(day, row, AssignmentKind.CLINIC, "clinic", DutyType.CLINICAL, off=False)
            )
        ]
        sessions, may_be_off = shared.sessions_on(rotation_id, day)
        self._may_be_off[day] = may_be_off and not clinics
        if clinics:
            at_clinic = {duty.session for duty in clinics}
            left = [duty for duty in sessions if duty.session not in at_clinic]
            sessions = tuple(sorted((*clinics, *left), key=lambda duty: (duty.start, duty.end)))
        if not self.fixed.bears_on(day) and all(duty.end_day == day for duty in sessions):
            return sessions
        return tuple(
            duty for duty in sessions if not self._reaches_leave(duty) and not self.fixed.drops(duty)
        )

    def _reaches_leave(self, duty: Duty) -> bool:
        """A session that would reach into a vacation or absence date is not worked."""
        return any(day in self.leave for day in range(duty.day + 1, duty.end_day + 1))


def _absent_days(shared: ProgramFacts, person: Person) -> frozenset[int]:
    """Approved absences, and the dates outside the person's own, a month past the year's end included."""
    calendar = shared.calendar
    found = {
        calendar.day_of_date(absence.start_date) + offset
        for absence in shared.program.absences
        if absence.person == person.id and absence.status is AbsenceStatus.APPROVED
        for offset in range((absence.end_date - absence.start_date).days + 1)
    }
    found.update(day for day in range(-1, calendar.days + 31) if not person.is_there(calendar.date(day)))
    return frozenset(found)


def fixed_by(
    shared: ProgramFacts,
    person: str,
    history: Iterable[HistoryInterval],
    rows: Iterable[AssignmentRow],
) -> Fixed:
    """What history and the kept rows of a schedule fix for one person."""
    calendar = shared.calendar
    duties: list[Duty] = []
    post_night: set[int] = set()
    post_call: set[int] = set()
    for interval in history:
        if interval.person != person:
            continue
        start, end = minutes_of(interval.start_at), minutes_of(interval.end_at)
        if end <= start:
            continue
        kind = AssignmentKind.CALL if interval.duty_type in _CALL_LIKE else AssignmentKind.ROTATION
        day, end_day = calendar.day_of(start), calendar.end_day(end)
        duties.append(Duty(day, Session.AM, kind, "history", start, end, end_day, interval.duty_type))
        if end_day != 0:
            continue
        if interval.duty_type in (DutyType.IN_HOUSE_CALL, DutyType.TRANSITION):
            post_call.add(0)
        elif interval.duty_type is DutyType.NIGHT_FLOAT:
            post_night.add(0)
    calls: dict[tuple[str, date], CallDuty] = {}
    for row in rows:
        if row.person != person:
            continue
        start, end = minutes_of(row.start_at), minutes_of(row.end_at)
        day = calendar.day_of_date(row.date)
        duties.append(
            Duty(day, row.session, row.kind, row.id, start, end, calendar.end_day(end), row.duty_type)
        )
        call = shared.program.call_by_id.get(row.id)
        if call is not None and row.kind in (AssignmentKind.CALL, AssignmentKind.JEOPARDY):
            found = shared.call_duty(call, day)
            if row.duty_type is call.duty_type:
                calls[row.id, row.date] = found
    return Fixed(duties, tuple(calls.values()), post_night, post_call)


_CALL_LIKE = frozenset({DutyType.IN_HOUSE_CALL, DutyType.HOME_CALL_AVAILABILITY, DutyType.TRANSITION})
