"""Hours on average, in a sliding window, in some dates: how much work is too much."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal

from src.compliance.rules.failure import Judged
from src.compliance.rules.international.book import Book, book_of, place_of, weekday
from src.compliance.rules.international.expected import ExpectedWork
from src.compliance.rules.international.judging import (
    Reading,
    end_by,
    hours_off,
    in_dates,
    judged,
    not_judged,
)
from src.compliance.rules.international.reference import reference_windows
from src.compliance.rules.model import Duty, Rule
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.wording import day_range, hours, moment
from src.quantities import count

HOURS_A_WEEK = "hours a week"


def average_hours(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Average weekly work in each reference window; a failure where it is above `weekly_minutes`.

    Leave without work is neutral: its dates are in neither side. Counted in working days
    (`leave_in_working_days`), each Monday to Friday of leave takes a fifth of a week off. With
    `prospective_cover` leave is not looked at: each year's `leave_days_a_year` of `leave_day_minutes` are
    taken off both sides instead, (D - A*B/52*C) / (B - A*B/52/5) for D hours in B weeks.
    With `leave_made_up_after` the work of as many worked dates after the window stands for the leave in it,
    (A + B) / C in the Working Time Regulations 1998; a window after which too few are known is not judged.
    A person who has opted out (`opted_out`) has `opted_out_weekly_minutes`, or no limit where that is 0.
    """
    book, expected = book_of(view), ExpectedWork(view, rule)
    has_opted_out = "opted_out" in rule.parameters and rule.choice("opted_out")
    limit = rule.number("opted_out_weekly_minutes" if has_opted_out else "weekly_minutes")
    if not limit:
        why = "the person has opted out, and there is no other limit"
        yield from not_judged(view, rule, view.hours_duties, why)
        return
    readings: list[Reading] = []
    unknown: list[Duty] = []
    for first, last in reference_windows(book, rule):
        start, end = book.span(first, last)
        minutes, divisor, share = _weekly(book, rule, expected, first, last)
        if minutes is None:
            unknown.extend(touching(view.hours_duties, start, end))
        elif divisor > 0:
            weight = divisor * expected.scale
            readings.append(
                Reading(
                    start,
                    end,
                    minutes,
                    limit * weight,
                    HOURS_A_WEEK,
                    60 * weight,
                    per_minute=share * expected.scale,
                )
            )

    def said(reading: Reading, value: Decimal) -> str:
        return f"worked {value} h a week {in_dates(book, reading)}"

    def cure(reading: Reading) -> str:
        return hours_off(reading, in_dates(book, reading))

    def weeks(reading: Reading) -> tuple[Decimal, ...]:
        return _weeks(book, expected, reading)

    found = list(judged(view, rule, readings, expected.entries, said, cure, weeks))
    yield from found
    yield from expected.not_judged(found)
    why = "fewer worked dates are known after it than it holds dates of leave"
    yield from not_judged(view, rule, unknown, why, found)


def _weekly(
    book: Book, rule: Rule, expected: ExpectedWork, first: int, last: int
) -> tuple[int | None, int, int]:
    """Minutes a week as a fraction, its numerator times `expected.scale`, and what a minute adds to that.

    None where it is not known.
    """
    days = last + 1 - first
    worked = expected.between(*book.span(first, last))
    if "prospective_cover" in rule.parameters and rule.choice("prospective_cover"):
        leave, leave_minutes = rule.number("leave_days_a_year"), rule.number("leave_day_minutes")
        covered = 5 * leave * leave_minutes * days * expected.scale
        return 1820 * worked - covered, (260 - leave) * days, 1820
    away = book.leave_between(first, last)
    if "leave_made_up_after" in rule.parameters and rule.choice("leave_made_up_after"):
        after = [day for day in range(last + 1, book.horizon[1] + 1) if book.minutes_on(day, day)]
        if len(after) < len(away):
            return None, days, 7
        made_up = sum(expected.between(*book.span(day, day)) for day in after[: len(away)])
        return 7 * (worked + made_up), days, 7
    if rule.choice("leave_in_working_days"):
        return 35 * worked, 5 * days - 7 * sum(weekday(day) < 5 for day in away), 35
    return 7 * worked, days - len(away), 7


def _weeks(book: Book, expected: ExpectedWork, reading: Reading) -> tuple[Decimal, ...]:
    """Hours in each seven days of a window, from its first date; the last may be shorter."""
    first, last = book.dates(reading.start, reading.end)
    return tuple(
        hours(expected.between(*book.span(day, min(day + 6, last))), divisor=expected.scale, rounded_up=True)
        for day in range(first, last + 1, 7)
    )


def hours_in_period(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Work in any `period_minutes` in a row; a failure where it is more than `minutes`.

    The window slides: the most lies in one that begins where work begins, so all of those are judged.
    """
    expected, length = ExpectedWork(view, rule), rule.number("period_minutes")
    limit, divisor = rule.number("minutes") * expected.scale, 60 * expected.scale
    readings = (
        Reading(
            start,
            start + length,
            expected.between(start, start + length),
            limit,
            "hours",
            divisor,
            per_minute=expected.scale,
        )
        for start in expected.starts
    )

    def said(reading: Reading, value: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"worked {value} h in the {length // 60} h from {since}"

    def cure(reading: Reading) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return hours_off(reading, f"in the {length // 60} h from {since}")

    found = list(judged(view, rule, readings, expected.entries, said, cure))
    yield from found
    yield from expected.not_judged(found)


def hours_in_dates(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Work in `days` consecutive local dates; a failure where it is more than `minutes`.

    Every such stretch is judged, or with `weeks_only` those that begin on `first_weekday` (Monday = 0), or
    with `within_blocks` those that lie in one academic block, a shorter block as a whole. A rule on one kind
    of place judges those that lie there with all their dates.
    """
    book, limit = book_of(view), rule.number("minutes")
    is_everywhere, is_meant = place_of(rule) is None, book.is_meant(rule)
    readings = (
        Reading(*book.span(first, last), book.minutes_on(first, last), limit, "hours", 60)
        for first, last in date_windows(book, rule)
        if is_everywhere or all(is_meant(day) for day in range(first, last + 1))
    )

    def said(reading: Reading, value: Decimal) -> str:
        return f"worked {value} h {in_dates(book, reading)}"

    def cure(reading: Reading) -> str:
        return hours_off(reading, in_dates(book, reading))

    yield from judged(view, rule, readings, lambda *span: touching(view.hours_duties, *span), said, cure)


def date_windows(book: Book, rule: Rule) -> Iterator[tuple[int, int]]:
    """First and last date of each stretch of `days` dates that the rule looks at."""
    length = rule.number("days")
    if "within_blocks" in rule.parameters and rule.choice("within_blocks"):
        for first, last in book.blocks:
            for start in range(first, max(first, last + 1 - length) + 1):
                yield start, min(start + length - 1, last)
        return
    first, last = book.horizon
    earliest = max(first + 1 - length, book.calendar.first_day)
    latest = min(last, book.calendar.last_day + 1 - length)
    weeks_only = "weeks_only" in rule.parameters and rule.choice("weeks_only")
    for start in range(earliest, latest + 1):
        if not weeks_only or weekday(start) == rule.number("first_weekday"):
            yield start, start + length - 1


def fatigue_risk(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Weeks at risk and at higher risk by their hours, told together: a score, and no limit.

    The window is the week with the most hours, beside `minutes`; the sentence counts the weeks above
    `minutes` and above `higher_minutes`.
    """
    book = book_of(view)
    least, higher = rule.number("minutes"), rule.number("higher_minutes")
    weeks = [(book.minutes_on(first, last), first, last) for first, last in date_windows(book, rule)]
    if not weeks:
        return
    most, first, last = max(weeks, key=lambda week: (week[0], -week[1]))
    at_risk = sum(least < minutes <= higher for minutes, _, _ in weeks)
    at_higher = sum(minutes > higher for minutes, _, _ in weeks)
    note = f"; at risk in {at_risk} and at higher risk in {at_higher} of {count(len(weeks), 'week')}"
    reading = Reading(*book.span(first, last), most, least, "hours", 60, note=note)

    def said(_: Reading, value: Decimal) -> str:
        return f"worked {value} h in the week {day_range(first, last)}"

    def cure(one: Reading) -> str:
        return hours_off(one, "in that week")

    yield from judged(view, rule, [reading], lambda *span: touching(view.hours_duties, *span), said, cure)


def night_work_average(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """A night worker's average work per 24 hours in each reference window, against `minutes`.

    The weekly rest day is left out, leave too: a window of N counted days holds 6/7 N periods of 24 hours.
    A night worker is someone of whose shifts in the window at least `night_share_percent` are nights. Where
    the work is especially hazardous (`special_hazard`) no night shift may be longer than `minutes`.
    """
    book, limit = book_of(view), rule.number("minutes")
    nights = book.nights(rule)
    if not nights:
        return
    if rule.choice("special_hazard"):
        hazards = [Reading(s.start, s.end, s.end - s.start, limit, "hours", 60) for s in nights]
        yield from judged(
            view,
            rule,
            hazards,
            lambda *span: touching(view.rest_duties, *span),
            lambda one, value: f"worked {value} h by night from {moment(one.start, view.facts.time_zone)}",
            end_by(view, "End the shift"),
        )
    night_days, shift_days = [s.day for s in nights], [s.day for s in book.shifts]
    share = rule.number("night_share_percent")
    readings: list[Reading] = []
    for first, last in reference_windows(book, rule):
        by_night = bisect_right(night_days, last) - bisect_left(night_days, first)
        in_all = bisect_right(shift_days, last) - bisect_left(shift_days, first)
        counted = last + 1 - first - len(book.leave_between(first, last))
        if by_night and 100 * by_night >= share * in_all and counted:
            start, end = book.span(first, last)
            minutes = 7 * book.minutes_on(first, last)
            readings.append(
                Reading(
                    start, end, minutes, limit * 6 * counted, "hours a day", 60 * 6 * counted, per_minute=7
                )
            )

    def said(reading: Reading, value: Decimal) -> str:
        return f"worked nights and {value} h per 24 h on average {in_dates(book, reading)}"

    def cure(reading: Reading) -> str:
        return hours_off(reading, in_dates(book, reading))

    yield from judged(view, rule, readings, lambda *span: touching(view.hours_duties, *span), said, cure)
