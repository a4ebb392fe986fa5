"""One resident's days under one year plan, made part of a model in which another plan may be chosen.

All that is decided there is 0 unless the plan is chosen, and every row binds only then: `low <= sum <= high`
becomes `low * chosen <= sum <= high * chosen`. That is the tightest linear form there is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from src.solver.daily.linear import FREE, Expr, LinearModel
from src.solver.daily.presence import CallOption, PersonDraft

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


class Graft:
    """What was made in a model of its own, as part of a larger one, under the truth value `chosen`.

    All variables of the part may be 0. They and their worth are the larger model's at once; its rows are for
    the CP-SAT model made of that.
    """

    def __init__(self, whole: LinearModel, part: LinearModel, chosen: int) -> None:
        self._part = part
        self._chosen = chosen
        self._offset = whole.size
        for variable in range(part.size):
            low, high = min(0, part.low[variable]), max(0, part.high[variable])
            whole.derived(part.person[variable], part.day[variable], (), low, high)
        for tier, scale in enumerate(part.tiers):
            whole.reward(tier, self.moved(Expr(scale.constant, tuple(scale.weights.items()))), 1)

    def moved(self, expr: Expr) -> Expr:
        """The expression in the larger model: what holds for certain holds when the plan is chosen."""
        terms = tuple((variable + self._offset, factor) for variable, factor in expr.terms)
        return Expr(0, ((self._chosen, expr.constant), *terms) if expr.constant else terms)

    def move(self, draft: PersonDraft, whole: LinearModel) -> None:
        """Let the draft speak of the larger model."""
        draft.model = whole
        draft.off = {day: self.moved(off) for day, off in draft.off.items()}
        draft.calls = defaultdict(
            list,
            {
                day: [CallOption(option.duty, self.moved(option.taken)) for option in options]
                for day, options in draft.calls.items()
            },
        )
        draft.sessions = {
            day: [(duty, self.moved(worked)) for duty, worked in made] for day, made in draft.sessions.items()
        }

    def add_rows(self, model: cp_model.CpModel, first: int) -> None:
        """Bind the variables, of which the larger model's first is the CP-SAT model's variable `first`."""
        part, chosen = self._part, first + self._chosen
        offset = first + self._offset
        self._add_choice(model, offset, chosen)
        rows = zip(part.row_terms, part.row_low, part.row_high, strict=True)
        for terms, low, high in rows:
            places = [offset + variable for variable, _ in terms]
            factors = [factor for _, factor in terms]
            if low == high:
                _add_row(model, [*places, chosen], [*factors, -low], 0, 0)
                continue
            if high < FREE:
                _add_row(model, [*places, chosen], [*factors, -high], -FREE, 0)
            if low > -FREE:
                _add_row(model, [*places, chosen], [*factors, -low], 0, FREE)

    def _add_choice(self, model: cp_model.CpModel, offset: int, chosen: int) -> None:
        """Unless the plan is chosen nothing of it holds; whoever chooses it chooses within its bounds."""
        part = self._part
        bounds = list(enumerate(zip(part.low, part.high, strict=True), offset))
        both = model.proto.constraints.add()
        both.enforcement_literal.append(-chosen - 1)
        both.bool_and.literals.extend([-place - 1 for place, (low, high) in bounds if (low, high) == (0, 1)])
        for place, (low, high) in bounds:
            if (low, high) != (0, 1):
                _add_row(model, [place, chosen], [1, -high], -FREE, 0)
                _add_row(model, [place, chosen], [1, -low], 0, FREE)


def _add_row(model: cp_model.CpModel, places: list[int], factors: list[int], low: int, high: int) -> None:
    row = model.proto.constraints.add().linear
    row.vars.extend(places)
    row.coeffs.extend(factors)
    row.domain.extend((low, high))
