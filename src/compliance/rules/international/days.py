"""Days of duty in a row, and weekend on-call that is light enough to let more of them follow one another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from src.compliance.rules.failure import Judged
from src.compliance.rules.international.book import SATURDAY, WORK_ON_CALL, Book, book_of, runs, weekday
from src.compliance.rules.international.judging import Reading, days_to_free, judged, not_judged, start_later
from src.compliance.rules.model import Basis, Duty, Rule
from src.compliance.rules.timeline import MergedTime
from src.compliance.rules.view import PersonView, touching
from src.compliance.rules.wording import day_range, moment


class _Event(NamedTuple):
    """A shift or an on-call, with the local date it starts on."""

    start: int
    end: int
    day: int
    is_on_call: bool


class _Intensity(Enum):
    LOW = "low"
    NOT_LOW = "not low"
    UNKNOWN = "unknown"


def days_in_row(view: PersonView, rule: Rule) -> Iterator[Judged]:
    """Consecutive dates on which a shift starts, at most `most`, and `rest_minutes` off after that many.

    On-call counts by the date it starts on where `on_call_counts`. Where the weekends in a run are on-call of
    low intensity, `low_intensity_most` dates may follow one another (0 = no such exception). Whether they are
    is not known of a plan that holds no work during on-call; a run that depends on it is not judged.
    """
    book = book_of(view)
    events = sorted(_events(book, on_call_counts=rule.choice("on_call_counts")))
    starts, days = [event.start for event in events], [event.day for event in events]
    least = rule.number("rest_minutes") if "rest_minutes" in rule.parameters else 0
    lengths: list[Reading] = []
    rests: list[Reading] = []
    unknown: list[Duty] = []
    dates: dict[int, list[int]] = {}
    for run in runs(sorted(days)):
        inside = events[bisect_left(days, run[0]) : bisect_left(days, run[-1] + 1)]
        start, end = inside[0].start, max(event.end for event in inside)
        most = _most(book, rule, run, inside)
        if most is None:
            unknown.extend(touching(book.on_calls, start, end)[:1])
            continue
        dates[start] = run
        lengths.append(Reading(start, end, len(run), most, "days"))
        index = bisect_left(starts, end)
        if least and len(run) == most and index < len(starts):
            rest = starts[index] - end
            rests.append(Reading(end, starts[index], rest, least, "hours", 60, at_least=True))

    def in_row(reading: Reading, value: Decimal) -> str:
        run = dates[reading.start]
        return f"was on duty {value} days in a row, {day_range(run[0], run[-1])}"

    def cure(reading: Reading) -> str:
        return f"Start no duty on {days_to_free(dates[reading.start], reading.limit)}."

    def rested(reading: Reading, value: Decimal) -> str:
        since = moment(reading.start, view.facts.time_zone)
        return f"had {value} h off from {since} after as many days in a row as there may be"

    duties = sorted([*view.hours_duties, *book.on_calls], key=lambda duty: (duty.start, duty.end))
    found = [
        *judged(view, rule, lengths, lambda *span: touching(duties, *span), in_row, cure),
        *judged(
            view,
            rule,
            rests,
            lambda start, end: touching(duties, start - 1, end + 1),
            rested,
            start_later(view),
        ),
    ]
    yield from found
    why = "whether the on-call at its weekend is of low intensity is not known"
    yield from not_judged(view, rule, unknown, why, found)


def _events(book: Book, *, on_call_counts: bool) -> Iterator[_Event]:
    for shift in book.shifts:
        yield _Event(shift.start, shift.end, shift.day, is_on_call=False)
    if on_call_counts:
        for day, duties in book.on_call_days.items():
            for duty in duties:
                yield _Event(duty.start, duty.end, day, is_on_call=True)


def _most(book: Book, rule: Rule, run: list[int], events: Iterable[_Event]) -> int | None:
    """How many dates may follow one another; None where nobody knows."""
    most, exception = rule.number("most"), rule.number("low_intensity_most")
    if not exception or len(run) < most:
        return most
    intensity = _weekends(book, rule, run, events)
    if intensity is _Intensity.UNKNOWN:
        return None if len(run) <= exception else most
    return exception if intensity is _Intensity.LOW else most


def _weekends(book: Book, rule: Rule, run: list[int], events: Iterable[_Event]) -> _Intensity:
    """The intensity of the run's Saturdays and Sundays; not low without a weekend of both."""
    weekends = [day for day in run if weekday(day) >= SATURDAY]
    if not any(weekday(day) == SATURDAY and day + 1 in weekends for day in weekends):
        return _Intensity.NOT_LOW
    if any(event.day in weekends and not event.is_on_call for event in events):
        return _Intensity.NOT_LOW
    found = {_on_call(book, rule, day) for day in weekends}
    if _Intensity.NOT_LOW in found:
        return _Intensity.NOT_LOW
    return _Intensity.UNKNOWN if _Intensity.UNKNOWN in found else _Intensity.LOW


def _on_call(book: Book, rule: Rule, day: int) -> _Intensity:
    """Work and episodes during the on-call that starts on a date, against what is low."""
    on_calls = book.on_call_days.get(day, [])
    episodes = [
        duty
        for duty in book.view.person.duties
        if duty.type in WORK_ON_CALL and any(one.start <= duty.start < one.end for one in on_calls)
    ]
    worked = MergedTime(episodes)
    minutes = sum(end - start for start, end in zip(worked.starts, worked.ends, strict=True))
    if minutes > rule.number("low_minutes") or len(episodes) > rule.number("low_episodes"):
        return _Intensity.NOT_LOW
    is_known = episodes or book.view.facts.basis is Basis.LOG or rule.choice("low_intensity_expected")
    return _Intensity.LOW if is_known else _Intensity.UNKNOWN
