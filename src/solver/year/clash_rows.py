"""Rows of numbers that rest on input rows: what a clash is made of, and what is left without some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from src.solver.year.model import Side

FREE = 10**6
"""Stands for no bound."""
DEMANDING = frozenset({"staffing.csv", "calls.csv"})
UNSIZED = "no size"
"""What a key is about whose row helps by nobody knows how much: no way out is made of it."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """An input row; `about` tells apart what `program.toml` says of several things."""

    file: str
    row: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Give:
    """A step on that side of the key's limits gains so much on one side of a row."""

    key: Key
    side: Side
    of_row: Side
    gain: int


@dataclass(frozen=True, slots=True)
class ClashRow:
    """`low <= sum(coefficient * variable) <= high`, as long as `key` is kept (None: always).

    `loose` holds variables whose coefficient becomes another when a key of their own is left out.
    """

    terms: tuple[tuple[int, int], ...]
    low: int
    high: int
    key: Key | None = None
    words: str = ""
    loose: tuple[tuple[int, int, Key], ...] = ()
    also: tuple[Key, ...] = ()
    """Other rows that must be kept for this one to hold: calls of one date that nobody can combine."""
    step: int = 1
    """What giving way by one of the key's own units gains the row."""
    gains: tuple[int, ...] = ()
    """The same of the other rows, in their order, where it is known (0: as their kind says)."""

    @property
    def gives(self) -> Iterator[Give]:
        """Whose limits may give way for this row to hold, its own first."""
        for own in self.sides:
            if self.key is not None:
                yield Give(self.key, own, own, self.step)
            for key, gain in zip(self.also, self.gains or (0,) * len(self.also), strict=True):
                if gain:
                    yield Give(key, own, own, gain)
                elif key.file in DEMANDING:
                    yield Give(key, own, own, 1)
                elif not key.about.startswith(UNSIZED):
                    yield Give(key, Side.LEAST, own, self._all_of(own))

    def _all_of(self, side: Side) -> int:
        """What frees the row altogether."""
        if side is Side.LEAST:
            return max(1, self.low - sum(min(0, factor) for _, factor in self.terms))
        return max(1, sum(max(0, factor) for _, factor in self.terms) - self.high)

    @property
    def sides(self) -> tuple[Side, ...]:
        """The limits the row has."""
        least = (Side.LEAST,) if self.low > -FREE else ()
        return (*least, Side.MOST) if self.high < FREE else least


def kept_rows(rows: Iterable[ClashRow], keys: frozenset[Key]) -> list[ClashRow]:
    """The rows that hold while only `keys` are kept, with the coefficients they have then."""
    found: list[ClashRow] = []
    for row in rows:
        if row.key is not None and not keys.issuperset((row.key, *row.also)):
            continue
        dropped = {index: factor for index, factor, key in row.loose if key not in keys}
        if dropped:
            terms = tuple((index, dropped.get(index, factor)) for index, factor in row.terms)
            found.append(replace(row, terms=terms))
        else:
            found.append(row)
    return found


def needed_rows(rows: Sequence[ClashRow]) -> list[ClashRow]:
    """The rows without those that variables of no other row can always keep.

    What no row with a key speaks of may be nought: only rows that this does not settle are needed.
    """
    used = {index for row in rows if row.key is not None for index, _ in row.terms}
    always = [row for row in rows if row.key is None]
    found = [row for row in rows if row.key is not None]
    while True:
        waiting: list[ClashRow] = []
        grown = False
        for row in always:
            is_one_sided = row.low == 0 and row.high >= FREE
            if is_one_sided and any(index in used and factor < 0 for index, factor in row.terms):
                used.update(index for index, _ in row.terms)
                found.append(row)
                grown = True
            else:
                waiting.append(row)
        always = waiting
        if not grown:
            break
    for row in always:
        terms = tuple(term for term in row.terms if term[0] in used)
        if row.low == 1 and terms and len(terms) == len(row.terms):
            found.append(row)
        elif row.high == 1 and len(terms) > 1:
            found.append(replace(row, terms=terms, low=-FREE))
    return found


def keys_of(rows: Iterable[ClashRow]) -> Mapping[Key, None]:
    """Every key that some row rests on, in order of appearance."""
    found: dict[Key, None] = {}
    for row in rows:
        if row.key is not None:
            found |= dict.fromkeys((row.key, *row.also))
        for _, _, key in row.loose:
            found[key] = None
    return found
