"""Reads the text format of the staff rostering instances; every error names its line.

Sections in any order, each once: `SECTION_HORIZON`, `SECTION_SHIFTS`, `SECTION_STAFF`, `SECTION_DAYS_OFF`,
`SECTION_SHIFT_ON_REQUESTS`, `SECTION_SHIFT_OFF_REQUESTS`, `SECTION_COVER`. `#` starts a comment line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HORIZON, SHIFTS, STAFF, DAYS_OFF = "SECTION_HORIZON", "SECTION_SHIFTS", "SECTION_STAFF", "SECTION_DAYS_OFF"
ON_REQUESTS, OFF_REQUESTS, COVER = "SECTION_SHIFT_ON_REQUESTS", "SECTION_SHIFT_OFF_REQUESTS", "SECTION_COVER"
SECTIONS = (HORIZON, SHIFTS, STAFF, DAYS_OFF, ON_REQUESTS, OFF_REQUESTS, COVER)
STAFF_FIELDS, REQUEST_FIELDS, COVER_FIELDS, SHIFT_FIELDS = 8, 4, 5, 3


class InstanceError(ValueError):
    """A line of an instance cannot be read: the message names the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift: minutes, and shifts that may not follow on the next day."""

    id: str
    minutes: int
    not_next: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Employee:
    """Limits of one employee, as the columns of `SECTION_STAFF` say them."""

    id: str
    max_shifts: dict[str, int]
    max_minutes: int
    min_minutes: int
    max_consecutive: int
    min_consecutive: int
    min_days_off: int
    max_weekends: int
    days_off: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A shift wished (or unwished) by an employee on a day."""

    employee: str
    day: int
    shift: str
    weight: int


@dataclass(frozen=True, slots=True)
class CoverLine:
    """Requirement of a shift on a day, with the weights of too few and too many."""

    day: int
    shift: str
    requirement: int
    weight_under: int
    weight_over: int


@dataclass(frozen=True, slots=True)
class Instance:
    """A whole instance; day 0 is a Monday."""

    horizon: int
    shifts: tuple[Shift, ...]
    staff: tuple[Employee, ...]
    on_requests: tuple[Request, ...]
    off_requests: tuple[Request, ...]
    cover: tuple[CoverLine, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str

    def fields(self, *counts: int) -> list[str]:
        parts = [part.strip() for part in self.text.split(",")]
        if len(parts) not in counts:
            wanted = " or ".join(str(count) for count in counts)
            raise self.error(f"{len(parts)} fields where {wanted} are wanted")
        return parts

    def integer(self, text: str, what: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise self.error(f"{what} is {text!r}, not a whole number") from None
        if value < 0:
            raise self.error(f"{what} is negative: {value}")
        return value

    def error(self, message: str) -> InstanceError:
        return InstanceError(f"line {self.number}: {message}")


def read(path: Path) -> Instance:
    """The instance in a file. Raises `InstanceError`, also when the file is not text."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise InstanceError("the file is not UTF-8 text") from None


def parse(text: str) -> Instance:
    """The instance in a text. Raises `InstanceError`."""
    lines = _by_section(text)
    horizon = _horizon(lines[HORIZON])
    shifts = _each_once([_shift(line) for line in lines[SHIFTS]], lines[SHIFTS], lambda shift: shift.id)
    names = {shift.id for shift in shifts}
    for shift, line in zip(shifts, lines[SHIFTS], strict=True):
        for other in shift.not_next:
            _known(line, other, names, "shift")
    days_off = _days_off(lines[DAYS_OFF], horizon)
    staff = _each_once(
        [_employee(line, names, days_off) for line in lines[STAFF]], lines[STAFF], lambda one: one.id
    )
    people = {employee.id for employee in staff}
    for line in lines[DAYS_OFF]:
        _known(line, line.text.split(",")[0].strip(), people, "employee")
    cover = [_cover(line, horizon, names) for line in lines[COVER]]
    return Instance(
        horizon,
        shifts,
        staff,
        tuple(_request(line, horizon, names, people) for line in lines[ON_REQUESTS]),
        tuple(_request(line, horizon, names, people) for line in lines[OFF_REQUESTS]),
        _each_once(cover, lines[COVER], lambda one: f"{one.day},{one.shift}"),
    )


def _by_section(text: str) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    current: str | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _Line(number, raw.strip())
        if not line.text or line.text.startswith("#"):
            continue
        if line.text.startswith("SECTION_"):
            current = line.text
            if current not in SECTIONS:
                raise line.error(f"unknown section {current}")
            if current in found:
                raise line.error(f"{current} is there twice")
            found[current] = []
        elif current is None:
            raise line.error("text before the first section")
        else:
            found[current].append(line)
    missing = [section for section in SECTIONS if section not in found]
    if missing:
        raise InstanceError(f"the file ends without {', '.join(missing)}")
    return found


def _horizon(lines: list[_Line]) -> int:
    if len(lines) != 1:
        where = f"line {lines[1].number}: " if lines else ""
        raise InstanceError(f"{where}{HORIZON} holds one number, not {len(lines)} lines")
    days = lines[0].integer(lines[0].text, "the horizon")
    if days == 0:
        raise lines[0].error("the horizon has no day")
    return days


def _shift(line: _Line) -> Shift:
    name, minutes, after = line.fields(SHIFT_FIELDS)
    length = line.integer(minutes, "the length")
    if not name or length == 0:
        raise line.error("a shift needs an id and a length in minutes")
    return Shift(name, length, tuple(part.strip() for part in after.split("|") if part.strip()))


LIMITS = (
    "MaxTotalMinutes",
    "MinTotalMinutes",
    "MaxConsecutiveShifts",
    "MinConsecutiveShifts",
    "MinConsecutiveDaysOff",
    "MaxWeekends",
)


def _employee(line: _Line, shifts: set[str], days_off: dict[str, tuple[int, ...]]) -> Employee:
    name, maxima, *numbers = line.fields(STAFF_FIELDS)
    if not name:
        raise line.error("an employee needs an id")
    most: dict[str, int] = {}
    for part in maxima.split("|"):
        shift, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise line.error(f"{part!r} is not shift=maximum")
        _known(line, shift, shifts, "shift")
        if shift in most:
            raise line.error(f"two maxima for {shift}")
        most[shift] = line.integer(number, f"the maximum of {shift}")
    if set(most) != shifts:
        raise line.error(f"no maximum for {', '.join(sorted(shifts - set(most)))}")
    values = (line.integer(text, what) for text, what in zip(numbers, LIMITS, strict=True))
    most_minutes, least_minutes, longest, shortest, shortest_off, weekends = values
    if longest < shortest or most_minutes < least_minutes:
        raise line.error("a maximum is below its minimum")
    if min(shortest, shortest_off) < 1:
        raise line.error("a shortest run is below one day")
    off = days_off.get(name, ())
    return Employee(name, most, most_minutes, least_minutes, longest, shortest, shortest_off, weekends, off)


def _days_off(lines: list[_Line], horizon: int) -> dict[str, tuple[int, ...]]:
    days: dict[str, tuple[int, ...]] = {}
    for line in lines:
        name, *numbers = (part.strip() for part in line.text.split(","))
        if name in days:
            raise line.error(f"days off of {name} are there twice")
        if not numbers:
            raise line.error(f"{name} has no day")
        days[name] = tuple(_day(line, number, horizon) for number in numbers)
    return days


def _request(line: _Line, horizon: int, shifts: set[str], people: set[str]) -> Request:
    name, day, shift, weight = line.fields(REQUEST_FIELDS)
    _known(line, name, people, "employee")
    _known(line, shift, shifts, "shift")
    return Request(name, _day(line, day, horizon), shift, line.integer(weight, "the weight"))


def _cover(line: _Line, horizon: int, shifts: set[str]) -> CoverLine:
    day, shift, need, under, over = line.fields(COVER_FIELDS)
    _known(line, shift, shifts, "shift")
    return CoverLine(
        _day(line, day, horizon),
        shift,
        line.integer(need, "the requirement"),
        line.integer(under, "the weight of too few"),
        line.integer(over, "the weight of too many"),
    )


def _day(line: _Line, text: str, horizon: int) -> int:
    day = line.integer(text, "the day")
    if day >= horizon:
        raise line.error(f"day {day} lies outside the horizon of {horizon} days")
    return day


def _known(line: _Line, name: str, known: set[str], what: str) -> None:
    if name not in known:
        raise line.error(f"unknown {what} {name!r}")


def _each_once[T](items: list[T], lines: Sequence[_Line], key: Callable[[T], str]) -> tuple[T, ...]:
    seen: set[str] = set()
    for item, line in zip(items, lines, strict=True):
        if key(item) in seen:
            raise line.error(f"{key(item)} is there twice")
        seen.add(key(item))
    return tuple(items)
