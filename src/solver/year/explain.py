"""Why a program has no schedule: a minimal set of input rows that collide, and the least change that helps.

What is named cannot hold together, and any part of it can: every row was left out in turn, and the rest
solved. A way out is what limits must give way by until the whole program has a year plan whose dates
can be staffed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from src.interchange.schedule import Conflict
from src.solver.plan import Cut
from src.solver.precheck import find_shortages
from src.solver.problem import Problem
from src.solver.stop import Stop
from src.solver.year.clash import RULE, ClashModel
from src.solver.year.clash_core import Clash, Core, Holds, priced_rows
from src.solver.year.clash_rows import DEMANDING, Key, kept_rows, needed_rows
from src.solver.year.demand import Demand
from src.solver.year.facts import YearFacts
from src.solver.year.model import Frozen
from src.solver.year.search import Effort
from src.solver.year.ways_out import find_ways

SECONDS_TO_SEE = 8.0
"""Whether all rows can hold at all, where nobody knows."""
SECONDS_TO_NAME = 10.0
SECONDS_IN_ALL = 14.0
SECONDS_OF_THE_RUN = 22.0
"""A run that saw its clash early may take until then, for sizes that hold for the whole program."""
SECONDS_FOR_THE_SMALLEST = 4.5
"""Beyond that, for sizes that settle the clash alone: better than to know no way out."""
LEAST_SECONDS_FOR_WAYS = 3.0
"""Left for them where naming took longer than it should, on a busy machine."""
MOST_PARTS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """`conflicts` cannot all hold; `is_minimal` when each was shown to be needed."""

    conflicts: tuple[Conflict, ...]
    way_out: tuple[str, ...]
    is_minimal: bool


def explain(
    problem: Problem,
    frozen: Frozen,
    effort: Effort,
    stop: Stop,
    posted: Iterable[Demand] = (),
    cuts: Iterable[Cut] = (),
    *,
    dates: tuple[Demand, ...] | None = None,
    is_sure: bool = True,
) -> Explanation | None:
    """Explain an infeasible problem, or None when its rows, as the year layer knows them, do not collide.

    `posted` are the demands of single dates under which no plan was left; none when the rules alone collide.
    `cuts` are what the days were proved to ask of every plan, with the rows and rules that each rests on.
    `dates` is all that single dates ask, where that is known. Unless `is_sure`, a short search of all rows
    first tells whether they collide at all.
    With `problem.allow_unmet` minima bind nobody. No search but the smallest begins after
    `SECONDS_IN_ALL` and `SECONDS_OF_THE_RUN`, unless the naming took as long.
    """
    facts = YearFacts(problem.program, loose_pins=True)
    model = ClashModel(facts, frozen, minima_bind=not problem.allow_unmet, dates=dates)
    began = stop.seconds
    asked = tuple(posted)
    for demand in asked:
        model.ask(demand)
    suspects = {key for demand in asked for key in model.keys_of_demand(demand)}
    for cut in cuts:
        suspects |= model.take_in(cut)
    if not problem.allow_unmet:
        counted = find_shortages(problem.program, problem.blocks)
        short = {Key(row.file, row.row or 0) for row in counted if row.file in DEMANDING}
        suspects |= short
        for demand in _one_a_block(model, short):
            model.ask(demand)
    core = Core(Clash(model, effort, stop, began + SECONDS_TO_NAME), suspects)
    if not is_sure and not core.sees():
        if Clash(model, effort, stop, stop.seconds + SECONDS_TO_SEE).try_all() is not Holds.NO:
            return None
        core = Core(Clash(model, effort, stop, stop.seconds + SECONDS_TO_NAME), suspects)
    named_from = stop.seconds
    keys = core.find()
    if keys is None:
        return None
    until = max(named_from + SECONDS_IN_ALL, stop.seconds + LEAST_SECONDS_FOR_WAYS, SECONDS_OF_THE_RUN)
    whole = Clash(model, effort, stop, until)
    small = Clash(model, effort, stop, until + SECONDS_FOR_THE_SMALLEST)
    ways = find_ways(problem.program, whole, small, keys)
    return Explanation(conflicts_of_keys(model, keys), ways, core.is_minimal)


def _one_a_block(model: ClashModel, keys: set[Key]) -> Iterable[Demand]:
    """Of what dates ask by those rows, the tightest of each academic block."""
    found: dict[tuple[Key, int], Demand] = {}
    for demand in model.binding_demands if keys else ():
        own = model.keys_of_demand(demand)[0]
        if own in keys and demand.chances:
            place = (own, demand.chances[0].block)
            known = found.get(place)
            if known is None or _spare(demand) < _spare(known):
                found[place] = demand
    return found.values()


def _spare(demand: Demand) -> int:
    return len(demand.chances) - demand.least


def conflicts_of_keys(model: ClashModel, keys: frozenset[Key]) -> tuple[Conflict, ...]:
    """One conflict a row, in the words of the parts that matter."""
    rows = needed_rows(kept_rows(model.rows, keys))
    telling: dict[Key, list[str]] = {}
    for place in priced_rows(rows, model.sizes):
        key, words = rows[place].key, rows[place].words
        if key is not None:
            telling.setdefault(key, []).append(words)
    said: dict[tuple[str, int | None, str], list[str]] = {}
    for key in sorted(keys):
        rule = key.about if key.about.startswith(RULE) else ""
        words_of_row = said.setdefault((key.file, key.row or None, rule), [])
        words_of_row += telling.get(key) or model.words_of.get(key, [])
    return tuple(Conflict(file, row, _joined(words)) for (file, row, _), words in said.items())


def _joined(said: list[str]) -> str:
    every = list(dict.fromkeys(said))
    distinct = [words for words in every if not any(each.startswith(f"{words}: ") for each in every)]
    more = len(distinct) - MOST_PARTS_NAMED
    text = "; ".join(distinct[:MOST_PARTS_NAMED])
    return f"{text}; and {more} more like it." if more > 0 else f"{text}."
