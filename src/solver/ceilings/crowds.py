"""Year plans of all residents of one PGY and track together: how many are where, not who.

A crowd's counts are the sums over its members of what a year plan decides. Rules of single residents hold for
the sums too, so what no counts allow no plan allows; much that counts allow no plan does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from src.interchange.model import Person, Requirement
from src.interchange.schedule import Scope
from src.solver.ceilings.relaxation import Relaxation, Term
from src.solver.problem import Problem
from src.solver.year.facts import Week, YearFacts, matches
from src.solver.year.model import Frozen

MOST_CROWDS = 12
"""Where PGYs and tracks are more, residents of all tracks of a PGY go together."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Residents of one PGY and track, either all there all year or all of them not.

    `requirements` are rows that each of them has to keep.
    """

    members: tuple[Person, ...]
    pgy: int | None
    requirements: tuple[Requirement, ...]
    is_there_all_year: bool


class Question:
    """What bounds rest on: the program, what a run keeps as it is, and what it must meet."""

    def __init__(self, problem: Problem, facts: YearFacts, frozen: Frozen) -> None:
        self.problem = problem
        self.program = problem.program
        self.facts = facts
        self.frozen = frozen
        self.solved = frozenset(problem.blocks or facts.block_numbers)
        """The academic blocks in which what is asked of days must be met."""
        self.demand_is_met = not problem.allow_unmet
        self.plan_is_given = problem.scope is Scope.DAILY
        """Nobody judges a plan that was handed in: only what it says counts, not what it should say."""

    @cached_property
    def crowds(self) -> tuple[Crowd, ...]:
        by_track = self._crowds_by({person.track: person.track for person in self.facts.residents})
        return by_track if len(by_track) <= MOST_CROWDS else self._crowds_by({})

    def _crowds_by(self, name_of: Mapping[str | None, str | None]) -> tuple[Crowd, ...]:
        """Crowds by PGY, presence and what a track is called; tracks without a name go together."""
        found: defaultdict[tuple[int | None, str | None, bool], list[Person]] = defaultdict(list)
        for person in self.facts.residents:
            all_year = self.facts.is_there_all_year(person)
            found[person.pgy, name_of.get(person.track), all_year].append(person)
        return tuple(
            Crowd(tuple(members), pgy, self._shared_requirements(members), all_year)
            for (pgy, _, all_year), members in found.items()
        )

    def _shared_requirements(self, members: Sequence[Person]) -> tuple[Requirement, ...]:
        others = [frozenset(self.facts.requirements_of[person.id]) for person in members[1:]]
        mine = self.facts.requirements_of[members[0].id]
        return tuple(row for row in mine if all(row in each for each in others))

    def options(self, person: Person, block: int) -> tuple[str, ...]:
        """The rotations a resident may still have in a block; none where there is no row."""
        kept = self.frozen.rotation.get((person.id, block))
        return (kept,) if kept is not None else self.facts.options.get((person.id, block), ())

    def is_frozen(self, block: int) -> bool:
        return block in self._frozen_blocks

    @cached_property
    def _frozen_blocks(self) -> frozenset[int]:
        return frozenset(block for _, block in self.frozen.rotation)


class CrowdPlans:
    """Counts of residents by crowd, block and rotation, and of those on vacation, as columns.

    Without `vacations` nobody is asked to take any, which is quicker and allows a little more.
    """

    def __init__(self, question: Question, *, vacations: bool = True) -> None:
        self.question = question
        self.facts = question.facts
        self.relaxation = Relaxation()
        self.on: dict[tuple[int, int, str], int] = {}
        """(crowd, block, rotation) -> column."""
        self.away: dict[tuple[int, date, str], int] = {}
        """(crowd, Monday, rotation of the Monday's block) -> column."""
        self._make_places()
        if vacations:
            self._make_vacations()
        if not question.plan_is_given:
            self._keep_coverage()
            self._keep_requirements()
            if vacations:
                self._keep_vacation_rules()

    def rotations(self, crowd: int, block: int) -> list[str]:
        """The rotations that anybody of the crowd may have in the block."""
        return self._rotations.get((crowd, block), [])

    def vacationers(self, crowd: int, monday: date) -> list[Term]:
        """The columns of those on vacation in a week."""
        week = self.facts.week_of_date.get(monday)
        if week is None:
            return []
        columns = (self.away.get((crowd, monday, rotation)) for rotation in self.rotations(crowd, week.block))
        return [(column, 1.0) for column in columns if column is not None]

    def _make_places(self) -> None:
        self._rotations: dict[tuple[int, int], list[str]] = {}
        for number, crowd in enumerate(self.question.crowds):
            for block in self.facts.block_numbers:
                could: defaultdict[str, int] = defaultdict(int)
                must: defaultdict[str, int] = defaultdict(int)
                there = 0
                for person in crowd.members:
                    options = self.question.options(person, block)
                    there += bool(options) or (person.id, block) in self.facts.options
                    for rotation in options:
                        could[rotation] += 1
                        must[rotation] += len(options) == 1
                self._rotations[number, block] = list(could)
                for rotation, most in could.items():
                    column = self.relaxation.column(most)
                    self.on[number, block, rotation] = column
                    if must[rotation]:
                        self.relaxation.row([(column, 1.0)], least=must[rotation])
                here = [(self.on[number, block, rotation], 1.0) for rotation in could]
                self.relaxation.row(here, least=there, most=there)

    def _make_vacations(self) -> None:
        self._taken_elsewhere: defaultdict[int, int] = defaultdict(int)
        for number, crowd in enumerate(self.question.crowds):
            for week in self.facts.weeks:
                if week.monday in self.question.frozen.weeks:
                    self._make_frozen_vacations(number, crowd, week)
                    continue
                for rotation in self.rotations(number, week.block):
                    if rotation in self.facts.vacation_rotations:
                        column = self.relaxation.column(len(crowd.members))
                        self.away[number, week.monday, rotation] = column
                        here = self.on[number, week.block, rotation]
                        self.relaxation.row([(column, 1.0), (here, -1.0)], most=0)
                self._keep_spill(number, week)

    def _make_frozen_vacations(self, number: int, crowd: Crowd, week: Week) -> None:
        """What a run does not solve: so many, on the rotation that each of them has."""
        counts: defaultdict[str, int] = defaultdict(int)
        for person in crowd.members:
            if (person.id, week.monday) in self.question.frozen.vacations:
                options = self.question.options(person, week.block)
                if len(options) == 1:
                    counts[options[0]] += 1
                self._taken_elsewhere[number] += len(options) != 1
        for rotation, count in counts.items():
            column = self.relaxation.column(count)
            self.away[number, week.monday, rotation] = column
            self.relaxation.row([(column, 1.0)], least=count)

    def _keep_spill(self, number: int, week: Week) -> None:
        """A week that runs into the next block needs a rotation there that allows vacation."""
        if week.spill is not None:
            room = [
                (self.on[number, week.spill, rotation], -1.0)
                for rotation in self.rotations(number, week.spill)
                if rotation in self.facts.vacation_rotations
            ]
            self.relaxation.row([*self.vacationers(number, week.monday), *room], most=0)

    def _keep_coverage(self) -> None:
        for row in self.question.program.coverage:
            rotations = self.facts.expand_all([row.rotation])
            for block in row.blocks or self.facts.block_numbers:
                if self.question.is_frozen(block):
                    continue
                there = [
                    (self.on[number, block, rotation], 1.0)
                    for number, crowd in enumerate(self.question.crowds)
                    if matches(row.pgys, crowd.pgy)
                    for rotation in self.rotations(number, block)
                    if rotation in rotations
                ]
                least = row.min if self.question.demand_is_met else 0
                self._between(there, least, row.max)

    def _keep_requirements(self) -> None:
        for number, crowd in enumerate(self.question.crowds):
            for row in crowd.requirements:
                rotations = self.facts.expand_all([row.rotation])
                done = [
                    (self.on[number, block, rotation], 1.0)
                    for block in self.facts.block_numbers
                    if (row.first_block or 1) <= block <= (row.last_block or len(self.facts.block_numbers))
                    for rotation in self.rotations(number, block)
                    if rotation in rotations
                ]
                count = len(crowd.members)
                most = None if row.max_blocks is None else row.max_blocks * count
                self._between(done, row.min_blocks * count, most)

    def _keep_vacation_rules(self) -> None:
        """The weeks due, no more of them in a block than its rotation allows, no more people away at once."""
        most_of = {rotation.id: rotation.vacation_weeks_max for rotation in self.question.program.rotations}
        for number, crowd in enumerate(self.question.crowds):
            due = sum(self.facts.weeks_due(person) for person in crowd.members)
            due -= self._taken_elsewhere[number]
            weeks = [(column, 1.0) for (who, _, _), column in self.away.items() if who == number]
            self.relaxation.row(weeks, least=due, most=due)
            by_block: defaultdict[tuple[int, str], list[Term]] = defaultdict(list)
            for week in self.facts.weeks:
                for rotation in self.rotations(number, week.block):
                    column = self.away.get((number, week.monday, rotation))
                    if column is not None and week.monday not in self.question.frozen.weeks:
                        by_block[week.block, rotation].append((column, 1.0))
            for (block, rotation), terms in by_block.items():
                room = (self.on[number, block, rotation], -float(most_of[rotation]))
                self.relaxation.row([*terms, room], most=0)
        most = self.question.program.max_on_vacation
        for week in self.facts.weeks:
            if most is not None and week.monday not in self.question.frozen.weeks:
                everyone = [
                    term
                    for number in range(len(self.question.crowds))
                    for term in self.vacationers(number, week.monday)
                ]
                self.relaxation.row(everyone, most=most)

    def _between(self, terms: list[Term], least: int, most: int | None) -> None:
        if least > 0 or most is not None:
            self.relaxation.row(terms, least, float("inf") if most is None else most)
