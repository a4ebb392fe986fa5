"""A year plan that grants a vacation week or a rotation, as near as can be to the one that stands."""

from __future__ import annotations

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
from src.solver.year.objective import YearObjective
from src.solver.year.plans import hint_plan, plan_of
from src.solver.year.rules import add_rules
from src.solver.year.search import Answer, Effort, Ended, search
from src.solver.year.wishes import Wishes, add_wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SECONDS = 3.0
SECONDS_TO_BETTER = 0.8


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
    reason = _require(year, facts, request)
    if reason is not None:
        return YearTrial(None, is_impossible=True, words=reason.message, conflicts=(reason,))
    same = [
        literal
        for (person, block, name), literal in year.on.items()
        if standing.plan.rotation.get((person, block)) == name
    ]
    same += [literal for key, literal in year.away.items() if key in standing.plan.vacation_weeks]
    year.model.maximize(year.sum_of(same))
    hint_plan(year, standing.plan)
    answer = search(year.model, Effort(min(SECONDS, stop.remaining), workers, seed), stop)
    if answer.found:
        return YearTrial(_better(year, wishes, answer, same, stop, (seed, workers)))
    if answer.ended is Ended.NONE_EXISTS:
        words = "No year plan grants it: with it, the rules of the year cannot all hold, whoever else moves."
        return YearTrial(None, is_impossible=True, words=words)
    return YearTrial(None)


def _better(
    year: YearModel,
    wishes: Wishes,
    nearest: Answer,
    same: list[cp_model.IntVar],
    stop: Stop,
    search_with: tuple[int, int],
) -> YearPlan:
    """A plan that loses less of the objective's first tier with year terms, if one is found soon."""
    seed, workers = search_with
    tiers = [tier for tier in YearObjective(year, wishes, hopes=False).tiers if tier.terms]
    seconds = min(SECONDS_TO_BETTER, stop.remaining)
    if not tiers or seconds <= 0:
        return plan_of(year, nearest.values)
    year.model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
    for index, value in enumerate(nearest.values[: len(year.model.proto.variables)]):
        year.model.add_hint(year.model.get_int_var_from_proto_index(index), value)
    year.model.maximize(year.sum_of([len(same) * tiers[0].expression(), *same]))
    answer = search(year.model, Effort(seconds, workers, seed), stop)
    return plan_of(year, answer.values if answer.found else nearest.values)


def _require(year: YearModel, facts: YearFacts, request: Request) -> Conflict | None:
    """Post the request; or say which row leaves no room for it at all."""
    if request.kind is RequestKind.VACATION:
        monday = monday_of(request.start_date) if request.start_date is not None else None
        literal = None if monday is None else year.away.get((request.person, monday))
        if literal is None:
            words = f"No rotation open to {request.person} allows vacation in that week."
            return Conflict("rotations.csv", None, words)
        year.model.add(literal == 1)
        return None
    named = facts.program.expand(request.rotation or "")
    literals = year.literals(request.person, request.block or 0, named)
    if wish_of(request) >= 0:
        if not literals:
            words = f"{request.rotation} is not {request.person}'s to do in block {request.block}."
            return Conflict("requirements.csv", None, words)
        year.model.add(year.sum_of(literals) == 1)
    else:
        year.model.add(year.sum_of(literals) == 0)
    return None
