"""Averaging windows: a person's year cut by rotation, less the excluded days (D3, D4).

How the windows of one person come about:

1. A segment is a maximal run of local dates with one rotation; leave does not cut it.
2. A segment of at most 31 days is one window. A longer one is cut into windows of 28 days from its first
   day; a remainder of 7 to 27 days is a window of its own, one of 1 to 6 days joins the last window.
3. A date wholly covered by leave and without counted work is excluded: it is in neither numerator nor
   denominator. Work on a leave date cancels the exclusion. A pack may count leave like any other date.
4. A window with no counted day is not judged. One with fewer than 7 counted days is judged for information
   only; in its place every programme block that holds one of its counted days is judged hard, as a window of
   its own, unless that block has fewer than 7 counted days as well.

A pack may choose other windows (`WindowMode`): the same with the last 28 days of a long segment in place of
its remainder; the programme blocks; calendar months; or every 28 days of the year, for information only. And
it may let windows begin at another local time than midnight; leave dates stay dates from midnight on.

Windows begin with the year: what of history reaches into its first day is counted there, the rest is not.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from src.compliance.rules.choices import WindowMode
from src.compliance.rules.model import Facts, PersonFacts, RotationSegment, RuleParameters
from src.compliance.rules.timeline import MergedTime


@dataclass(frozen=True, slots=True)
class AveragingWindow:
    """Days over which an averaged rule is judged, from local 00:00 to local 00:00 or as a pack says.

    `first_day` is an ordinal, `start` and `end` are minutes. `excluded` are the ordinals of excluded dates.
    `is_small`: fewer counted days than the least that is judged hard. `block`: the number of the programme
    block where the window is one, else None. `stands_in`: it is judged in place of a small window.
    `is_rolling`: it is one of those that begin on every date. `lead`: what a sentence calls one that is
    neither a rotation's nor a block's.
    """

    rotation: str | None
    first_day: int
    days: int
    start: int
    end: int
    excluded: tuple[int, ...]
    is_small: bool
    block: int | None = None
    stands_in: bool = False
    is_rolling: bool = False
    lead: str = ""

    @property
    def counted_days(self) -> int:
        """N_eff: the days of the window less the excluded ones."""
        return self.days - len(self.excluded)

    @property
    def last_day(self) -> int:
        return self.first_day + self.days - 1

    @property
    def is_informative(self) -> bool:
        """Whether what fails in it is told for information only."""
        return self.is_small or self.is_rolling


type Stretch = tuple[str | None, int, int]
"""A rotation, the ordinal of the first date, and how many dates."""


class Windows:
    """Makes the windows of one person, seen through one pack's parameters.

    `days` are the first and last date, by ordinal, that matter: segments that hold none of them are left out;
    None = all matter.
    """

    def __init__(
        self,
        facts: Facts,
        person: PersonFacts,
        hours: MergedTime,
        parameters: RuleParameters,
        days: tuple[int, int] | None = None,
    ) -> None:
        self._facts = facts
        self._person = person
        self._first, self._last = days or (date.min.toordinal(), date.max.toordinal())
        self._parameters = parameters
        calendar, edge = facts.calendar, parameters.window_edge_minutes
        self._edges = calendar.cuts(edge) if edge else calendar.midnights
        self._excluded = self._excluded_days(hours) if parameters.leave_is_left_out else []

    def judged(self) -> tuple[AveragingWindow, ...]:
        """The windows that averaged rules judge: those of the mode in order, then the programme blocks."""
        match self._parameters.window_mode:
            case WindowMode.BY_ROTATION | WindowMode.TAIL28:
                return self._with_blocks_for_small(self.by_rotation())
            case WindowMode.CALENDAR_MONTH:
                return self._with_blocks_for_small(self._counted(self._months(), lead="in the month"))
            case WindowMode.FIXED_BLOCKS:
                return tuple(self._blocks())
            case WindowMode.ROLLING28:
                return self._counted(self._rolling(), is_rolling=True, lead="in the days")

    def by_rotation(self) -> tuple[AveragingWindow, ...]:
        """The windows by rotation, whatever the mode."""
        return self._counted(
            (segment.rotation, first_day, days)
            for segment in self._segments()
            for first_day, days in cut(segment.first_date.toordinal(), segment.days, self._parameters)
        )

    def _segments(self) -> Iterator[RotationSegment]:
        for segment in self._person.segments:
            first = segment.first_date.toordinal()
            if first <= self._last and first + segment.days > self._first:
                yield segment

    def _counted(
        self, stretches: Iterable[Stretch], *, is_rolling: bool = False, lead: str = ""
    ) -> tuple[AveragingWindow, ...]:
        made = (self._window(*stretch, is_rolling=is_rolling, lead=lead) for stretch in stretches)
        return tuple(window for window in made if window.counted_days)

    def _months(self) -> Iterator[Stretch]:
        first, last = self._facts.year_start_date, self._facts.year_end_date
        while first <= last:
            after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
            yield None, first.toordinal(), (min(after, last + timedelta(days=1)) - first).days
            first = after

    def _rolling(self) -> Iterator[Stretch]:
        first, last = self._facts.year_start_date.toordinal(), self._facts.year_end_date.toordinal()
        length = min(self._parameters.window_days, last + 1 - first)
        return ((None, day, length) for day in range(first, last + 2 - length))

    def _blocks(self) -> Iterator[AveragingWindow]:
        for block in self._facts.blocks:
            window = self._block(block.number, block.start_date, block.end_date)
            if window.counted_days:
                yield window

    def _block(self, number: int, first: date, last: date, *, stands_in: bool = False) -> AveragingWindow:
        days = (last - first).days + 1
        return self._window(None, first.toordinal(), days, block=number, stands_in=stands_in)

    def _with_blocks_for_small(self, windows: tuple[AveragingWindow, ...]) -> tuple[AveragingWindow, ...]:
        small = [window for window in windows if window.is_small]
        return (*windows, *self._blocks_in_place_of(small)) if small else windows

    def _blocks_in_place_of(self, small: Sequence[AveragingWindow]) -> Iterator[AveragingWindow]:
        counted = {
            day
            for window in small
            for day in range(window.first_day, window.last_day + 1)
            if day not in window.excluded
        }
        for block in self._facts.blocks:
            first, last = block.start_date.toordinal(), block.end_date.toordinal()
            if not any(first <= day <= last for day in counted):
                continue
            window = self._block(block.number, block.start_date, block.end_date, stands_in=True)
            if not window.is_small:
                yield window

    def _excluded_days(self, hours: MergedTime) -> list[int]:
        first, last = self._facts.year_start_date.toordinal(), self._facts.year_end_date.toordinal()
        start_of = self._facts.calendar.start_of
        return [
            day
            for day in sorted(date.toordinal() for date in self._person.leave_dates)
            if first <= day <= last and not hours.touches(start_of(day), start_of(day + 1))
        ]

    def _window(
        self,
        rotation: str | None,
        first_day: int,
        days: int,
        *,
        block: int | None = None,
        stands_in: bool = False,
        is_rolling: bool = False,
        lead: str = "",
    ) -> AveragingWindow:
        excluded = self._excluded
        inside = tuple(excluded[bisect_left(excluded, first_day) : bisect_left(excluded, first_day + days)])
        first = first_day - self._facts.calendar.first_day
        return AveragingWindow(
            rotation=rotation,
            first_day=first_day,
            days=days,
            start=self._edges[first],
            end=self._edges[first + days],
            excluded=inside,
            is_small=days - len(inside) < self._parameters.min_window_days,
            block=block,
            stands_in=stands_in,
            is_rolling=is_rolling,
            lead=lead,
        )


def windows_of(
    facts: Facts, person: PersonFacts, hours: MergedTime, parameters: RuleParameters
) -> tuple[AveragingWindow, ...]:
    """The windows of a person that averaged rules judge."""
    return Windows(facts, person, hours, parameters).judged()


def cut(first_day: int, days: int, parameters: RuleParameters) -> Iterator[tuple[int, int]]:
    """First day and length of each window of a segment (D3, step 2)."""
    length = parameters.window_days
    if days <= parameters.longest_single_window_days:
        yield first_day, days
        return
    whole, rest = divmod(days, length)
    if parameters.window_mode is WindowMode.TAIL28:
        for index in range(whole):
            yield first_day + index * length, length
        if rest:
            yield first_day + days - length, length
        return
    joined = rest if rest < parameters.min_window_days else 0
    for index in range(whole):
        is_last = index == whole - 1
        yield first_day + index * length, length + (joined if is_last else 0)
    if rest > joined:
        yield first_day + whole * length, rest
