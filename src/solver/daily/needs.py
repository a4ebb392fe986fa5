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
from functools import cached_property

from src.interchange.model import Call, Person, Program, Session, Staffing, Template
from src.interchange.schedule import Scope
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import AVERAGED, common_rule, named
from src.solver.daily.subsolve import Effort
from src.solver.daily.sure import Sure, beside_clinics, clinic_slots, may_join_calls
from src.solver.daily.trial import Asked, is_impossible
from src.solver.daily.windows import is_window
from src.solver.plan import Cut, Ground, OnRotation, PlanFact, Present
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop

SECONDS_A_TRIAL = 1.5
NIGHTS_BETWEEN_CALLS, SHIFTS_A_DAY = 4, 2
MOST_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class _Demand:
    """What must be done by residents on any of `rotations`: calls and staffing rows, all with a minimum.

    `is_sure`: by residents without leave or clinic, who work every session that nobody may be off from; where
    clinics `may_replace` some of those, only what both have in common: by residents with clinic, too.
    """

    rotations: tuple[str, ...]
    calls: tuple[Call, ...]
    staffing: tuple[Staffing, ...]
    is_sure: bool
    may_replace: bool = False

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
        self._sure = Sure(self._shared)
        self._known: dict[object, _Level | None] = {}
        self._fewest: dict[object, tuple[_Level, ...]] = {}
        self._origin: dict[Cut, tuple[int, _Demand]] = {}

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

    def of_call(self, block: int, call: Call) -> tuple[Cut, ...]:
        """The cuts of an academic block that speak of the call's rotations and of its PGYs alone.

        Of those of one pool only what asks for more than one that speaks of more residents.
        """
        if self._problem.allow_unmet:
            return ()
        found: dict[Cut, None] = {}
        known: dict[tuple[str, ...], int] = {}
        for demand in sorted(self._demands, key=lambda demand: (demand.is_sure, not demand.may_replace)):
            about = all(_is_within(each.pgys, call.pgys) for each in demand.asked)
            if demand.calls and about and self._shared.call_rotations[call.id].issuperset(demand.rotations):
                level = self._highest(block, demand)
                if level is not None and level.people > known.get(demand.rotations, 0):
                    known[demand.rotations] = level.people
                    cuts = tuple(self._cuts(block, demand, level))
                    self._origin |= dict.fromkeys(cuts, (block, demand))
                    found |= dict.fromkeys(cuts)
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

    def short_of_room(self, block: int) -> tuple[Cut, ...]:
        """The cuts of the block that ask for more residents than coverage lets on the rotations.

        Only demands that might be are looked at: for a call every third night, for a session nearly always.
        """
        if self._problem.allow_unmet:
            return ()
        found: list[Cut] = []
        for demand in self._demands:
            room = _room(self._program, demand.rotations, block)
            per_call = max((call.min for call in demand.calls), default=0) * NIGHTS_BETWEEN_CALLS
            per_session = max((row.min for row in demand.staffing), default=0) * SHIFTS_A_DAY
            if demand.asked and room is not None and room < max(per_call, per_session):
                level = self._highest(block, demand)
                if level is not None and level.people >= room:
                    cuts = tuple(self._cuts(block, demand, level))
                    self._origin |= dict.fromkeys(cuts, (block, demand))
                    found += cuts
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
            if own and clinic_slots(self._program, rotation.id):
                found.append(_Demand((rotation.id,), own, (), is_sure=True, may_replace=True))
        return tuple(found)

    def _shape(self, block: int) -> object:
        """What tells one block's days from another's: lengths, weekdays, holidays, and windows."""
        days = self._calendar.days_of_block[block]
        holidays = tuple(day - days[0] for day in days if day in self._calendar.holidays)
        return (
            self._calendar.lengths_of(days),
            self._calendar.weekday(days[0]),
            holidays,
            is_window(self._calendar, block, self._problem.limits),
        )

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

    def _levels(self, block: int, demand: _Demand) -> tuple[_Level, ...]:
        """Every number of residents that is too few, each by the fewest rows and rules that show it."""
        key = (self._shape(block), demand)
        if key not in self._fewest:
            self._fewest[key] = tuple(self._told(block, demand))
        return self._fewest[key]

    def _told(self, block: int, demand: _Demand) -> Iterator[_Level]:
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
        calls = list(demand.calls)
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
            self._templates(demand, calls),
            tuple(replace(row, pgys=()) for row in demand.staffing),
            self._sure.lead if demand.is_sure else days,
        )
        deterministic = None if self._problem.deterministic_limit is None else SECONDS_A_TRIAL
        effort = Effort(SECONDS_A_TRIAL, self._problem.workers, self._problem.seed, deterministic)
        return is_impossible(self._program, asked, limits, effort, self._stop)

    def _templates(self, demand: _Demand, calls: Collection[Call]) -> tuple[Template, ...]:
        """All sessions of the rotation; loosely, only those that are asked for."""
        if demand.may_replace:
            return tuple(beside_clinics(self._program, demand.rotations[0], calls))
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
        if not is_window(self._calendar, block, self._problem.limits):
            keeps -= AVERAGED
        if demand.may_replace:
            keeps &= AVERAGED
        may_join = bool(demand.staffing) and may_join_calls(self._program, demand.rotations[0])
        if not demand.is_sure and ("continuous_duty" not in keeps or may_join):
            keeps.discard("rest_after_call")
        return replace(limits, keeps=frozenset(keeps), advises=frozenset(), rows=())

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
            if self._may(person, block, demand) and self._is_sure(person, block, demand):
                here = frozenset(demand.rotations)
                there = Present(person.id, block, here, self._sure.weeks_of(block, demand.rotations[0]))
                yield Cut(((-1, there),), 0, words, proved=True, grounds=grounds)

    def _terms(
        self, person: Person, block: int, demand: _Demand, least: int
    ) -> Iterator[tuple[int, PlanFact]]:
        """One for who is there; as many as are needed for whom the trial does not speak of."""
        here = frozenset(demand.rotations)
        if not demand.is_sure:
            yield 1, OnRotation(person.id, block, here)
        elif not self._is_sure(person, block, demand):
            yield least, OnRotation(person.id, block, here)
        else:
            yield least, OnRotation(person.id, block, here)
            yield 1 - least, Present(person.id, block, here, self._sure.weeks_of(block, demand.rotations[0]))

    def _may(self, person: Person, block: int, demand: _Demand) -> bool:
        """Whether the resident counts for the demand and may be there."""
        counts = not demand.asked or any(not row.pgys or person.pgy in row.pgys for row in demand.asked)
        return counts and self._sure.may(person, block, frozenset(demand.rotations))

    def _is_sure(self, person: Person, block: int, demand: _Demand) -> bool:
        """Whether the trial speaks of the resident."""
        rotation = demand.rotations[0]
        return self._sure.is_sure(person, block, rotation, but_for_clinic=demand.may_replace)

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


def _is_within(pgys: tuple[int, ...], others: tuple[int, ...]) -> bool:
    return not others or bool(pgys and set(pgys) <= set(others))


def _room(program: Program, rotations: tuple[str, ...], block: int) -> int | None:
    """So many residents coverage lets on the rotations in the block; None where no row says for somebody."""
    found = 0
    pgys = {person.pgy for person in program.residents}
    for rotation in rotations:
        rows = [
            row
            for row in program.coverage
            if row.max is not None
            and rotation in program.expand(row.rotation)
            and (not row.blocks or block in row.blocks)
        ]
        whole = min((row.max or 0 for row in rows if not row.pgys or pgys <= set(row.pgys)), default=None)
        named = {pgy for row in rows for pgy in row.pgys}
        if whole is None and not pgys <= named:
            return None
        found += whole if whole is not None else sum(row.max or 0 for row in rows)
    return found
