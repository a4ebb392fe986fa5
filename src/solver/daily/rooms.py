"""How many residents an academic block has room for at most: on a rotation, and in the clinic; proved.

A rotation whose staffing has a maximum is tried with ever more residents whom nothing keeps away, until no
roster keeps the maximum. Room in the clinic is counted: whoever is on a rotation with clinic, neither on
leave nor excused by a call, is in the clinic on the weekday that is theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from src.interchange.model import Call, Clinic, Person, Program, Session, Staffing
from src.quantities import count
from src.solver.daily.duties import CallDuty
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import AVERAGED, BY_ROTATION, common_rule, days_off_rules, pack_rule
from src.solver.daily.subsolve import Effort
from src.solver.daily.sure import Sure, clinic_slots, without_clinic_slots
from src.solver.daily.trial import Asked, is_impossible
from src.solver.daily.wanted import Wanted, rooms_in_clinic
from src.solver.daily.windows import is_window
from src.solver.plan import Cut, Ground, Present, YearPlan
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop
from src.solver.year.facts import YearFacts

SECONDS_A_TRIAL = 1.5
MOST_PEOPLE = 30
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class _Crowd:
    """So many residents on the rotation are too many for the maxima, under the limits.

    `days_off`: whether the most days off that the rotation gives are needed to show it; `calls`: those of
    which it is needed that they take no more than they do.
    """

    rotation: str
    people: int
    maxima: tuple[Staffing, ...]
    limits: Limits
    days_off: bool
    calls: tuple[Call, ...] = ()


class Rooms:
    """Proved cuts on how many residents may be on rotations and in clinics."""

    def __init__(self, problem: Problem, stop: Stop) -> None:
        self._problem = problem
        self._program = problem.program
        self._stop = stop
        self._shared = ProgramFacts(problem.program)
        self._calendar = self._shared.calendar
        self._year = YearFacts(problem.program)
        self._sure = Sure(self._shared)
        self._known: dict[object, _Crowd | None] = {}
        self._tried: dict[object, bool] = {}

    def of_block(self, block: int) -> tuple[Cut, ...]:
        """The cuts of an academic block."""
        return (*self._on_rotations(block), *self._in_clinics(block))

    def crowded(self, block: int) -> tuple[Cut, ...]:
        """The cuts of the block that break what coverage asks for, by counting what that is first."""
        found: list[Cut] = []
        for rotation, pgys, rows in self._groups():
            forced = _forced(self._program, rotation, pgys, block)
            if forced > min(row.max or 0 for row in rows):
                able = [person for person in self._sure_of(block, rotation) if _counts(pgys, person)]
                crowd = self._crowd(block, rotation, rows, min(forced, len(able)))
                if crowd is not None and crowd.people <= forced:
                    found.append(self._cut(block, crowd, able))
        return tuple(found)

    def broken_by(self, plan: YearPlan) -> tuple[Cut, ...]:
        """The cuts of clinics that the plan breaks, in the blocks to be solved: they take no search."""
        blocks = self._problem.blocks or self._calendar.days_of_block
        return tuple(cut for block in blocks for cut in self._in_clinics(block) if not cut.is_kept_by(plan))

    def _on_rotations(self, block: int) -> Iterator[Cut]:
        for rotation, pgys, rows in self._groups():
            able = [person for person in self._sure_of(block, rotation) if _counts(pgys, person)]
            crowd = self._crowd(block, rotation, rows, len(able))
            if crowd is not None:
                yield self._cut(block, crowd, able)

    def _groups(self) -> Iterator[tuple[str, tuple[int, ...], tuple[Staffing, ...]]]:
        """By rotation and PGYs: the maxima that count everybody of those there."""
        for rotation in self._program.rotations:
            rows = [
                row
                for row in self._program.staffing
                if row.max is not None and rotation.id in self._program.expand(row.rotation)
            ]
            for pgys in dict.fromkeys(row.pgys for row in rows):
                binding = (row for row in rows if not row.pgys or (pgys and set(pgys) <= set(row.pgys)))
                yield rotation.id, pgys, tuple(binding)

    def _sure_of(self, block: int, rotation: str) -> list[Person]:
        here = frozenset({rotation})
        return [
            person
            for person in self._program.residents
            if self._sure.may(person, block, here)
            and self._sure.is_sure(person, block, rotation, but_for_clinic=True)
        ]

    def _crowd(self, block: int, rotation: str, rows: tuple[Staffing, ...], able: int) -> _Crowd | None:
        """The fewest residents that are too many; None where none of them all are."""
        key = (self._shape(block), rotation, rows, able)
        if key not in self._known:
            self._known[key] = self._climb(block, rotation, rows, able)
        return self._known[key]

    def _shape(self, block: int) -> object:
        """What tells one block's days from another's."""
        days = self._calendar.days_of_block[block]
        holidays = tuple(day - days[0] for day in days if day in self._calendar.holidays)
        window = is_window(self._calendar, block, self._problem.limits)
        return self._calendar.lengths_of(days), self._calendar.weekday(days[0]), holidays, window

    def _climb(self, block: int, rotation: str, rows: tuple[Staffing, ...], able: int) -> _Crowd | None:
        limits = self._limits(block, rotation)
        least = min((row.max or 0 for row in rows), default=0) + 1
        most = min(able, MOST_PEOPLE)
        limited = tuple(call for call in self._calls_on(rotation) if call.max is not None)
        whole = _Crowd(rotation, most, rows, limits, days_off=True, calls=limited)
        if most < least or not self._is_too_many(block, whole):
            return None
        while least < most:
            middle = (least + most) // 2
            if self._is_too_many(block, replace(whole, people=middle)):
                most = middle
            else:
                least = middle + 1
        return self._shrunk(block, replace(whole, people=most))

    def _shrunk(self, block: int, crowd: _Crowd) -> _Crowd:
        """The fewest rows and rules that show it."""
        for row in crowd.maxima:
            fewer = replace(crowd, maxima=tuple(other for other in crowd.maxima if other is not row))
            if fewer.maxima and self._is_too_many(block, fewer):
                crowd = fewer
        if self._is_too_many(block, replace(crowd, days_off=False)):
            crowd = replace(crowd, days_off=False)
        if crowd.calls and self._is_too_many(block, replace(crowd, calls=())):
            crowd = replace(crowd, calls=())
        for call in crowd.calls:
            others = tuple(other for other in crowd.calls if other is not call)
            if self._is_too_many(block, replace(crowd, calls=others)):
                crowd = replace(crowd, calls=others)
        for kind in sorted(crowd.limits.keeps):
            less = replace(crowd.limits, keeps=crowd.limits.keeps - {kind})
            if self._is_too_many(block, replace(crowd, limits=less)):
                crowd = replace(crowd, limits=less)
        for rule in crowd.limits.rows:
            rows = tuple(other for other in crowd.limits.rows if other is not rule)
            less = replace(crowd.limits, rows=rows)
            if self._is_too_many(block, replace(crowd, limits=less)):
                crowd = replace(crowd, limits=less)
        return crowd

    def _limits(self, block: int, rotation: str) -> Limits:
        """The rules that the block can be judged by; where clinics are left out, those that sum up work."""
        limits = self._problem.limits
        keeps = limits.keeps
        if not is_window(self._calendar, block, limits):
            keeps -= AVERAGED
        if clinic_slots(self._program, rotation):
            return replace(limits, keeps=keeps & AVERAGED, advises=frozenset(), rows=())
        rows = tuple(row for row in limits.rows if row.kind not in BY_ROTATION and row.rotations is None)
        return replace(limits, keeps=keeps, advises=frozenset(), rows=rows)

    def _is_too_many(self, block: int, crowd: _Crowd) -> bool:
        """Whether it was proved that so many have no roster; a trial that does not end proves nothing."""
        if self._stop.reached:
            return False
        calls = tuple(
            replace(call, min=0, max=call.max if call in crowd.calls else None, pgys=(), rotations=())
            for call in self._calls_on(crowd.rotation)
        )
        templates = tuple(without_clinic_slots(self._program, crowd.rotation))
        staffing = tuple(replace(row, min=0, pgys=()) for row in crowd.maxima)
        asked = Asked(block, crowd.rotation, crowd.people, calls, templates, staffing, self._sure.lead)
        deterministic = None if self._problem.deterministic_limit is None else SECONDS_A_TRIAL
        effort = Effort(SECONDS_A_TRIAL, self._problem.workers, self._problem.seed, deterministic)
        return is_impossible(self._in_program(crowd), asked, crowd.limits, effort, self._stop)

    def _calls_on(self, rotation: str) -> list[Call]:
        """The calls that residents on the rotation may take."""
        return [call for call in self._program.calls if rotation in self._shared.call_rotations[call.id]]

    def _in_program(self, crowd: _Crowd) -> Program:
        if crowd.days_off:
            return self._program
        rotations = tuple(replace(rotation, max_days_off=None) for rotation in self._program.rotations)
        return replace(self._program, rotations=rotations)

    def _cut(self, block: int, crowd: _Crowd, able: Collection[Person]) -> Cut:
        here, weeks = frozenset({crowd.rotation}), self._sure.weeks_of(block, crowd.rotation)
        grounds = (
            *Wanted(maxima=crowd.maxima).grounds(),
            *(_takes_at_most(call) for call in crowd.calls),
            *(days_off_rules(self._program, here) if crowd.days_off else ()),
            *(common_rule(kind) for kind in sorted(crowd.limits.keeps)),
            *(pack_rule(row) for row in crowd.limits.rows),
        )
        most = crowd.people - 1
        words = (
            f"{crowd.rotation} has room for at most {count(most, 'resident')} who are there all block {block}"
        )
        terms = tuple((-1, Present(person.id, block, here, weeks)) for person in able)
        return Cut(terms, -most, words, proved=True, grounds=grounds)

    def _in_clinics(self, block: int) -> Iterator[Cut]:
        for room in rooms_in_clinic(self._program):
            seen: set[object] = set()
            for day in self._calendar.days_of_block[block]:
                if self._calendar.weekday(day) == room.weekday and day not in self._calendar.holidays:
                    cut = self._in_clinic(block, day, room)
                    if cut is not None and cut.terms not in seen:
                        seen.add(cut.terms)
                        yield cut

    def _in_clinic(self, block: int, day: int, room: Clinic) -> Cut | None:
        """Those who are surely in the clinic on the date, if they can be more than it has room for."""
        excused = self._excused(day, room)
        if excused is None:
            return None
        on = self._calendar.date(day)
        week = self._year.week_of_date.get(on)
        weeks = () if week is None else (week.monday,)
        has_clinic = {
            row.person
            for row in self._program.clinics
            if (row.weekday, row.session) == (room.weekday, room.session)
        }
        terms = tuple(
            (-1, Present(person.id, block, self._with_clinic, weeks))
            for person in self._program.residents
            if person.id in has_clinic
            and on not in self._year.away_dates[person.id]
            and self._sure.may(person, block, self._with_clinic)
        )
        most = room.max_at_once + excused
        if len(terms) <= most:
            return None
        words = f"more could not be excused from it on {WEEKDAYS[room.weekday]} {on}, in block {block}"
        return Cut(terms, -most, words, proved=True, grounds=tuple(Wanted(clinics=(room,)).grounds()))

    @property
    def _with_clinic(self) -> frozenset[str]:
        """The rotations with clinic on which no night takes it away."""
        nights = {
            name
            for row in self._program.templates
            if row.session is Session.NIGHT
            for name in self._program.expand(row.rotation)
        }
        return frozenset(row.id for row in self._program.rotations if row.clinic and row.id not in nights)

    def _excused(self, day: int, room: Clinic) -> int | None:
        """How many a call may keep from the clinic on the date; None where that has no end, or nights may."""
        if day == self._calendar.days_of_block[self._calendar.block_of[day]][0]:
            return None
        found = 0
        for call in self._program.calls:
            for start in range(day - self._sure.lead, day + 1):
                duty = self._shared.call_duty(call, start)
                if self._shared.holds(call, start) and self._excuses(duty, day, room):
                    if call.max is None:
                        return None
                    found += call.max
        return found

    def _excuses(self, call: CallDuty, day: int, room: Clinic) -> bool:
        """Whether the call replaces a clinic of that room on the date, or leaves nobody to start it."""
        if call.is_jeopardy:
            return False
        held = (
            row for row in self._program.clinics if (row.weekday, row.session) == (room.weekday, room.session)
        )
        begins = ((self._calendar.instant(day, row.start), row.minutes) for row in held)
        return any(
            call.overlaps(start, start + minutes) or call.bars_start(start, day) for start, minutes in begins
        )


def _takes_at_most(call: Call) -> Ground:
    words = f"{call.id} takes at most {call.max}, so that no more are kept from a session by it"
    return Ground("calls.csv", call.row, words, most=True)


def _counts(pgys: tuple[int, ...], person: Person) -> bool:
    return not pgys or person.pgy in pgys


def _forced(program: Program, rotation: str, pgys: tuple[int, ...], block: int) -> int:
    """So many residents of those PGYs coverage puts on the rotation, each row of other PGYs."""
    taken: set[int] = set()
    found = 0
    for row in program.coverage:
        is_of = program.expand(row.rotation) == (rotation,) and (not row.blocks or block in row.blocks)
        if is_of and row.pgys and taken.isdisjoint(row.pgys) and (not pgys or set(row.pgys) <= set(pgys)):
            taken |= set(row.pgys)
            found += row.min
        elif is_of and not row.pgys and not pgys:
            found = max(found, row.min)
    return found
