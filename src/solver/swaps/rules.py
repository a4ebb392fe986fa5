"""The duty-hour rules of one resident around a change: what it would newly break, or break worse.

Only windows and stretches that the change reaches are looked at; a limit that is exceeded already may stay
as it is, not grow (duty-hour-rules.md, US-80, US-CALL3, US-FREE7, US-CONT24, US-REST14).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from src.interchange.model import DutyType
from src.solver.daily.duties import BREAKS_FREE_DAY, CONTINUOUS_WORK, HOURS_COUNTED, MAY_END_LATE
from src.solver.daily.windows import Window, excluded_days, windows_of
from src.solver.problem import Limits
from src.solver.swaps.moves import Move
from src.solver.swaps.standing import Holder, Span, State

REACH = 3
"""Days around a change in which periods of work can differ."""
FREE_PERIODS_AN_INTERVAL = 2
"""No interval takes away more free periods than those it lies in, and one it shifts."""

Break = tuple[str, int]
"""A rule and where it is broken: the window's first day, or the instant a period starts."""


class DutyHours:
    """The limits of one resident, with what the schedule as it stands comes to."""

    def __init__(self, holder: Holder, limits: Limits) -> None:
        self._holder = holder
        self._limits = limits
        self._calendar = holder.year.shared.calendar
        self._excluded = excluded_days(holder.year)
        self._free_now: dict[Window, int] = {}
        self._minutes_now: dict[Window, int] = {}
        self._calls_now: dict[Window, int] = {}

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        return windows_of(self._holder.year, self._limits, self._excluded)

    def broken_by(self, move: Move) -> str | None:
        """The first rule that a move breaks anew, in words with its numbers; None = all hold."""
        if not move.gone and not move.come:
            return None
        for first, last in move.stretches:
            words = self._near(move, first - REACH, last + REACH)
            if words is not None:
                return words
        for window in self.windows:
            if any(first <= window.last and window.first <= last + 1 for first, last in move.stretches):
                words = self._in_window(move, window)
                if words is not None:
                    return words
        return None

    def broken_now(self, first: int, last: int) -> Iterator[tuple[int, int, str]]:
        """What the schedule as it stands breaks: first and last day, and words."""
        for (_, instant), (_, words) in self._breaks_near(
            self._holder.state, first - REACH, last + REACH
        ).items():
            day = self._calendar.day_of(instant)
            yield max(first, day - 1), min(last, day + 2), words
        for window in self.windows:
            if window.first <= last and first <= window.last:
                exceeded = self._exceeded(window)
                if exceeded is not None:
                    yield max(first, window.first), min(last, window.last), exceeded

    def _exceeded(self, window: Window) -> str | None:
        limits = self._limits
        where = f"from {self._calendar.date(window.first)} to {self._calendar.date(window.last)}"
        minutes, calls = self._minutes_in(window), self._calls_in(window)
        if "weekly_hours" in limits.keeps and 7 * minutes > limits.weekly_minutes * window.counted:
            return f"US-80: {_hours(7 * minutes // window.counted)} h a week on average {where}"
        if "call_frequency" in limits.keeps and calls > window.counted // limits.call_every_days:
            return f"US-CALL3: {calls} calls in {window.counted} days {where}"
        if "free_days" in limits.keeps and self._free_in(window) < window.counted // 7:
            return f"US-FREE7: {self._free_in(window)} free days of {window.counted // 7} {where}"
        return None

    def _near(self, move: Move, first: int, last: int) -> str | None:
        after = self._breaks_near(move.state, first, last)
        if not after:
            return None
        before = self._breaks_near(self._holder.state, first, last)
        for key, (amount, words) in after.items():
            if key not in before or before[key][0] < amount:
                return words
        return None

    def _breaks_near(self, state: State, first: int, last: int) -> dict[Break, tuple[int, str]]:
        spans = sorted(span for span in self._spans(state, first, last) if span.duty_type in BREAKS_FREE_DAY)
        found: dict[Break, tuple[int, str]] = {}
        for one, other in pairwise(spans):
            if other.start < one.end:
                words = f"{one.item} and {other.item} would overlap on {self._on(other.start)}"
                found["overlap", other.start] = (one.end - other.start, words)
        periods = list(self._periods(span for span in spans if span.duty_type in CONTINUOUS_WORK))
        if "continuous_duty" in self._limits.keeps:
            for period in periods:
                found |= self._too_long(period)
        if "rest_after_call" in self._limits.keeps:
            for period, following in pairwise(periods):
                found |= self._too_soon(period, following)
        return found

    def _periods(self, spans: Iterable[Span]) -> Iterator[list[Span]]:
        """Intervals that follow one another within the merge gap (D6)."""
        period: list[Span] = []
        for span in spans:
            if period and span.start - max(each.end for each in period) > self._limits.merge_gap_minutes:
                yield period
                period = []
            period.append(span)
        if period:
            yield period

    def _too_long(self, period: Sequence[Span]) -> dict[Break, tuple[int, str]]:
        """US-CONT24: 24 hours, and 4 more for transition and education."""
        limits, start = self._limits, period[0].start
        most = limits.continuous_minutes
        for span in period:
            room = limits.transition_minutes if span.duty_type in MAY_END_LATE else 0
            length = span.end - start
            if length > most + room:
                words = f"US-CONT24: {_hours(length)} h at a stretch from {self._on(start)}"
                return {("US-CONT24", start): (length, words)}
        return {}

    def _too_soon(self, period: Sequence[Span], following: Sequence[Span]) -> dict[Break, tuple[int, str]]:
        """US-REST14: 14 hours free after 24 with in-house call."""
        end = max(span.end for span in period)
        rest = following[0].start - end
        is_long = end - period[0].start >= self._limits.rest_after_call_trigger_minutes
        has_call = any(span.duty_type is DutyType.IN_HOUSE_CALL for span in period)
        if is_long and has_call and rest < self._limits.rest_after_call_minutes:
            words = f"US-REST14: {_hours(rest)} h free after the call that ends on {self._on(end)}"
            return {("US-REST14", end): (-rest, words)}
        return {}

    def _in_window(self, move: Move, window: Window) -> str | None:
        limits = self._limits
        where = f"from {self._calendar.date(window.first)} to {self._calendar.date(window.last)}"
        now = self._minutes_in(window)
        minutes = now + self._minutes(move.come, window) - self._minutes(move.gone, window)
        is_over = 7 * minutes > limits.weekly_minutes * window.counted
        if "weekly_hours" in limits.keeps and is_over and minutes > now:
            return f"US-80: {_hours(7 * minutes // window.counted)} h a week on average {where}"
        comes_call = any(span.duty_type is DutyType.IN_HOUSE_CALL for span in move.come)
        if "call_frequency" in limits.keeps and comes_call:
            calls = self._calls(move.state, window)
            if calls > max(self._calls_in(window), window.counted // limits.call_every_days):
                return f"US-CALL3: {calls} calls in {window.counted} days {where}"
        least = window.counted // 7
        added = "free_days" in limits.keeps and sum(span.duty_type in BREAKS_FREE_DAY for span in move.come)
        if added and self._free_in(window) - FREE_PERIODS_AN_INTERVAL * added < least:
            free = self._free(move.state, window)
            if free < min(least, self._free_in(window)):
                return f"US-FREE7: {free} free days of {least} {where}"
        return None

    def _minutes_in(self, window: Window) -> int:
        if window not in self._minutes_now:
            spans = self._spans(self._holder.state, window.first - 2, window.last)
            self._minutes_now[window] = self._minutes(spans, window)
        return self._minutes_now[window]

    def _minutes(self, spans: Iterable[Span], window: Window) -> int:
        start, end = self._calendar.midnight(window.first), self._calendar.midnight(window.last + 1)
        return sum(
            max(0, min(span.end, end) - max(span.start, start))
            for span in spans
            if span.duty_type in HOURS_COUNTED
        )

    def _calls_in(self, window: Window) -> int:
        if window not in self._calls_now:
            self._calls_now[window] = self._calls(self._holder.state, window)
        return self._calls_now[window]

    def _calls(self, state: State, window: Window) -> int:
        """Nights with an in-house call; one that starts before the cut belongs to the night before."""
        nights = {
            span.day - (span.start - self._calendar.midnight(span.day) < self._limits.call_date_cut_minutes)
            for span in self._spans(state, window.first, window.last + 1)
            if span.duty_type is DutyType.IN_HOUSE_CALL
        }
        return sum(window.first <= night <= window.last for night in nights)

    def _free_in(self, window: Window) -> int:
        if window not in self._free_now:
            self._free_now[window] = self._free(self._holder.state, window)
        return self._free_now[window]

    def _free(self, state: State, window: Window) -> int:
        """Free periods in the window, outside its excluded dates (D5)."""
        spans = sorted(
            (span.start, span.end)
            for span in self._spans(state, window.first - 2, window.last)
            if span.duty_type in BREAKS_FREE_DAY
        )
        found = 0
        for start, end in self._counted(window):
            free_from = start
            for begins, ends in spans:
                if begins >= end:
                    break
                if ends > free_from:
                    found += max(0, begins - free_from) // self._limits.free_period_minutes
                    free_from = ends
            found += max(0, end - free_from) // self._limits.free_period_minutes
        return found

    def _counted(self, window: Window) -> Iterator[tuple[int, int]]:
        first: int | None = None
        for day in range(window.first, window.last + 2):
            inside = day <= window.last and day not in self._excluded
            if inside and first is None:
                first = day
            elif not inside and first is not None:
                yield self._calendar.midnight(first), self._calendar.midnight(day)
                first = None

    def _spans(self, state: State, first: int, last: int) -> list[Span]:
        """Intervals that start in a stretch of days, what is fixed from before the year included."""
        fixed = [
            Span(duty.start, duty.end, duty.day, duty.session, duty.kind, duty.id, duty.duty_type)
            for duty in self._holder.year.fixed.duties
            if first <= duty.day <= last
        ]
        return fixed + self._holder.spans(state, first, last)

    def _on(self, instant: int) -> str:
        return self._calendar.date(self._calendar.day_of(instant)).isoformat()


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.1f}".removesuffix(".0")
