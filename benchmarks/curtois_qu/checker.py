"""Judges a roster of an instance from the format's own rules; shares no code with the engine.

A roster is a text of shifts by employee and day; `None` is a day off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from benchmarks.curtois_qu.reader import Employee, Instance

Roster = Mapping[str, Sequence[str | None]]
SATURDAY, SUNDAY, WEEK = 5, 6, 7


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken` names every hard rule that does not hold; `penalty` is that of the soft ones."""

    broken: tuple[str, ...]
    penalty: int


def check(instance: Instance, roster: Roster) -> Verdict:
    """Every hard rule and the penalty of a roster that gives each employee one entry a day."""
    broken = list(_shape(instance, roster))
    if broken:
        return Verdict(tuple(broken), 0)
    for employee in instance.staff:
        broken.extend(f"{employee.id}: {what}" for what in _hard(instance, employee, roster[employee.id]))
    return Verdict(tuple(broken), _requests(instance, roster) + _cover(instance, roster))


def _shape(instance: Instance, roster: Roster) -> Iterator[str]:
    known = {shift.id for shift in instance.shifts}
    staff = {employee.id for employee in instance.staff}
    for name in sorted(staff ^ set(roster)):
        yield f"{name}: not in both roster and staff"
    for name in sorted(staff & set(roster)):
        if len(roster[name]) != instance.horizon:
            yield f"{name}: {len(roster[name])} days instead of {instance.horizon}"
        for shift in sorted({entry for entry in roster[name] if entry is not None} - known):
            yield f"{name}: unknown shift {shift}"


def _hard(instance: Instance, employee: Employee, days: Sequence[str | None]) -> Iterator[str]:
    minutes = {shift.id: shift.minutes for shift in instance.shifts}
    forbidden = {shift.id: shift.not_next for shift in instance.shifts}
    for day in employee.days_off:
        if days[day] is not None:
            yield f"works on day off {day}"
    for day in range(1, len(days)):
        before, after = days[day - 1], days[day]
        if before is not None and after in forbidden[before]:
            yield f"{after} after {before} on day {day}"
    for shift, most in employee.max_shifts.items():
        if (count := list(days).count(shift)) > most:
            yield f"{count} × {shift}, at most {most}"
    total = sum(minutes[entry] for entry in days if entry is not None)
    if not employee.min_minutes <= total <= employee.max_minutes:
        yield f"{total} minutes outside {employee.min_minutes}–{employee.max_minutes}"
    weekends = {day // WEEK for day, entry in enumerate(days) if entry and day % WEEK in (SATURDAY, SUNDAY)}
    if len(weekends) > employee.max_weekends:
        yield f"{len(weekends)} weekends, at most {employee.max_weekends}"
    yield from _runs(employee, days)


def _runs(employee: Employee, days: Sequence[str | None]) -> Iterator[str]:
    first = 0
    for working, group in groupby(days, key=lambda entry: entry is not None):
        length = len(list(group))
        last = first + length - 1
        inside = first > 0 and last < len(days) - 1
        if working and length > employee.max_consecutive:
            yield f"{length} shifts in a row from day {first}"
        if working and inside and length < employee.min_consecutive:
            yield f"only {length} shifts in a row from day {first}"
        if not working and inside and length < employee.min_days_off:
            yield f"only {length} days off in a row from day {first}"
        first = last + 1


def _requests(instance: Instance, roster: Roster) -> int:
    missed = sum(
        wish.weight for wish in instance.on_requests if roster[wish.employee][wish.day] != wish.shift
    )
    given = sum(
        wish.weight for wish in instance.off_requests if roster[wish.employee][wish.day] == wish.shift
    )
    return missed + given


def _cover(instance: Instance, roster: Roster) -> int:
    penalty = 0
    for line in instance.cover:
        there = sum(days[line.day] == line.shift for days in roster.values())
        if there < line.requirement:
            penalty += (line.requirement - there) * line.weight_under
        else:
            penalty += (there - line.requirement) * line.weight_over
    return penalty
