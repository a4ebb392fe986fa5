"""The two folders side by side, looked up by person, date and academic block.

Rows that name nobody, no rotation or no block of the program have no place here: each is named by the check
of its own file, and the rest is judged as if it were not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from src.compliance.structure.clock import Clock, each_week_date, seconds_of
from src.interchange.model import (
    AbsenceStatus,
    AcademicBlock,
    HistoryInterval,
    Person,
    Program,
    Rotation,
    days_between,
)
from src.interchange.schedule import AssignmentRow, Schedule, Scope, VacationRow, YearRow

SPILL = timedelta(days=60)
"""How far before and after the year dates are still looked at: what a session or call may reach into."""


class Entry(NamedTuple):
    """A row of `assignments.csv` with its instants in seconds, read once."""

    row: AssignmentRow
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What a check judges: the academic blocks that were solved, and whether days were solved too."""

    blocks: frozenset[int]
    days: bool


def judged_part(program: Program, schedule: Schedule) -> Judged:
    """The part that `result.json` says was solved; without it, or without blocks in it, the whole year."""
    every = frozenset(block.number for block in program.academic_blocks)
    if schedule.result is None:
        return Judged(every, days=True)
    named = every & frozenset(schedule.result.blocks)
    return Judged(named or every, days=schedule.result.scope is not Scope.YEAR)


class Ground:
    """A program and a schedule of it, indexed."""

    def __init__(
        self,
        program: Program,
        schedule: Schedule,
        known_entries: Mapping[str, tuple[Entry, ...]] | None = None,
    ) -> None:
        """`known_entries` are those of residents whose rows are as they were."""
        self.program = program
        self.schedule = schedule
        self._known_entries = known_entries or {}
        self.clock = Clock(program.zone)
        self.judged = judged_part(program, schedule)

    @cached_property
    def residents(self) -> Mapping[str, Person]:
        return {person.id: person for person in self.program.residents}

    @cached_property
    def block_by_number(self) -> Mapping[int, AcademicBlock]:
        return {block.number: block for block in self.program.academic_blocks}

    @cached_property
    def block_of(self) -> Mapping[date, int]:
        """The academic block of each date of the year."""
        return {day: block.number for block in self.program.academic_blocks for day in block.dates}

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Every local date of the year."""
        return tuple(self.block_of)

    @cached_property
    def judged_dates(self) -> tuple[date, ...]:
        """The dates whose sessions and calls are judged, in order."""
        if not self.judged.days:
            return ()
        return tuple(day for day, block in self.block_of.items() if block in self.judged.blocks)

    @cached_property
    def judged_date_set(self) -> frozenset[date]:
        return frozenset(self.judged_dates)

    @cached_property
    def holidays(self) -> frozenset[date]:
        return frozenset(self.program.holidays)

    @cached_property
    def year_rows(self) -> Mapping[tuple[str, int], YearRow]:
        """The first sound row of `year.csv` for each resident and academic block."""
        found: dict[tuple[str, int], YearRow] = {}
        for row in self.schedule.year:
            if (
                row.person in self.residents
                and row.block in self.block_by_number
                and row.rotation in self.program.rotation_by_id
            ):
                found.setdefault((row.person, row.block), row)
        return found

    def rotation_in(self, person: str, block: int) -> Rotation | None:
        """What a resident does in an academic block, or None where `year.csv` says nothing sound."""
        row = self.year_rows.get((person, block))
        return None if row is None else self.program.rotation_by_id[row.rotation]

    def rotation_on(self, person: str, day: date) -> Rotation | None:
        """The rotation of a local date, or None outside the year or where `year.csv` says nothing sound."""
        block = self.block_of.get(day)
        return None if block is None else self.rotation_in(person, block)

    def is_there_in(self, person: Person, block: AcademicBlock) -> bool:
        """Whether a person is there on any date of an academic block."""
        return not (
            (person.start_date is not None and person.start_date > block.end_date)
            or (person.end_date is not None and person.end_date < block.start_date)
            or (
                person.start_date is not None
                and person.end_date is not None
                and person.end_date < person.start_date
            )
        )

    def is_there_all_year(self, person: Person) -> bool:
        return person.is_there(self.program.year_start_date) and person.is_there(self.program.year_end_date)

    @cached_property
    def sound_vacations(self) -> tuple[VacationRow, ...]:
        """The rows of `vacations.csv` that name a resident and a week of the year, each week once."""
        weeks = frozenset(self.program.weeks)
        found: dict[tuple[str, date], VacationRow] = {}
        for row in self.schedule.vacations:
            if row.person in self.residents and row.week_start_date in weeks:
                found.setdefault((row.person, row.week_start_date), row)
        return tuple(found.values())

    @cached_property
    def vacation_weeks_of(self) -> Mapping[str, frozenset[date]]:
        """The Mondays of each resident's vacation weeks."""
        found: dict[str, set[date]] = defaultdict(set)
        for row in self.sound_vacations:
            found[row.person].add(row.week_start_date)
        return {person: frozenset(weeks) for person, weeks in found.items()}

    @cached_property
    def away(self) -> Mapping[str, Mapping[date, str]]:
        """Why each resident is not there on a date: vacation, approved absence, or dates outside theirs.

        Reaches a little beyond the year on both sides, as far as a session or a call may reach.
        """
        first, last = self.program.year_start_date - SPILL, self.program.year_end_date + SPILL
        found: dict[str, dict[date, str]] = {}
        for person in self.residents.values():
            found[person.id] = dict.fromkeys(self._dates_not_there(person, first, last), "not in the program")
        for absence in self.program.absences:
            if absence.status is AbsenceStatus.APPROVED and absence.person in found:
                start, end = max(absence.start_date, first), min(absence.end_date, last)
                found[absence.person].update(dict.fromkeys(days_between(start, end), "absent"))
        for row in self.sound_vacations:
            found[row.person].update(dict.fromkeys(each_week_date(row.week_start_date), "on vacation"))
        return found

    @cached_property
    def entries_of(self) -> Mapping[str, tuple[Entry, ...]]:
        """The rows of `assignments.csv` of each resident, in file order."""
        known = self._known_entries
        found: dict[str, list[Entry]] = {person: [] for person in self.residents if person not in known}
        for row in self.schedule.assignments:
            own = found.get(row.person)
            if own is not None:
                own.append(Entry(row, seconds_of(row.start_at), seconds_of(row.end_at)))
        return {
            person: known[person] if person in known else tuple(found[person]) for person in self.residents
        }

    @cached_property
    def history_of(self) -> Mapping[str, tuple[HistoryInterval, ...]]:
        """The duty of each person before the year."""
        found: dict[str, list[HistoryInterval]] = defaultdict(list)
        for interval in self.program.history:
            found[interval.person].append(interval)
        return {person: tuple(intervals) for person, intervals in found.items()}

    @staticmethod
    def _dates_not_there(person: Person, first: date, last: date) -> Iterator[date]:
        yield from (day for day in days_between(first, last) if not person.is_there(day))
