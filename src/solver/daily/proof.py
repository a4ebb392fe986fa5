"""Cuts that are proved: a block's own rows over exactly the facts of a year plan that they rest on.

Who a demand counts is looked at alone, as the plan has them, in the blocks in question; on the first days a
session may fall away, for a night or a call of the block before could have ended there. Where that has no
roster, every plan that has the same facts has none: somebody else must be there, or one of the facts must
change. First without averages that the blocks around bear on; then with them, and with the facts of those
blocks as far as the same rotation runs on.

What is proved of residents whose sessions may all fall away holds whatever their leave and, of calls, on
whichever rotation of the pool they are: such a cut speaks of many plans at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from src.interchange.model import AbsenceStatus, Person, Program
from src.solver.daily.alike import Alike
from src.solver.daily.budget import Budget
from src.solver.daily.facts import ProgramFacts
from src.solver.daily.grounds import AVERAGED, BY_ROTATION, common_rule, days_off_rules, pack_rule
from src.solver.daily.trial import proves_none
from src.solver.daily.wanted import Wanted
from src.solver.daily.windows import is_window
from src.solver.plan import Cut, Ground, OnRotation, OnVacation, PlanFact, YearPlan
from src.solver.problem import Limits, Problem
from src.solver.year.facts import YearFacts, minute_of_day, reaches_next_date

SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class _Scene:
    """Who is looked at, in which blocks, under which rows and rules.

    `held` are each one's blocks with those around in which the same rotation goes on. Of who is `loose`
    neither leave nor sessions are known. Without `days_off` no rotation says how many days off it gives.
    """

    people: tuple[Person, ...]
    blocks: tuple[int, ...]
    held: Mapping[str, tuple[int, ...]]
    wanted: Wanted
    limits: Limits
    runs_on: bool
    loose: frozenset[str] = frozenset()
    days_off: bool = True
    pins: bool = True


class Prover:
    """Proves that a year plan's blocks have no roster, and says for which facts of the plan that holds."""

    def __init__(self, problem: Problem, plan: YearPlan, budget: Budget) -> None:
        self._problem = problem
        self._program = problem.program
        self._plan = plan
        self._budget = budget
        self._shared = ProgramFacts(problem.program)
        self._calendar = self._shared.calendar
        self._alike = Alike(problem.program)
        self._weeks = [week.monday for week in YearFacts(problem.program).weeks]
        calls = (self._shared.call_duty(call, 0) for call in self._program.calls)
        self._lead = 1 + max((duty.end_day - 1 for duty in calls if duty.end_day > 0), default=0)

    def of_person(self, person: str, blocks: Sequence[int], words: str) -> tuple[Cut, ...]:
        """Proved cuts where the resident's own rules collide in those blocks; none where they do not."""
        return self._proved([self._program.person_by_id[person]], blocks, Wanted(), words)

    def of_demand(self, wanted: Wanted, blocks: Sequence[int], words: str) -> tuple[Cut, ...]:
        """Proved cuts where those whom the demand counts cannot meet it; none where that was not proved."""
        counted = self._counted(wanted, blocks)
        for person in counted:
            alone = self.of_person(person.id, blocks, words)
            if alone:
                return alone
        return self._proved(counted, blocks, wanted, words)

    def _counted(self, wanted: Wanted, blocks: Sequence[int]) -> list[Person]:
        rotations = wanted.rotations(self._shared)
        return [
            person
            for person in self._program.residents
            if wanted.counts(person)
            and any(self._plan.rotation.get((person.id, block)) in rotations for block in blocks)
        ]

    def _proved(
        self, people: Sequence[Person], blocks: Sequence[int], wanted: Wanted, words: str
    ) -> tuple[Cut, ...]:
        for runs_on in (False, True):
            scene = self._scene(people, blocks, wanted, runs_on=runs_on)
            if not self._budget.has_left():
                return ()
            if self._has_none(scene):
                scene = self._loosened(self._shrunk(scene))
                grounds = self._grounds(scene)
                if self._speaks_of_numbers(scene):
                    return (self._number(scene, words, grounds),)
                cut = self._cut(list(self._facts(scene)), words, grounds)
                return tuple(self._alike.copies(cut, scene.people))
        return ()

    def _scene(
        self, people: Sequence[Person], blocks: Sequence[int], wanted: Wanted, *, runs_on: bool
    ) -> _Scene:
        alone = {person.id: tuple(blocks) for person in people}
        held = self._blocks_of(people, blocks) if runs_on else alone
        limits = self._limits(blocks, runs_on=runs_on)
        return _Scene(tuple(people), tuple(blocks), MappingProxyType(held), wanted, limits, runs_on)

    def _limits(self, blocks: Sequence[int], *, runs_on: bool) -> Limits:
        """The rules that the blocks can be judged by alone, or by their runs too."""
        limits = self._problem.limits
        averages = runs_on or all(is_window(self._calendar, block, limits) for block in blocks)
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

    def _has_none(self, scene: _Scene) -> bool:
        days = self._calendar.days_of_block
        known = {person: blocks for person, blocks in scene.held.items() if person not in scene.loose}
        plan = YearPlan(
            MappingProxyType(
                {
                    (person, block): rotation
                    for person, blocks in scene.held.items()
                    for block in blocks
                    if (rotation := self._plan.rotation.get((person, block))) is not None
                }
            ),
            frozenset(
                row for row in self._plan.vacations if row[0] in known and row[1] in self._near(known[row[0]])
            ),
        )
        first = days[scene.blocks[0]][0]
        lead = range(0) if first == 0 else range(first, first + self._lead)
        solved = [day for block in scene.blocks for day in days[block]]
        excused = {
            person.id: range(first, solved[-1] + 1) if person.id in scene.loose else lead
            for person in scene.people
        }
        effort = self._budget.effort(SECONDS)
        program = self._program_of(scene)
        return proves_none(program, plan, solved, excused, scene.limits, effort, self._budget.stop)

    def _program_of(self, scene: _Scene) -> Program:
        program = scene.wanted.in_program(self._program, scene.held)
        if not scene.pins:
            program = replace(program, call_pins=())
        if not scene.days_off:
            rotations = tuple(replace(rotation, max_days_off=None) for rotation in program.rotations)
            program = replace(program, rotations=rotations)
        if scene.loose and self._is_of_calls(scene.wanted):
            program = replace(program, calls=tuple(replace(call, rotations=()) for call in program.calls))
        return program

    def _near(self, blocks: Sequence[int]) -> tuple[date, ...]:
        """The weeks in which vacation may take work of those blocks away."""
        days = self._calendar.days_of_block
        first, last = days[blocks[0]][0], days[blocks[-1]][-1] + self._lead
        return tuple(
            monday for monday in self._weeks if first - 6 <= self._calendar.day_of_date(monday) <= last
        )

    def _shrunk(self, scene: _Scene) -> _Scene:
        """The fewest rows with which there is none, and those alone whom these count."""
        if len(scene.wanted.asked) < 2:
            return scene
        for asked in list(scene.wanted.asked):
            for fewer in scene.wanted.parts():
                if asked in fewer.asked or not self._budget.has_left():
                    continue
                people = self._counted(fewer, scene.blocks)
                less = self._scene(people, scene.blocks, fewer, runs_on=scene.runs_on)
                if people and self._has_none(less):
                    scene = less
                    break
        return scene

    def _loosened(self, scene: _Scene) -> _Scene:
        """The scene with as many residents loose as there may be: all at once, or one after another."""
        if scene.runs_on:
            return scene
        able = [person for person in scene.people if self._may_be_loose(scene, person)]
        all_at_once = replace(scene, loose=frozenset(person.id for person in able))
        if not able or self._has_none(all_at_once):
            return all_at_once
        for person in able:
            more = replace(scene, loose=scene.loose | {person.id})
            if self._budget.has_left() and self._has_none(more):
                scene = more
        return scene

    def _may_be_loose(self, scene: _Scene, person: Person) -> bool:
        """Whether leave could only ease what averages ask: windows of few days are not judged at all."""
        if not scene.wanted.minima:
            return False
        if not scene.limits.keeps & AVERAGED:
            return True
        most = max((rotation.vacation_weeks_max for rotation in self._program.rotations), default=0)
        absent = any(row.person == person.id for row in self._program.absences)
        days = min(len(self._calendar.days_of_block[block]) for block in scene.blocks)
        is_there = person.start_date is None and person.end_date is None
        return is_there and not absent and days - 7 * (most + 1) >= scene.limits.min_window_days

    def _is_of_calls(self, wanted: Wanted) -> bool:
        return bool(wanted.calls) and not (wanted.staffing or wanted.maxima or wanted.clinics)

    def _is_anywhere(self, scene: _Scene) -> bool:
        """Whether it is all the same on which of the rotations the loose residents are."""
        return self._is_of_calls(scene.wanted) or len(scene.wanted.rotations(self._shared)) == 1

    def _speaks_of_numbers(self, scene: _Scene) -> bool:
        """Whether the proof holds for any as many residents, but for some that are named."""
        wanted = scene.wanted
        if len(scene.blocks) > 1 or scene.loose != scene.held.keys() or not wanted.minima:
            return False
        plain = [person for person in scene.people if self._is_plain(scene, person)]
        kinds = {self._kind(scene, person) for person in plain}
        return len(kinds) == 1 and self._is_anywhere(scene) and not (wanted.maxima or wanted.clinics)

    def _is_plain(self, scene: _Scene, person: Person) -> bool:
        return self._alike.is_plain(person, clinics=not self._is_of_calls(scene.wanted))

    def _kind(self, scene: _Scene, person: Person) -> tuple[bool, ...]:
        return tuple(scene.wanted.is_met_by(person, (row,)) for row in scene.wanted.minima)

    def _number(self, scene: _Scene, words: str, grounds: tuple[Ground, ...]) -> Cut:
        """One more of those alike, or somebody of another kind who is not there yet."""
        plain = [person for person in scene.people if self._is_plain(scene, person)]
        kind = self._kind(scene, plain[0])
        least = len(plain) + 1
        rotations = scene.wanted.rotations(self._shared)
        terms: list[tuple[int, PlanFact]] = []
        for person in self._program.residents:
            alike = self._is_plain(scene, person) and self._kind(scene, person) == kind
            named = person.id in scene.held and not alike
            if scene.wanted.counts(person) and not named:
                terms.append((1 if alike else least, OnRotation(person.id, scene.blocks[0], rotations)))
        return Cut(tuple(terms), least, words, proved=True, grounds=grounds)

    def _cut(self, facts: Sequence[PlanFact], words: str, grounds: tuple[Ground, ...]) -> Cut:
        """One of the facts must be otherwise than it is."""
        distinct = dict.fromkeys(facts)
        plus = [fact for fact in distinct if not fact.holds_in(self._plan)]
        minus = [fact for fact in distinct if fact.holds_in(self._plan)]
        terms = (*((1, fact) for fact in plus), *((-1, fact) for fact in minus))
        return Cut(terms, 1 - len(minus), words, proved=True, grounds=grounds)

    def _facts(self, scene: _Scene) -> Iterator[PlanFact]:
        rotations = scene.wanted.rotations(self._shared)
        for person in self._program.residents:
            if person.id in scene.held:
                yield from self._facts_of(scene, person.id, rotations)
                if scene.runs_on:
                    yield from self._ends_of(person.id, scene.held[person.id])
            elif scene.wanted.is_met_by(person):
                yield from (OnRotation(person.id, block, rotations) for block in scene.blocks)

    def _facts_of(self, scene: _Scene, person: str, rotations: frozenset[str]) -> Iterator[PlanFact]:
        """What of the plan a counted resident's days rest on: to change any of it may help."""
        held, wanted = scene.held[person], scene.wanted
        for block in held:
            here = self._plan.rotation.get((person, block))
            if person in scene.loose and self._is_anywhere(scene):
                if here not in rotations:
                    yield OnRotation(person, block, rotations)
                continue
            if block in scene.blocks and wanted.minima and rotations - {here}:
                yield OnRotation(person, block, rotations - {here})
            is_bound = not wanted.minima or wanted.maxima or wanted.clinics
            if here is not None and (block not in scene.blocks or len(scene.blocks) > 1 or is_bound):
                yield OnRotation(person, block, frozenset({here}))
        if person in scene.loose:
            return
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

    def _grounds(self, scene: _Scene) -> tuple[Ground, ...]:
        """The rows and the fewest rules that suffice, and the pins and absences of those who are counted."""
        scene = self._by_fewest_rules(scene)
        rules = [common_rule(kind) for kind in sorted(scene.limits.keeps)]
        rules += [pack_rule(row) for row in scene.limits.rows]
        names = {self._plan.rotation.get((person, block)) for person in scene.held for block in scene.blocks}
        given = days_off_rules(self._program, names) if scene.days_off else ()
        pins = self._pins_in(scene) if scene.pins else ()
        return (*scene.wanted.grounds(), *pins, *self._absences_in(scene), *given, *rules)

    def _by_fewest_rules(self, scene: _Scene) -> _Scene:
        if self._budget.has_left() and self._has_none(replace(scene, pins=False)):
            scene = replace(scene, pins=False)
        if self._budget.has_left() and self._has_none(replace(scene, days_off=False)):
            scene = replace(scene, days_off=False)
        for kind in sorted(scene.limits.keeps):
            limits = replace(scene.limits, keeps=scene.limits.keeps - {kind})
            if self._budget.has_left() and self._has_none(replace(scene, limits=limits)):
                scene = replace(scene, limits=limits)
        without = replace(scene, limits=replace(scene.limits, rows=()))
        return without if scene.limits.rows and self._has_none(without) else scene

    def _pins_in(self, scene: _Scene) -> tuple[Ground, ...]:
        return tuple(
            Ground("pins.csv", pin.row, f"{pin.person} is pinned to call {pin.call} on {pin.date}")
            for pin in self._program.call_pins
            if pin.person in scene.held and self._program.block_of(pin.date) in scene.blocks
        )

    def _absences_in(self, scene: _Scene) -> tuple[Ground, ...]:
        days = self._calendar.days_of_block
        return tuple(
            Ground("absences.csv", row.row, f"{row.person} is absent from {row.start_date} to {row.end_date}")
            for row in self._program.absences
            if row.status is AbsenceStatus.APPROVED
            and row.person in scene.held
            and row.end_date >= self._calendar.date(days[scene.held[row.person][0]][0])
            and row.start_date <= self._calendar.date(days[scene.held[row.person][-1]][-1] + 1)
        )
