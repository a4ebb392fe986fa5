"""How long a shift, a day, an on-call or a stay after call may be."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Judged
from src.compliance.rules.international.book import Book, Shift, book_of, by_day
from src.compliance.rules.international.judging import Reading, end_by, hours_off, judged
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.wording import moment
from src.interchange.model import DutyType


def shift_length(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each shift; a failure where it is longer than `minutes`, the breaks inside it included.

    Shifts with in-house call are judged where `with_call`, those without where `without_call`.
    """
    with_call, without_call = rule.choice("with_call"), rule.choice("without_call")
    limit = rule.number("minutes")
    readings = (
        Reading(shift.start, shift.end, shift.end - shift.start, limit, "hours", 60)
        for shift in book_of(view).shifts
        if (with_call if shift.has_in_house_call else without_call)
    )

    def said(reading: Reading, value: Decimal) -> str:
        return f"was on duty for {value} h from {moment(reading.start, view.facts.time_zone)}"

    yield from judged(
        view,
        rule,
        readings,
        lambda *span: touching(view.rest_duties, *span),
        said,
        end_by(view, "End the shift"),
    )


def day_length(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """The shifts that start on one local date together; a failure where they last longer than `minutes`."""
    book, limit = book_of(view), rule.number("minutes")
    is_meant = book.is_meant(rule)
    readings = (
        Reading(shifts[0].start, shifts[-1].end, _length(shifts), limit, "hours", 60)
        for day, shifts in by_day(book.shifts).items()
        if is_meant(day)
    )

    def said(reading: Reading, value: Decimal) -> str:
        return f"was on duty for {value} h in a day, from {moment(reading.start, view.facts.time_zone)}"

    def cure(reading: Reading) -> str:
        return hours_off(reading, "that day")

    yield from judged(view, rule, readings, lambda *span: touching(view.rest_duties, *span), said, cure)


def on_call_length(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each on-call period; a failure where it is longer than `minutes` + `tolerance_minutes`."""
    limit = rule.number("minutes") + rule.number("tolerance_minutes")
    on_calls = book_of(view).on_calls
    readings = (Reading(duty.start, duty.end, duty.end - duty.start, limit, "hours", 60) for duty in on_calls)

    def said(reading: Reading, value: Decimal) -> str:
        return f"was on call for {value} h from {moment(reading.start, view.facts.time_zone)}"

    yield from judged(
        view, rule, readings, lambda *span: touching(on_calls, *span), said, end_by(view, "End the on-call")
    )


def work_day_with_call(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """From the start of the work day to the end of its call; a failure beyond `minutes` + `handover_minutes`.

    The work day of a call starts with the first duty that starts on the call's local date, or with the duty
    the call is part of where that began earlier.
    """
    book = book_of(view)
    limit = rule.number("minutes") + rule.number("handover_minutes")
    readings = (
        Reading(start, shift.end, shift.end - start, limit, "hours", 60)
        for shift, call in _stays(book)
        if (start := _work_day_start(book, rule, shift, call)) is not None
    )

    def said(reading: Reading, value: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"was on duty for {value} h from the start of the work day, {since}"

    yield from judged(
        view, rule, readings, lambda *span: touching(view.rest_duties, *span), said, end_by(view, "Leave")
    )


def leave_after_call(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Each stay with in-house call; a failure where it lasts too long after the call's end.

    It may last `handover_minutes` longer than the call, or until `latest_minute` of the local date the call
    ends on: until the earlier of the two (`earlier`), or until the later.
    """
    book = book_of(view)
    handover, latest = rule.number("handover_minutes"), rule.number("latest_minute")
    choose = min if rule.choice("earlier") else max
    readings = (
        Reading(
            shift.start,
            shift.end,
            shift.end - shift.start,
            choose(call.end + handover, book.calendar.at(day, latest)) - shift.start,
            "hours",
            60,
        )
        for shift, call in _stays(book)
        if (day := book.calendar.day_of(call.end)) is not None
    )

    def said(reading: Reading, value: Decimal) -> str:
        return f"stayed {value} h with call, until {moment(reading.end, view.facts.time_zone)}"

    yield from judged(
        view, rule, readings, lambda *span: touching(view.rest_duties, *span), said, end_by(view, "Leave")
    )


def _length(shifts: list[Shift]) -> int:
    return sum(shift.end - shift.start for shift in shifts)


def _stays(book: Book) -> Iterator[tuple[Shift, Duty]]:
    """Each shift with in-house call, with the call in it that ends last."""
    calls = book.of_type(DutyType.IN_HOUSE_CALL)
    for shift in book.shifts:
        if shift.has_in_house_call:
            yield shift, max(touching(calls, shift.start, shift.end), key=lambda call: call.end)


def _work_day_start(book: Book, rule: Rule, shift: Shift, call: Duty) -> int | None:
    """Where the work day of a call begins; None where the rule does not speak of the call's date."""
    day = book.calendar.day_of(call.start)
    if day is None or not book.is_meant(rule)(day):
        return None
    return min([shift.start, *(other.start for other in book.shifts if other.day == day)])
