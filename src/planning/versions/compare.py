"""What changed from one version to another, person by person and date by date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from src.interchange.schedule import AssignmentRow, Schedule


@dataclass(frozen=True, slots=True)
class YearChange:
    """Another rotation in an academic block; None = no row there."""

    person: str
    block: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class VacationChange:
    """A vacation week that came or went."""

    person: str
    week_start_date: date
    granted: bool


@dataclass(frozen=True, slots=True)
class DayChange:
    """Other duty on a date: what was there and what is, as "WARD AM 07:00–12:00"."""

    person: str
    date: date
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes, in order of person and time."""

    year: tuple[YearChange, ...]
    vacations: tuple[VacationChange, ...]
    days: tuple[DayChange, ...]

    @property
    def people(self) -> int:
        """How many people anything changes for."""
        return len(
            {row.person for row in self.year}
            | {row.person for row in self.vacations}
            | {row.person for row in self.days}
        )


def compare(before: Schedule, after: Schedule) -> Comparison:
    """What changed from one schedule to the other; empty for equal ones."""
    return Comparison(_year(before, after), _vacations(before, after), _days(before, after))


def _year(before: Schedule, after: Schedule) -> tuple[YearChange, ...]:
    old = {(row.person, row.block): row.rotation for row in before.year}
    new = {(row.person, row.block): row.rotation for row in after.year}
    return tuple(
        YearChange(*key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    )


def _vacations(before: Schedule, after: Schedule) -> tuple[VacationChange, ...]:
    old = {(row.person, row.week_start_date) for row in before.vacations}
    new = {(row.person, row.week_start_date) for row in after.vacations}
    return tuple(VacationChange(*key, granted=key in new) for key in sorted(old ^ new))


def _days(before: Schedule, after: Schedule) -> tuple[DayChange, ...]:
    old, new = _by_day(before.assignments), _by_day(after.assignments)
    return tuple(
        DayChange(*key, old.get(key, ()), new.get(key, ()))
        for key in sorted(old.keys() | new.keys())
        if old.get(key, ()) != new.get(key, ())
    )


def _by_day(rows: Iterable[AssignmentRow]) -> dict[tuple[str, date], tuple[str, ...]]:
    found: defaultdict[tuple[str, date], list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.start_at, row.id)):
        words = f"{row.id} {row.session} {row.start_at:%H:%M}–{row.end_at:%H:%M} {row.duty_type}"
        found[row.person, row.date].append(words)
    return {key: tuple(words) for key, words in found.items()}
