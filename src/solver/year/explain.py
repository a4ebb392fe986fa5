"""Why a program has no schedule: a minimal set of input rows that collide, and the least change that helps.

The rules are built with a switch for each input row. A core of switches that cannot all be on is shrunk by
leaving out one row after another; what remains cannot hold together, and any part of it can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from src.interchange.schedule import Conflict
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.demand import Demand, broken_by, demands, post_demand
from src.solver.year.facts import YearFacts
from src.solver.year.model import Doubt, Frozen, Place, Side, Source, YearModel
from src.solver.year.plans import plan_of
from src.solver.year.rules import add_rules
from src.solver.year.search import Answer, Effort, Ended, search
from src.solver.year.wishes import Wishes

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

SECONDS_A_TEST = 3.0
MOST_PARTS_NAMED = 3
MOST_WAYS = 6
MOST_ROUNDS = 12

Key = Source | Place


@dataclass(frozen=True, slots=True)
class Explanation:
    """`conflicts` cannot all hold; `is_minimal` when each was shown to be needed."""

    conflicts: tuple[Conflict, ...]
    way_out: tuple[str, ...]
    is_minimal: bool


def explain(
    problem: Problem, frozen: Frozen, effort: Effort, stop: Stop, posted: Iterable[Demand] = ()
) -> Explanation | None:
    """Explain an infeasible problem, or None when its rows, as the year layer knows them, do not collide.

    `posted` are the demands of single dates under which no plan was left; none when the rules alone collide.
    """
    facts = YearFacts(problem.program, loose_pins=True)
    shrink = _Shrink(effort, stop)
    known = {demand.source for demand in posted}
    asked = [demand for demand in demands(facts, problem.blocks) if demand.source in known] if known else []

    def build(doubt: Doubt) -> YearModel:
        year = YearModel(facts, frozen=frozen, allow_unmet=problem.allow_unmet, doubt=doubt)
        add_rules(year)
        for demand in asked:
            post_demand(year, Wishes(), demand)
        return year

    places = shrink.core(build(Doubt()))
    if places is None:
        return None
    needed = frozenset(key for key in places if isinstance(key, tuple))
    detailed = build(Doubt(needed, by_part=True))
    conflicts = _conflicts(detailed, needed, shrink.core(detailed) or ())
    ways = _WaysOut(problem, facts, frozen, effort, stop).find(sorted(needed, key=_order))
    return Explanation(conflicts, ways, shrink.is_minimal)


class _Shrink:
    """Finds cores and leaves out of them what they do not need."""

    def __init__(self, effort: Effort, stop: Stop) -> None:
        self._effort = effort
        self._stop = stop
        self.is_minimal = True

    def core(self, year: YearModel) -> list[Key] | None:
        """Keys of guards that cannot all be on, none of them superfluous; None when they can."""
        core = self._first_core(year)
        if core is None:
            return None
        for key in list(core):
            if key not in core:
                continue
            rest = [other for other in core if other != key]
            ended = self._can_hold(year, rest)
            if ended is Ended.NONE_EXISTS:
                core = rest
            elif ended is Ended.NOTHING:
                self.is_minimal = False
        return core

    def _first_core(self, year: YearModel) -> list[Key] | None:
        """A core, asked for again as long as it gets smaller."""
        core = list(year.guards)
        while True:
            smaller = self._ask_core(year, core)
            if smaller is None:
                return None
            if len(smaller) >= len(core):
                return smaller
            core = smaller

    def _ask_core(self, year: YearModel, keys: list[Key]) -> list[Key] | None:
        from ortools.sat.python import cp_model as cp

        model = year.model.clone()
        on = set(keys)
        by_index = {year.guards[key].index: key for key in keys}
        model.add_assumptions(_literal(model, index) for index in by_index)
        for key, guard in year.guards.items():
            if key not in on:
                model.add(_literal(model, guard.index) == 0)
        solver = cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self._effort.seed % 2**31
        if self._effort.deterministic is None:
            solver.parameters.max_time_in_seconds = min(10 * SECONDS_A_TEST, max(0.1, self._stop.remaining))
        else:
            solver.parameters.max_deterministic_time = self._effort.deterministic
        forget = self._stop.on_cancel(solver.stop_search)
        try:
            status = solver.solve(model)
        finally:
            forget()
        if status != cp.INFEASIBLE:
            return None
        return [by_index[index] for index in solver.sufficient_assumptions_for_infeasibility()]

    def _can_hold(self, year: YearModel, keys: list[Key]) -> Ended:
        model = year.model.clone()
        on = set(keys)
        for key, guard in year.guards.items():
            model.add(_literal(model, guard.index) == int(key in on))
        share = Effort(SECONDS_A_TEST, self._effort.workers, self._effort.seed, self._effort.deterministic)
        return search(model, share, self._stop, lp_heavy=False).ended


def _literal(model: cp_model.CpModel, index: int) -> cp_model.IntVar:
    return model.get_bool_var_from_proto_index(index)


def _order(place: Place) -> tuple[str, int]:
    return place[0], place[1] or 0


def _conflicts(year: YearModel, needed: Iterable[Place], parts: Iterable[Key]) -> tuple[Conflict, ...]:
    """One conflict a row, in the words of the parts that matter."""
    words: dict[Place, list[str]] = {place: [] for place in sorted(needed, key=_order)}
    for key in parts:
        if isinstance(key, Source) and key.place in words:
            words[key.place].append(year.words[key])
    for key, said in year.words.items():
        if isinstance(key, Source) and not words.get(key.place, [""]):
            words[key.place].append(said)
    return tuple(Conflict(file, row, _joined(said)) for (file, row), said in words.items())


def _joined(said: list[str]) -> str:
    distinct = list(dict.fromkeys(said))
    more = len(distinct) - MOST_PARTS_NAMED
    text = "; ".join(distinct[:MOST_PARTS_NAMED])
    text = text[:1].upper() + text[1:]
    return f"{text}; and {more} more like it." if more > 0 else f"{text}."


class _WaysOut:
    """The least change of limits that leaves a plan whose dates can be staffed."""

    def __init__(
        self, problem: Problem, facts: YearFacts, frozen: Frozen, effort: Effort, stop: Stop
    ) -> None:
        self._problem = problem
        self._facts = facts
        self._frozen = frozen
        self._effort = Effort(2 * SECONDS_A_TEST, effort.workers, effort.seed, effort.deterministic)
        self._stop = stop
        self._asked: dict[Demand, None] = {}
        self._demands = () if problem.allow_unmet else demands(facts, problem.blocks)

    def find(self, places: list[Place]) -> tuple[str, ...]:
        """The least bend of one row alone, for each row that can; else the least of all together."""
        ways = [way for place in places[:MOST_WAYS] for way in self._bend([place])]
        return tuple(ways) or tuple(self._bend(places))

    def _bend(self, places: list[Place]) -> list[str]:
        for _ in range(MOST_ROUNDS):
            year, answer = self._least_bend(places)
            if not answer.found:
                return []
            others = [demand for demand in self._demands if demand.source.place not in places]
            broken, met = broken_by(others, plan_of(year, answer.values), frozenset())
            if not broken:
                break
            self._asked |= dict.fromkeys((*broken, *met))
        else:
            return []
        bends = [
            _sentence(self._problem, place, side, answer.values[bend.index])
            for (place, side), bend in year.bends.items()
            if answer.values[bend.index]
        ]
        return [" And ".join(bends)] if bends else []

    def _least_bend(self, places: list[Place]) -> tuple[YearModel, Answer]:
        problem = self._problem
        year = YearModel(self._facts, frozen=self._frozen, allow_unmet=problem.allow_unmet, bendable=places)
        add_rules(year)
        bent = (demand for demand in self._demands if demand.source.place in places)
        for demand in dict.fromkeys((*self._asked, *bent)):
            post_demand(year, Wishes(), demand)
        year.model.minimize(year.sum_of(list(year.bends.values())))
        return year, search(year.model, self._effort, self._stop, lp_heavy=False)


def _sentence(problem: Problem, place: Place, side: Side, by: int) -> str:
    file, row = place
    say = _SENTENCES.get(file)
    return say(problem, row, side, by) if say is not None else f"Bend {file} row {row} by {by}."


def _limit(rows: Iterable[tuple[int, int, int | None]], row: int | None, side: Side, by: int, at: str) -> str:
    for number, least, most in rows:
        if number == row and side is Side.LEAST:
            return f"Lower the minimum of {at} row {row} by {by}, to {max(0, least - by)}."
        if number == row and most is not None:
            return f"Raise the maximum of {at} row {row} by {by}, to {most + by}."
    return f"Bend the limit of {at} row {row} by {by}."


def _coverage(problem: Problem, row: int | None, side: Side, by: int) -> str:
    rows = ((c.row, c.min, c.max) for c in problem.program.coverage)
    return _limit(rows, row, side, by, "coverage.csv")


def _requirement(problem: Problem, row: int | None, side: Side, by: int) -> str:
    rows = ((r.row, r.min_blocks, r.max_blocks) for r in problem.program.requirements)
    return _limit(rows, row, side, by, "requirements.csv")


def _staffing(problem: Problem, row: int | None, side: Side, by: int) -> str:
    rows = ((s.row, s.min, s.max) for s in problem.program.staffing)
    return _limit(rows, row, side, by, "staffing.csv")


def _call(problem: Problem, row: int | None, side: Side, by: int) -> str:
    rows = ((c.row, c.min, c.max) for c in problem.program.calls)
    return _limit(rows, row, side, by, "calls.csv")


def _rotation(problem: Problem, row: int | None, side: Side, by: int) -> str:
    del side
    for rotation in problem.program.rotations:
        if rotation.row == row and rotation.max_consecutive is not None:
            return f"Raise max_consecutive of {rotation.id} (rotations.csv row {row}) by {by}."
    return f"Allow {by} more vacation weeks in a block (rotations.csv, vacation_weeks_max)."


def _succession(problem: Problem, row: int | None, side: Side, by: int) -> str:
    del side, by
    for succession in problem.program.successions:
        if succession.row == row:
            pair = f"{succession.to_rotation} directly after {succession.from_rotation}"
            return f"Allow {pair} (successions.csv row {row})."
    return f"Drop successions.csv row {row}."


def _pin(problem: Problem, row: int | None, side: Side, by: int) -> str:
    del problem, side, by
    return f"Drop the pin of pins.csv row {row}."


def _program(problem: Problem, row: int | None, side: Side, by: int) -> str:
    del row
    if side is Side.LEAST:
        return f"Give {by} vacation weeks fewer (program.toml, vacation_weeks)."
    most = (problem.program.max_on_vacation or 0) + by
    return f"Let {by} more be on vacation in one week (program.toml, max_on_vacation = {most})."


_SENTENCES: dict[str, Callable[[Problem, int | None, Side, int], str]] = {
    "coverage.csv": _coverage,
    "requirements.csv": _requirement,
    "staffing.csv": _staffing,
    "calls.csv": _call,
    "rotations.csv": _rotation,
    "successions.csv": _succession,
    "pins.csv": _pin,
    "program.toml": _program,
}
