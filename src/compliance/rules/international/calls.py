"""Calls: how many in a window, by share or by table, how close together, how heavy.

A call belongs to the local date of its start, or to the date before where it starts before the pack's cut;
the split entries of one night are one call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from src.compliance.rules.failure import Judged
from src.compliance.rules.international.book import SATURDAY, Book, book_of, runs, weekday
from src.compliance.rules.international.hours import date_windows
from src.compliance.rules.international.judging import Reading, days_to_free, in_dates, judged, not_judged
from src.compliance.rules.international.leave import days_with_weekends_of
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.view import PersonView
from src.compliance.rules.windows import AveragingWindow
from src.compliance.rules.wording import day_range, moment, rounded
from src.interchange.model import DutyType
from src.interchange.schedule import Severity
from src.quantities import count

type _Calls = Mapping[int, Sequence[Duty]]

_ROW = re.compile(r"days_(\d+)_to_(\d+)")


def calls_by_share(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Calls in each window against one in `every` of its counted days, in whole numbers.

    Half a call is rounded up, any part of one where `round_up`. With `leave_takes_weekends` leave of five
    working days takes the weekends beside it out of the days. Up to `average_windows` windows of one rotation
    that follow one another are judged together, none of them with more than `most_in_window` calls.
    """
    every, is_up = rule.number("every"), rule.choice("round_up")

    def limit(numbers: Sequence[int]) -> int | None:
        days = sum(numbers)
        return -(-days // every) if is_up else (2 * days + every) // (2 * every)

    yield from _calls_in_windows(view, rule, limit)


def calls_by_table(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Calls in each window against the row of a table for its counted days: `days_23_to_26` and so on.

    A window with a number of days that the table does not hold is not judged. Windows of one rotation are
    averaged as in `calls_by_share`: by the sum of their rows.
    """
    table = _table(rule)

    def limit(numbers: Sequence[int]) -> int | None:
        rows = [table[days] for days in numbers if days in table]
        return sum(rows) if len(rows) == len(numbers) else None

    yield from _calls_in_windows(view, rule, limit)


def _table(rule: Rule) -> dict[int, int]:
    """Calls by number of days, from the names of the rule's parameters."""
    return {
        days: rule.number(name)
        for name in rule.parameters
        if (row := _ROW.fullmatch(name))
        for days in range(int(row[1]), int(row[2]) + 1)
    }


def _calls_in_windows(
    view: PersonView, rule: Rule, limit_of: Callable[[Sequence[int]], int | None]
) -> Iterator[Judged]:
    book, calls = book_of(view), _calls(view, rule)
    if not calls:
        return
    readings: list[Reading] = []
    outside: list[Duty] = []
    for windows in _averaged_together(view.windows, rule):
        first, last = windows[0].first_day, windows[-1].last_day
        taken = _between(calls, first, last)
        limit = limit_of([_days(book, rule, window) for window in windows])
        severity = Severity.INFO if windows[0].is_small else None
        note = f"; {count(len(windows), 'window')} averaged" if len(windows) > 1 else ""
        span = windows[0].start, windows[-1].end
        if limit is None:
            outside.extend(duty for day in taken for duty in calls[day])
            continue
        readings.append(Reading(*span, len(taken), limit, "calls", severity=severity, note=note))
        if len(windows) > 1 and rule.number("most_in_window"):
            readings.extend(_each(calls, windows, rule.number("most_in_window")))

    def said(reading: Reading, _: Decimal) -> str:
        return f"had {count(reading.value, 'call')} {in_dates(book, reading)}"

    found = list(judged(view, rule, readings, lambda *span: _entries(book, calls, *span), said, _give_away))
    yield from found
    why = "the table has no row for the number of days in their window"
    yield from not_judged(view, rule, outside, why, found)


def _each(calls: _Calls, windows: Sequence[AveragingWindow], most: int) -> Iterator[Reading]:
    for window in windows:
        taken = _between(calls, window.first_day, window.last_day)
        yield Reading(window.start, window.end, len(taken), most, "calls")


def _averaged_together(windows: Sequence[AveragingWindow], rule: Rule) -> Iterator[Sequence[AveragingWindow]]:
    """Windows by themselves, or up to `average_windows` of one stretch of a rotation together."""
    most = rule.number("average_windows") if "average_windows" in rule.parameters else 1
    together: list[AveragingWindow] = []
    for window in windows:
        goes_on = (
            together
            and len(together) < most
            and window.rotation == together[-1].rotation
            and window.first_day == together[-1].last_day + 1
            and not (window.is_small or together[-1].is_small)
            and window.block is None
        )
        if together and not goes_on:
            yield together
            together = []
        together.append(window)
    if together:
        yield together


def _days(book: Book, rule: Rule, window: AveragingWindow) -> int:
    if "leave_takes_weekends" in rule.parameters and rule.choice("leave_takes_weekends"):
        return days_with_weekends_of(book, window.first_day, window.last_day)
    return window.counted_days


def calls_weighted(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Home calls and in-house calls of a window together, by weight, where it holds both kinds.

    `most` is for `days` days; a window with another number of counted days has its share of it.
    """
    book = book_of(view)
    home, in_house = book.call_days(DutyType.HOME_CALL_AVAILABILITY), book.call_days(DutyType.IN_HOUSE_CALL)
    most, days = rule.number("most"), rule.number("days")
    readings: list[Reading] = []
    for window in view.windows:
        at_home = len(_between(home, window.first_day, window.last_day))
        inside = len(_between(in_house, window.first_day, window.last_day))
        if at_home and inside:
            weight = rule.number("home_call_weight") * at_home + rule.number("in_house_weight") * inside
            severity = Severity.INFO if window.is_small else None
            limit = most * window.counted_days
            span = window.start, window.end
            readings.append(Reading(*span, weight * days, limit, "points", days, severity=severity))

    def said(reading: Reading, value: Decimal) -> str:
        return f"had {value} points of blended call {in_dates(book, reading)}"

    def cure(reading: Reading) -> str:
        points = rounded(reading.value - reading.limit, reading.divisor, up=True)
        return f"Give calls of {points} points or more to somebody else."

    both = book.call_days(DutyType.HOME_CALL_AVAILABILITY, DutyType.IN_HOUSE_CALL)
    yield from judged(view, rule, readings, lambda *span: _entries(book, both, *span), said, cure)


def calls_apart(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Days from each call to the next; a failure with fewer than `least_days`.

    A Saturday and its Sunday may both have call where `weekend_may_pair`.
    """
    calls = _calls(view, rule)
    may_pair = rule.choice("weekend_may_pair")
    least = rule.number("least_days")
    readings = [
        Reading(calls[one][0].start, calls[other][-1].end, other - one, least, "days", at_least=True)
        for one, other in pairwise(calls)
        if not (may_pair and weekday(one) == SATURDAY and other == one + 1)
    ]

    def said(reading: Reading, _: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"had the next call {count(reading.value, 'day')} after the one of {since}"

    def cure(reading: Reading) -> str:
        book = book_of(view)
        first, _ = book.dates(reading.start, reading.end)
        return f"Put the next call no earlier than {day_range(first + least, first + least)}."

    yield from judged(view, rule, readings, lambda *span: _starting(calls, *span), said, cure)


def calls_in_row(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Calls on consecutive nights; a failure with more than `most`."""
    book, calls = book_of(view), _calls(view, rule)
    readings = [
        Reading(*book.span(run[0], run[-1]), len(run), rule.number("most"), "calls") for run in runs(calls)
    ]

    def said(reading: Reading, value: Decimal) -> str:
        dates = day_range(*book.dates(reading.start, reading.end))
        return f"had call on {value} nights in a row, {dates}"

    def cure(reading: Reading) -> str:
        first, last = book.dates(reading.start, reading.end)
        return f"Give the call of {days_to_free(range(first, last + 1), reading.limit)} to somebody else."

    yield from judged(view, rule, readings, lambda *span: _entries(book, calls, *span), said, cure)


def calls_in_dates(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Calls in each stretch of `days` dates; a failure with more than `most`.

    With `by_period` every entry is one, else every date with call.
    """
    book, calls = book_of(view), _calls(view, rule)
    if not calls:
        return
    is_by_period, most = rule.choice("by_period"), rule.number("most")
    numbers = {day: len(duties) if is_by_period else 1 for day, duties in calls.items()}
    readings = (
        Reading(
            *book.span(first, last), sum(numbers.get(d, 0) for d in range(first, last + 1)), most, "calls"
        )
        for first, last in date_windows(book, rule)
    )

    def said(reading: Reading, _: Decimal) -> str:
        return f"had {count(reading.value, 'call')} {in_dates(book, reading)}"

    yield from judged(view, rule, readings, lambda *span: _entries(book, calls, *span), said, _give_away)


def _give_away(reading: Reading) -> str:
    return f"Give {count(reading.value - reading.limit, 'call')} to somebody else."


def _calls(view: PersonView, rule: Rule) -> _Calls:
    """The calls a rule speaks of: `in_house`, `home_call`, `night_float`.

    By call date, or where `by_start_date` by the local date of the start alone.
    """
    kinds = {
        "in_house": DutyType.IN_HOUSE_CALL,
        "home_call": DutyType.HOME_CALL_AVAILABILITY,
        "night_float": DutyType.NIGHT_FLOAT,
    }
    types = [kind for name, kind in kinds.items() if name in rule.parameters and rule.choice(name)]
    book = book_of(view)
    if "by_start_date" in rule.parameters and rule.choice("by_start_date"):
        return book.start_days(*types)
    return book.call_days(*types)


def _between(calls: _Calls, first: int, last: int) -> list[int]:
    return [day for day in calls if first <= day <= last]


def _entries(book: Book, calls: _Calls, start: int, end: int) -> tuple[Duty, ...]:
    """The calls of the dates that [start, end) touches."""
    first, last = book.dates(start, end)
    return tuple(duty for day in _between(calls, first, last) for duty in calls[day])


def _starting(calls: _Calls, start: int, end: int) -> tuple[Duty, ...]:
    return tuple(duty for duties in calls.values() for duty in duties if start <= duty.start < end)
