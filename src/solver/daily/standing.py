"""A schedule to start from, taken as it stands where it is whole: what others made well is not made again."""

from __future__ import annotations

from collections.abc import Mapping

from src.interchange.schedule import Schedule
from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.construct import blended
from src.solver.daily.settle import settle_rest
from src.solver.daily.subsolve import State
from src.solver.plan import YearPlan


def is_under(plan: YearPlan, schedule: Schedule) -> bool:
    """Whether the schedule was made for that very plan."""
    own = YearPlan.of_schedule(schedule)
    return (own.rotation, own.vacation_weeks) == (plan.rotation, plan.vacation_weeks)


def stands(daily: DailyModel, state: State, decided: Mapping[int, int], budget: Budget) -> bool:
    """Put what was decided into the state, where that decides everything and breaks nothing.

    False, and all is open as it was, where it does not.
    """
    model = daily.model
    open_to_all = [each for each in range(model.size) if state.is_open(each)]
    to_decide = [each for each in open_to_all if model.is_decision[each]]
    if not all(
        model.low[each] <= decided.get(each, model.low[each] - 1) <= model.high[each] for each in to_decide
    ):
        return False
    state.take({each: decided[each] for each in to_decide})
    if (
        not state.breaks(to_decide)
        and settle_rest(daily, state, blended(daily), budget)
        and not state.breaks(open_to_all)
    ):
        return True
    state.release(open_to_all)
    return False
