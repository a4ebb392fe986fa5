"""One model of year plans and days together: each resident has one of the years that may be, and its days.

The rules of year plans are those of the year layer, the rules of days those of the daily layer: each possible
year of each resident has its days assembled as if it were given, and binds only where it is chosen. Residents
meet in coverage, vacations at once, staffing, calls, clinics and fairness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from src.interchange.schedule import AssignmentRow, UnmetRow
from src.solver.answer import kept_rows
from src.solver.daily.assemble import CancelledError, DailyModel, keep_duty_hours
from src.solver.daily.cover import Cover
from src.solver.daily.facts import Fixed, PersonYear, ProgramFacts
from src.solver.daily.fairness import Fairness, Parts, count_holidays, count_weekends, touching_items
from src.solver.daily.limits import keep_rows
from src.solver.daily.linear import LinearModel
from src.solver.daily.nights import count_isolated_nights
from src.solver.daily.objective import Objective
from src.solver.daily.presence import PersonDraft
from src.solver.daily.readout import Readout
from src.solver.daily.subsolve import State
from src.solver.daily.wishes import grant_requests
from src.solver.expand import Decisions, days_of, fixed_of_all
from src.solver.memory import uncollected
from src.solver.plan import YearPlan
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.whole.graft import Graft
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen, YearModel
from src.solver.year.objective import TierModel, YearObjective
from src.solver.year.plans import plan_of
from src.solver.year.rules import add_rules
from src.solver.year.wishes import Wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

MOST_VARIABLES = 40_000
"""A larger model is not proved in good time, and takes a gigabyte."""


ENOUGH_TO_JUDGE_BY = 20
"""Years of which one can tell how large all will be."""


class TooLargeError(Exception):
    """The program is not small."""


@dataclass(frozen=True, slots=True)
class Life:
    """One year that a resident may have: its plan, its days, and the truth value that it is chosen."""

    plan: YearPlan
    draft: PersonDraft
    chosen: int
    graft: Graft


class Whole:
    """The model of a problem, over some years of each resident.

    Raises CancelledError when the stop is reached before the model stands, and TooLargeError.
    """

    @uncollected()
    def __init__(
        self,
        problem: Problem,
        facts: YearFacts,
        frozen: Frozen,
        plans: Mapping[str, Sequence[YearPlan]],
        stop: Stop,
    ) -> None:
        self._problem = problem
        self._stop = stop
        self._shared = ProgramFacts(problem.program)
        self._solved = days_of(self._shared.calendar, problem.blocks)
        self._days = sorted(self._solved)
        self._kept = kept_rows(problem)
        self._linear = LinearModel()
        self._objective = Objective(problem.program, self._linear)
        self._lives: dict[str, list[Life]] = {}
        self._shares: defaultdict[str, defaultdict[str, Parts]] = defaultdict(lambda: defaultdict(list))
        self._live(plans)
        self._cover = self._meet()
        self._year = YearModel(facts, frozen=frozen, allow_unmet=problem.allow_unmet)
        add_rules(self._year)
        self.model = self._year.model
        of_plans = YearObjective(self._year, Wishes(), hopes=False)
        self._first = len(self.model.proto.variables)
        self._add_linear()
        self._choose()
        self.tiers = [
            self._tier(tier, number) for number, tier in enumerate(of_plans.tiers, self._objective.first_tier)
        ]

    @property
    def size(self) -> Mapping[str, int]:
        """How many variables and constraints there are."""
        proto = self.model.proto
        return MappingProxyType(
            {"whole_variables": len(proto.variables), "whole_constraints": len(proto.constraints)}
        )

    def plan(self, values: Sequence[int]) -> YearPlan:
        """The year plan of a solution."""
        return plan_of(self._year, values)

    def rows(self, values: Sequence[int]) -> tuple[tuple[AssignmentRow, ...], tuple[UnmetRow, ...]]:
        """The intervals of the days solved, and demand left open."""
        state = State(self._linear)
        first = self._first
        state.take({variable: values[first + variable] for variable in range(self._linear.size)})
        chosen = [
            life.draft for lives in self._lives.values() for life in lives if state.low[life.chosen] == 1
        ]
        daily = DailyModel(
            self._shared,
            self.plan(values),
            chosen,
            self._linear,
            self._objective,
            self._cover,
            (),
            {},
            self._days,
        )
        readout = Readout(daily, state)
        return readout.rows(), readout.unmet() if self._problem.allow_unmet else ()

    def standing(self, plan: YearPlan, decisions: Decisions) -> dict[int, int]:
        """What a schedule decides, by index of the model's variables."""
        date = self._shared.calendar.date
        found = {
            literal.index: int(plan.rotation.get(key[:2]) == key[2]) for key, literal in self._year.on.items()
        }
        found |= {literal.index: int(key in plan.vacation_weeks) for key, literal in self._year.away.items()}
        for person, lives in self._lives.items():
            for life in lives:
                mine = _is_of(plan, life.plan, person)
                found[self._first + life.chosen] = int(mine)
                for day, off in life.draft.off.items():
                    given = mine and (person, date(day)) in decisions.days_off
                    found[self._first + off.terms[0][0]] = int(given)
                for day, options in life.draft.calls.items():
                    for option in options:
                        taken = mine and (person, date(day), option.duty.call.id) in decisions.calls
                        found[self._first + option.taken.terms[0][0]] = int(taken)
        return found

    def start_from(self, values: Sequence[int]) -> None:
        """Start the next search from a solution."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]  # ortools leaves it without annotations
        for index, value in enumerate(values):
            self.model.add_hint(self.model.get_int_var_from_proto_index(index), value)

    def _live(self, plans: Mapping[str, Sequence[YearPlan]]) -> None:
        """The days of every year that each resident may have."""
        program = self._problem.program
        fixed = fixed_of_all(program, self._shared, self._kept)
        fairness = Fairness(program, self._objective)
        many, tried = sum(map(len, plans.values())), 0
        for index, person in enumerate(program.residents):
            self._lives[person.id] = []
            for plan in plans[person.id]:
                if self._stop.reached:
                    raise CancelledError
                year = PersonYear(self._shared, person, plan, self._solved, fixed.get(person.id, Fixed()))
                self._add_life(index, year, plan, fairness)
                tried += 1
                if self._linear.size * many > MOST_VARIABLES * max(tried, min(many, ENOUGH_TO_JUDGE_BY)):
                    raise TooLargeError
            if self._shares[person.id]:
                fairness.take(self._lives[person.id][0].draft, self._shares[person.id])
        self._spreads = fairness.spread_out()

    def _add_life(self, index: int, year: PersonYear, plan: YearPlan, fairness: Fairness) -> None:
        """One year's days in a model of their own, then made part of the whole; none where rules collide."""
        part = LinearModel()
        objective = Objective(self._problem.program, part)
        limits = self._problem.limits
        draft = PersonDraft(part, index, year, self._days)
        keep_duty_hours(draft, limits, objective)
        keep_rows(draft, limits.rows, whole_year=bool(self._kept))
        touching = touching_items(draft)
        grant_requests(draft, touching, objective)
        weekends = count_weekends(draft, touching, objective)
        shares = fairness.shares_of(draft, weekends, count_holidays(draft, touching))
        count_isolated_nights(draft, objective)
        if part.broken:
            return
        chosen = self._linear.decision(index, -1)
        graft = Graft(self._linear, part, chosen)
        graft.move(draft, self._linear)
        for term, parts in shares.items():
            moved = [(graft.moved(expr), factor) for expr, factor in parts]
            self._shares[draft.id][term] += moved
        self._lives[draft.id].append(Life(plan, draft, chosen, graft))

    def _meet(self) -> Cover:
        """What binds residents to one another on one date."""
        drafts = [life.draft for lives in self._lives.values() for life in lives]
        allow = self._problem.allow_unmet
        cover = Cover(self._linear, self._shared, drafts, self._objective, allow_unmet=allow)
        cover.staff_sessions(self._days)
        cover.staff_calls(self._days)
        cover.limit_clinics(self._days)
        return cover

    def _add_linear(self) -> None:
        """The days' variables and rows, behind those of the year."""
        linear, proto = self._linear, self.model.proto
        for low, high in zip(linear.low, linear.high, strict=True):
            proto.variables.add().domain.extend((low, high))
        for row, terms in enumerate(linear.row_terms):
            added = proto.constraints.add().linear
            added.vars.extend([variable + self._first for variable, _ in terms])
            added.coeffs.extend([factor for _, factor in terms])
            added.domain.extend((linear.row_low[row], linear.row_high[row]))
        for lives in self._lives.values():
            for life in lives:
                life.graft.add_rows(self.model, self._first)
        if linear.broken:
            self.model.add_bool_or([])
        for spread in self._spreads:
            if self._objective.is_wanted_more(spread.term):  # else its ends are where they cost least anyway
                totals = [self._variable(total) for total in spread.totals.values()]
                self.model.add_max_equality(self._variable(spread.most), totals)
                self.model.add_min_equality(self._variable(spread.least), totals)

    def _choose(self) -> None:
        """Everybody has one year, and its rotations and weeks are those of the plan."""
        model, sum_of = self.model, self._year.sum_of
        for lives in self._lives.values():
            model.add_exactly_one(self._variable(life.chosen) for life in lives)
        for (person, block, name), literal in self._year.on.items():
            having = [
                self._variable(life.chosen)
                for life in self._lives[person]
                if life.plan.rotation.get((person, block)) == name
            ]
            model.add(sum_of(having) == literal)
        for (person, monday), literal in self._year.away.items():
            having = [
                self._variable(life.chosen)
                for life in self._lives[person]
                if (person, monday) in life.plan.vacation_weeks
            ]
            model.add(sum_of(having) == literal)

    def _tier(self, of_plans: TierModel, number: int) -> TierModel:
        """A tier's terms of plans and days together."""
        scale, mine = self._objective.scale_of(number), self._linear.tiers[number]
        terms = [
            (Fraction(weight, scale), self._variable(variable))
            for variable, weight in mine.weights.items()
            if weight
        ]
        return TierModel([*of_plans.terms, *terms], of_plans.constant + Fraction(mine.constant, scale))

    def _variable(self, variable: int) -> cp_model.IntVar:
        return self.model.get_int_var_from_proto_index(self._first + variable)


def _is_of(plan: YearPlan, life: YearPlan, person: str) -> bool:
    """Whether the resident has that year in the plan."""
    rotation = {key: name for key, name in plan.rotation.items() if key[0] == person}
    weeks = {row for row in plan.vacation_weeks if row[0] == person}
    return rotation == dict(life.rotation) and weeks == life.vacation_weeks
