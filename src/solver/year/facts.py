"""What the year layer needs to know of a program, worked out once: who may be where, and what a date asks.

Everything here follows from the program folder alone; nothing depends on a plan. Dates are local dates,
weeks are named by their Monday, academic blocks count from 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property

from src.interchange.model import (
    AbsenceStatus,
    Call,
    Clinic,
    DutyType,
    HolidayRule,
    Person,
    Program,
    Requirement,
    Session,
    Setting,
    Staffing,
    Template,
    days_between,
)
from src.solver.daily.calendar import Calendar

ONE_DAY = timedelta(days=1)
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Week:
    """A vacation week: the block of its Monday counts it; `spills` are the blocks it runs into, if any.

    They are several where a block is shorter than a week.
    """

    monday: date
    block: int
    spills: tuple[int, ...] = ()

    @property
    def blocks(self) -> tuple[int, ...]:
        """Every block that a date of the week lies in."""
        return (self.block, *self.spills)

    @property
    def spill(self) -> int | None:
        """The first block it runs into."""
        return self.spills[0] if self.spills else None

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(self.monday + timedelta(days=offset) for offset in range(7))


class YearFacts:
    """A program seen by the year layer. With `loose_pins` a pin adds its rotation but leaves the others."""

    def __init__(self, program: Program, *, loose_pins: bool = False) -> None:
        self._loose_pins = loose_pins
        self.program = program
        self.holidays = frozenset(program.holidays)
        self.residents: tuple[Person, ...] = program.residents
        self.block_numbers = tuple(block.number for block in program.academic_blocks)
        self.pins = {(pin.person, pin.block): pin for pin in program.rotation_pins}
        self.dates_of_block = {block.number: block.dates for block in program.academic_blocks}
        self._templates_known: dict[tuple[str, int, bool], tuple[Template, ...]] = {}
        self._dates_of_calls: dict[tuple[date, time, int], tuple[date, ...]] = {}

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """Every vacation week of the year, in order."""
        found: list[Week] = []
        for monday in self.program.weeks:
            block = self.program.block_of(monday)
            last = self.program.block_of(monday + 6 * ONE_DAY)
            if block is not None and last is not None:
                found.append(Week(monday, block, tuple(range(block + 1, last + 1))))
        return tuple(found)

    @cached_property
    def week_of_date(self) -> Mapping[date, Week]:
        return {day: week for week in self.weeks for day in week.dates}

    @cached_property
    def blocks_of(self) -> Mapping[str, tuple[int, ...]]:
        """The academic blocks each resident has a row in: all but those wholly outside the person's dates."""
        return {
            person.id: tuple(
                block.number
                for block in self.program.academic_blocks
                if (person.start_date is None or block.end_date >= person.start_date)
                and (person.end_date is None or block.start_date <= person.end_date)
            )
            for person in self.residents
        }

    @cached_property
    def requirements_of(self) -> Mapping[str, tuple[Requirement, ...]]:
        return {
            person.id: tuple(
                row
                for row in self.program.requirements
                if matches(row.pgys, person.pgy) and row.track in (None, person.track)
            )
            for person in self.residents
        }

    @cached_property
    def own_rotations(self) -> Mapping[str, tuple[str, ...]]:
        """The rotations some requirement row names for the resident, leave apart, in file order."""
        found: dict[str, tuple[str, ...]] = {}
        for person in self.residents:
            named = {
                rotation
                for row in self.requirements_of[person.id]
                for rotation in self.program.expand(row.rotation)
            }
            found[person.id] = tuple(
                rotation.id
                for rotation in self.program.rotations
                if rotation.id in named and rotation.setting is not Setting.LEAVE
            )
        return found

    @cached_property
    def options(self) -> Mapping[tuple[str, int], tuple[str, ...]]:
        """(person, block) -> the rotations the person may have in that block; a pin leaves those it names."""
        found: dict[tuple[str, int], tuple[str, ...]] = {}
        for person in self.residents:
            for block in self.blocks_of[person.id]:
                pin = self.pins.get((person.id, block))
                own = self.own_rotations[person.id]
                if pin is not None:
                    pinned = self.program.expand(pin.rotation)
                    own = tuple(dict.fromkeys((*own, *pinned))) if self._loose_pins else pinned
                found[person.id, block] = own
        return found

    def is_there_all_year(self, person: Person) -> bool:
        first, last = self.program.year_start_date, self.program.year_end_date
        return person.is_there(first) and person.is_there(last)

    def weeks_due(self, person: Person) -> int:
        """Vacation weeks the resident must get, exactly."""
        return self.program.vacation_weeks.get(person.pgy or 0, 0)

    @cached_property
    def vacation_rotations(self) -> frozenset[str]:
        return frozenset(r.id for r in self.program.rotations if r.vacation_weeks_max > 0)

    @cached_property
    def away_dates(self) -> Mapping[str, frozenset[date]]:
        """Dates of the year on which a resident is absent (approved), or not with the program."""
        first, last = self.program.year_start_date, self.program.year_end_date
        found: dict[str, set[date]] = {person.id: set() for person in self.residents}
        for absence in self.program.absences:
            if absence.status is AbsenceStatus.APPROVED and absence.person in found:
                found[absence.person].update(days_between(absence.start_date, absence.end_date))
        for person in self.residents:
            if person.start_date is not None:
                found[person.id].update(days_between(first, person.start_date - ONE_DAY))
            if person.end_date is not None:
                found[person.id].update(days_between(person.end_date + ONE_DAY, last + ONE_DAY))
        return {person: frozenset(dates) for person, dates in found.items()}

    @cached_property
    def _templates_by_rotation(self) -> Mapping[str, tuple[Template, ...]]:
        found: defaultdict[str, list[Template]] = defaultdict(list)
        for template in self.program.templates:
            found[template.rotation].append(template)
        return {rotation: tuple(rows) for rotation, rows in found.items()}

    def templates_on(self, rotation: str, day: date) -> tuple[Template, ...]:
        """The template sessions a rotation holds on a local date."""
        kind = (rotation, day.weekday(), day in self.holidays)
        if kind not in self._templates_known:
            self._templates_known[kind] = tuple(
                row
                for row in self._templates_by_rotation.get(rotation, ())
                if on_weekday(row.weekdays, day) and (row.holidays or day not in self.holidays)
            )
        return self._templates_known[kind]

    def asks_on(self, row: Staffing, day: date) -> bool:
        """Whether a staffing row asks for anyone: on its weekdays, unless its session is not on holidays."""
        if not on_weekday(row.weekdays, day):
            return False
        held = [
            template.holidays
            for rotation in self.program.expand(row.rotation)
            for template in self._templates_by_rotation.get(rotation, ())
            if template.session is row.session and on_weekday(template.weekdays, day)
        ]
        return day not in self.holidays or not held or any(held)

    def must_work_into(self, rotation: str, day: date) -> bool:
        """Whether someone there the date before must work a session that runs into `day`."""
        return any(
            not row.may_be_off and reaches_next_date(minute_of_day(row), row.minutes)
            for row in self.templates_on(rotation, day - ONE_DAY)
        )

    @cached_property
    def _call_takers(self) -> frozenset[str]:
        """Rotations whose residents may take a call that is work, after which sessions may fall away."""
        taken = (
            self.call_rotations[call.id]
            for call in self.program.calls
            if call.duty_type is not DutyType.JEOPARDY
        )
        return frozenset(rotation for rotations in taken for rotation in rotations)

    def surely_works_into(self, rotation: str, day: date) -> bool:
        """Whether everyone on the rotation, absence and vacation apart, works from the eve into `day`."""
        return rotation not in self._call_takers and self.must_work_into(rotation, day)

    def may_be_idle(self, person: str, rotation: str, day: date) -> bool:
        """Whether rules let the resident, on that rotation and not on vacation, start no work on the date."""
        if day in self.away_dates[person]:
            return True
        is_first = day == self.program.year_start_date
        if is_first and person in self.post_call_at_start:
            return True
        nights_only = is_first and person in self.post_night_at_start
        tomorrow_away = day + ONE_DAY in self.away_dates[person]
        for row in self.templates_on(rotation, day):
            excused = tomorrow_away and reaches_next_date(minute_of_day(row), row.minutes)
            excused = excused or (nights_only and row.session is not Session.NIGHT)
            if not row.may_be_off and not excused:
                return False
        return nights_only or not self.clinics_on(person, rotation, day)

    @cached_property
    def _clinics_by_person(self) -> Mapping[str, tuple[Clinic, ...]]:
        found: defaultdict[str, list[Clinic]] = defaultdict(list)
        for row in self.program.clinics:
            found[row.person].append(row)
        return {person: tuple(rows) for person, rows in found.items()}

    def clinics_on(self, person: str, rotation: str, day: date) -> tuple[Clinic, ...]:
        """Clinic sessions held that date by someone present, neither post-call nor post-night."""
        if day in self.holidays or not self.program.rotation_by_id[rotation].clinic:
            return ()
        return tuple(row for row in self._clinics_by_person.get(person, ()) if row.weekday == day.weekday())

    def calls_on(self, day: date) -> tuple[Call, ...]:
        """The calls held on a local start date."""
        return tuple(call for call in self.program.calls if self._held(call, day))

    def _held(self, call: Call, day: date) -> bool:
        if call.holidays is HolidayRule.HOLIDAYS_ONLY:
            return day in self.holidays
        if day in self.holidays:
            return call.holidays is HolidayRule.WEEKDAYS_AND_HOLIDAYS
        return on_weekday(call.weekdays, day)

    @cached_property
    def call_rotations(self) -> Mapping[str, frozenset[str]]:
        """Call id -> the rotations whose residents may take it."""
        everything = frozenset(rotation.id for rotation in self.program.rotations)
        return {
            call.id: frozenset(r for named in call.rotations for r in self.program.expand(named))
            if call.rotations
            else everything
            for call in self.program.calls
        }

    def call_dates(self, call: Call, day: date) -> tuple[date, ...]:
        """The dates on which someone with that call must be neither on vacation nor absent."""
        if call.duty_type is DutyType.JEOPARDY:
            return (day,)
        minutes = call.minutes + call.handover_minutes
        key = (day, call.start, minutes)
        found = self._dates_of_calls.get(key)
        if found is None:
            begun = self._calendar.day_of_date(day)
            last = self._calendar.end_day(self._calendar.instant(begun, call.start) + minutes)
            found = tuple(day + offset * ONE_DAY for offset in range(last - begun + 1))
            self._dates_of_calls[key] = found
        return found

    @cached_property
    def _calendar(self) -> Calendar:
        return Calendar(self.program)

    @cached_property
    def post_night_at_start(self) -> frozenset[str]:
        """Who is post-night on the year's first date: no AM, PM or clinic (history.csv)."""
        return self._history_ending_on_first_date(frozenset({DutyType.NIGHT_FLOAT}))

    @cached_property
    def post_call_at_start(self) -> frozenset[str]:
        """Who is post-call on the year's first date: nothing starts (history.csv)."""
        return self._history_ending_on_first_date(frozenset({DutyType.IN_HOUSE_CALL, DutyType.TRANSITION}))

    def _history_ending_on_first_date(self, types: frozenset[DutyType]) -> frozenset[str]:
        first, zone = self.program.year_start_date, self.program.zone
        return frozenset(
            row.person
            for row in self.program.history
            if row.duty_type in types
            and (row.end_at.astimezone(zone) - timedelta(microseconds=1)).date() == first
        )

    def expand_all(self, references: Iterable[str]) -> frozenset[str]:
        return frozenset(rotation for named in references for rotation in self.program.expand(named))


def matches(pgys: tuple[int, ...], pgy: int | None) -> bool:
    """An empty list of PGYs means all."""
    return not pgys or pgy in pgys


def on_weekday(weekdays: tuple[int, ...], day: date) -> bool:
    """An empty list of weekdays means all."""
    return not weekdays or day.weekday() in weekdays


def minute_of_day(row: Template | Call | Clinic) -> int:
    return row.start.hour * 60 + row.start.minute


def reaches_next_date(start_minute: int, minutes: int) -> bool:
    """An interval that ends at exactly 00:00 ends on the date before."""
    return start_minute + minutes > MINUTES_A_DAY
