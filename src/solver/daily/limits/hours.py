"""Hours: on average over windows, in sliding periods, in some dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from src.solver.daily.limits.book import Poster
from src.solver.daily.limits.lengths import emergency_care
from src.solver.daily.limits.windows import (
    Windows,
    date_windows,
    reference_windows,
)
from src.solver.daily.linear import Expr, of
from src.solver.daily.presence import Item

DAYS_A_WEEK = 7
WORKING_DAYS = 5
WEEKS_WORTH_SUMS = 8
"""Rolling windows of so many weeks and more are summed up from weeks, so that they stay small."""

Weighed = Sequence[tuple[Item, int]]
"""Intervals with what a minute of each counts, in hundredths."""


class Minutes:
    """Sums of the minutes of some intervals between instants."""

    def __init__(self, post: Poster, weighed: Weighed) -> None:
        self._post = post
        self._weighed = weighed
        self._calendar = post.book.calendar
        self._by_day: defaultdict[int, list[tuple[Item, int]]] = defaultdict(list)
        for item, weight in weighed:
            for day in range(item.day, self._calendar.end_day(item.end) + 1):
                self._by_day[day].append((item, weight))
        self._weeks: dict[int, Expr] = {}

    def limit_days(self, first: int, last: int, most: int) -> None:
        """At most so many hundredths of minutes from the first to the last day, both inside."""
        self._limit(self._calendar.midnight(first), self._calendar.midnight(last + 1), most, first, last)

    def limit_span(self, start: int, end: int, most: int) -> None:
        """The same between two instants."""
        self._limit(start, end, most, self._calendar.day_of(start), self._calendar.end_day(end))

    def _limit(self, start: int, end: int, most: int, first: int, last: int) -> None:
        inside = self._inside(start, end, first, last)
        if self._post.is_in_question(item for item, _ in inside):
            self._post.limit(_summed(inside), most, first, last)

    def _inside(self, start: int, end: int, first: int, last: int) -> list[tuple[Item, int]]:
        found: dict[Item, int] = {}
        for day in range(first, last + 1):
            for item, weight in self._by_day.get(day, ()):
                minutes = min(item.end, end) - max(item.start, start)
                if minutes > 0:
                    found[item] = weight * minutes
        return list(found.items())

    def limit_weeks(self, first: int, last: int, most: int) -> None:
        """The same as `limit_days`, from sums of weeks that windows share."""
        weeks, rest = divmod(last + 1 - first, DAYS_A_WEEK)
        if weeks < WEEKS_WORTH_SUMS:
            self.limit_days(first, last, most)
            return
        parts = [(self._week(first + DAYS_A_WEEK * index), 1) for index in range(weeks)]
        after = last + 1 - rest
        start, end = self._calendar.midnight(after), self._calendar.midnight(last + 1)
        parts += _summed(self._inside(start, end, after, last))
        self._post.limit(parts, most, first, last)

    def _week(self, first: int) -> Expr:
        """Hundredths of minutes in the seven days from that one on, as a variable of its own."""
        known = self._weeks.get(first)
        if known is None:
            draft, last = self._post.book.draft, first + DAYS_A_WEEK - 1
            start, end = self._calendar.midnight(first), self._calendar.midnight(last + 1)
            parts = _summed(self._inside(start, end, first, last))
            constant = sum(expr.constant * factor for expr, factor in parts)
            if all(expr.is_constant for expr, _ in parts):
                known = Expr(constant)
            else:
                most = sum(max(0, factor) for _, factor in parts)
                causes = [expr for expr, _ in parts]
                known = of(draft.model.derived(draft.index, first, causes, 0, most))
                draft.model.add([(known, 1), *((expr, -factor) for expr, factor in parts)], 0, 0)
            self._weeks[first] = known
        return known


def _summed(inside: Iterable[tuple[Item, int]]) -> list[tuple[Expr, int]]:
    minutes: defaultdict[Expr, int] = defaultdict(int)
    for item, counted in inside:
        minutes[item.worked] += counted
    return list(minutes.items())


def _weighed(post: Poster) -> Weighed:
    """Hours worked, and the share of on-call that the program expects to be work."""
    weighed = [(item, 100) for item in post.book.hours]
    if post.row.choice("expected_work_known"):
        percent = post.row.number("expected_work_percent")
        weighed += [(item, percent) for item in post.book.on_calls if percent]
    return weighed


def average_hours(post: Poster) -> None:
    """At most `weekly_minutes` a week in each reference window; leave is in neither side.

    Those who opted out have `opted_out_weekly_minutes`. Counted in working days, each Monday to Friday of
    leave takes a fifth of a week off; with `prospective_cover` each year's leave comes off instead.
    """
    row = post.row
    weekly = row.number("opted_out_weekly_minutes" if row.choice("opted_out") else "weekly_minutes")
    if not weekly:
        return
    minutes = Minutes(post, _weighed(post))
    post_sum = minutes.limit_weeks if row.choice("rolling") else minutes.limit_days
    for first, last in reference_windows(post):
        most = _most_in(post, weekly, first, last)
        if most is not None:
            post_sum(first, last, most)


def _most_in(post: Poster, weekly: int, first: int, last: int) -> int | None:
    """Hundredths of minutes that may be worked; None where all of the window is leave."""
    row, book = post.row, post.book
    days = last + 1 - first
    if row.choice("prospective_cover"):
        leave, minutes = row.number("leave_days_a_year"), row.number("leave_day_minutes")
        return (100 * weekly * (260 - leave) * days + 100 * 5 * leave * minutes * days) // 1820
    away = [day for day in range(first, last + 1) if day in book.leave]
    if row.choice("leave_in_working_days"):
        working = sum(book.calendar.weekday(day) < WORKING_DAYS for day in away)
        divisor = WORKING_DAYS * days - DAYS_A_WEEK * working
        return 100 * weekly * divisor // 35 if divisor > 0 else None
    counted = days - len(away)
    return 100 * weekly * counted // DAYS_A_WEEK if counted else None


def hours_in_period(post: Poster) -> None:
    """At most `minutes` of work in any `period_minutes` in a row.

    The most lies in a period that begins where work does, so those are looked at.
    """
    row = post.row
    weighed = sorted(_weighed(post), key=lambda one: one[0].start)
    minutes, length = Minutes(post, weighed), row.number("period_minutes")
    begins: dict[int, None] = {}
    ending: defaultdict[int, set[Expr]] = defaultdict(set)
    for item, _ in weighed:
        ending[item.end].add(item.worked)
    for item, _ in weighed:
        if item.worked not in ending[item.start] and post.book.calendar.in_year(item.day):
            begins[item.start] = None
    before = [item.start for item, _ in weighed if item.day < 0]
    for start in (*before, *begins):
        minutes.limit_span(start, start + length, 100 * row.number("minutes"))


def hours_in_dates(post: Poster) -> None:
    """At most `minutes` of work in each stretch of `days` dates, on some rotations where all lie there."""
    minutes = Minutes(post, [(item, 100) for item in post.book.hours])
    for first, last in date_windows(post):
        if post.row.rotations is None or all(post.speaks_of(day) for day in range(first, last + 1)):
            minutes.limit_days(first, last, 100 * post.row.number("minutes"))


def emergency_clinical_hours(post: Poster) -> None:
    """Scheduled care in an emergency department, on average over the windows by rotation there."""
    _emergency_hours(post, emergency_care(post))


def emergency_hours(post: Poster) -> None:
    """All hours on rotations in an emergency department, on average over the windows by rotation there."""
    _emergency_hours(post, post.book.hours)


def _emergency_hours(post: Poster, items: Sequence[Item]) -> None:
    minutes, weekly = Minutes(post, [(item, 100) for item in items]), post.row.number("weekly_minutes")
    for window in Windows(post).by_rotation():
        if post.speaks_of(window.first) and not window.is_small:
            minutes.limit_days(window.first, window.last, 100 * weekly * window.counted // DAYS_A_WEEK)


def weekly_hours(post: Poster) -> None:
    """The common weekly hours over the windows of the row."""
    minutes = Minutes(post, [(item, 100) for item in post.book.hours])
    weekly, edge = post.row.number("weekly_minutes"), post.row.number("window_edge_minutes")
    for window in Windows(post).judged():
        if window.is_small:
            continue
        most = 100 * weekly * window.counted // DAYS_A_WEEK
        start, end = post.book.at(window.first, edge), post.book.at(window.last + 1, edge)
        minutes.limit_span(start, end, most)
