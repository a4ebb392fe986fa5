"""The whole year's days and calls as one linear model, for a given year plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from src.interchange.model import Request
from src.interchange.schedule import AssignmentRow
from src.solver.daily.cover import Cover
from src.solver.daily.facts import Fixed, PersonYear, ProgramFacts
from src.solver.daily.fairness import Fairness, Spread, count_holidays, count_weekends, touching_items
from src.solver.daily.freedays import require_free_days
from src.solver.daily.hours import limit_calls, limit_hours
from src.solver.daily.limits import keep_rows
from src.solver.daily.linear import Expr, LinearModel
from src.solver.daily.nights import (
    advise_free_time_in_night_weeks,
    advise_night_runs,
    count_isolated_nights,
)
from src.solver.daily.objective import Objective
from src.solver.daily.periods import Periods
from src.solver.daily.presence import PersonDraft
from src.solver.daily.windows import excluded_days, windows_of
from src.solver.daily.wishes import grant_requests
from src.solver.expand import days_of, fixed_of_all
from src.solver.memory import uncollected
from src.solver.plan import YearPlan
from src.solver.problem import Limits, Problem
from src.solver.stop import Stop


class CancelledError(Exception):
    """Somebody cancelled, or time was up, before there was anything to keep."""


@dataclass
class DailyModel:
    """The model, and what its variables mean."""

    shared: ProgramFacts
    plan: YearPlan
    drafts: Sequence[PersonDraft]
    model: LinearModel
    objective: Objective
    cover: Cover
    spreads: Sequence[Spread]
    requests: Mapping[Request, Expr]
    days: Sequence[int]

    @cached_property
    def sums(self) -> frozenset[int]:
        """The variables that sum up the whole year: totals, and the ends of spreads."""
        return frozenset(
            variable
            for spread in self.spreads
            for variable in (*spread.totals.values(), spread.most, spread.least)
        )


@uncollected()
def assemble(
    problem: Problem,
    plan: YearPlan,
    blocks: Iterable[int],
    kept: Iterable[AssignmentRow],
    stop: Stop | None = None,
) -> DailyModel:
    """Every hard rule and every soft term over the days of the blocks (none named = all), kept rows beside.

    Raises CancelledError when the stop is reached before the model stands.
    """
    program = problem.program
    shared = ProgramFacts(program)
    solved = days_of(shared.calendar, blocks)
    days = sorted(solved)
    rows_kept = tuple(kept)
    fixed = fixed_of_all(program, shared, rows_kept)
    model = LinearModel()
    objective = Objective(program, model)
    drafts: list[PersonDraft] = []
    for index, person in enumerate(program.residents):
        _go_on(stop)
        year = PersonYear(shared, person, plan, solved, fixed.get(person.id, Fixed()))
        drafts.append(PersonDraft(model, index, year, days))
    cover = Cover(model, shared, drafts, objective, allow_unmet=problem.allow_unmet)
    cover.staff_sessions(days)
    cover.staff_calls(days)
    cover.limit_clinics(days)
    fairness = Fairness(program, objective)
    requests: dict[Request, Expr] = {}
    for draft in drafts:
        _go_on(stop)
        keep_duty_hours(draft, problem.limits, objective)
        keep_rows(draft, problem.limits.rows, whole_year=bool(rows_kept))
        touching = touching_items(draft)
        requests.update(grant_requests(draft, touching, objective))
        weekends = count_weekends(draft, touching, objective)
        fairness.share(draft, weekends, count_holidays(draft, touching))
        count_isolated_nights(draft, objective)
    return DailyModel(shared, plan, drafts, model, objective, cover, fairness.spread_out(), requests, days)


def _go_on(stop: Stop | None) -> None:
    if stop is not None and stop.reached:
        raise CancelledError


def keep_duty_hours(draft: PersonDraft, limits: Limits, objective: Objective) -> None:
    """The common requirements, as far as the program goes by them."""
    keeps, advises = limits.keeps, limits.advises
    excluded = excluded_days(draft.year)
    draft.windows = windows = windows_of(draft.year, limits, excluded)
    if "weekly_hours" in keeps:
        limit_hours(draft, windows, limits)
    if "call_frequency" in keeps:
        limit_calls(draft, windows, limits)
    if "free_days" in keeps:
        require_free_days(draft, windows, excluded, limits, objective)
    periods = Periods(draft, limits)
    periods.limit_continuous_duty()
    if "rest_after_call" in keeps:
        periods.require_rest_after_calls()
    if "rest_between" in advises:
        periods.advise_rest(objective)
    if "postcall_free_days" in advises:
        periods.advise_free_days_after_calls(windows, excluded, objective)
    if "nights_in_row" in advises:
        advise_night_runs(draft, limits, objective)
    if "free_among_nights" in advises:
        advise_free_time_in_night_weeks(draft, excluded, limits, objective)
