"""Leave that takes the weekends beside it with it (Saskatchewan: Monday to Friday of leave are nine days)."""

from __future__ import annotations

from collections.abc import Iterator

from src.compliance.rules.international.book import SATURDAY, SUNDAY, Book, weekday

_WORKING_WEEK = 5


def days_with_weekends_of(book: Book, first: int, last: int) -> int:
    """The dates from first to last that are no leave, and no weekend beside a working week of leave.

    A weekend on which there is work stays counted, as a day of leave does.
    """
    gone = set(book.leave_days)
    for start, end in _long_leave(book.leave_days):
        gone.update(day for day in _with_weekends(start, end) if not _is_worked(book, day))
    return sum(day not in gone for day in range(first, last + 1))


def _long_leave(leave: list[int]) -> Iterator[tuple[int, int]]:
    """First and last working day of each leave of at least five working days with no working day between."""
    run: list[int] = []
    for day in [*(day for day in leave if weekday(day) < SATURDAY), 0]:
        if run and day != _next_working_day(run[-1]):
            if len(run) >= _WORKING_WEEK:
                yield run[0], run[-1]
            run = []
        run.append(day)


def _next_working_day(day: int) -> int:
    return day + 1 if weekday(day) < SATURDAY - 1 else day + 7 - weekday(day)


def _with_weekends(start: int, end: int) -> range:
    """Dates of a leave, with the weekend before a Monday it begins on and after a Friday it ends on."""
    before = 2 if weekday(start) == 0 else 0
    after = SUNDAY - weekday(end) if weekday(end) == SATURDAY - 1 else 0
    return range(start - before, end + after + 1)


def _is_worked(book: Book, day: int) -> bool:
    return not book.holds(day, day) or book.view.hours.touches(*book.span(day, day))
