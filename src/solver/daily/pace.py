"""Keeping pace with limits over many blocks, while a year is built block by block.

What a resident may do over half a year (hours on average, weekends) is all still open when the first blocks
are built, and nothing keeps those from using it up: the last block then has no roster. So each search uses no
more of such a limit than its share of all that could be done under it. That is a choice, not a rule: where a
block has no roster at that pace, it is built without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from src.solver.daily.linear import FREE, LinearModel
from src.solver.daily.subsolve import Part, State

LEAST_DAYS = 56
"""Limits over fewer days are looked at whole: searches look as far ahead themselves."""
DAYS_BETWEEN = 28
"""Of windows that begin on every day, those that begin so far apart are enough to keep pace by."""
ROOM = 20
"""A part of so many of the whole may be used sooner."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """What each variable can add to a sum beyond its least (by variable), and how much all may add."""

    factors: Mapping[int, int]
    room: int
    most: int


class Pace:
    """The limits of a model that run over many blocks."""

    def __init__(self, model: LinearModel) -> None:
        self._model = model
        self._limits = list(_limits_of(model))

    def keep(self, part: Part, state: State, free: Sequence[int]) -> bool:
        """Let the free variables use no more than their share; whether that asks anything of them."""
        asked = False
        chosen = set(free)
        for limit in self._limits:
            mine = {each: factor for each, factor in limit.factors.items() if each in chosen}
            if not mine:
                continue
            reach = used = 0
            for variable, factor in limit.factors.items():
                if variable in mine:
                    reach += self._reach(variable, factor)
                elif not state.is_open(variable):
                    reach += self._reach(variable, factor)
                    used += self._used(variable, factor, state.low[variable])
            most = limit.room * reach // limit.most + limit.room // ROOM - used
            can = sum(self._reach(variable, factor) for variable, factor in mine.items())
            if most < can:
                least = sum(min(factor * end for end in self._ends(each)) for each, factor in mine.items())
                part.keep({each: -factor for each, factor in mine.items()}, -(max(0, most) + least))
                asked = True
        return asked

    def _ends(self, variable: int) -> tuple[int, int]:
        return self._model.low[variable], self._model.high[variable]

    def _reach(self, variable: int, factor: int) -> int:
        low, high = self._ends(variable)
        return abs(factor) * (high - low)

    def _used(self, variable: int, factor: int, value: int) -> int:
        low, high = self._ends(variable)
        return factor * (value - low) if factor > 0 else factor * (value - high)


def _limits_of(model: LinearModel) -> Iterator[_Limit]:
    """The rows over many days that bind, of one rule and person not too close together."""
    last: dict[tuple[str, str], int] = {}
    for row, tag in enumerate(model.row_tag):
        if not tag.reaches_out or tag.last_day - tag.day < LEAST_DAYS or model.row_high[row] >= FREE:
            continue
        before = last.get((tag.kind, tag.subject))
        if before is not None and tag.day - before < DAYS_BETWEEN:
            continue
        factors = dict(model.row_terms[row])
        ends = {each: (model.low[each], model.high[each]) for each in factors}
        least = sum(min(factor * end for end in ends[each]) for each, factor in factors.items())
        most = sum(max(factor * end for end in ends[each]) for each, factor in factors.items())
        last[tag.kind, tag.subject] = tag.day
        yield _Limit(factors, model.row_high[row] - least, most - least)
