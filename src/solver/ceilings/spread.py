"""The least spread that totals can have, by arithmetic of whole steps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

MOST_LEVELS = 3000
"""Levels looked at; where there are more, only what single totals can reach is counted."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one resident has from before, and what can come to it in whole steps: 0 … `most`."""

    before: Fraction
    most: Fraction


@dataclass(frozen=True, slots=True)
class Pool:
    """Residents who are compared, the step their counts grow in, and what all counts together come to."""

    shares: tuple[Share, ...]
    step: Fraction
    least: Fraction
    most: Fraction

    def least_spread(self) -> Fraction:
        """No totals of this pool are nearer to each other. A pool that can hold nothing at all has 0."""
        if len(self.shares) < 2:
            return Fraction(0)
        apart = max(share.before for share in self.shares) - min(
            share.before + share.most for share in self.shares
        )
        floor = max(Fraction(0), apart)
        if self.step <= 0 or self.least > self.most:
            return floor
        grid = _Grid(self)
        return max(floor, Fraction(grid.least_spread(), grid.scale))

    def most_spread(self) -> Fraction:
        """No totals of this pool are further apart."""
        if len(self.shares) < 2:
            return Fraction(0)
        return max(share.before + share.most for share in self.shares) - min(
            share.before for share in self.shares
        )


class _Grid:
    """A pool in whole numbers."""

    def __init__(self, pool: Pool) -> None:
        amounts = [pool.step, pool.least, pool.most]
        amounts += [amount for share in pool.shares for amount in (share.before, share.most)]
        self.scale = lcm(*(amount.denominator for amount in amounts))
        self._step = int(pool.step * self.scale)
        self._before = [int(share.before * self.scale) for share in pool.shares]
        self._most = [int(share.most * self.scale) // self._step for share in pool.shares]
        """Steps."""
        self._least_sum = -(-int(pool.least * self.scale) // self._step)
        self._most_sum = int(pool.most * self.scale) // self._step

    def least_spread(self) -> int:
        """The first spread that fits some level; 0 where there are too many levels to try one by one."""
        residues = [each - self._before[0] for each in self._before]
        stride = reduce(gcd, residues, self._step)
        levels = self._levels()
        if len(levels) > MOST_LEVELS or not levels:
            return 0
        reach = zip(self._before, self._most, strict=True)
        most = max(before + self._step * steps for before, steps in reach) - min(self._before)
        spreads = range(0, most + stride, stride)
        place = bisect_left(spreads, True, key=lambda spread: any(self._fits(at, spread) for at in levels))
        return spreads[place] if place < len(spreads) else 0

    def _levels(self) -> list[int]:
        """Every total that can be the least of all."""
        return sorted(
            {
                before + self._step * steps
                for before, most in zip(self._before, self._most, strict=True)
                for steps in range(min(most, self._most_sum) + 1)
                if (before + self._step * steps) * len(self._before)
                <= sum(self._before) + self._step * self._most_sum
            }
        )

    def _fits(self, level: int, spread: int) -> bool:
        """Whether all totals can lie between `level` and `level + spread`."""
        low = high = 0
        for before, most in zip(self._before, self._most, strict=True):
            least_steps = max(0, -((before - level) // self._step))
            most_steps = min(most, (level + spread - before) // self._step)
            if least_steps > most_steps:
                return False
            low += least_steps
            high += most_steps
        return low <= self._most_sum and high >= self._least_sum


def can_all_be_even(pools: Sequence[Pool], least: Fraction, most: Fraction) -> bool:
    """Whether the counts of all pools can come to between `least` and `most` with every spread 0.

    An even pool of n holds n times its level, less what was there before: sums of such numbers are a grid.
    """
    if any(pool.step <= 0 for pool in pools):
        return True
    grid = Fraction(0)
    offset = Fraction(0)
    for pool in pools:
        count = len(pool.shares)
        first = pool.shares[0].before
        offset += count * first - sum(share.before for share in pool.shares)
        grid = _common(grid, count * pool.step)
    steps = -((offset - least) // grid)
    return offset + steps * grid <= most


def _common(one: Fraction, other: Fraction) -> Fraction:
    """The largest amount that both are whole multiples of."""
    scale = lcm(one.denominator, other.denominator)
    return Fraction(gcd(int(one * scale), int(other * scale)), scale)
