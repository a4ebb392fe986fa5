"""Cuts that are proved: a block's own rows over exactly the facts of a year plan that they rest on.

Who a demand counts is looked at alone, as the plan has them, in the blocks in question; on the first days a
session may fall away, for a night or a call of the block before could have ended there. Where that has no
roster, every plan that has the same facts has none: somebody else must be there, or one of the facts must
change. First without averages, which the blocks around bear on; then with them, and with the facts of those
blocks as far as the same rotation runs on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from types import MappingProxyType

from src.interchange.model import AbsenceStatus, Call, Person, Staffing
from src.solver.daily.budget import Budget
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import AVERAGED, BY_ROTATION, common_rule, pack_rule
from src.solver.daily.trial import proves_none
from src.solver.plan import Cut, Ground, OnRotation, OnVacation, PlanFact, YearPlan
from src.solver.problem import Limits, Problem
from src.solver.year.facts import YearFacts, minute_of_day, reaches_next_date

SECONDS = 3.0
MOST_COPIES = 400


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be done: calls and staffing rows by their minima; nothing where residents fail alone."""

    calls: tuple[Call, ...] = ()
    staffing: tuple[Staffing, ...] = ()

    @property
    def asked(self) -> tuple[Call | Staffing, ...]:
        return (*self.calls, *self.staffing)


class Prover:
    """Proves that a year plan's blocks have no roster, and says for which facts of the plan that holds."""

    def __init__(self, problem: Problem, plan: YearPlan, budget: Budget) -> None:
        self._problem = problem
        self._program = problem.program
        self._plan = plan
        self._budget = budget
        self._shared = ProgramFacts(problem.program)
        self._calendar = self._shared.calendar
        self._weeks = [week.monday for week in YearFacts(problem.program).weeks]
        calls = (self._shared.call_duty(call, 0) for call in self._program.calls)
        self._lead = 1 + max((duty.end_day - 1 for duty in calls if duty.end_day > 0), default=0)

    def of_person(self, person: str, blocks: Sequence[int], words: str) -> tuple[Cut, ...]:
        """Proved cuts where the resident's own rules collide in those blocks; none where they do not."""
        return self._proved([self._program.person_by_id[person]], blocks, Wanted(), words)

    def of_demand(self, wanted: Wanted, blocks: Sequence[int], words: str) -> tuple[Cut, ...]:
        """Proved cuts where those whom the demand counts cannot meet it; none where that was not proved."""
        counted = [
            person
            for person in self._program.residents
            if self._counts(wanted, person)
            and any(
                self._plan.rotation.get((person.id, block)) in self._rotations(wanted) for block in blocks
            )
        ]
        for person in counted:
            alone = self.of_person(person.id, blocks, words)
            if alone:
                return alone
        return self._proved(counted, blocks, wanted, words)

    def _proved(
        self, people: Sequence[Person], blocks: Sequence[int], wanted: Wanted, words: str
    ) -> tuple[Cut, ...]:
        for runs_on in (False, True):
            held = (
                self._blocks_of(people, blocks)
                if runs_on
                else {person.id: tuple(blocks) for person in people}
            )
            limits = self._limits(averages=runs_on)
            if not self._budget.has_left():
                return ()
            if self._has_none(people, blocks, held, wanted, limits):
                grounds = self._grounds(people, blocks, held, wanted, limits)
                facts = list(self._facts(held, blocks, wanted, averages=runs_on))
                return tuple(self._copies(self._cut(facts, words, grounds), people))
        return ()

    def _limits(self, *, averages: bool) -> Limits:
        """The rules that the blocks can be judged by alone; with averages, by their runs too."""
        limits = self._problem.limits
        keeps = limits.keeps if averages else limits.keeps - AVERAGED
        rows = tuple(row for row in limits.rows if row.kind not in BY_ROTATION and row.rotations is None)
        return replace(limits, keeps=keeps, advises=frozenset(), rows=rows)

    def _blocks_of(self, people: Sequence[Person], blocks: Sequence[int]) -> dict[str, tuple[int, ...]]:
        """With the blocks around in which each resident goes on with the same rotation."""
        found: dict[str, tuple[int, ...]] = {}
        for person in people:
            first, last = blocks[0], blocks[-1]
            while self._goes_on(person, first - 1, first):
                first -= 1
            while self._goes_on(person, last + 1, last):
                last += 1
            found[person.id] = tuple(range(first, last + 1))
        return found

    def _goes_on(self, person: Person, block: int, beside: int) -> bool:
        here = self._plan.rotation.get((person.id, block))
        return here is not None and here == self._plan.rotation.get((person.id, beside))

    def _has_none(
        self,
        people: Sequence[Person],
        blocks: Sequence[int],
        held: dict[str, tuple[int, ...]],
        wanted: Wanted,
        limits: Limits,
    ) -> bool:
        days = self._calendar.days_of_block
        plan = YearPlan(
            MappingProxyType(
                {
                    (person.id, block): rotation
                    for person in people
                    for block in held[person.id]
                    if (rotation := self._plan.rotation.get((person.id, block))) is not None
                }
            ),
            frozenset(
                row for row in self._plan.vacations if row[0] in held and row[1] in self._near(held[row[0]])
            ),
        )
        first = days[blocks[0]][0]
        excused = () if first == 0 else range(first, first + self._lead)
        ids = {person.id for person in people}
        named = {call.id: call for call in wanted.calls}
        program = replace(
            self._program,
            people=tuple(people),
            calls=tuple(
                replace(call, min=call.min if call.id in named else 0, max=None)
                for call in self._program.calls
            ),
            staffing=tuple(replace(row, max=None) for row in wanted.staffing),
            clinics=tuple(row for row in self._program.clinics if row.person in ids),
            call_pins=(),
            rotation_pins=(),
            requests=(),
            absences=tuple(row for row in self._program.absences if row.person in ids),
            history=tuple(row for row in self._program.history if row.person in ids),
            history_counts=(),
            objective=(),
        )
        solved = [day for block in blocks for day in days[block]]
        effort = self._budget.effort(SECONDS)
        return proves_none(program, plan, solved, excused, limits, effort, self._budget.stop)

    def _near(self, blocks: Sequence[int]) -> tuple[date, ...]:
        """The weeks in which vacation may take work of those blocks away."""
        days = self._calendar.days_of_block
        first, last = days[blocks[0]][0], days[blocks[-1]][-1] + self._lead
        return tuple(
            monday for monday in self._weeks if first - 6 <= self._calendar.day_of_date(monday) <= last
        )

    def _cut(self, facts: Sequence[PlanFact], words: str, grounds: tuple[Ground, ...]) -> Cut:
        """One of the facts must be otherwise than it is."""
        distinct = dict.fromkeys(facts)
        plus = [fact for fact in distinct if not fact.holds_in(self._plan)]
        minus = [fact for fact in distinct if fact.holds_in(self._plan)]
        terms = (*((1, fact) for fact in plus), *((-1, fact) for fact in minus))
        return Cut(terms, 1 - len(minus), words, proved=True, grounds=grounds)

    def _facts(
        self, held: dict[str, tuple[int, ...]], blocks: Sequence[int], wanted: Wanted, *, averages: bool
    ) -> Iterator[PlanFact]:
        rotations = self._rotations(wanted)
        for person in self._program.residents:
            if person.id in held:
                yield from self._facts_of(person.id, blocks, held[person.id], wanted)
                if averages:
                    yield from self._ends_of(person.id, held[person.id])
            elif wanted.asked and self._counts(wanted, person):
                yield from (OnRotation(person.id, block, rotations) for block in blocks)

    def _facts_of(
        self, person: str, blocks: Sequence[int], held: Sequence[int], wanted: Wanted
    ) -> Iterator[PlanFact]:
        """What of the plan a counted resident's days rest on: to change any of it may help."""
        rotations = self._rotations(wanted)
        for block in held:
            here = self._plan.rotation.get((person, block))
            if block in blocks and wanted.asked and rotations - {here}:
                yield OnRotation(person, block, rotations - {here})
            if here is not None and (block not in blocks or len(blocks) > 1 or not wanted.asked):
                yield OnRotation(person, block, frozenset({here}))
        for monday in self._near(held):
            fact = OnVacation(person, monday)
            if fact.holds_in(self._plan) or self._may_be_away(person, held, monday):
                yield fact

    def _may_be_away(self, person: str, held: Sequence[int], monday: date) -> bool:
        """Whether vacation in the week can take work of the blocks away: only where a rotation allows it.

        A week that begins after them matters to sessions that run into it.
        """
        names = {self._plan.rotation.get((person, block)) for block in held}
        rotations = [row for row in self._program.rotations if row.id in names]
        if any(row.vacation_weeks_max > 0 for row in rotations):
            return True
        begins_later = self._calendar.day_of_date(monday) > self._calendar.days_of_block[held[-1]][-1]
        return begins_later and any(
            reaches_next_date(minute_of_day(row), row.minutes)
            for row in self._program.templates
            if names & set(self._program.expand(row.rotation))
        )

    def _ends_of(self, person: str, held: Sequence[int]) -> Iterator[PlanFact]:
        """That the same rotation goes on no further, which would move the windows."""
        for block, beside in ((held[0] - 1, held[0]), (held[-1] + 1, held[-1])):
            here = self._plan.rotation.get((person, beside))
            if here is not None and block in self._calendar.days_of_block:
                yield OnRotation(person, block, frozenset({here}))

    def _grounds(
        self,
        people: Sequence[Person],
        blocks: Sequence[int],
        held: dict[str, tuple[int, ...]],
        wanted: Wanted,
        limits: Limits,
    ) -> tuple[Ground, ...]:
        """The rows and the fewest rules that suffice, and the absences of those who are counted."""
        for kind in sorted(limits.keeps):
            less = replace(limits, keeps=limits.keeps - {kind})
            if self._budget.has_left() and self._has_none(people, blocks, held, wanted, less):
                limits = less
        if limits.rows and self._has_none(people, blocks, held, wanted, replace(limits, rows=())):
            limits = replace(limits, rows=())
        rows = [
            *(Ground("calls.csv", call.row, f"{call.id} needs {call.min}") for call in wanted.calls),
            *(
                Ground(
                    "staffing.csv", row.row, f"{row.rotation} needs {row.min} at work in the {row.session}"
                )
                for row in wanted.staffing
            ),
        ]
        absences = [
            Ground("absences.csv", row.row, f"{row.person} is absent from {row.start_date} to {row.end_date}")
            for row in self._program.absences
            if row.status is AbsenceStatus.APPROVED
            and row.person in held
            and row.end_date >= self._calendar.date(self._calendar.days_of_block[held[row.person][0]][0])
            and row.start_date
            <= self._calendar.date(self._calendar.days_of_block[held[row.person][-1]][-1] + 1)
        ]
        rules = [common_rule(kind) for kind in sorted(limits.keeps)]
        rules += [pack_rule(row) for row in limits.rows]
        return (*rows, *rules, *absences)

    def _copies(self, cut: Cut, people: Sequence[Person]) -> Iterator[Cut]:
        """The cut, and what it says of residents whom the days treat alike."""
        yield cut
        names = [person.id for person in people]
        alike = [self._alike(person) for person in people]
        if not all(alike):
            return
        count = 1
        for others in product(*alike):
            if count >= MOST_COPIES:
                return
            if len(set(others)) == len(others) and list(others) != names:
                count += 1
                yield self._renamed(cut, dict(zip(names, others, strict=True)))

    def _renamed(self, cut: Cut, names: dict[str, str]) -> Cut:
        """The cut with residents in each other's place: who takes one's place leaves the own to them."""
        swapped = dict(names)
        free = [name for name in names if name not in set(names.values())]
        for other in names.values():
            if other not in names:
                swapped[other] = free.pop()
        terms = tuple(
            (factor, replace(fact, person=swapped.get(fact.person, fact.person)))
            for factor, fact in cut.terms
        )
        return replace(cut, terms=terms)

    def _alike(self, person: Person) -> list[str]:
        """Residents whose days are the same as this one's under the same rotations and vacation weeks."""
        plain = self._plain
        return [other.id for other in plain if other.pgy == person.pgy] if person in plain else []

    @property
    def _plain(self) -> list[Person]:
        marked = {row.person for row in self._program.absences} | {
            row.person for row in self._program.history
        }
        marked |= {row.person for row in self._program.clinics}
        return [
            person
            for person in self._program.residents
            if person.id not in marked and person.start_date is None and person.end_date is None
        ]

    def _rotations(self, wanted: Wanted) -> frozenset[str]:
        found: set[str] = set()
        for call in wanted.calls:
            found |= self._shared.call_rotations[call.id]
        for row in wanted.staffing:
            found |= set(self._program.expand(row.rotation))
        return frozenset(found)

    def _counts(self, wanted: Wanted, person: Person) -> bool:
        return any(not row.pgys or person.pgy in row.pgys for row in wanted.asked)
