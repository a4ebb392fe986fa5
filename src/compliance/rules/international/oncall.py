"""Non-resident on-call: the day after it, and the rest to be expected in it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Judged
from src.compliance.rules.international.book import MINUTES_A_DAY, Book, book_of, by_day
from src.compliance.rules.international.expected import ExpectedWork
from src.compliance.rules.international.judging import Reading, hours_off, judged
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.view import PersonView, starting_in, touching
from src.compliance.rules.wording import hours, moment


def day_after_on_call(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The shifts that start on the date after an on-call began; a failure beyond `minutes` together."""
    book, limit = book_of(view), rule.number("minutes")
    shifts = by_day(book.shifts)
    readings = []
    for day in book.on_call_days:
        if after := shifts.get(day + 1):
            length = sum(shift.end - shift.start for shift in after)
            readings.append(Reading(after[0].start, after[-1].end, length, limit, "hours", 60))

    def said(reading: Reading, value: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"was on duty for {value} h from {since}, the day after on-call"

    def cure(reading: Reading) -> str:
        return hours_off(reading, "that day")

    yield from judged(view, rule, readings, lambda *span: starting_in(view.rest_duties, *span), said, cure)


def on_call_rest(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Rest in each on-call: `rest_minutes` in 24 hours, of which `night_rest_minutes` in a row by night.

    A shorter on-call needs its share. The rest by night is asked for where the on-call holds as much of the
    night, from `night_from_minute` to `night_until_minute`. Rest is what no recorded or expected work takes;
    on-call of which neither is known is not judged.
    """
    book, expected = book_of(view), ExpectedWork(view, rule)
    known = [
        duty
        for duty in book.on_calls
        if expected.scale > 1 or book.on_call_work.touches(duty.start, duty.end)
    ]
    day_share = MINUTES_A_DAY - rule.number("rest_minutes")
    work = [
        Reading(
            duty.start,
            duty.end,
            expected.between(duty.start, duty.end) * MINUTES_A_DAY,
            day_share * (duty.end - duty.start) * expected.scale,
            "hours",
            60 * MINUTES_A_DAY * expected.scale,
            per_minute=MINUTES_A_DAY * expected.scale,
        )
        for duty in known
    ]
    rests = [reading for duty in known for reading in _by_night(book, rule, duty)]

    def worked(reading: Reading, value: Decimal) -> str:
        return f"worked {value} h in the on-call from {moment(reading.start, view.facts.time_zone)}"

    def rested(reading: Reading, value: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"had {value} h of rest in a row by night in the on-call from {since}"

    def less(reading: Reading) -> str:
        return hours_off(reading, "that on-call")

    def together(reading: Reading) -> str:
        return f"Keep {hours(reading.limit, rounded_up=True)} h in a row of that night free of work."

    duties = sorted([*view.hours_duties, *book.on_calls], key=lambda duty: (duty.start, duty.end))
    found = [
        *judged(view, rule, work, lambda *span: touching(duties, *span), worked, less),
        *judged(view, rule, rests, lambda *span: touching(duties, *span), rested, together),
    ]
    yield from found
    yield from expected.not_judged(found)


def _by_night(book: Book, rule: Rule, duty: Duty) -> Iterator[Reading]:
    """The longest rest in each night that the on-call holds enough of."""
    least, at = rule.number("night_rest_minutes"), book.calendar.at
    first, last = book.dates(duty.start, duty.end)
    for day in range(max(first - 1, book.calendar.first_day), last + 1):
        start = max(duty.start, at(day, rule.number("night_from_minute")))
        end = min(duty.end, at(day + 1, rule.number("night_until_minute")))
        if end - start < least:
            continue
        free = [
            min(finish, end) - max(begin, start)
            for begin, finish in book.view.hours.gaps(1)
            if begin < end and start < finish
        ]
        yield Reading(duty.start, duty.end, max(free, default=0), least, "hours", 60, at_least=True)
