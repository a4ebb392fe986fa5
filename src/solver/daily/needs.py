"""How many residents the days of an academic block need at least, whoever they are: proved, block by block.

A call or a session that must be staffed is tried with one resident, then two, and so on, until a roster may
exist. First *loosely*: nothing else is asked of them and any session may fall away, so that no leave, clinic
or other duty could make it easier. Then *surely*, on one rotation: all sessions that nobody may be off from
are worked, which holds for residents without leave or clinic there; others keep such a cut by being there.

Rules averaged over windows take part where the academic block is a window of its own whatever the blocks
around it hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from src.interchange.model import AbsenceStatus, Call, Person, Session, Staffing, Template
from src.interchange.schedule import Scope
from src.solver.daily.calendar import minutes_of
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import AVERAGED, common_rule, named
from src.solver.daily.subsolve import Effort
from src.solver.daily.trial import Asked, is_impossible
from src.solver.daily.windows import split_run
from src.solver.plan import Cut, Ground, OnRotation, PlanFact, Present
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop
from src.solver.year.facts import YearFacts, minute_of_day, reaches_next_date

SECONDS_A_TRIAL = 1.5
MOST_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class _Demand:
    """What must be done by residents on any of `rotations`: calls and staffing rows, all with a minimum.

    `is_sure`: by residents without leave or clinic, who work every session that nobody may be off from.
    """

    rotations: tuple[str, ...]
    calls: tuple[Call, ...]
    staffing: tuple[Staffing, ...]
    is_sure: bool

    @property
    def asked(self) -> tuple[Call | Staffing, ...]:
        return (*self.calls, *self.staffing)

    @property
    def least(self) -> int:
        """So many are surely needed: the most that a single row asks for."""
        return max((row.min for row in self.asked), default=0)


@dataclass(frozen=True, slots=True)
class _Level:
    """So many residents cannot do it; `calls`, `staffing` and `rules` alone suffice to show that."""

    people: int
    calls: tuple[Call, ...]
    staffing: tuple[Staffing, ...]
    rules: tuple[str, ...]


class Needs:
    """Proved cuts on how many residents must be on rotations; each kind of block is looked at once."""

    def __init__(self, problem: Problem, stop: Stop) -> None:
        self._problem = problem
        self._program = problem.program
        self._stop = stop
        self._shared = ProgramFacts(problem.program)
        self._calendar = self._shared.calendar
        self._year = YearFacts(problem.program)
        self._known: dict[object, _Level | None] = {}
        self._origin: dict[Cut, tuple[int, _Demand]] = {}
        self._lead = 1 + max(
            (
                duty.end_day - duty.day - 1
                for call in self._program.calls
                if (duty := self._shared.call_duty(call, 0)).end_day > duty.day
            ),
            default=0,
        )

    def of_block(self, block: int, rotations: Collection[str] = ()) -> tuple[Cut, ...]:
        """The cuts of an academic block, of demands on any of the rotations (none named = all).

        None where demand may stay open, or as soon as the stop is reached.
        """
        if self._problem.allow_unmet:
            return ()
        found: dict[Cut, None] = {}
        loosely: dict[tuple[str, ...], int] = {}
        for demand in self._demands:
            if rotations and not set(demand.rotations) & set(rotations):
                continue
            level = self._highest(block, demand)
            if level is None or (demand.is_sure and 1 < level.people <= loosely.get(demand.rotations, 0)):
                continue
            loosely[demand.rotations] = max(level.people, loosely.get(demand.rotations, 0))
            for cut in self._cuts(block, demand, level):
                self._origin[cut] = (block, demand)
                found[cut] = None
        return tuple(found)

    def ahead(self, until: float) -> tuple[Cut, ...]:
        """The cuts of the blocks to be solved, as far as they are found before so many seconds of the stop.

        None where no days are asked for.
        """
        found: list[Cut] = []
        if self._problem.scope is Scope.YEAR:
            return ()
        for block in self._problem.blocks or self._calendar.days_of_block:
            if self._problem.deterministic_limit is None and self._stop.seconds > until:
                break
            found += self.of_block(block)
        return tuple(found)

    def grounded(self, cuts: Iterable[Cut]) -> tuple[Cut, ...]:
        """The proved cuts whose grounds are known; those from here by level, on the fewest rows and rules."""
        found: dict[Cut, None] = {}
        for cut in cuts:
            if cut not in self._origin and cut.proved and cut.grounds:
                found[cut] = None
            elif cut in self._origin:
                block, demand = self._origin[cut]
                for level in self._levels(block, demand):
                    found |= dict.fromkeys(self._cuts(block, demand, level))
        return tuple(found)

    @cached_property
    def _demands(self) -> tuple[_Demand, ...]:
        calls = [replace(call, max=None) for call in self._program.calls if call.min > 0]
        pools = {call.id: tuple(sorted(self._shared.call_rotations[call.id])) for call in calls}
        rows = [replace(row, max=None) for row in self._program.staffing if row.min > 0]
        found: list[_Demand] = []
        for pool in dict.fromkeys(pools.values()):
            within = tuple(call for call in calls if set(pools[call.id]) <= set(pool))
            found += [_Demand(pool, (call,), (), is_sure=False) for call in within if pools[call.id] == pool]
            if len(within) > 1:
                found.append(_Demand(pool, within, (), is_sure=False))
        for rotation in self._program.rotations:
            here = tuple(row for row in rows if self._program.expand(row.rotation) == (rotation.id,))
            own = tuple(call for call in calls if pools[call.id] == (rotation.id,))
            if here:
                found.append(_Demand((rotation.id,), own, here, is_sure=False))
            found.append(_Demand((rotation.id,), own, here, is_sure=True))
        return tuple(found)

    def _shape(self, block: int) -> object:
        """What tells one block's days from another's: length, weekdays, holidays, and windows."""
        days = self._calendar.days_of_block[block]
        holidays = tuple(day - days[0] for day in days if day in self._calendar.holidays)
        return len(days), self._calendar.weekday(days[0]), holidays, self._is_window(block)

    def _highest(self, block: int, demand: _Demand) -> _Level | None:
        """The most residents of whom it is proved that they are too few; None where no rule makes them so."""
        key = (self._shape(block), demand)
        if key not in self._known:
            self._known[key] = self._climb(block, demand)
        return self._known[key]

    def _climb(self, block: int, demand: _Demand) -> _Level | None:
        limits = self._limits(block, demand)
        rules = tuple(sorted(limits.keeps))
        if demand.is_sure and self._fails(block, replace(demand, calls=(), staffing=()), 1, limits):
            return _Level(1, (), (), rules)
        found: _Level | None = None
        for people in range(demand.least, self._eligible(block, demand) + 1):
            if self._stop.reached or not demand.asked or not self._fails(block, demand, people, limits):
                break
            found = _Level(people, demand.calls, demand.staffing, rules)
        return found

    def _levels(self, block: int, demand: _Demand) -> Iterator[_Level]:
        """Every number of residents that is too few, each by the fewest rows and rules that show it."""
        highest = self._highest(block, demand)
        if highest is not None:
            limits = self._limits(block, demand)
            asked = replace(demand, calls=highest.calls, staffing=highest.staffing)
            for people in range(asked.least or highest.people, highest.people + 1):
                yield self._shrunk(block, asked, people, limits)

    def _eligible(self, block: int, demand: _Demand) -> int:
        return min(
            MOST_PEOPLE, sum(1 for person in self._program.residents if self._may(person, block, demand))
        )

    def _fails(self, block: int, demand: _Demand, people: int, limits: Limits) -> bool:
        days = len(self._calendar.days_of_block[block])
        calls, templates = list(demand.calls), self._templates(demand)
        if demand.is_sure:
            named = {call.id for call in calls}
            calls += [
                replace(call, min=0, max=None)
                for call in self._program.calls
                if call.id not in named and demand.rotations[0] in self._shared.call_rotations[call.id]
            ]
        asked = Asked(
            block,
            demand.rotations[0],
            people,
            tuple(replace(call, pgys=(), rotations=()) for call in calls),
            templates,
            tuple(replace(row, pgys=()) for row in demand.staffing),
            self._lead if demand.is_sure else days,
        )
        deterministic = None if self._problem.deterministic_limit is None else SECONDS_A_TRIAL
        effort = Effort(SECONDS_A_TRIAL, self._problem.workers, self._problem.seed, deterministic)
        return is_impossible(self._program, asked, limits, effort, self._stop)

    def _templates(self, demand: _Demand) -> tuple[Template, ...]:
        """All sessions of the rotation; loosely, only those that are asked for."""
        sessions = set(Session) if demand.is_sure else {row.session for row in demand.staffing}
        return tuple(
            row
            for row in self._program.templates
            if row.session in sessions and demand.rotations[0] in self._program.expand(row.rotation)
        )

    def _limits(self, block: int, demand: _Demand) -> Limits:
        """The rules that hold for the block by itself; loosely, of those that fewer duties never break."""
        limits = self._problem.limits
        keeps = set(limits.keeps)
        if not self._is_window(block):
            keeps -= AVERAGED
        if not demand.is_sure and "continuous_duty" not in keeps:
            keeps.discard("rest_after_call")
        return replace(limits, keeps=frozenset(keeps), advises=frozenset(), rows=())

    def _is_window(self, block: int) -> bool:
        """Whether averages are taken over this block alone, however long a resident stays on a rotation."""
        days = self._calendar.days_of_block
        own = (days[block][0], days[block][-1])
        return all(
            own in split_run(days[first][0], days[last][-1], self._problem.limits)
            for first in days
            for last in days
            if first <= block <= last
        )

    def _shrunk(self, block: int, demand: _Demand, people: int, limits: Limits) -> _Level:
        """The fewest rows and rules with which they still fail."""
        for call in demand.calls:
            fewer = replace(demand, calls=tuple(each for each in demand.calls if each is not call))
            if self._fails(block, fewer, people, limits):
                demand = fewer
        for row in demand.staffing:
            fewer = replace(demand, staffing=tuple(each for each in demand.staffing if each is not row))
            if self._fails(block, fewer, people, limits):
                demand = fewer
        for kind in sorted(limits.keeps):
            less = replace(limits, keeps=limits.keeps - {kind})
            if self._fails(block, demand, people, less):
                limits = less
        return _Level(people, demand.calls, demand.staffing, tuple(sorted(limits.keeps)))

    def _cuts(self, block: int, demand: _Demand, level: _Level) -> Iterator[Cut]:
        if not (level.calls or level.staffing):
            yield from self._nobody(block, demand, level)
            return
        least = level.people + 1
        terms = [
            term
            for person in self._program.residents
            if self._may(person, block, demand)
            for term in self._terms(person, block, demand, least)
        ]
        grounds = self._grounds(level)
        where = " or ".join(demand.rotations)
        among = sum(1 for factor, _ in terms if factor > 0)
        words = (
            f"{where} needs {least} of {among} who may be there in block {block}, for fewer cannot keep "
            f"{named(grounds)}"
        )
        yield Cut(tuple(terms), least, words, proved=True, grounds=grounds)

    def _nobody(self, block: int, demand: _Demand, level: _Level) -> Iterator[Cut]:
        """Nobody whom the trial speaks of may be there at all."""
        grounds = self._grounds(level)
        words = f"nobody can keep {named(grounds)} on {demand.rotations[0]} in block {block}"
        for person in self._program.residents:
            if self._may(person, block, demand) and self._is_sure(person, block, demand.rotations[0]):
                here = frozenset(demand.rotations)
                there = Present(person.id, block, here, self._weeks_of(block, demand.rotations[0]))
                yield Cut(((-1, there),), 0, words, proved=True, grounds=grounds)

    def _terms(
        self, person: Person, block: int, demand: _Demand, least: int
    ) -> Iterator[tuple[int, PlanFact]]:
        """One for who is there; as many as are needed for whom the trial does not speak of."""
        here = frozenset(demand.rotations)
        if not demand.is_sure:
            yield 1, OnRotation(person.id, block, here)
        elif not self._is_sure(person, block, demand.rotations[0]):
            yield least, OnRotation(person.id, block, here)
        else:
            yield least, OnRotation(person.id, block, here)
            yield 1 - least, Present(person.id, block, here, self._weeks_of(block, demand.rotations[0]))

    def _weeks_of(self, block: int, rotation: str) -> tuple[date, ...]:
        """The weeks in which vacation may take a session of the block away from who is on the rotation."""
        days = self._calendar.days_of_block[block]
        first, last = self._calendar.date(days[0]), self._calendar.date(days[-1])
        until = self._calendar.date(days[-1] + self._lead)
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

    def _is_sure(self, person: Person, block: int, rotation: str) -> bool:
        """Whether nothing but vacation can take a session of the rotation from the resident in that block."""
        days = self._calendar.days_of_block[block]
        first, last = self._calendar.date(days[0]), self._calendar.date(days[-1] + self._lead)
        absences = (row for row in self._program.absences if row.status is AbsenceStatus.APPROVED)
        has_clinic = self._program.rotation_by_id[rotation].clinic and any(
            row.person == person.id for row in self._program.clinics
        )
        lead = self._calendar.midnight(days[0] + self._lead)
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

    def _may(self, person: Person, block: int, demand: _Demand) -> bool:
        """Whether the resident counts for the demand and may be there."""
        options = self._year.options.get((person.id, block), ())
        counts = not demand.asked or any(not row.pgys or person.pgy in row.pgys for row in demand.asked)
        return counts and not set(demand.rotations).isdisjoint(options)

    def _grounds(self, level: _Level) -> tuple[Ground, ...]:
        rows = [
            *(
                Ground("calls.csv", call.row, f"{call.id} needs {call.min} of its residents")
                for call in level.calls
            ),
            *(
                Ground(
                    "staffing.csv", row.row, f"{row.rotation} needs {row.min} at work in the {row.session}"
                )
                for row in level.staffing
            ),
        ]
        rules = [common_rule(kind) for kind in level.rules]
        return (*rows, *rules)
