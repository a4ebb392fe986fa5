"""A year plan that grants a vacation week or a rotation, as near as can be to the one that stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from src.interchange.model import Request, RequestKind
from src.interchange.schedule import Conflict
from src.solver.plan import YearPlan
from src.solver.scoring import monday_of, wish_of
from src.solver.stop import Stop
from src.solver.swaps.standing import Standing
from src.solver.year.facts import YearFacts
from src.solver.year.model import YearModel
from src.solver.year.objective import TierModel, YearObjective
from src.solver.year.plans import hint_plan, plan_of
from src.solver.year.rules import add_rules
from src.solver.year.search import Answer, Effort, Ended, search
from src.solver.year.wishes import add_wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SECONDS = 1.2
"""For the plan that moves fewest; where none is found so soon, there is all of the time for any."""
SECONDS_TO_BETTER = 0.5
LARGEST_SUM = 2**50
MOST_WHO_MOVE = 16
"""So many residents are planned anew to see what a request costs: more take longer than anybody waits."""


@dataclass(frozen=True, slots=True)
class YearTrial:
    """A plan that grants the request, or none: `is_impossible` = no year plan at all does."""

    plan: YearPlan | None
    is_impossible: bool = False
    words: str = ""
    conflicts: tuple[Conflict, ...] = ()

    def moved(self, before: YearPlan) -> frozenset[tuple[str, str]]:
        """(person, block or Monday) of every rotation and vacation week that is not what it was."""
        if self.plan is None:
            return frozenset()
        rotations = {
            (person, f"block {block}")
            for (person, block), name in self.plan.rotation.items()
            if before.rotation.get((person, block)) != name
        }
        weeks = {
            (person, monday.isoformat())
            for person, monday in self.plan.vacation_weeks ^ before.vacation_weeks
        }
        return frozenset(rotations | weeks)


def try_year(standing: Standing, request: Request, stop: Stop, seed: int, workers: int) -> YearTrial:
    """The nearest year plan that keeps every rule of the year and grants the request."""
    facts = YearFacts(standing.program)
    year = YearModel(facts)
    add_rules(year)
    wishes = add_wishes(year)
    asked = year.model.new_bool_var("the request is granted")
    reason = _require(year, facts, request, asked)
    if reason is not None:
        return YearTrial(None, is_impossible=True, words=reason.message, conflicts=(reason,))
    worth = _Worth([tier for tier in YearObjective(year, wishes, hopes=False).tiers if tier.terms])
    trial = _Trial(year, standing.plan, request, asked, worth, stop, Effort(SECONDS_TO_BETTER, workers, seed))
    nearest = trial.nearest(Effort(min(SECONDS, stop.remaining), workers, seed))
    if not nearest.found and nearest.ended is not Ended.NONE_EXISTS:
        nearest = trial.nearest(Effort(stop.remaining, workers, seed))
    if nearest.found:
        return YearTrial(plan_of(year, trial.cheaper(nearest.values)))
    if nearest.ended is Ended.NONE_EXISTS:
        words = "No year plan grants it: with it, the rules of the year cannot all hold, whoever else moves."
        return YearTrial(None, is_impossible=True, words=words)
    return YearTrial(None)


class _Trial:
    """A year model that asks for the request or not, around the plan that stands."""

    def __init__(
        self,
        year: YearModel,
        plan: YearPlan,
        request: Request,
        asked: cp_model.IntVar,
        worth: _Worth,
        stop: Stop,
        effort: Effort,
    ) -> None:
        self._year = year
        self._asked = asked
        self._worth = worth
        self._stop = stop
        self._effort = effort
        self._plan = plan
        self._request = request
        self._same_of = self._literals_that_stand()
        self._same = [literal for literals in self._same_of.values() for literal in literals]
        hint_plan(year, plan)

    def _literals_that_stand(self) -> dict[str, list[cp_model.IntVar]]:
        """The rotations and weeks of each resident as they are."""
        found: defaultdict[str, list[cp_model.IntVar]] = defaultdict(list)
        for (person, block, name), literal in self._year.on.items():
            if self._plan.rotation.get((person, block)) == name:
                found[person].append(literal)
        for (person, monday), literal in self._year.away.items():
            if (person, monday) in self._plan.vacation_weeks:
                found[person].append(literal)
        return dict(found)

    def nearest(self, effort: Effort) -> Answer:
        """The plan with the request that moves fewest rotations and weeks."""
        self._settle([self._asked], 1, 1)
        self._year.model.maximize(self._year.sum_of(self._same))
        return search(self._year.model, effort, self._stop)

    def cheaper(self, nearest: Sequence[int]) -> Sequence[int]:
        """The plan with fewest moves that, against the one that stands, loses no more than the request costs.

        What it costs is the difference between the best plan with it and the best without: that the plan
        could be better otherwise is no merit of the request. Only some residents move in either. The nearest
        plan where there was no time.
        """
        worth, model = self._worth, self._year.model
        if not worth.weights:
            return nearest
        free = self._who_moves(nearest)
        for person, literals in self._same_of.items():
            if person not in free:
                self._settle(literals, 1, 1)
        model.maximize(worth.expression())
        self._start_at(nearest)
        with_it = self._search()
        self._settle([self._asked], 0, 1)
        without = self._search()
        moving = [literal for person in free for literal in self._same_of.get(person, ())]
        self._settle(moving, 1, 1)
        stands = self._search()
        self._settle(moving, 0, 1)
        if not (with_it.found and without.found and stands.found):
            return nearest
        price = max(0, worth.of(without.values) - worth.of(with_it.values))
        least = worth.of(stands.values) - price
        if worth.of(nearest) >= least:
            return nearest
        self._settle([self._asked], 1, 1)
        model.add(worth.expression() >= least)
        model.maximize(self._year.sum_of(self._same))
        self._start_at(with_it.values)
        found = self._search()
        return found.values if found.found else nearest

    def _who_moves(self, nearest: Sequence[int]) -> set[str]:
        """The resident, those who move in the nearest plan, those in the way, and others of the same year."""
        request, facts = self._request, self._year.facts
        own = facts.program.person_by_id[request.person]
        moved = [
            person
            for person, literals in self._same_of.items()
            if not all(nearest[literal.index] for literal in literals)
        ]
        week = None if request.start_date is None else monday_of(request.start_date)
        away = sorted(person for person, monday in self._plan.vacation_weeks if monday == week)
        named = facts.program.expand(request.rotation) if request.rotation else ()
        there = [
            person
            for (person, block), name in sorted(self._plan.rotation.items())
            if block == request.block and name in named
        ]
        alike = [person.id for person in facts.residents if person.pgy == own.pgy]
        wanted = dict.fromkeys((request.person, *moved, *away, *there, *alike))
        return set(list(wanted)[: max(MOST_WHO_MOVE, 1 + len(moved))])

    def _search(self) -> Answer:
        return search(self._year.model, self._effort, self._stop)

    def _settle(self, literals: Sequence[cp_model.IntVar], low: int, high: int) -> None:
        for literal in literals:
            domain = self._year.model.proto.variables[literal.index].domain
            domain.clear()
            domain.extend((low, high))

    def _start_at(self, values: Sequence[int]) -> None:
        model = self._year.model
        model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
        for index, value in enumerate(values[: len(model.proto.variables)]):
            model.add_hint(model.get_int_var_from_proto_index(index), value)


class _Worth:
    """The tiers of the year as one number, each outweighing all that later ones can gain."""

    def __init__(self, tiers: Sequence[TierModel]) -> None:
        self.weights: list[tuple[int, TierModel]] = []
        step = 1
        for tier in reversed(tiers):
            least, most = tier.ends
            if step * (most - least + 1) > LARGEST_SUM:
                self.weights, step = [], 1  # what comes later is left to chance
            self.weights.append((step, tier))
            step *= most - least + 1

    def expression(self) -> cp_model.LinearExprT:
        return sum(step * tier.expression() for step, tier in self.weights)

    def of(self, values: Sequence[int]) -> int:
        return sum(step * tier.value_of(values) for step, tier in self.weights)


def _require(year: YearModel, facts: YearFacts, request: Request, asked: cp_model.IntVar) -> Conflict | None:
    """Post the request, where it is asked for; or say which row leaves no room for it at all."""
    if request.kind is RequestKind.VACATION:
        monday = monday_of(request.start_date) if request.start_date is not None else None
        literal = None if monday is None else year.away.get((request.person, monday))
        if literal is None:
            words = f"No rotation open to {request.person} allows vacation in that week."
            return Conflict("rotations.csv", None, words)
        year.model.add(literal == 1).only_enforce_if(asked)
        return None
    named = facts.program.expand(request.rotation or "")
    literals = year.literals(request.person, request.block or 0, named)
    if wish_of(request) >= 0:
        if not literals:
            words = f"{request.rotation} is not {request.person}'s to do in block {request.block}."
            return Conflict("requirements.csv", None, words)
        year.model.add(year.sum_of(literals) == 1).only_enforce_if(asked)
    else:
        year.model.add(year.sum_of(literals) == 0).only_enforce_if(asked)
    return None
