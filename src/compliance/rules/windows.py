"""Averaging windows: a person's year cut by rotation, less the excluded days (D3, D4).

How the windows of one person come about:

1. A segment is a maximal run of local dates with one rotation; leave does not cut it.
2. A segment of at most 31 days is one window. A longer one is cut into windows of 28 days from its first
   day; a remainder of 7 to 27 days is a window of its own, one of 1 to 6 days joins the last window.
3. A date wholly covered by leave and without counted work is excluded: it is in neither numerator nor
   denominator. Work on a leave date cancels the exclusion.
4. A window with no counted day is not judged. One with fewer than 7 counted days is judged for information
   only; in its place every programme block that holds one of its counted days is judged hard, as a window of
   its own, unless that block has fewer than 7 counted days as well.

Windows begin with the year: what of history reaches into its first day is counted there, the rest is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from src.compliance.rules.model import Facts, PersonFacts, RuleParameters
from src.compliance.rules.timeline import MergedTime


@dataclass(frozen=True, slots=True)
class AveragingWindow:
    """Days over which an averaged rule is judged, from local 00:00 to local 00:00.

    `first_day` is an ordinal, `start` and `end` are minutes. `excluded` are the ordinals of excluded dates.
    `is_small`: fewer counted days than the least that is judged hard. `block`: the number of the programme
    block where the window stands for one, else None.
    """

    rotation: str | None
    first_day: int
    days: int
    start: int
    end: int
    excluded: tuple[int, ...]
    is_small: bool
    block: int | None = None

    @property
    def counted_days(self) -> int:
        """N_eff: the days of the window less the excluded ones."""
        return self.days - len(self.excluded)

    @property
    def last_day(self) -> int:
        return self.first_day + self.days - 1


def windows_of(
    facts: Facts, person: PersonFacts, hours: MergedTime, parameters: RuleParameters
) -> tuple[AveragingWindow, ...]:
    """The windows of a person that are judged: those by rotation in order, then the programme blocks."""
    excluded = _excluded_days(facts, person, hours)
    by_rotation = [
        window
        for segment in person.segments
        for first_day, days in cut(segment.first_date.toordinal(), segment.days, parameters)
        if (window := _window(facts, segment.rotation, first_day, days, excluded, parameters)).counted_days
    ]
    small = [window for window in by_rotation if window.is_small]
    return (*by_rotation, *(_blocks_in_place_of(small, facts, excluded, parameters) if small else ()))


def cut(first_day: int, days: int, parameters: RuleParameters) -> Iterator[tuple[int, int]]:
    """First day and length of each window of a segment (D3, step 2)."""
    length = parameters.window_days
    if days <= parameters.longest_single_window_days:
        yield first_day, days
        return
    whole, rest = divmod(days, length)
    joined = rest if rest < parameters.min_window_days else 0
    for index in range(whole):
        is_last = index == whole - 1
        yield first_day + index * length, length + (joined if is_last else 0)
    if rest > joined:
        yield first_day + whole * length, rest


def _excluded_days(facts: Facts, person: PersonFacts, hours: MergedTime) -> list[int]:
    first, last = facts.year_start_date.toordinal(), facts.year_end_date.toordinal()
    start_of = facts.calendar.start_of
    return [
        day
        for day in sorted(date.toordinal() for date in person.leave_dates)
        if first <= day <= last and not hours.touches(start_of(day), start_of(day + 1))
    ]


def _window(
    facts: Facts,
    rotation: str | None,
    first_day: int,
    days: int,
    excluded: Sequence[int],
    parameters: RuleParameters,
    block: int | None = None,
) -> AveragingWindow:
    inside = tuple(day for day in excluded if first_day <= day < first_day + days)
    return AveragingWindow(
        rotation=rotation,
        first_day=first_day,
        days=days,
        start=facts.calendar.start_of(first_day),
        end=facts.calendar.start_of(first_day + days),
        excluded=inside,
        is_small=days - len(inside) < parameters.min_window_days,
        block=block,
    )


def _blocks_in_place_of(
    small: Sequence[AveragingWindow], facts: Facts, excluded: Sequence[int], parameters: RuleParameters
) -> Iterator[AveragingWindow]:
    counted = {
        day
        for window in small
        for day in range(window.first_day, window.last_day + 1)
        if day not in window.excluded
    }
    for block in facts.blocks:
        first, last = block.start_date.toordinal(), block.end_date.toordinal()
        if not any(first <= day <= last for day in counted):
            continue
        window = _window(facts, None, first, last - first + 1, excluded, parameters, block.number)
        if not window.is_small:
            yield window
