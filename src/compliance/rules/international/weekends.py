"""Weekends: how often they are worked, how many stay free, how many in a row do not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Judged
from src.compliance.rules.international.book import MINUTES_A_DAY, SATURDAY, Book, book_of, runs, weekday
from src.compliance.rules.international.judging import Reading, in_dates, judged
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.wording import day_range, day_ranges
from src.interchange.model import DutyType
from src.interchange.schedule import Severity
from src.quantities import count


def weekend_frequency(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Weekends worked among all weekends of the known dates: at most one in `one_in`, in whole numbers.

    Beyond that a failure; beyond the aim of one in `aim_one_in` an advisory. A weekend is worked where
    anything lies in it: from Saturday's `saturday_from_minute` to Sunday's `sunday_until_minute`.
    """
    book = book_of(view)
    duties = _duties(book, rule)
    first, last = book.horizon
    saturdays = [day for day in _saturdays(book) if first <= day and day + 1 <= last]
    if not saturdays:
        return
    worked = len(_touched(book, rule, duties, saturdays))
    most, aim = len(saturdays) // rule.number("one_in"), len(saturdays) // rule.number("aim_one_in")
    limit, severity = (most, rule.severity) if worked > most else (aim, Severity.SOFT)
    start, end = book.span(first, last)
    reading = Reading(start, end, worked, limit, "weekends", severity=severity)

    def said(_: Reading, value: Decimal) -> str:
        return f"worked {value} of {count(len(saturdays), 'weekend')} in the days {day_range(first, last)}"

    yield from judged(
        view, rule, [reading], lambda *_: _inside(book, rule, duties, saturdays), said, _free_some
    )


def free_weekends(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Weekends free of all duty in each academic block; a failure with fewer than `least`.

    A weekend belongs to the block of its Saturday, and is free where nothing lies in it: from Friday's
    `friday_from_minute` to Monday's `monday_until_minute` (1440 and 0: Saturday and Sunday alone). One that
    leave touches is not looked at. A block with fewer than four weekends needs half of them free.
    """
    book = book_of(view)
    duties = view.busy_duties
    away = set(book.leave_days)
    readings: list[Reading] = []
    for first, last in book.blocks:
        saturdays = [
            day
            for day in _saturdays(book)
            if first <= day <= last and day not in away and day + 1 not in away
        ]
        free = len(saturdays) - len(_touched(book, rule, duties, saturdays))
        least = min(rule.number("least"), len(saturdays) // 2)
        readings.append(Reading(*book.span(first, last), free, least, "free weekends", at_least=True))

    def said(reading: Reading, _: Decimal) -> str:
        return f"had {count(reading.value, 'free weekend')} {in_dates(book, reading)}"

    yield from judged(view, rule, readings, lambda *span: touching(duties, *span), said, _free_some)


def worked_weekends(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Weekends with duty in each academic block, by their Saturday; a failure with more than `most`."""
    book = book_of(view)
    duties = _duties(book, rule)
    readings: list[Reading] = []
    for first, last in book.blocks:
        saturdays = [day for day in _saturdays(book) if first <= day <= last]
        worked = len(_touched(book, rule, duties, saturdays))
        readings.append(Reading(*book.span(first, last), worked, rule.number("most"), "weekends"))

    def said(reading: Reading, _: Decimal) -> str:
        return f"worked {count(reading.value, 'weekend')} {in_dates(book, reading)}"

    yield from judged(view, rule, readings, lambda *span: touching(duties, *span), said, _free_some)


def weekends_in_row(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Weekends in a row with duty, or with home call where `home_call_only`; a failure beyond `most`."""
    book = book_of(view)
    duties = _duties(book, rule)
    touched = {(day - SATURDAY) // 7: day for day in _touched(book, rule, duties, _saturdays(book))}
    readings: list[Reading] = []
    weekend_to_free: dict[int, str] = {}
    most = rule.number("most")
    for run in runs(sorted(touched)):
        start, end = book.span(touched[run[0]], touched[run[-1]] + 1)
        weekend_to_free[start] = day_ranges(touched[week] for week in run[most :: most + 1])
        readings.append(Reading(start, end, len(run), most, "weekends"))

    def said(reading: Reading, value: Decimal) -> str:
        dates = day_range(*book.dates(reading.start, reading.end))
        return f"had duty on {value} weekends in a row, {dates}"

    def cure(reading: Reading) -> str:
        return f"Free the weekend of {weekend_to_free[reading.start]}."

    yield from judged(view, rule, readings, lambda *span: touching(duties, *span), said, cure)


def _free_some(reading: Reading) -> str:
    return f"Free {count(abs(reading.value - reading.limit), 'more weekend')}."


def _duties(book: Book, rule: Rule) -> list[Duty]:
    """What makes a weekend worked."""
    if "home_call_only" in rule.parameters and rule.choice("home_call_only"):
        return book.of_type(DutyType.HOME_CALL_AVAILABILITY)
    return book.view.busy_duties if rule.choice("on_call_counts") else book.view.hours_duties


def _saturdays(book: Book) -> list[int]:
    """The Saturdays whose Friday and Monday the calendar holds."""
    calendar = book.calendar
    return [day for day in range(calendar.first_day + 1, calendar.last_day - 1) if weekday(day) == SATURDAY]


def _touched(book: Book, rule: Rule, duties: list[Duty], saturdays: list[int]) -> list[int]:
    """Those of the Saturdays on whose weekend there is duty."""
    time = MergedTime(duties)
    return [day for day in saturdays if time.touches(*_edges(book, rule, day))]


def _inside(book: Book, rule: Rule, duties: list[Duty], saturdays: list[int]) -> tuple[Duty, ...]:
    edges = [_edges(book, rule, day) for day in saturdays]
    ends = [end for _, end in edges]
    found: list[Duty] = []
    for duty in duties:
        index = bisect_right(ends, duty.start)
        if index < len(edges) and edges[index][0] < duty.end:
            found.append(duty)
    return tuple(found)


def _edges(book: Book, rule: Rule, saturday: int) -> tuple[int, int]:
    """When a weekend begins and ends, by the rule's clock."""
    at = book.calendar.at
    if "friday_from_minute" in rule.parameters:
        begin, finish = rule.number("friday_from_minute"), rule.number("monday_until_minute")
        start = at(saturday - 1, begin) if begin < MINUTES_A_DAY else at(saturday, 0)
        return start, at(saturday + 2, finish)
    return at(saturday, rule.number("saturday_from_minute")), at(
        saturday + 1, rule.number("sunday_until_minute")
    )
