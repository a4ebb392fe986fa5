"""Requests that the daily layer can grant: days off, dates without call, dates with one."""

from __future__ import annotations

from collections.abc import Mapping

from src.interchange.model import Request, RequestKind
from src.interchange.schedule import AssignmentKind
from src.solver.daily.linear import FREE, ONE, ZERO, Expr, of
from src.solver.daily.objective import Objective
from src.solver.daily.presence import Item, PersonDraft

DAILY_KINDS = (RequestKind.DAY_OFF, RequestKind.NO_CALL, RequestKind.CALL)


def grant_requests(
    draft: PersonDraft, touching: Mapping[int, list[Item]], objective: Objective
) -> dict[Request, Expr]:
    """Whether each of the resident's requests is granted, counted at its weight."""
    found: dict[Request, Expr] = {}
    for request in draft.year.shared.program.requests:
        if request.person != draft.id or request.kind not in DAILY_KINDS:
            continue
        days = [draft.year.shared.calendar.day_of_date(day) for day in request.dates]
        if request.kind is RequestKind.DAY_OFF:
            against = [item.worked for day in days for item in touching.get(day, ())]
            term = "day_off_request"
            granted = _none_of(draft, days, against, exactly=objective.is_wanted_less(term))
        else:
            starting = _calls_starting(draft, days)
            wanted = request.kind is RequestKind.CALL
            term = "no_call_request"
            exactly = objective.is_wanted_less(term)
            granted = (_any_of if wanted else _none_of)(draft, days, starting, exactly=exactly)
        found[request] = granted
        objective.count(term, granted)
    return found


def _calls_starting(draft: PersonDraft, days: list[int]) -> list[Expr]:
    """Calls and jeopardy that may start, or are fixed to start, on one of the dates."""
    found = [option.taken for day in days for option in draft.calls.get(day, ())]
    fixed = [
        ONE
        for duty in draft.year.fixed.duties
        if duty.day in days and duty.kind in (AssignmentKind.CALL, AssignmentKind.JEOPARDY)
    ]
    return found + fixed


def _none_of(draft: PersonDraft, days: list[int], against: list[Expr], *, exactly: bool) -> Expr:
    """At most 1, and only where none of the truth values holds; `exactly`: always there."""
    distinct = list(dict.fromkeys(each for each in against if each != ZERO))
    if ONE in distinct:
        return ZERO
    if not distinct:
        return ONE
    if len(distinct) == 1:
        return distinct[0].negated
    granted = of(draft.model.derived(draft.index, days[0], distinct))
    for each in distinct:
        draft.model.forbid_all((granted, each))
    if exactly:
        draft.model.add_clause((granted, *distinct))
    return granted


def _any_of(draft: PersonDraft, days: list[int], starting: list[Expr], *, exactly: bool) -> Expr:
    """At most 1, and only where one of the truth values holds; `exactly`: always there."""
    if ONE in starting:
        return ONE
    if not starting:
        return ZERO
    granted = of(draft.model.derived(draft.index, days[0], starting))
    draft.model.add([(granted, 1), *((each, -1) for each in starting)], -FREE, 0)
    if exactly:
        for each in starting:
            draft.model.add([(granted, 1), (each, -1)], 0, FREE)
    return granted
