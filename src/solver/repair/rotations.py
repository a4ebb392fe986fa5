"""A year plan as near as can be to the one that stood, under the program as it is now.

Needed where the change touches rotations themselves: somebody left, coverage or requirements changed, a pin
came, or no roster exists with the rotations as they are. Blocks outside the range stay as they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from src.interchange.schedule import Conflict, UnmetKind, UnmetRow
from src.quantities import count
from src.solver.plan import Cut, OnRotation, OnVacation, PlanFact, YearPlan
from src.solver.precheck import find_shortages
from src.solver.repair.model import RepairProblem
from src.solver.repair.open_demand import OpenDemand, asked_for
from src.solver.stop import Stop
from src.solver.year.demand import Demand, broken_by, demands, demands_on, post_demand
from src.solver.year.facts import YearFacts, matches
from src.solver.year.model import Frozen, YearModel
from src.solver.year.plans import add_cut, hint_plan, plan_of
from src.solver.year.rules import add_rules
from src.solver.year.search import Effort, Ended, search
from src.solver.year.wishes import add_wishes

SECONDS_A_PLAN, SHARE_OF_A_PLAN = 8.0, 0.25
"""What one search for a plan may take: so many seconds, and no more than this share of what is left."""
ROUNDS = 8
PINS = "pins.csv"
PEOPLE = "people.csv"
"""A pin that nobody can keep is no demand that may stay open."""
WORTH_OF_A_WEEK = 3
"""A vacation week that was promised moves only where so many rotations would."""

_Trouble = tuple[Collection[int], Conflict]
"""Academic blocks, none for the whole year, and what no longer holds of them."""


class PlanRepair:
    """Finds what a change breaks in the year plan, and plans near it that keep every rule of the year."""

    def __init__(self, problem: RepairProblem, known: OpenDemand) -> None:
        self._problem = problem
        self._known = known
        self._facts = YearFacts(problem.program)
        self._plan = YearPlan.of_schedule(problem.base)
        self._movable = problem.movable_blocks
        self._movable_weeks = problem.movable_weeks(week.monday for week in self._facts.weeks)
        self.exhausted = False
        """Whether it was shown that no (further) plan exists."""
        self.broken: list[Conflict] = []

    @cached_property
    def _found(self) -> tuple[_Trouble, ...]:
        return tuple(
            (blocks or self._movable, conflict)
            for blocks, conflict in self._look()
            if not blocks or not self._movable.isdisjoint(blocks)
        )

    def troubles(self) -> tuple[str, ...]:
        """What no longer holds of the rotations and vacations, in words; what cannot move stands anyway."""
        return tuple(
            each.message if each.row is None else f"{each.message} ({each.file}:{each.row})"
            for each in self.conflicts()
        )

    def conflicts(self) -> tuple[Conflict, ...]:
        """The same, by the input rows that do not hold; who is gone only where nothing else lacks."""
        found = tuple(conflict for _, conflict in self._found)
        return tuple(each for each in found if each.file != PEOPLE) or found

    @property
    def blocks(self) -> frozenset[int]:
        """The academic blocks with such trouble that may move."""
        return self._movable.intersection(block for blocks, _ in self._found for block in blocks)

    def moved(self, plan: YearPlan) -> set[int]:
        """The academic blocks in which rotations or vacation weeks are not what they were."""
        cells = plan.rotation.items() ^ self._plan.rotation.items()
        weeks = {monday for _, monday in plan.vacation_weeks ^ self._plan.vacation_weeks}
        held = {block for week in self._facts.weeks if week.monday in weeks for block in week.blocks}
        return {block for (_, block), _ in cells} | held

    def not_again(self, blocks: Collection[int], plan: YearPlan) -> Cut:
        """Another rotation in one of the blocks, or another vacation week where weeks may move."""
        rotations = [
            OnRotation(person, block, frozenset({rotation}))
            for (person, block), rotation in sorted(plan.rotation.items())
            if block in blocks
        ]
        weeks = [
            OnVacation(person.id, week.monday)
            for week in self._facts.weeks
            if week.block in blocks and week.monday in self._movable_weeks
            for person in self._facts.residents
        ]
        had = [fact for fact in weeks if fact.holds_in(plan)]
        kept: list[PlanFact] = [*rotations, *had]
        terms: list[tuple[int, PlanFact]] = [(-1, fact) for fact in kept]
        terms += [(1, fact) for fact in weeks if not fact.holds_in(plan)]
        return Cut(tuple(terms), 1 - len(kept), "these rotations and weeks off have no roster here")

    def more_there(self, plan: YearPlan, unmet: Iterable[UnmetRow]) -> list[Demand]:
        """For what stays open on dates whose rotations may move: that as many more could be there."""
        facts, found = self._facts, dict[Demand, None]()
        for row in unmet:
            day = date.fromisoformat(row.date_or_block)
            if facts.program.block_of(day) not in self._movable:
                continue
            asking = {(each.file, each.row) for each in asked_for(facts.program, [row])}
            for demand in demands_on(facts, day):
                if (demand.source.file, demand.source.row) in asking:
                    there = demand.least - demand.missing(plan, frozenset())
                    least = max(demand.least, there + row.needed - row.got)
                    found[replace(demand, least=least)] = None
        return list(found)

    def nearest(
        self,
        blocks: Collection[int],
        cuts: Sequence[Cut],
        stop: Stop,
        *,
        allow_unmet: bool = False,
        more: Sequence[Demand] = (),
    ) -> YearPlan | None:
        """The plan that changes fewest rotations and weeks of the blocks, or None.

        With `allow_unmet` it leaves open as little demand as can be, before that; `more` are demands beyond
        those of the program, met wherever the others are. `exhausted` tells whether
        there is none, or there was no time.
        """
        self.exhausted = False
        movable = self._movable & set(blocks)
        program = self._problem.program
        if self._movable:
            # Dates before the range stand as they are: what is short there says nothing of a repair.
            self.broken = list(find_shortages(program, tuple(sorted(self._movable))))
            if any(not allow_unmet or short.file == PINS for short in self.broken):
                self.exhausted = True
                return None
        frozen_weeks = frozenset(
            week.monday
            for week in self._facts.weeks
            if week.block not in movable or week.monday not in self._movable_weeks
        )
        kept = {
            (person, block): rotation
            for (person, block), rotation in self._plan.rotation.items()
            if block not in movable and (person, block) in self._facts.options
        }
        vacations = frozenset(week for week in self._plan.vacation_weeks if week[1] in frozen_weeks)
        frozen = Frozen(MappingProxyType(kept), frozen_weeks, vacations)
        year = YearModel(self._facts, frozen=frozen, allow_unmet=allow_unmet)
        add_rules(year)
        wishes = add_wishes(year)
        for cut in cuts:
            add_cut(year, cut)
        same = [
            literal
            for (person, block, name), literal in year.on.items()
            if self._plan.rotation.get((person, block)) == name
        ]
        weeks = [literal for key, literal in year.away.items() if key in self._plan.vacation_weeks]
        same += weeks * WORTH_OF_A_WEEK
        hint_plan(year, self._plan)
        asked = demands(self._facts, tuple(sorted(movable))) if movable else ()
        posted: set[Demand] = set()
        for demand in more:
            post_demand(year, wishes, demand)
        for _ in range(ROUNDS):
            year.model.maximize(year.sum_of(same) - (len(same) + 1) * year.sum_of(year.shortfalls))
            seconds = min(SECONDS_A_PLAN, SHARE_OF_A_PLAN * stop.remaining)
            effort = Effort(seconds, self._problem.workers, self._problem.seed)
            answer = search(year.model, effort, stop)
            if not answer.found:
                self.exhausted = answer.ended is Ended.NONE_EXISTS
                return None
            plan = self._with_those_gone(plan_of(year, answer.values))
            broken, met = broken_by(asked, plan, wishes.granted_in(answer.values))
            if posted.issuperset(broken):
                return plan
            for demand in (*broken, *met):
                if demand not in posted:
                    post_demand(year, wishes, demand)
            posted.update(broken, met)
        return None

    def _with_those_gone(self, plan: YearPlan) -> YearPlan:
        """The plan with the rotations that somebody who is not there any more has where nothing may move."""
        stays = {
            (person, block): rotation
            for (person, block), rotation in self._plan.rotation.items()
            if block not in self._movable and (person, block) not in self._facts.options
        }
        return replace(plan, rotation=MappingProxyType({**plan.rotation, **stays})) if stays else plan

    def _look(self) -> Iterator[_Trouble]:
        """Everything of the year that no longer holds."""
        facts, rotation = self._facts, self._plan.rotation
        for (person, block), options in facts.options.items():
            has = rotation.get((person, block))
            if has not in options:
                words = f"{person} cannot be on {has or 'nothing'} in block {block}"
                pin = facts.pins.get((person, block))
                by_pin = pin is not None and has not in facts.program.expand(pin.rotation)
                file, row = (PINS, pin.row) if pin is not None and by_pin else ("requirements.csv", None)
                yield [block], Conflict(file, row, words)
        for person, block in sorted(rotation):
            if (person, block) not in facts.options:
                words = f"{person} is not there any more in block {block}"
                yield [block], Conflict(PEOPLE, facts.program.person_by_id[person].row, words)
        yield from self._coverage()
        yield from self._requirements()
        yield from self._neighbours()
        yield from self._vacations()

    def _coverage(self) -> Iterator[_Trouble]:
        facts = self._facts
        for row in facts.program.coverage:
            named = facts.expand_all([row.rotation])
            for block in row.blocks or facts.block_numbers:
                got = sum(
                    matches(row.pgys, person.pgy)
                    and (person.id, block) in facts.options
                    and self._plan.rotation.get((person.id, block)) in named
                    for person in facts.residents
                )
                when = str(block)
                is_known = self._known.allows(UnmetKind.COVERAGE, row.rotation, when, got, pgys=row.pgys)
                if (got < row.min and not is_known) or (row.max is not None and got > row.max):
                    words = f"{row.rotation} has {got} in block {block}"
                    yield [block], Conflict("coverage.csv", row.row, words)

    def _requirements(self) -> Iterator[_Trouble]:
        facts = self._facts
        for person in facts.residents:
            for row in facts.requirements_of[person.id]:
                named = facts.expand_all([row.rotation])
                first, last = row.first_block or 1, row.last_block or len(facts.block_numbers)
                done = sum(
                    first <= block <= last and self._plan.rotation.get((person.id, block)) in named
                    for block in facts.blocks_of[person.id]
                )
                if done < row.min_blocks or (row.max_blocks is not None and done > row.max_blocks):
                    words = f"{person.id} has {count(done, 'block')} of {row.rotation}"
                    yield range(first, last + 1), Conflict("requirements.csv", row.row, words)

    def _neighbours(self) -> Iterator[_Trouble]:
        facts, rotation = self._facts, self._plan.rotation
        for row in facts.program.successions:
            before, after = facts.expand_all([row.from_rotation]), facts.expand_all([row.to_rotation])
            for person in facts.residents:
                if not matches(row.pgys, person.pgy):
                    continue
                for block in facts.blocks_of[person.id]:
                    one, two = rotation.get((person.id, block)), rotation.get((person.id, block + 1))
                    if one in before and two in after:
                        words = f"{person.id} goes from {one} to {two} in block {block + 1}"
                        yield (block, block + 1), Conflict("successions.csv", row.row, words)
        for each in facts.program.rotations:
            most = each.max_consecutive
            for person in facts.residents if most is not None else ():
                run = 0
                for block in facts.blocks_of[person.id]:
                    run = run + 1 if rotation.get((person.id, block)) == each.id else 0
                    if run > (most or 0):
                        words = f"{person.id} is on {each.id} for {count(run, 'block')} in a row"
                        in_a_row = range(block - run + 1, block + 1)
                        yield in_a_row, Conflict("rotations.csv", each.row, words)

    def _vacations(self) -> Iterator[_Trouble]:
        facts, program = self._facts, self._problem.program
        weeks = self._plan.vacation_weeks
        own = Counter(person for person, _ in weeks)
        for person in facts.residents if self._movable_weeks else ():
            if own[person.id] != facts.weeks_due(person):
                words = f"{person.id} has {own[person.id]} of {facts.weeks_due(person)} vacation weeks"
                yield (), Conflict("program.toml", None, words)
        away = Counter(monday for _, monday in weeks)
        for monday, people in sorted(away.items()):
            if program.max_on_vacation is not None and people > program.max_on_vacation:
                words = f"{people} are on vacation in the week of {monday}"
                yield [program.block_of(monday) or 0], Conflict("program.toml", None, words)
        for who, monday in sorted(weeks):
            home = program.block_of(monday) or 0
            if (who, home) not in facts.options:
                due = count(facts.weeks_due(program.person_by_id[who]), "vacation week")
                words = f"{who} must get {due}, but is not there any more in that of {monday}"
                yield [home], Conflict("program.toml", None, words)
            week = facts.week_of_date.get(monday)
            for block in () if week is None else week.spills:
                name = self._plan.rotation.get((who, block))
                if name is not None and name not in facts.vacation_rotations:
                    words = f"{who} has a vacation week on {name} in block {block}"
                    row = program.rotation_by_id[name].row
                    yield [program.block_of(monday) or 0, block], Conflict("rotations.csv", row, words)
        held = Counter((person, program.block_of(monday)) for person, monday in weeks)
        for (who, number), taken in sorted(held.items(), key=str):
            name = self._plan.rotation.get((who, number or 0))
            if name is not None and taken > program.rotation_by_id[name].vacation_weeks_max:
                words = f"{who} has {count(taken, 'vacation week')} on {name} in block {number}"
                yield [number or 0], Conflict("rotations.csv", program.rotation_by_id[name].row, words)
