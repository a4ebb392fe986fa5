"""Jeopardy over a whole year, each resident's as one line over all dates.

Jeopardy is no work: it takes nothing from anybody's day, counts for no hours and breaks no free day. With the
rest of a schedule as it stands it is a roster of its own, people × dates × calls, whose horizon is the year:
what one resident may still have of it (`minutes` are call points here) is what evens out the points of the
PGY. `src.solver.roster` solves it by the strategy that fits its shape. What only looks free (windows of
packs that count jeopardy, say) costs a refusal: rows are judged when the lines are taken over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from src.interchange.model import Call, DutyType
from src.solver.daily.assemble import DailyModel
from src.solver.daily.budget import Budget
from src.solver.daily.fairness import Spread
from src.solver.daily.improve import Apart
from src.solver.daily.linear import LinearModel
from src.solver.daily.subsolve import State
from src.solver.daily.together import Meeting
from src.solver.problem import Problem
from src.solver.roster import problem as roster
from src.solver.roster.ready import is_kept, is_prepared, prepare
from src.solver.roster.strategy import Options, is_small, solve
from src.solver.stop import Stop

SECONDS, SHARE = 2.0, 0.2
"""At most, and of what is left."""
PRICE_OF_A_REQUEST, PRICE_OF_A_GAP, PRICE_OF_WHAT_CANNOT_BE = 10, 1_000, 100_000
SECONDS_WORTH_LOADING = 20.0
TIMES_ITS_OWN = 12
"""So much of its own time passes before it is done again."""
LONGEST_RUN = 7
"""Dates in a row; longer runs are left to other searches."""
POINTS, JEOPARDY = "fair_call_points", "fair_jeopardy"

Key = tuple[int, int, int]
"""(index of the resident, day, place of the call among those of jeopardy)"""


@dataclass(frozen=True, slots=True)
class _Pool:
    """Who may take which jeopardy when."""

    calls: Sequence[Call]
    worth: Sequence[int]
    """What each call counts for its holder, in the steps of the spreads."""
    people: Sequence[int]
    decisions: Mapping[Key, int]
    need: Mapping[tuple[int, int], int]
    """(day, call) -> residents asked for."""
    open: Mapping[Key, int]
    """What can be taken beside the rest of the schedule, and at what price."""
    pinned: frozenset[Key]
    spreads: Sequence[Spread]

    def values_of(self, rows: Sequence[roster.Row]) -> dict[int, int]:
        """What a roster decides, by variable."""
        place = {person: number for number, person in enumerate(self.people)}
        return {
            variable: int(rows[place[person]][day] == call + 1)
            for (person, day, call), variable in self.decisions.items()
        }


def get_ready_to_share(problem: Problem, stop: Stop) -> None:
    """Load what sharing out needs, beside other work, where there will be time to share anything out.

    What was never compiled on this machine is not compiled here: a run told to stop would wait for it.
    """
    is_worth_it = stop.remaining > SECONDS_WORTH_LOADING and any(map(_is_jeopardy, problem.program.calls))
    if is_worth_it and not is_prepared() and is_kept():
        prepare()


class SharingOut:
    """Shares jeopardy out anew whenever that is worth its time; to be called between two searches."""

    def __init__(self, daily: DailyModel, state: State, budget: Budget, seed: int, meeting: Meeting) -> None:
        self._daily = daily
        self._state = state
        self._budget = budget
        self._seed = seed
        self._meeting = meeting
        self._due = 0.0
        self._found: Mapping[int, int] = {}

    def __call__(self) -> Apart | None:
        """Take over what was shared out better; the work of doing so again, if it is time.

        Never where results must repeat exactly.
        """
        if self._found:
            found, self._found = self._found, {}
            self._meeting.adopt(found)
        if self._budget.is_deterministic or self._budget.stop.seconds < self._due:
            return None
        self._due = float("inf")
        seen = self._state.copy()
        return lambda: self._share_out(seen)

    def _share_out(self, seen: State) -> None:
        began = self._budget.stop.seconds
        self._found = share_out(self._daily, seen, self._budget, self._seed)
        now = self._budget.stop.seconds
        self._due = now + TIMES_ITS_OWN * (now - began)


def share_out(daily: DailyModel, state: State, budget: Budget, seed: int) -> dict[int, int]:
    """Values of the jeopardy decisions that share it out evenly around a complete state.

    None where there is nothing to share out, nothing that covers every date was found in time, or the time
    would go by in compiling.
    """
    pool = _pool_of(daily, state)
    if pool is None or not budget.has_left():
        return {}
    stop = Stop(min(SECONDS, SHARE * budget.left))
    forget = budget.stop.on_cancel(stop.cancel)
    try:
        for margin in (0, max(pool.worth)):
            problem = _roster_of(daily, state, pool, margin)
            if not (is_small(problem) or is_prepared()):
                return {}
            rows = solve(problem, stop, Options(seed, budget.workers)).rows
            if rows is not None and _covers(pool, rows):
                return pool.values_of(rows)
    finally:
        forget()
    return {}


def _is_jeopardy(call: Call) -> bool:
    return call.duty_type is DutyType.JEOPARDY


def _pool_of(daily: DailyModel, state: State) -> _Pool | None:
    calls = tuple(filter(_is_jeopardy, daily.shared.program.calls))
    number = {call.id: place for place, call in enumerate(calls)}
    decisions = {
        (draft.index, day, number[option.duty.call.id]): option.taken.terms[0][0]
        for draft in daily.drafts
        for day, found in draft.calls.items()
        for option in found
        if option.duty.is_jeopardy
    }
    has_points = all(call.points > 0 for call in calls)
    spreads = [each for each in daily.spreads if each.term == (POINTS if has_points else JEOPARDY)]
    if not spreads or not decisions:
        return None
    unit = daily.objective.unit(spreads[0].term)
    worth = tuple(int(call.points * unit) if has_points else unit for call in calls)
    need = {(day, call): calls[call].min for _, day, call in decisions}
    people = sorted({person for person, _, _ in decisions})
    pinned = frozenset(key for key, variable in decisions.items() if _is_pinned(daily.model, variable))
    return _Pool(calls, worth, people, decisions, need, _open_of(daily, state, decisions), pinned, spreads)


def _is_pinned(model: LinearModel, variable: int) -> bool:
    return any(model.row_tag[row].kind == "pin" for row, _ in model.columns[variable])


def _open_of(daily: DailyModel, state: State, decisions: Mapping[Key, int]) -> dict[Key, int]:
    """Those that could be taken on their own beside everything that is no jeopardy, and what each costs."""
    model = daily.model
    jeopardy: defaultdict[int, int] = defaultdict(int)
    for variable in decisions.values():
        for row, factor in model.columns[variable]:
            jeopardy[row] += factor * state.low[variable]
    weighty = {each for scale in model.tiers for each in scale.weights} - daily.sums
    found: dict[Key, int] = {}
    for key, variable in decisions.items():
        followers = set(model.dependents.get(variable, ()))
        if all(
            model.row_low[row] <= state.row_least[row] - jeopardy[row] + factor <= model.row_high[row]
            or model.row_tag[row].kind == "call"
            or not followers.isdisjoint(each for each, _ in model.row_terms[row])
            for row, factor in model.columns[variable]
        ):
            found[key] = 0 if followers.isdisjoint(weighty) else PRICE_OF_A_REQUEST
    return found


def _roster_of(daily: DailyModel, state: State, pool: _Pool, margin: int) -> roster.Problem:
    """`margin`: by how many steps of points anybody may exceed an even share."""
    days = daily.shared.calendar.days
    number = {person: place for place, person in enumerate(pool.people)}
    most = _most(state, pool)
    held: defaultdict[int, set[int]] = defaultdict(set)
    for day, call in pool.need:
        held[day].add(call)
    days_of: defaultdict[int, set[int]] = defaultdict(set)
    for person, day, _ in pool.open:
        days_of[person].add(day)
    prices = {
        (person, day, call): pool.open.get((person, day, call), PRICE_OF_WHAT_CANNOT_BE)
        for person in pool.people
        for day in days_of[person]
        for call in held[day]
    }
    wishes = [
        roster.Wish(number[person], day, call, wanted=False, price=price)
        for (person, day, call), price in prices.items()
        if price
    ]
    wishes += [
        roster.Wish(number[person], day, call, wanted=True, price=PRICE_OF_WHAT_CANNOT_BE)
        for person, day, call in pool.pinned
    ]
    people = [
        roster.Person(
            name=str(person),
            most_of_kind=(days,) * len(pool.calls),
            minutes_min=0,
            minutes_max=most[person] + margin,
            run_min=1,
            run_max=LONGEST_RUN,
            off_min=1,
            weekends_max=days,
            days_off=frozenset(range(days)) - days_of[person],
        )
        for person in pool.people
    ]
    cover = [
        roster.Cover(day, call, need, under=PRICE_OF_A_GAP, over=PRICE_OF_A_GAP)
        for (day, call), need in pool.need.items()
    ]
    kinds = [roster.Kind(call.id, pool.worth[place]) for place, call in enumerate(pool.calls)]
    return roster.Problem(days, tuple(kinds), tuple(people), tuple(wishes), tuple(cover))


def _most(state: State, pool: _Pool) -> dict[int, int]:
    """What each resident may have so that the points of the PGY come out even, history included.

    The PGY together has as much as it has now; who is compared with nobody has no more than now.
    """
    now = dict.fromkeys(pool.people, 0)
    for (person, _, call), variable in pool.decisions.items():
        now[person] += pool.worth[call] * state.low[variable]
    most = dict(now)
    for spread in pool.spreads:
        others = {
            person: state.low[total] - now[person] for person, total in spread.totals.items() if person in now
        }
        asked = sum(now[person] for person in others)
        level = min(others.values(), default=0)
        while sum(max(0, level - other) for other in others.values()) < asked:
            level += 1
        most.update({person: max(0, level - other) for person, other in others.items()})
    return most


def _covers(pool: _Pool, rows: Sequence[roster.Row]) -> bool:
    return all(sum(row[day] == call + 1 for row in rows) >= need for (day, call), need in pool.need.items())
