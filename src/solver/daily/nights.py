"""Runs of nights: the advisories NF-6 and NF-7, and single nights between days."""

from __future__ import annotations

from collections.abc import Mapping

from src.interchange.model import DutyType
from src.solver.daily.duties import BREAKS_FREE_DAY
from src.solver.daily.linear import FREE, ONE, ZERO, Expr, of
from src.solver.daily.objective import Objective
from src.solver.daily.presence import Item, PersonDraft
from src.solver.problem import Limits

_WEEK = 7


def advise_night_runs(draft: PersonDraft, limits: Limits, objective: Objective) -> None:
    """NF-6: each run of night float on more than 6 consecutive start dates is one advisory.

    A run that comes in from before the year counts once it goes on in it.
    """
    if "advisories" not in objective:
        return
    nights = _night_float(draft)
    longest = limits.max_nights_in_row
    for first in range(-longest, draft.year.shared.calendar.days - longest):
        parts = [nights[day] for day in range(first, first + longest + 1) if day in nights]
        if len(parts) <= longest:
            continue
        before = nights.get(first - 1, ZERO) if first > -longest else ZERO
        if before == ONE:
            continue
        if before == ZERO and all(part == ONE for part in parts):
            objective.count("advisories", ONE)
            continue
        long_run = of(draft.model.derived(draft.index, first, (*parts, before)))
        terms = [(long_run, 1), (before, 1), *((part, -1) for part in parts)]
        draft.model.add(terms, -longest, FREE)
        objective.count("advisories", long_run)


def advise_free_time_in_night_weeks(
    draft: PersonDraft, excluded: frozenset[int], limits: Limits, objective: Objective
) -> None:
    """NF-7: 7 consecutive dates with a night float in which no free 24 hours begin."""
    nights = _night_float(draft)
    if "advisories" not in objective or not nights:
        return
    days = draft.year.shared.calendar.days
    breaking = [item for item in draft.items if item.duty_type in BREAKS_FREE_DAY]
    begins: dict[int, Expr] = {}
    failing: dict[int, Expr] = {}
    for first in range(1 - _WEEK, days - _WEEK + 1):
        week = range(first, first + _WEEK)
        started = [nights[day] for day in week if day in nights]
        if not started or not excluded.isdisjoint(week):
            continue
        for day in week:
            if day not in begins:
                begins[day] = _free_time_begins(draft, breaking, day, limits.free_period_minutes)
        free = [begins[day] for day in week if begins[day] != ZERO]
        if ONE in free:
            continue
        fails = of(draft.model.derived(draft.index, first, (*started, *free)))
        for night in set(started):
            draft.model.add([(fails, 1), (night, -1), *((each, 1) for each in free)], 0, FREE)
        failing[first] = fails
        _count_first(draft, failing, first, objective)


def _count_first(draft: PersonDraft, failing: Mapping[int, Expr], first: int, objective: Objective) -> None:
    """Failing weeks that overlap are one finding: only the first of them counts."""
    earlier = [failing[day] for day in range(first - _WEEK + 1, first) if day in failing]
    counted = of(draft.model.derived(draft.index, first, (failing[first], *earlier)))
    draft.model.add([(counted, 1), (failing[first], -1), *((each, 1) for each in earlier)], 0, FREE)
    objective.count("advisories", counted)


def _free_time_begins(draft: PersonDraft, items: list[Item], day: int, length: int) -> Expr:
    """Whether 24 hours without duty may begin on the date; never 1 without."""
    calendar = draft.year.shared.calendar
    start, end = calendar.midnight(day), calendar.midnight(day + 1)
    near = draft.between(items, start, end + length)
    instants = {start, *(item.end for item in near if start < item.end < end)}
    found: list[Expr] = []
    for instant in instants:
        within = {item.worked for item in near if item.start < instant + length and instant < item.end}
        if ONE in within:
            continue
        if not within:
            return ONE
        begins = of(draft.model.derived(draft.index, day, within))
        for worked in within:
            draft.model.forbid_all((begins, worked))
        found.append(begins)
    if not found:
        return ZERO
    if len(found) == 1:
        return found[0]
    any_begins = of(draft.model.derived(draft.index, day, found))
    draft.model.add([(any_begins, 1), *((each, -1) for each in found)], -FREE, 0)
    return any_begins


def count_isolated_nights(draft: PersonDraft, objective: Objective) -> None:
    """NIGHT sessions with none of that person on the date before and after."""
    if "isolated_nights" not in objective:
        return
    nights = {
        duty.day: worked
        for made in draft.sessions.values()
        for duty, worked in made
        if duty.is_night and worked != ZERO
    }
    nights.update({duty.day: ONE for duty in draft.year.fixed.duties if duty.is_night})
    for day in sorted(nights):
        around = [nights[each] for each in (day - 1, day + 1) if each in nights]
        if ONE in around:
            continue
        if not around:
            objective.count("isolated_nights", nights[day])
            continue
        alone = of(draft.model.derived(draft.index, day, (nights[day], *around)))
        draft.model.add([(alone, 1), (nights[day], -1), *((each, 1) for each in around)], 0, FREE)
        draft.model.add([(alone, 1), (nights[day], -1)], -FREE, 0)
        for each in around:
            draft.model.forbid_all((alone, each))
        objective.count("isolated_nights", alone)


def night_counts(draft: PersonDraft) -> list[Expr]:
    """The NIGHT sessions that count as nights for fairness."""
    made = [worked for found in draft.sessions.values() for duty, worked in found if duty.is_night]
    return made + [ONE for duty in draft.year.fixed.duties if duty.is_night]


def _night_float(draft: PersonDraft) -> dict[int, Expr]:
    """Start date -> whether a night float begins on it."""
    return {item.day: item.worked for item in draft.items if item.duty_type is DutyType.NIGHT_FLOAT}
