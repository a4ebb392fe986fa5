"""One weekend on one rotation: what keeps it from being whole, and which duties take different people.

Work, vacation and absence apart, someone there leaves a session undone for one reason only that touches no
date of the weekend: a day off. (Calls that replace a session or make a date post-call end on that date, and
nights that make it post-night too.) Saturday, Sunday, and a Friday whose night reaches into Saturday count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations

from src.interchange.model import Call, DutyType, Session, Template
from src.interchange.schedule import AssignmentKind
from src.solver.ceilings.crowds import Crowd, Question
from src.solver.daily.duties import CallDuty, Duty
from src.solver.daily.facts import ProgramFacts
from src.solver.year.facts import MINUTES_A_DAY

SATURDAY = 5

Presence = tuple[int, Session]
"""Day from Saturday (-1 … 1) and session."""
OnCall = tuple[int, str]
"""Day from Saturday and call."""
Task = Presence | OnCall


@dataclass(frozen=True, slots=True)
class Weekend:
    """A Saturday and its Sunday, both in the year; days count from the year's first."""

    saturday: int
    block: int
    is_solved: bool
    """Whether Saturday and Sunday are days of blocks that are solved."""
    has_friday: bool
    """Whether the Friday is a day of the same block: who works it is on the same rotation."""
    has_sunday: bool
    """Whether the Sunday is a day of the same block."""

    @property
    def days(self) -> tuple[int, ...]:
        """The days, counted from Saturday, that are looked at."""
        return (*((-1,) if self.has_friday else ()), 0, *((1,) if self.has_sunday else ()))


class Weekends:
    """The weekends of a year, and what holds on each by rotation."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.shared = ProgramFacts(question.program)
        self._calendar = self.shared.calendar
        self._known_teams: dict[tuple[object, ...], tuple[tuple[Task, ...], ...]] = {}

    @cached_property
    def all(self) -> tuple[Weekend, ...]:
        return tuple(
            self._weekend(day)
            for day in range(self._calendar.days - 1)
            if self._calendar.weekday(day) == SATURDAY
        )

    def _weekend(self, saturday: int) -> Weekend:
        block_of, solved = self._calendar.block_of, self.question.solved
        block = block_of[saturday]
        days = self._calendar.days_of_block[block]
        return Weekend(
            saturday,
            block,
            is_solved=block in solved and block_of[saturday + 1] in solved,
            has_friday=saturday - 1 in days,
            has_sunday=saturday + 1 in days,
        )

    def price(self, crowd: Crowd, rotation: str, weekend: Weekend) -> int | None:
        """The days off that leave a weekend whole for anybody of the crowd there; None = none can."""
        needed = 0
        for offset in weekend.days:
            day = weekend.saturday + offset
            held = self.shared.templates_on(rotation, day)
            if day == 0 or not self._is_sure(crowd, rotation, day, held, of_friday=offset < 0):
                continue
            if not all(row.may_be_off for row in held):
                return None
            needed += 1
        return needed

    def _is_sure(
        self, crowd: Crowd, rotation: str, day: int, held: Sequence[Template], *, of_friday: bool
    ) -> bool:
        """Whether only a day off, or what touches the weekend anyway, keeps someone from its sessions."""
        tomorrow = self._calendar.date(day + 1)
        if of_friday:
            return (
                rotation not in self._call_takers
                and self._are_eves_alike(day)
                and not self._is_away(crowd, self._calendar.date(day))
                and not any(row.session is Session.NIGHT for row in self.question.program.clinics)
                and any(self._reaches(row, day) and _is_work(row) and _is_night(row) for row in held)
            )
        return any(
            _is_work(row)
            and (
                not self._reaches(row, day)
                or self._calendar.weekday(day) == SATURDAY
                or not self._may_be_leave(crowd, rotation, day, tomorrow)
            )
            for row in held
        )

    def _may_be_leave(self, crowd: Crowd, rotation: str, day: int, tomorrow: date) -> bool:
        """Whether someone on the rotation may be on vacation or absent on the date after `day`."""
        if self._is_away(crowd, tomorrow):
            return True
        if not self._calendar.in_year(day + 1):
            return False
        if self._calendar.block_of[day + 1] != self._calendar.block_of[day]:
            return True
        return rotation in self.question.facts.vacation_rotations or self.question.plan_is_given

    def _is_away(self, crowd: Crowd, day: date) -> bool:
        away = self.question.facts.away_dates
        return any(day in away[person.id] or not person.is_there(day) for person in crowd.members)

    def _are_eves_alike(self, day: int) -> bool:
        """Whether whoever is on a rotation has been so on every date from which a call could end on `day`."""
        lengths = (call.minutes + call.handover_minutes for call in self.question.program.calls)
        eves = 1 + max((-(-minutes // MINUTES_A_DAY) for minutes in lengths), default=0)
        return day - eves in self._calendar.days_of_block[self._calendar.block_of[day]]

    def _reaches(self, row: Template, day: int) -> bool:
        return self._duty(row, day).end_day > day

    @cached_property
    def _call_takers(self) -> frozenset[str]:
        """Rotations whose residents may take a call that is work, after which sessions may fall away."""
        return frozenset(
            rotation
            for call in self.question.program.calls
            if call.duty_type is not DutyType.JEOPARDY
            for rotation in self.shared.call_rotations[call.id]
        )

    def sessions(self, weekend: Weekend) -> list[Presence]:
        """The sessions in which somebody at work has the weekend touched."""
        found: list[Presence] = [(day, session) for day in weekend.days if day >= 0 for session in Session]
        return [(-1, Session.NIGHT), *found] if -1 in weekend.days else found

    def calls(self, weekend: Weekend) -> list[tuple[int, Call]]:
        """The calls somebody must take and that touch the weekend, by day from Saturday."""
        return [
            (offset, call)
            for offset in weekend.days
            for call in self.question.program.calls
            if call.min > 0
            and call.duty_type is not DutyType.JEOPARDY
            and self.shared.holds(call, weekend.saturday + offset)
            and self.shared.call_duty(call, weekend.saturday + offset).end_day >= weekend.saturday
        ]

    def holds(self, rotation: str, weekend: Weekend, at: Presence) -> bool:
        """Whether the rotation has that session on the date."""
        held = self.shared.templates_on(rotation, weekend.saturday + at[0])
        return any(row.session is at[1] for row in held)

    def touches(self, rotation: str, weekend: Weekend, at: Presence) -> bool:
        """Whether whoever works the session of that rotation has the weekend touched."""
        day = weekend.saturday + at[0]
        held = [row for row in self.shared.templates_on(rotation, day) if row.session is at[1]]
        return all(_is_work(row) and (at[0] >= 0 or self._reaches(row, day)) for row in held)

    def teams(self, rotation: str, weekend: Weekend, tasks: Sequence[Task]) -> tuple[tuple[Task, ...], ...]:
        """Sets of tasks of which nobody on the rotation can do two on one weekend, as large as can be."""
        key = (rotation, tuple(tasks), self._clock(weekend))
        known = self._known_teams.get(key)
        if known is None:
            apart = {
                frozenset(pair)
                for pair in combinations(range(len(tasks)), 2)
                if self._are_apart(rotation, weekend, tasks[pair[0]], tasks[pair[1]])
            }
            known = tuple(tuple(tasks[at] for at in team) for team in _cliques(len(tasks), apart))
            self._known_teams[key] = known
        return known

    def _clock(self, weekend: Weekend) -> tuple[object, ...]:
        """What can make weekends differ on one rotation: holidays, and the hours of the days."""
        days = range(weekend.saturday - 1, weekend.saturday + 4)
        return (
            weekend.days,
            tuple(day in self._calendar.holidays for day in days),
            tuple(self._calendar.midnight(day + 1) - self._calendar.midnight(day) for day in days),
        )

    def _are_apart(self, rotation: str, weekend: Weekend, one: Task, other: Task) -> bool:
        """Whether one person cannot do both."""
        if isinstance(one[1], Session) and isinstance(other[1], Session):
            return self._rests_after(rotation, weekend, (one[0], one[1]), (other[0], other[1]))
        if isinstance(one[1], Session):
            return self._are_apart(rotation, weekend, other, one)
        mine = self._call_duty(weekend, one[0], str(one[1]))
        if not isinstance(other[1], Session):
            return mine.excludes(self._call_duty(weekend, other[0], other[1]))
        at = (other[0], other[1])
        return all(mine.drops(duty) or mine.excluded_by(duty) for duty in self._duties(rotation, weekend, at))

    def _rests_after(self, rotation: str, weekend: Weekend, one: Presence, other: Presence) -> bool:
        """The date a night session ends has no morning and no afternoon."""
        first, second = sorted((one, other), key=lambda at: at[0])
        if first[1] is not Session.NIGHT or second[1] is Session.NIGHT:
            return False
        day = weekend.saturday + second[0]
        return any(duty.end_day == day != duty.day for duty in self._duties(rotation, weekend, first))

    def _duties(self, rotation: str, weekend: Weekend, at: Presence) -> list[Duty]:
        day = weekend.saturday + at[0]
        return [
            self._duty(row, day) for row in self.shared.templates_on(rotation, day) if row.session is at[1]
        ]

    def _duty(self, row: Template, day: int) -> Duty:
        start = self._calendar.instant(day, row.start)
        end = start + row.minutes
        kind = AssignmentKind.ROTATION
        end_day = self._calendar.end_day(end)
        return Duty(day, row.session, kind, row.rotation, start, end, end_day, row.duty_type, row.may_be_off)

    def _call_duty(self, weekend: Weekend, offset: int, name: str) -> CallDuty:
        return self.shared.call_duty(self.question.program.call_by_id[name], weekend.saturday + offset)


def _is_work(row: Template) -> bool:
    return row.duty_type is not DutyType.JEOPARDY


def _is_night(row: Template) -> bool:
    return row.session is Session.NIGHT


def _cliques(count: int, apart: set[frozenset[int]]) -> list[tuple[int, ...]]:
    """Every largest set of places that are pairwise apart (Bron and Kerbosch 1973)."""
    near = {
        one: {other for other in range(count) if frozenset((one, other)) in apart} for one in range(count)
    }
    found: list[tuple[int, ...]] = []

    def grow(chosen: tuple[int, ...], open_: set[int], done: set[int]) -> None:
        if not open_ and not done:
            found.append(chosen)
        for each in sorted(open_):
            grow((*chosen, each), open_ & near[each], done & near[each])
            open_, done = open_ - {each}, done | {each}

    grow((), set(range(count)), set())
    return found
