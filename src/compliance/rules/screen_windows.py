"""Averaging windows of all people at once: what `windows` says of one person, as columns (D3, D4).

Dates of all people lie on one line as their minutes do: the date of ordinal `d` of the person at position `p`
at `d + p * LANE`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from src.compliance.rules.columns import FactColumns, Integers
from src.compliance.rules.model import RuleParameters

LANE = 2**32
"""Minutes, and dates, from one person's lane of the line to the next."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of all people, by person, none overlapping another of the same person.

    `first_day` is a plain ordinal, `start` and `end` are minutes of the line. `counted` are the days
    less the excluded ones. `stand_for_blocks`: they are programme blocks in place of small windows.
    """

    person: Integers
    first_day: Integers
    days: Integers
    start: Integers
    end: Integers
    counted: Integers
    stand_for_blocks: bool = False

    def keep(self, wanted: NDArray[np.bool_]) -> Windows:
        """Those of the windows that are wanted."""
        return Windows(
            self.person[wanted],
            self.first_day[wanted],
            self.days[wanted],
            self.start[wanted],
            self.end[wanted],
            self.counted[wanted],
            self.stand_for_blocks,
        )


class Dates:
    """The local dates of all people as instants of the line. `excluded` are ordinals on the line (D4)."""

    def __init__(self, columns: FactColumns, excluded: Integers) -> None:
        self.columns = columns
        self.excluded = excluded

    def windows(self, person: Integers, first_day: Integers, days: Integers) -> Windows:
        """Windows of people by first date and number of days."""
        first = first_day + person * LANE
        excluded = np.searchsorted(self.excluded, first + days) - np.searchsorted(self.excluded, first)
        return Windows(
            person,
            first_day,
            days,
            start_of(self.columns, person, first_day),
            start_of(self.columns, person, first_day + days),
            days - excluded,
        )


def start_of(columns: FactColumns, person: Integers, day: Integers) -> Integers:
    """The first minute of local dates of people, on the line."""
    return columns.midnights[day - columns.frame.calendar.first_day] + person * LANE


def rotation_windows(dates: Dates, parameters: RuleParameters) -> Windows:
    """The windows by rotation that hold a counted day: each segment cut as `windows.cut` cuts it."""
    owner, first, length = dates.columns.segments
    whole, rest = np.divmod(length, parameters.window_days)
    joined = np.where(rest < parameters.min_window_days, rest, 0)
    is_single = length <= parameters.longest_single_window_days
    pieces = np.where(is_single, 1, whole + (rest > joined))
    segment = np.repeat(np.arange(len(owner)), pieces)
    number = np.arange(len(segment)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    cut = parameters.window_days + np.where(number == whole[segment] - 1, joined[segment], 0)
    cut = np.where(number == whole[segment], rest[segment], cut)
    days = np.where(is_single[segment], length[segment], cut)
    windows = dates.windows(owner[segment], first[segment] + number * parameters.window_days, days)
    return windows.keep(windows.counted > 0)


def block_windows(dates: Dates, parameters: RuleParameters, windows: Windows) -> Windows:
    """The programme blocks that small windows reach into, but those that are small themselves.

    Among them are all that are judged in place of small windows, and some whose counted days are all of
    other windows.
    """
    blocks, least = dates.columns.frame.blocks, parameters.min_window_days
    small = windows.keep(windows.counted < least)
    firsts = np.array([block.start_date.toordinal() for block in blocks], dtype=np.int64)
    lasts = np.array([block.end_date.toordinal() for block in blocks], dtype=np.int64)
    marks = np.zeros((len(dates.columns), len(blocks) + 1), dtype=np.int64)
    np.add.at(marks, (small.person, np.searchsorted(lasts, small.first_day, side="left")), 1)
    last_day = small.first_day + small.days - 1
    np.add.at(marks, (small.person, np.searchsorted(firsts, last_day, side="right")), -1)
    person, block = np.nonzero(np.cumsum(marks, axis=1)[:, :-1])
    found = dates.windows(person, firsts[block], lasts[block] - firsts[block] + 1)
    return replace(found.keep(found.counted >= least), stand_for_blocks=True)
