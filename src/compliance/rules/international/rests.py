"""Rest: between shifts, in each 24 hours, in each week, and breaks inside a shift."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import pairwise

from src.compliance.rules.failure import Judged
from src.compliance.rules.international.book import MINUTES_A_DAY, Book, Shift, book_of, weekday
from src.compliance.rules.international.judging import Reading, in_dates, judged, not_judged, start_later
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.timeline import FAR_PAST, MergedTime
from src.compliance.rules.view import PersonView, starting_in, touching
from src.compliance.rules.wording import hours, moment
from src.quantities import count


def rest_between_shifts(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The gap between each shift and the next; a failure where it is shorter than `minutes`."""
    book, limit = book_of(view), rule.number("minutes")
    is_meant = book.is_meant(rule)
    readings = (
        Reading(before.end, after.start, after.start - before.end, limit, "hours", 60, at_least=True)
        for before, after in pairwise(book.shifts)
        if is_meant(before.day) and is_meant(after.day)
    )

    def said(reading: Reading, value: Decimal) -> str:
        return f"had {value} h off from {moment(reading.start, view.facts.time_zone)} between shifts"

    yield from judged(view, rule, readings, partial(around, view.rest_duties), said, start_later(view))


def around(duties: list[Duty], start: int, end: int) -> tuple[Duty, ...]:
    """The entries that end where a gap begins and those that start where it ends."""
    return (*(duty for duty in duties if duty.end == start), *starting_in(duties, end, end + 1))


def rest_in_each_day(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The longest rest in the 24 hours from the start of each period of work, against `minutes`.

    Rest is whatever is not work; work recorded during home call interrupts it, availability does not.
    """
    limit = rule.number("minutes")
    gaps = view.hours.gaps(1)
    readings = (
        Reading(start, end, max(_clipped(gaps, start, end), default=0), limit, "hours", 60, at_least=True)
        for start, end in (
            (start, start + MINUTES_A_DAY)
            for start in _period_starts(view.hours, view.parameters.merge_gap_minutes)
        )
    )

    def said(reading: Reading, value: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"had at most {value} h of rest in a row in the 24 h from {since}"

    def cure(reading: Reading) -> str:
        until = moment(reading.end, view.facts.time_zone)
        return f"Give {hours(limit, rounded_up=True)} h of rest in a row before {until}."

    yield from judged(view, rule, readings, lambda *span: touching(view.hours_duties, *span), said, cure)


def _period_starts(work: MergedTime, merge_gap: int) -> Iterator[int]:
    """Where work begins that more than the merge gap parts from earlier work."""
    for end, start in zip([FAR_PAST, *work.ends], work.starts, strict=False):
        if start - end > merge_gap:
            yield start


def rests_in_period(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The rests of `rest_minutes` that lie within each `days`, against `rests`.

    Periods follow one another from a `first_weekday` (Monday = 0); a rest may lie anywhere in its period. A
    gap that holds several rests counts as several. Where one is asked for, the number told is the longest
    rest. On-call interrupts a rest only where `free_of_on_call`.
    """
    book = book_of(view)
    length, least, wanted = rule.number("days"), rule.number("rest_minutes"), rule.number("rests")
    duties = view.busy_duties if rule.choice("free_of_on_call") else view.hours_duties
    gaps = MergedTime(duties).gaps(1)
    rest = hours(least, rounded_up=True)
    readings: list[Reading] = []
    for first in _first_dates(book, rule, length):
        start, end = book.span(first, first + length - 1)
        inside = _clipped(gaps, start, end)
        if wanted == 1:
            longest = max(inside, default=0)
            readings.append(Reading(start, end, longest, least, "hours", 60, at_least=True))
        else:
            rests = sum(rest // least for rest in inside)
            readings.append(Reading(start, end, rests, wanted, "rests", at_least=True))

    def said(reading: Reading, value: Decimal) -> str:
        if wanted == 1:
            return f"had at most {value} h of rest in a row {in_dates(book, reading)}"
        return f"had {count(reading.value, 'rest')} of {rest} h {in_dates(book, reading)}"

    def cure(reading: Reading) -> str:
        if wanted == 1:
            return f"Give {rest} h of rest in a row {in_dates(book, reading)}."
        more = count(reading.limit - reading.value, "more rest")
        return f"Give {more} of {rest} h {in_dates(book, reading)}."

    yield from judged(view, rule, readings, lambda *span: touching(duties, *span), said, cure)


def _first_dates(book: Book, rule: Rule, length: int) -> Iterator[int]:
    first, last = book.horizon
    start = first - (weekday(first) - rule.number("first_weekday")) % 7
    for day in range(start, last + 1, length):
        if book.holds(day, day + length - 1):
            yield day


def _clipped(gaps: list[tuple[int, int]], start: int, end: int) -> list[int]:
    """The lengths of what of the gaps lies in [start, end)."""
    found: list[int] = []
    for index in range(bisect_right(gaps, start, key=_end), len(gaps)):
        begin, finish = gaps[index]
        if begin >= end:
            break
        found.append(min(finish, end) - max(begin, start))
    return found


def _end(gap: tuple[int, int]) -> int:
    return gap[1]


def breaks(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The breaks of `break_minutes` in each shift, against those its length gives a right to.

    One in a shift longer than `one_after_minutes`, two beyond `two_after_minutes`, three in a night shift of
    at least `three_by_night_minutes` (0 = no such right). A break is time off inside a shift. A shift without
    any is judged only where the schedule says its breaks (`breaks_are_recorded`); else it is not judged.
    """
    book, minutes = book_of(view), rule.number("break_minutes")
    nights = set(book.nights(rule)) if rule.number("three_by_night_minutes") else set()
    readings: list[Reading] = []
    untold: list[Duty] = []
    for shift in book.shifts:
        due = _due(rule, shift, is_night=shift in nights)
        taken = _breaks_in(shift, book.shift_work, minutes)
        if due and not taken and not rule.choice("breaks_are_recorded"):
            untold.extend(starting_in(view.rest_duties, shift.start, shift.start + 1)[:1])
        else:
            readings.append(Reading(shift.start, shift.end, taken, due, "breaks", at_least=True))

    def said(reading: Reading, _: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"had {count(reading.value, 'break')} of {minutes} min in the shift from {since}"

    def cure(reading: Reading) -> str:
        return f"Give {count(reading.limit - reading.value, 'more break')} of {minutes} min in it."

    found = list(judged(view, rule, readings, lambda *span: touching(view.rest_duties, *span), said, cure))
    yield from found
    why = "they give a right to breaks, and the schedule does not say when those are"
    yield from not_judged(view, rule, untold, why, found)


def _breaks_in(shift: Shift, work: MergedTime, minutes: int) -> int:
    """How many breaks of so many minutes the time off inside a shift holds."""
    first, after = bisect_left(work.starts, shift.start), bisect_left(work.starts, shift.end)
    return sum((work.starts[index + 1] - work.ends[index]) // minutes for index in range(first, after - 1))


def _due(rule: Rule, shift: Shift, *, is_night: bool) -> int:
    length, three = shift.end - shift.start, rule.number("three_by_night_minutes")
    if three and is_night and length >= three:
        return 3
    two = rule.number("two_after_minutes")
    if two and length > two:
        return 2
    return 1 if length > rule.number("one_after_minutes") else 0
