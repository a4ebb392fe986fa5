"""Runs: how many long shifts, late shifts, nights or days in a row, and the rest that follows.

A shift belongs to the local date of its START, once: four nights are four dates, never five. A run goes on
across rotations, academic blocks and years.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial
from itertools import zip_longest

from src.compliance.rules.failure import Judged
from src.compliance.rules.international.book import Book, Shift, book_of, by_day, runs
from src.compliance.rules.international.judging import Reading, days_to_free, judged, start_later
from src.compliance.rules.international.rests import around
from src.compliance.rules.model import Rule
from src.compliance.rules.view import PersonView, starting_in
from src.compliance.rules.wording import day_range, moment


def long_shifts_in_row(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Long shifts on consecutive dates, at most `most`, and `rest_minutes` off after that many.

    A shift is long beyond `long_minutes`, breaks included.
    """
    shifts = _long(book_of(view), rule)
    yield from _run_then_rest(view, rule, shifts, "long shifts")


def late_shifts_in_row(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Late long shifts on consecutive dates, at most `most`, and `rest_minutes` off after that many.

    Late is a long shift that ends after `ends_after_minute` of the local date it starts on, having started
    before `starts_before_minute` of it (1440 = at any time).
    """
    book = book_of(view)
    at, latest_start = book.calendar.at, rule.number("starts_before_minute")
    late = [
        shift
        for shift in _long(book, rule)
        if shift.end > at(shift.day, rule.number("ends_after_minute"))
        and (latest_start >= 1440 or shift.start < at(shift.day, latest_start))
    ]
    yield from _run_then_rest(view, rule, late, "late long shifts")


def nights_in_row(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Night shifts on consecutive dates, at most `most`."""
    yield from _run_then_rest(view, rule, book_of(view).nights(rule), "night shifts")


def rest_after_nights(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The rest from the last of a run of at least `least_nights` to the next work that is no night shift.

    A run ends when the next shift is not a night on the next date. A failure where the rest is shorter than
    `rest_minutes`.
    """
    book = book_of(view)
    nights = set(book.nights(rule))
    starts = _starts_outside(view, nights)
    least, limit = rule.number("least_nights"), rule.number("rest_minutes")
    readings: list[Reading] = []
    for last, length in _runs_of_nights(book, nights):
        next_start = _next(starts, last.end)
        if length >= least and next_start is not None:
            rest = next_start - last.end
            readings.append(Reading(last.end, next_start, rest, limit, "hours", 60, at_least=True))

    def said(reading: Reading, value: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"had {value} h off from {since} after a run of nights"

    entries = partial(around, view.hours_duties)
    yield from judged(view, rule, readings, entries, said, start_later(view))


def _runs_of_nights(book: Book, nights: set[Shift]) -> Iterator[tuple[Shift, int]]:
    """The last shift of each run of nights that nothing interrupts, and how many nights it has."""
    length = 0
    for shift, following in zip_longest(book.shifts, book.shifts[1:]):
        if shift not in nights:
            continue
        length += 1
        if following is None or following not in nights or following.day > shift.day + 1:
            yield shift, length
            length = 0


def _starts_outside(view: PersonView, nights: set[Shift]) -> list[int]:
    """When each entry of work starts that is in none of the night shifts."""
    spans = sorted((night.start, night.end) for night in nights)
    found: list[int] = []
    for duty in view.hours_duties:
        index = bisect_left(spans, (duty.start + 1,)) - 1
        if index < 0 or duty.start >= spans[index][1]:
            found.append(duty.start)
    return found


def _long(book: Book, rule: Rule) -> list[Shift]:
    least = rule.number("long_minutes")
    return [shift for shift in book.shifts if shift.end - shift.start > least]


def _run_then_rest(view: PersonView, rule: Rule, shifts: Iterable[Shift], what: str) -> Iterator[Judged]:
    """Runs by start date; after a run of `most`, `rest_minutes` until the next work (none = not asked)."""
    book, most = book_of(view), rule.number("most")
    rest = rule.number("rest_minutes") if "rest_minutes" in rule.parameters else 0
    by_date = by_day(shifts)
    lengths: list[Reading] = []
    rests: list[Reading] = []
    dates: dict[int, list[int]] = {}
    for run in runs(sorted(by_date)):
        dates[by_date[run[0]][0].start] = run
        end = max(shift.end for shift in by_date[run[-1]])
        lengths.append(Reading(by_date[run[0]][0].start, end, len(run), most, what))
        following = _next(book.work_starts, end)
        if rest and len(run) == most and following is not None:
            rests.append(Reading(end, following, following - end, rest, "hours", 60, at_least=True))

    def in_row(reading: Reading, value: Decimal) -> str:
        run = dates[reading.start]
        return f"had {value} {what} in a row, {day_range(run[0], run[-1])}"

    def cure(reading: Reading) -> str:
        return f"Keep {days_to_free(dates[reading.start], most)} free of {what}."

    def rested(reading: Reading, value: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"had {value} h off from {since} after {most} {what} in a row"

    yield from judged(view, rule, lengths, lambda *span: starting_in(view.rest_duties, *span), in_row, cure)
    yield from judged(view, rule, rests, partial(around, view.hours_duties), rested, start_later(view))


def _next(starts: list[int], instant: int) -> int | None:
    index = bisect_left(starts, instant)
    return starts[index] if index < len(starts) else None
