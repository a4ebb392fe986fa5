"""Shifts: intervals of work that follow one another within the merge gap (duty-hour-rules.md, D6).

Which intervals may be worked one after another is known beforehand, so each shift there may be is a chain of
them: it is worked where all of the chain are and nothing that would make it longer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from src.interchange.model import DutyType
from src.solver.daily.linear import ONE, Expr
from src.solver.daily.presence import Item

LONGEST_SHIFT = 4 * 24 * 60
"""Chains are followed no further: every rule on shifts forbids far shorter ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A shift that may be worked.

    `literals` all hold when it is; `earlier` and `later` are what would make it begin earlier or end later.
    `shorter` is the chain without its last interval.
    """

    items: tuple[Item, ...]
    literals: tuple[Expr, ...]
    earlier: tuple[Expr, ...]
    later: tuple[Expr, ...]
    shorter: Chain | None

    @property
    def start(self) -> int:
        return self.items[0].start

    @property
    def end(self) -> int:
        return self.items[-1].end

    @property
    def day(self) -> int:
        return self.items[0].day

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def others(self) -> tuple[Expr, ...]:
        return (*self.earlier, *self.later)

    @property
    def has_call(self) -> bool:
        return any(item.duty_type is DutyType.IN_HOUSE_CALL for item in self.items)

    @property
    def is_whole(self) -> bool:
        """Whether it may be a shift by itself: nothing that is always worked goes on with it."""
        others = self.others
        return ONE not in others and not any(each in others for each in self.literals)


def chains_of(items: Sequence[Item], merge_gap: int) -> list[Chain]:
    """Every chain of the intervals (in order of start), those with the same first one together."""
    starts = [item.start for item in items]
    by_end = sorted(items, key=lambda item: item.end)
    ends = [item.end for item in by_end]
    found: list[Chain] = []

    def after(item: Item) -> Sequence[Item]:
        first = bisect_left(starts, item.end)
        return items[first : bisect_right(starts, item.end + merge_gap)]

    def before(item: Item) -> list[Item]:
        first = bisect_left(ends, item.start - merge_gap)
        close = by_end[first : bisect_right(ends, item.start)]
        return [other for other in close if other.start < item.start]

    for item in items:
        earlier = tuple(dict.fromkeys(other.worked for other in before(item)))
        if ONE in earlier or item.worked in earlier:
            continue  # never the first of a shift
        literals = () if item.worked == ONE else (item.worked,)
        pending = [Chain((item,), literals, earlier, _worked(after(item)), None)]
        while pending:
            chain = pending.pop()
            found.append(chain)
            if chain.length > LONGEST_SHIFT:
                continue
            for following in after(chain.items[-1]):
                longer = _with(chain, following, after(following))
                if longer is not None:
                    pending.append(longer)
    return found


def _with(chain: Chain, item: Item, after: Sequence[Item]) -> Chain | None:
    """The chain with one more interval; None where nobody can work all of it."""
    literals = chain.literals
    if item.worked != ONE and item.worked not in literals:
        literals = (*literals, item.worked)
        if cannot_all_hold(literals):
            return None
    return Chain((*chain.items, item), literals, chain.earlier, _worked(after), chain)


def _worked(items: Iterable[Item]) -> tuple[Expr, ...]:
    return tuple(dict.fromkeys(item.worked for item in items))


def cannot_all_hold(literals: Sequence[Expr]) -> bool:
    """Whether a sum of two or of all of them shows that the truth values exclude one another."""
    if len(literals) > 2 and any(_exclude(one, other) for one, other in combinations(literals, 2)):
        return True
    return _sum_is_short(literals)


def _exclude(one: Expr, other: Expr) -> bool:
    return _sum_is_short((one, other))


def _sum_is_short(literals: Sequence[Expr]) -> bool:
    sums: dict[int, int] = {}
    most = 0
    for literal in literals:
        most += literal.constant
        for variable, factor in literal.terms:
            sums[variable] = sums.get(variable, 0) + factor
    return most + sum(max(0, factor) for factor in sums.values()) < len(literals)


def shortest(chains: Iterable[Chain], qualifies: Callable[[Chain], bool]) -> Iterator[Chain]:
    """The chains that qualify while no shorter one with the same beginning does."""
    known: dict[int, bool] = {}
    for chain in chains:
        if chain.shorter is not None and known.get(id(chain.shorter), False):
            known[id(chain)] = True
            continue
        known[id(chain)] = qualifies(chain)
        if known[id(chain)]:
            yield chain
